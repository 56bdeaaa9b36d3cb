"""Where an offer stands: what follows from what people and the machine decided, and from what nobody has decided yet.

Nothing else sets a status, so undoing a decision brings back exactly what was before it, also when the offer was scored
anew in between. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log2

from recommender.matching.contract import ACCEPT, NEW, REJECT, REVIEW

LINKED, REJECTED = "linked", "rejected"


@dataclass(frozen=True)
class Open:
    """A candidate nobody has rejected, with its probability; or before the rejections are looked at."""

    product_id: int
    probability: float


@dataclass(frozen=True)
class Said:
    """A decision that stands."""

    verdict: str
    product_id: int | None


@dataclass(frozen=True)
class Standing:
    """`product_id` is what the offer is linked to; `best` the likeliest candidate nobody has rejected."""

    status: str
    product_id: int | None
    best: Open | None

    @property
    def probability(self) -> float:
        return self.best.probability if self.best else 0.0

    @property
    def uncertainty(self) -> float:
        """How much asking a person would tell, in bits: 1 where the machine can't choose."""
        return entropy(self.probability)


def settle(
    *, machine: str, candidates: Sequence[Open], said: Sequence[Said], is_peoples: bool, reject_below: float
) -> Standing:
    """
    Args:
        machine: the machine's verdict on the offer as it is now.
        candidates: best first.
        said: the decisions that stand, the oldest first. The last that accepts or says new counts: of an offer that is
            new a product may have been made.
        is_peoples: somebody has decided or undone something here. From then on nothing is closed by the machine alone.
    """
    rejected = {each.product_id for each in said if each.verdict == REJECT}
    best = next((each for each in candidates if each.product_id not in rejected), None)
    answer = next((each for each in reversed(said) if each.verdict != REJECT), None)
    if answer is not None:
        return Standing(LINKED if answer.verdict == ACCEPT else NEW, answer.product_id, best)
    if rejected:
        is_open = best is not None and best.probability >= reject_below
        return Standing(REVIEW if is_open else REJECTED, None, best)
    if is_peoples or machine in {REVIEW, ACCEPT}:
        return Standing(REVIEW, None, best)
    return Standing(REJECTED if machine == REJECT else NEW, None, best)


def entropy(probability: float) -> float:
    """Of a yes or no, in bits, to six digits."""
    if not 0 < probability < 1:
        return 0.0
    return round(-probability * log2(probability) - (1 - probability) * log2(1 - probability), 6)
