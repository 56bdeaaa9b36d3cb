"""Visits that differ: what was shown in vain tires, and what is nearly as good takes turns.

    tired(score)   = score * 2 ** (-times shown / TIRED_AFTER),  for what was not clicked
    rotated(score) = score * (1 - strength * u),  0 <= u < 1 drawn from the seed and the product's id

Exponential discounting of impressions follows Lee et al. 2014 (doi:10.1145/2623330.2623356). A rotated score loses at
most the share `strength`, so that two can trade places only while the lower is above (1 - strength) times the higher.
Both leave a score in 0 to 1.

Pure: no ORM, no random state.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from hashlib import blake2b

# Shown so often without a click, a product counts half.
TIRED_AFTER = 8


def tire(scores: Mapping[int, float], shown: Mapping[int, int], clicked: Collection[int]) -> dict[int, float]:
    """Damp what was shown `shown[id]` times and is not in `clicked`; best first, ties by id."""
    return _ordered(
        {
            pk: score if pk in clicked else score * 0.5 ** (shown.get(pk, 0) / TIRED_AFTER)
            for pk, score in scores.items()
        }
    )


def rotate(scores: Mapping[int, float], *, seed: str, strength: float) -> dict[int, float]:
    """The same for the same seed, `strength` 0 to 1; best first, ties by id."""
    return _ordered({pk: score * (1 - strength * _draw(seed, pk)) for pk, score in scores.items()})


def seed_of(shopper: str, *, now: datetime) -> str:
    """One draw a day and shopper: pages of one visit fit together, tomorrow's differ."""
    return f"{now:%Y-%m-%d}/{shopper}"


def _draw(seed: str, product_id: int) -> float:
    """Uniform in [0, 1), the same on every machine."""
    digest = blake2b(f"{product_id}/{seed}".encode("utf-8", "surrogatepass"), digest_size=6).digest()
    return int.from_bytes(digest, "big") / 2**48


def _ordered(scores: Mapping[int, float]) -> dict[int, float]:
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))
