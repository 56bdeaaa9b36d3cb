"""How far a figure would move with other shoppers.

A figure is a function of means over shoppers: nDCG itself, the relative difference of two recommenders asked about the
same shoppers, Gini's coefficient of mean exposures. Resampling whole shoppers keeps what belongs together together.

Pure: arrays, no ORM.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

ROUNDS = 4_000
LEVEL = 0.95
# Resampled shoppers in memory at a time.
_CELLS = 4_000_000
_NORMAL = NormalDist()

Table = NDArray[np.float64]

# float[rounds, columns] of means -> float[rounds]
Statistic = Callable[[Table], Table]


@dataclass(frozen=True)
class Estimate:
    """`low` to `high` is the interval at LEVEL, NaN when there are too few shoppers to tell; `n` shoppers."""

    value: float
    low: float
    high: float
    n: int

    @property
    def is_above_zero(self) -> bool:
        return self.low > 0


def first_mean(means: Table) -> Table:
    return means[:, 0]


def relative_lift(means: Table) -> Table:
    """How much more the first column is than the second, as a share of the second."""
    return np.divide(means[:, 0], means[:, 1], out=np.full(len(means), np.inf), where=means[:, 1] > 0) - 1


def estimate(values: Table, statistic: Statistic = first_mean, *, seed: int, rounds: int = ROUNDS) -> Estimate:
    """The statistic of the means of `values`, float[shoppers] or float[shoppers, columns], with a BCa interval.

    Bias-corrected and accelerated (Efron 1987, doi:10.1080/01621459.1987.10478410): percentiles of the bootstrap,
    moved by its median bias and by the skewness that leaving out one shopper at a time shows. It keeps its level on
    figures between 0 and 1 with many zeros, where mean ± 2 errors does not.
    """
    n = len(values)
    if not n:
        return Estimate(np.nan, np.nan, np.nan, 0)
    table = np.asarray(values, np.float64).reshape(n, -1)
    value = float(statistic(table.mean(axis=0, keepdims=True))[0])
    if n < 2:
        return Estimate(value, np.nan, np.nan, n)
    resampled = np.sort(_resample(table, statistic, seed=seed, rounds=rounds))
    left_out = statistic((table.sum(axis=0) - table) / (n - 1))
    if not np.isfinite(left_out).all() or not np.isfinite(resampled).all() or resampled[0] == resampled[-1]:
        low, high = np.percentile(resampled, [50 * (1 - LEVEL), 50 * (1 + LEVEL)], method="nearest")
        return Estimate(value, float(low), float(high), n)
    low, high = np.quantile(resampled, _levels(value, resampled, left_out))
    return Estimate(value, float(low), float(high), n)


def _resample(table: Table, statistic: Statistic, *, seed: int, rounds: int) -> Table:
    generator, n = np.random.default_rng(seed), len(table)
    at_once = max(1, _CELLS // n)
    found = []
    for start in range(0, rounds, at_once):
        size = min(at_once, rounds - start)
        # How often each shopper is drawn, rather than whom each draw hits: then the means are one product.
        drawn = generator.multinomial(n, np.full(n, 1 / n), size=size)
        found.append(statistic(drawn @ table / n))
    return np.concatenate(found)


def _levels(value: float, resampled: Table, left_out: Table) -> list[float]:
    """Which quantiles of the bootstrap bound the interval (Efron 1987, section 4)."""
    rounds = len(resampled)
    below = (np.count_nonzero(resampled < value) + np.count_nonzero(resampled == value) / 2) / rounds
    bias = _NORMAL.inv_cdf(min(max(below, 0.5 / rounds), 1 - 0.5 / rounds))
    spread = left_out.mean() - left_out
    scale = float((spread**2).sum() ** 1.5)
    acceleration = float((spread**3).sum()) / (6 * scale) if scale > 0 else 0.0
    ends = [_NORMAL.inv_cdf((1 - LEVEL) / 2), _NORMAL.inv_cdf((1 + LEVEL) / 2)]
    return [_NORMAL.cdf(bias + (bias + z) / (1 - acceleration * (bias + z))) for z in ends]


def jackknife(value: float, left_out: Table) -> Estimate:
    """For what no resampling may repeat, such as the number of different products shown to all shoppers.

    value ± z * sqrt((n - 1) / n * sum of squared deviations) with `left_out` the figure without each shopper in turn
    (Heltshe and Forrester 1983, doi:10.2307/2530802, for numbers of species).
    """
    n = len(left_out)
    if n < 2:
        return Estimate(value, np.nan, np.nan, n)
    error = float(np.sqrt((n - 1) / n * ((left_out - left_out.mean()) ** 2).sum()))
    width = _NORMAL.inv_cdf((1 + LEVEL) / 2) * error
    return Estimate(value, value - width, value + width, n)
