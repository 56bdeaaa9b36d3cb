"""A shopper's recent history as one vector: the decayed, weighted sum of what they touched.

    profile = sum over events of  strength(kind) * 2 ** (-age / HALF_LIFE) * vector(product)

The sum has the layout of a product's vector, so it is one more term of a query and needs no model and no training: an
event counts in the next answer. Dislikes have a negative strength and push away.

Pure: arrays and dataclasses, no ORM.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from embeddings.layout import Vector

# How much an event says about taste, a view being 1.
STRENGTHS: Mapping[str, float] = {"view": 1.0, "click": 1.5, "like": 3.0, "dislike": -3.0, "cart": 4.0, "purchase": 5.0}
# After this long an event counts half: this week's interest outweighs last month's, which is not forgotten.
HALF_LIFE = timedelta(days=14)


@dataclass(frozen=True)
class Touch:
    """One event of a history: what was done with which product, and when."""

    product_id: int
    kind: str
    at: datetime


def decay(age: timedelta) -> float:
    """1 for now (or for a clock that runs ahead), 1/2 after HALF_LIFE, 1/4 after two."""
    return float(0.5 ** max(0.0, age / HALF_LIFE))


def interests(history: Iterable[Touch], *, now: datetime) -> dict[int, float]:
    """product id -> its decayed strengths summed; below zero where dislikes prevail."""
    sums: dict[int, float] = {}
    for touch in history:
        sums[touch.product_id] = sums.get(touch.product_id, 0.0) + STRENGTHS[touch.kind] * decay(now - touch.at)
    return sums


def profile_vector(history: Iterable[Touch], vectors: Mapping[int, Vector], *, now: datetime) -> Vector | None:
    """float32[dims], of any length, or None when nothing the shopper likes has a vector.

    Dislikes alone give no profile: what is unlike them all is not thereby liked.
    """
    known = {pk: strength for pk, strength in interests(history, now=now).items() if pk in vectors}
    if not any(strength > 0 for strength in known.values()):
        return None
    strengths = np.array(list(known.values()), np.float64)
    # Only proportions matter; a history that decayed to almost nothing must not vanish in float32.
    strengths /= np.abs(strengths).max()
    profile = (strengths @ np.stack([vectors[pk] for pk in known])).astype(np.float32)
    return profile if profile.any() else None
