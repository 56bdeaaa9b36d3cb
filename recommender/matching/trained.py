"""The trained model, its thresholds and the rules of decision as the one thing that matching asks (`contract`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from recommender.matching import decide, scoring
from recommender.matching.choosing import Chooser, is_chooser, read_chooser
from recommender.matching.contract import ACCEPT, Candidate, Verdict
from recommender.matching.items import Item

WHY = {
    "sure": "likely enough, and nothing else is",
    "unsure": "neither likely nor unlikely",
    "tie": "another product is about as likely",
    "variants": "a variant of the same product is likely too",
    "identifiers": "fits, but has another GTIN",
    "unlike": "the likeliest is too unlike",
    "no_candidates": "nothing resembles it",
}


@dataclass(frozen=True)
class TrainedMatcher:
    """Unlike the model's own decision, a verdict names a product only where it accepts one."""

    model: scoring.Matcher

    @property
    def accept_at(self) -> float:
        return self.model.thresholds().accept

    @property
    def reject_below(self) -> float:
        return self.model.thresholds().reject

    @property
    def metrics(self) -> Mapping[str, Any]:
        return self.model.metrics

    def score(self, pairs: Sequence[tuple[Item, Item]]) -> Sequence[scoring.Scored]:
        return self.model.score(pairs)

    def decide(self, candidates: Sequence[Candidate]) -> Verdict:
        known = [
            decide.Candidate(each.product_id, each.probability, each.variant_group, each.has_other_gtin)
            for each in candidates
        ]
        verdict = decide.decide(known, self.model.thresholds())
        accepted = verdict.product_id if verdict.kind == ACCEPT else None
        return Verdict(verdict.kind.value, accepted, WHY[verdict.why])


def load_matcher(path: Path | None) -> TrainedMatcher | Chooser:
    """The generic one without a path.

    Raises MatcherUnusable, OSError, and EncoderUnavailable where it has a reader whose text model can't be had.
    """
    if path is None:
        return TrainedMatcher(scoring.load_matcher())
    data = path.read_bytes()
    if is_chooser(data):
        return read_chooser(data)
    model = scoring.read_matcher(data)
    if model.reading:
        model.reading.reader.check()
    return TrainedMatcher(model)
