"""A linear map learned in one pass: ridge regression from its normal equations.

    W = (X'X + ridge * n * I)^-1 X'Y        over centred X [n, p] and Y [n, d]

(Hoerl and Kennard 1970, doi:10.1080/00401706.1970.10488634.) Rows come in batches and are added into p x p and p x d
sums, so memory does not grow with them. One eigendecomposition serves every strength that is tried; which is kept, the
predictions of held-out rows decide, and all rows then count. A strength too large for what the content
says leaves the mean of all targets, which is the neutral answer.

Pure: arrays, no ORM.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from embeddings.layout import Vector, unit

Matrix = NDArray[np.floating[Any]]

STRENGTHS = tuple(np.logspace(-4, 1, 11))
# One row in five is held out while the strength is chosen, at most so many.
HELD_OUT_EVERY, HELD_OUT_AT_MOST = 5, 2_000
# Below this nothing can be chosen by what was held out.
LEAST_ROWS = 10


@dataclass(frozen=True)
class RidgeMap:
    """`weights` float32[p, d], `bias` float32[d]; `held_out_cosine` is the mean over rows that were not fitted on."""

    weights: Vector
    bias: Vector
    ridge: float
    rows: int
    held_out_cosine: float

    def predict(self, features: Vector) -> Vector:
        """float32[n, d] of unit length from float32[n, p]."""
        return unit(features @ self.weights + self.bias)


@dataclass
class _Sums:
    """What ridge regression needs to know of the rows."""

    n: int = 0
    x: Matrix = field(default_factory=lambda: np.zeros(0))
    y: Matrix = field(default_factory=lambda: np.zeros(0))
    xx: Matrix = field(default_factory=lambda: np.zeros((0, 0)))
    xy: Matrix = field(default_factory=lambda: np.zeros((0, 0)))

    @classmethod
    def of(cls, x: Vector, y: Vector) -> Self:
        x64, y64 = x.astype(np.float64), y.astype(np.float64)
        return cls(len(x), x64.sum(axis=0), y64.sum(axis=0), x64.T @ x64, x64.T @ y64)

    def __add__(self, other: _Sums) -> _Sums:
        if not self.n or not other.n:
            return other if other.n else self
        parts = ((getattr(self, name), getattr(other, name)) for name in ("n", "x", "y", "xx", "xy"))
        return _Sums(*(mine + theirs for mine, theirs in parts))

    def covariances(self) -> tuple[Matrix, Matrix]:
        """X'X / n and X'Y / n, centred."""
        mean = self.x / self.n
        return self.xx / self.n - np.outer(mean, mean), self.xy / self.n - np.outer(mean, self.y / self.n)

    def solve(self, ridge: float) -> tuple[Vector, Vector]:
        """(weights, bias)"""
        xx, xy = self.covariances()
        return self._with_bias(np.linalg.solve(xx + ridge * np.eye(len(xx)), xy))

    def solve_each(self, ridges: Sequence[float]) -> Iterator[tuple[Vector, Vector]]:
        """The same for one after the other, at the cost of a few."""
        xx, xy = self.covariances()
        values, vectors = np.linalg.eigh(xx)
        target = vectors.T @ xy
        for ridge in ridges:
            yield self._with_bias(vectors @ (target / (np.maximum(values, 0) + ridge)[:, None]))

    def _with_bias(self, weights: Matrix) -> tuple[Vector, Vector]:
        return weights.astype(np.float32), ((self.y - self.x @ weights) / self.n).astype(np.float32)


def fit_ridge(batches: Iterable[tuple[Vector, Vector]]) -> RidgeMap | None:
    """From batches of (float32[n, p], float32[n, d] of unit length); None from fewer than LEAST_ROWS rows."""
    fitted, held = _Sums(), []
    seen = kept = 0
    for x, y in batches:
        chosen = np.arange(seen, seen + len(x)) % HELD_OUT_EVERY == HELD_OUT_EVERY - 1
        chosen &= np.cumsum(chosen) + kept <= HELD_OUT_AT_MOST
        seen += len(x)
        kept += int(chosen.sum())
        held.append((x[chosen], y[chosen]))
        fitted += _Sums.of(x[~chosen], y[~chosen])
    if seen < LEAST_ROWS:
        return None
    held_x, held_y = (np.concatenate(parts) for parts in zip(*held, strict=True))
    cosines = np.stack([_cosines(*trial, held_x, held_y) for trial in fitted.solve_each(STRENGTHS)])
    chosen_at = _strongest_as_good_as_the_best(cosines)
    whole = fitted + _Sums.of(held_x, held_y)
    weights, bias = whole.solve(STRENGTHS[chosen_at])
    return RidgeMap(weights, bias, float(STRENGTHS[chosen_at]), whole.n, float(cosines[chosen_at].mean()))


def _strongest_as_good_as_the_best(cosines: Vector) -> int:
    """Of float32[strengths, rows]: the last within one standard error of the best mean (Breiman et al. 1984), for a
    few rows would else choose by chance, and mostly too weakly.
    """
    means = cosines.mean(axis=1)
    best = int(means.argmax())
    error = cosines[best].std() / np.sqrt(cosines.shape[1])
    return int(np.flatnonzero(means >= means[best] - error)[-1])


def _cosines(weights: Vector, bias: Vector, x: Vector, y: Vector) -> Vector:
    return np.sum(unit(x @ weights + bias) * y, axis=1)
