"""A small matcher with real rules and no training, so that tests of what surrounds it know its numbers beforehand.

Probability is 0.7 of the titles' shared words (Jaccard) and 0.3 of the pictures' cosine above one half, doubled;
without pictures the words alone. A brand that differs takes 0.2 off. Titles with `poison` in them raise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from recommender.matching.contract import ACCEPT, NEW, REJECT, REVIEW, Candidate, Verdict
from recommender.matching.identifiers import spell_brand
from recommender.matching.items import Item


@dataclass(frozen=True)
class StandInScore:
    probability: float
    contributions: Mapping[str, float]


@dataclass(frozen=True)
class StandIn:
    accept_at: float = 0.9
    reject_below: float = 0.3
    metrics: Mapping[str, float] = field(default_factory=lambda: {"f1": 0.5})

    def score(self, pairs: Sequence[tuple[Item, Item]]) -> list[StandInScore]:
        return [_score(offer, product) for offer, product in pairs]

    def decide(self, candidates: Sequence[Candidate]) -> Verdict:
        best = candidates[0] if candidates else None
        if best is None or best.probability < 0.1:
            return Verdict(NEW, None, "nothing resembles it")
        if best.probability < self.reject_below:
            return Verdict(REJECT, None, "the likeliest is too unlike")
        rivals = [each for each in candidates[1:] if each.probability >= self.accept_at]
        if best.probability >= self.accept_at and not rivals:
            return Verdict(ACCEPT, best.product_id, "likely enough")
        return Verdict(REVIEW, None, "several fit" if rivals else "neither likely nor unlikely")


def load_stand_in(path: Path | None) -> StandIn:
    """The artifact of a version is its two thresholds, `0.9 0.3`."""
    if path is None:
        return StandIn()
    accept_at, reject_below = path.read_text().split()
    return StandIn(float(accept_at), float(reject_below))


def _score(offer: Item, product: Item) -> StandInScore:
    if "poison" in offer.title:
        raise ValueError("this offer can't be scored")
    own, other = set(offer.title.lower().split()), set(product.title.lower().split())
    parts = {"words": len(own & other) / max(len(own | other), 1)}
    if offer.image_vector is not None and product.image_vector is not None:
        cosine = float(np.dot(offer.image_vector, product.image_vector))
        parts = {"words": 0.7 * parts["words"], "picture": 0.3 * max(0.0, 2 * cosine - 1)}
    if offer.brand and product.brand and spell_brand(offer.brand) != spell_brand(product.brand):
        parts["brand"] = -0.2
    return StandInScore(min(1.0, max(0.0, sum(parts.values()))), parts)
