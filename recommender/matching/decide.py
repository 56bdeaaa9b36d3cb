"""What becomes of an offer, given how probable each candidate is. Pure.

An offer is one product or none, so what is accepted must be probable by itself and the only one that is: a second
candidate that also may be it, a sister of the same variant group, and an identifier that says otherwise are for people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from recommender.matching.scoring import Thresholds

# A runner-up whose odds are at least this share of the best one's is a tie: both are about as good an answer.
TIE = 0.1


class Kind(StrEnum):
    ACCEPT = "accept"
    REVIEW = "review"
    REJECT = "reject"
    NEW = "new"


@dataclass(frozen=True)
class Candidate:
    """A product that the offer may be. `conflicting` says that identifiers name another one, or several."""

    product_id: int
    probability: float
    variant_group: str = ""
    conflicting: bool = False


@dataclass(frozen=True)
class Verdict:
    """`product_id` is the accepted product, or the one a reviewer should look at first; None for a new product.

    `why` is one of: sure, unsure, tie, variants, identifiers, unlike, no_candidates.
    """

    kind: Kind
    product_id: int | None
    why: str


def decide(candidates: Sequence[Candidate], thresholds: Thresholds) -> Verdict:
    """One verdict an offer: accept, review or new. The same candidates in any order give the same verdict."""
    if not candidates:
        return Verdict(Kind.NEW, None, "no_candidates")
    best, *others = sorted(candidates, key=lambda each: (-each.probability, each.product_id))
    if best.probability < thresholds.reject:
        return Verdict(Kind.NEW, None, "unlike")
    rivals = [other for other in others if other.probability >= thresholds.reject]
    doubt = _find_doubt(best, rivals, thresholds)
    return Verdict(Kind.REVIEW if doubt else Kind.ACCEPT, best.product_id, doubt or "sure")


def judge(probability: float, thresholds: Thresholds) -> Kind:
    """What a pair is by itself: the accept, review or reject band it falls into."""
    if probability >= thresholds.accept:
        return Kind.ACCEPT
    return Kind.REVIEW if probability >= thresholds.reject else Kind.REJECT


def _find_doubt(best: Candidate, rivals: Sequence[Candidate], thresholds: Thresholds) -> str:
    if best.conflicting:
        return "identifiers"
    if best.probability < thresholds.accept:
        return "unsure"
    if any(_is_sister(best, rival) and rival.probability >= thresholds.even for rival in rivals):
        return "variants"
    if any(_odds(rival.probability) >= TIE * _odds(best.probability) for rival in rivals):
        return "tie"
    return ""


def _is_sister(one: Candidate, other: Candidate) -> bool:
    return bool(one.variant_group) and one.variant_group == other.variant_group


def _odds(probability: float) -> float:
    return probability / max(1 - probability, 1e-9)
