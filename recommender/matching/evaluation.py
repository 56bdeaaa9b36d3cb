"""What a matcher is worth on labelled pairs it was not trained on. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.matching.features import FAMILIES, FEATURES, MISSING
from recommender.matching.measures import (
    Bin,
    Counts,
    Labels,
    Probabilities,
    average_precision,
    calibration_bins,
    calibration_error,
    count_at,
)
from recommender.matching.scoring import Thresholds
from recommender.matching.training import Examples, Recipe, columns_of, fit

IMAGE_FAMILIES = ("looks",)
TEXT_FAMILIES = tuple(family.name for family in FAMILIES if family.name not in IMAGE_FAMILIES)


@dataclass(frozen=True)
class Bands:
    """What the thresholds do with the pairs: precision of what is accepted, the share of the matches among it, the
    share of the matches that is rejected, and the share of all pairs that people must see."""

    accepted_precision: float
    accepted_matches: float
    lost_matches: float
    reviewed: float


@dataclass(frozen=True)
class Report:
    """`counts` are at the threshold `even`. `calibration` has a point a tenth of probability."""

    pairs: int
    matches: int
    counts: Counts
    average_precision: float
    calibration_error: float
    calibration: list[Bin]
    bands: Bands


def report_pairs(labels: Labels, given: Probabilities, limits: Thresholds) -> Report:
    return Report(
        pairs=len(labels),
        matches=int(labels.sum()),
        counts=count_at(labels, given, limits.even),
        average_precision=average_precision(labels, given),
        calibration_error=calibration_error(labels, given),
        calibration=calibration_bins(labels, given),
        bands=_measure_bands(labels, given, limits),
    )


def ablate(known: Examples, judged: Examples, *, recipe: Recipe) -> dict[str, Report | None]:
    """Matchers that may look at a part of the features only, trained and judged alike: text, image, both, and all but
    one family. None for features that no pair has."""
    families = [family.name for family in FAMILIES]
    parts = {
        "text": TEXT_FAMILIES,
        "image": IMAGE_FAMILIES,
        "both": tuple(families),
        **{f"without {name}": tuple(other for other in families if other != name) for name in families},
    }
    return {name: _try_part(known, judged, columns_of(part), recipe) for name, part in parts.items()}


def _try_part(known: Examples, judged: Examples, columns: Sequence[str], recipe: Recipe) -> Report | None:
    if not _is_stated(known.rows, columns):
        return None
    matcher = fit(known, recipe=recipe, columns=columns)
    return report_pairs(judged.labels, matcher.probabilities(judged.rows), matcher.limits)


def _is_stated(rows: NDArray[np.float32], columns: Sequence[str]) -> bool:
    return bool((rows[:, [FEATURES.index(name) for name in columns]] != MISSING).any())


def _measure_bands(labels: Labels, given: Probabilities, limits: Thresholds) -> Bands:
    accepted, rejected = given >= limits.accept, given < limits.reject
    matches = max(int(labels.sum()), 1)
    return Bands(
        accepted_precision=float(labels[accepted].mean()) if accepted.any() else 0.0,
        accepted_matches=float((labels & accepted).sum() / matches),
        lost_matches=float((labels & rejected).sum() / matches),
        reviewed=float((~accepted & ~rejected).mean()),
    )
