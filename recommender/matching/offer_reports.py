"""What matching is worth on offers whose product is known: where blocking, the model and each band stand. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from recommender.matching.contract import ACCEPT, REVIEW
from recommender.matching.measures import Bin, Counts, calibration_bins, calibration_error

RESAMPLES = 1_000
SURE = 0.5


@dataclass(frozen=True)
class Outcome:
    """What became of an offer that is the product `wanted`, or none of the store's. `best` is the likeliest candidate,
    `kind` and `linked` the verdict; `pairs` are all candidates' probabilities with whether they are right."""

    group: str
    wanted: int | None
    best: int | None
    probability: float
    kind: str
    linked: int | None
    candidates: tuple[int, ...] = ()
    pairs: tuple[tuple[float, bool], ...] = ()

    @property
    def answer(self) -> int | None:
        """What would be answered if nobody could be asked."""
        return self.best if self.probability >= SURE else None

    @property
    def is_found(self) -> bool:
        return self.wanted in self.candidates


@dataclass(frozen=True)
class Band:
    """Of a band: how many offers, the share of them that is right (of a review: whose likeliest candidate is it, or
    none is where none seems to be), and which share of the offers that have a product it holds rightly."""

    offers: int
    precision: float
    coverage: float


@dataclass(frozen=True)
class OfferReport:
    """`intervals` are 95 % of the bootstrap over groups (products with their variants)."""

    offers: int
    matches: int
    blocking_recall: float
    ranked_first: float
    accuracy: float
    counts: Counts
    accept: Band
    review: Band
    new: Band
    calibration_error: float
    pair_calibration_error: float
    calibration: list[Bin]
    intervals: dict[str, tuple[float, float]]


def report_offers(outcomes: Sequence[Outcome], *, seed: int) -> OfferReport:
    """`outcomes` must not be empty."""
    said, right = _probabilities(outcomes)
    pairs = [pair for each in outcomes for pair in each.pairs]
    return OfferReport(
        offers=len(outcomes),
        matches=sum(each.wanted is not None for each in outcomes),
        **{name: measure(outcomes) for name, measure in _MEASURES.items()},
        counts=_count(outcomes),
        accept=_measure_band([each for each in outcomes if each.kind == ACCEPT], outcomes, lambda each: each.linked),
        review=_measure_band([each for each in outcomes if each.kind == REVIEW], outcomes, lambda each: each.answer),
        new=_measure_band([each for each in outcomes if each.kind not in (ACCEPT, REVIEW)], outcomes, lambda _: None),
        calibration_error=calibration_error(right, said),
        pair_calibration_error=calibration_error(
            np.array([is_right for _, is_right in pairs], bool), np.array([share for share, _ in pairs])
        ),
        calibration=calibration_bins(right, said),
        intervals=_resample(outcomes, {**_MEASURES, **_BAND_MEASURES}, seed=seed),
    )


def spell_reports(reports: Mapping[str, OfferReport]) -> list[str]:
    """A table: a line for each measure, a column for each way."""
    rows: list[tuple[str, list[str]]] = [
        (name, [_spell_share(getattr(report, name), report.intervals[name]) for report in reports.values()])
        for name in _MEASURES
    ]
    for name in ("precision", "recall", "f1"):
        rows.append((name, [f"{getattr(report.counts, name):.3f}" for report in reports.values()]))
    for name in ("accept", "review", "new"):
        rows.append((name, [_spell_band(getattr(report, name)) for report in reports.values()]))
    for name in ("calibration_error", "pair_calibration_error"):
        rows.append((name, [f"{getattr(report, name):.4f}" for report in reports.values()]))
    head = f"{'':24}" + "".join(f"{way:>36}" for way in reports)
    return [head, *(f"{name:24}" + "".join(f"{value:>36}" for value in values) for name, values in rows)]


def _spell_share(value: float, interval: tuple[float, float]) -> str:
    return f"{value:.3f} ({interval[0]:.3f} to {interval[1]:.3f})"


def _spell_band(band: Band) -> str:
    return f"{band.offers}, right {band.precision:.3f}, covers {band.coverage:.3f}"


def compare_accuracy(ones: Sequence[Outcome], others: Sequence[Outcome], *, seed: int) -> tuple[float, float, float]:
    """How much more often the first are right than the second, of the same offers in the same order; with a 95 %
    interval, paired."""
    gains = [(one.group, _is_right(one) - _is_right(other)) for one, other in zip(ones, others, strict=True)]
    by_group: dict[str, list[int]] = {}
    for group, gain in gains:
        by_group.setdefault(group, []).append(gain)
    sums = np.array([(sum(own), len(own)) for own in by_group.values()], float)
    drawn = sums[np.random.default_rng(seed).integers(0, len(sums), (RESAMPLES, len(sums)))].sum(axis=1)
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], [2.5, 97.5])
    return float(sums[:, 0].sum() / sums[:, 1].sum()), float(low), float(high)


def calibration_of(outcomes: Sequence[Outcome]) -> tuple[np.ndarray, np.ndarray]:
    """Labels and probabilities of the likeliest candidates, for a picture."""
    said, right = _probabilities(outcomes)
    return right, said


def _probabilities(outcomes: Sequence[Outcome]) -> tuple[np.ndarray, np.ndarray]:
    said = np.array([each.probability for each in outcomes], float)
    return said, np.array([each.best is not None and each.best == each.wanted for each in outcomes], bool)


def _is_right(outcome: Outcome) -> int:
    return int(outcome.answer == outcome.wanted)


def _share(count: int, whole: int) -> float:
    return count / whole if whole else 0.0


def _matches(outcomes: Sequence[Outcome]) -> list[Outcome]:
    return [each for each in outcomes if each.wanted is not None]


def _count(outcomes: Sequence[Outcome]) -> Counts:
    answered = [each for each in outcomes if each.answer is not None]
    right = sum(each.answer == each.wanted for each in answered)
    matches = len(_matches(outcomes))
    return Counts(_share(right, len(answered)), _share(right, matches), _share(2 * right, len(answered) + matches))


def _measure_band(
    band: Sequence[Outcome], outcomes: Sequence[Outcome], answer: Callable[[Outcome], int | None]
) -> Band:
    right = [each for each in band if answer(each) == each.wanted]
    held = sum(each.wanted is not None for each in right)
    return Band(len(band), _share(len(right), len(band)), _share(held, len(_matches(outcomes))))


def _blocking_recall(outcomes: Sequence[Outcome]) -> float:
    matches = _matches(outcomes)
    return _share(sum(each.is_found for each in matches), len(matches))


def _ranked_first(outcomes: Sequence[Outcome]) -> float:
    matches = _matches(outcomes)
    return _share(sum(each.best == each.wanted for each in matches), len(matches))


def _accuracy(outcomes: Sequence[Outcome]) -> float:
    return _share(sum(map(_is_right, outcomes)), len(outcomes))


def _accepted_precision(outcomes: Sequence[Outcome]) -> float:
    accepted = [each for each in outcomes if each.kind == ACCEPT]
    return _share(sum(each.linked == each.wanted for each in accepted), len(accepted))


def _accepted_coverage(outcomes: Sequence[Outcome]) -> float:
    matches = _matches(outcomes)
    return _share(sum(each.kind == ACCEPT and each.linked == each.wanted for each in matches), len(matches))


def _reviewed(outcomes: Sequence[Outcome]) -> float:
    return _share(sum(each.kind == REVIEW for each in outcomes), len(outcomes))


_MEASURES: Mapping[str, Callable[[Sequence[Outcome]], float]] = {
    "blocking_recall": _blocking_recall,
    "ranked_first": _ranked_first,
    "accuracy": _accuracy,
}
_BAND_MEASURES: Mapping[str, Callable[[Sequence[Outcome]], float]] = {
    "accepted_precision": _accepted_precision,
    "accepted_coverage": _accepted_coverage,
    "reviewed": _reviewed,
}


def _resample(
    outcomes: Sequence[Outcome], measures: Mapping[str, Callable[[Sequence[Outcome]], float]], *, seed: int
) -> dict[str, tuple[float, float]]:
    """Percentiles over draws of whole groups with replacement (Efron and Tibshirani 1993)."""
    by_group: dict[str, list[Outcome]] = {}
    for each in outcomes:
        by_group.setdefault(each.group, []).append(each)
    groups, chance = list(by_group.values()), np.random.default_rng(seed)
    values: dict[str, list[float]] = {name: [] for name in measures}
    for _ in range(RESAMPLES):
        drawn = [each for place in chance.integers(0, len(groups), len(groups)) for each in groups[place]]
        for name, measure in measures.items():
            values[name].append(measure(drawn))
    return {name: tuple(np.percentile(own, [2.5, 97.5]).tolist()) for name, own in values.items()}
