"""How good probabilities of pairs are: precision, recall, F1, average precision, calibration. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.bool_]
Probabilities = NDArray[np.float64]
BINS = 10


@dataclass(frozen=True)
class Counts:
    """Of the pairs called matches how many are, and of the matches how many were called so."""

    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class Curve:
    """Precision and recall at every threshold, highest first: what is at least `thresholds[i]`, `called[i]` pairs, is
    called a match."""

    thresholds: Probabilities
    called: NDArray[np.int64]
    precision: Probabilities
    recall: Probabilities

    @property
    def f1(self) -> Probabilities:
        total = self.precision + self.recall
        return np.asarray(2 * self.precision * self.recall / np.where(total > 0, total, 1))


@dataclass(frozen=True)
class Bin:
    """Pairs of about one probability: how many, how sure on average, how many are matches."""

    pairs: int
    said: float
    true: float


def count_at(labels: Labels, given: Probabilities, threshold: float) -> Counts:
    called = given >= threshold
    hits = float((called & labels).sum())
    precision = hits / called.sum() if called.any() else 0.0
    recall = hits / labels.sum() if labels.any() else 0.0
    return Counts(float(precision), float(recall), 2 * hits / max(float(called.sum() + labels.sum()), 1.0))


def curve_of(labels: Labels, given: Probabilities) -> Curve:
    """One point per distinct probability."""
    order = np.argsort(-given, kind="stable")
    hits = np.cumsum(labels[order])
    last = np.append(np.flatnonzero(np.diff(given[order])), len(given) - 1)
    called = last + 1
    return Curve(given[order][last], called, hits[last] / called, hits[last] / max(int(labels.sum()), 1))


def average_precision(labels: Labels, given: Probabilities) -> float:
    """Area under the curve by steps: the mean precision at the matches."""
    if not labels.any():
        return 0.0
    curve = curve_of(labels, given)
    return float((np.diff(curve.recall, prepend=0.0) * curve.precision).sum())


def log_losses(labels: Labels, given: Probabilities) -> Probabilities:
    """Of each pair: minus the logarithm of the probability given to what it is, at most 27.6."""
    return -np.log(np.maximum(np.where(labels, given, 1 - given), 1e-12))


def calibration_bins(labels: Labels, given: Probabilities, *, bins: int = BINS) -> list[Bin]:
    """Equal steps of probability; steps without pairs are left out."""
    where = np.minimum((given * bins).astype(int), bins - 1)
    return [
        Bin(int((where == step).sum()), float(given[where == step].mean()), float(labels[where == step].mean()))
        for step in np.unique(where)
    ]


def calibration_error(labels: Labels, given: Probabilities, *, bins: int = BINS) -> float:
    """Expected calibration error (Naeini et al. 2015): |said - true| over the bins, weighed by their pairs."""
    if not len(labels):
        return 0.0
    return sum(part.pairs * abs(part.said - part.true) for part in calibration_bins(labels, given, bins=bins)) / len(
        labels
    )
