"""How far a variant is from the control, and how sure that is.

A metric is a ratio of sums over shoppers, who are what was drawn by lot: rankings clicked / rankings shown, or buyers /
shoppers. One shopper's rankings resemble each other, so the variance is taken over shoppers by the delta method (Deng,
Knoblich and Lu 2018, "Applying the Delta Method in Metric Analytics", doi:10.1145/3219819.3219919, equation 4):

    var(X/Y) = (var(x) - 2 R cov(x, y) + R^2 var(y)) / (n mean(y)^2),   R = sum(x) / sum(y)

The interval of the relative lift R_t / R_c - 1 is that of ln R_t - ln R_c, whose variance is the sum of both
var(R) / R^2: on that scale a ratio is nearly normal, and no interval reaches below -100 %.

Pure: numbers and dataclasses, no ORM.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)
# Below this probability the numbers of shoppers do not fit the shares, and no comparison is to be trusted: the usual
# limit, far below 5 % because it is looked at often (Fabijan et al. 2019, doi:10.1145/3292500.3330722).
MISMATCH = 0.001


@dataclass(frozen=True)
class Moments:
    """Sums over n shoppers of numerator x and denominator y, all that the delta method needs."""

    n: int
    x: float
    y: float
    xx: float
    yy: float
    xy: float

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, float]]) -> Moments:
        """Of one (x, y) for each shopper."""
        pairs = list(pairs)
        return cls(
            n=len(pairs),
            x=math.fsum(x for x, _ in pairs),
            y=math.fsum(y for _, y in pairs),
            xx=math.fsum(x * x for x, _ in pairs),
            yy=math.fsum(y * y for _, y in pairs),
            xy=math.fsum(x * y for x, y in pairs),
        )

    @property
    def ratio(self) -> float | None:
        return self.x / self.y if self.y else None

    @property
    def relative_variance(self) -> float | None:
        """var(R) / R^2; None where there are fewer than two shoppers or nothing to divide by."""
        if self.n < 2 or not self.x or not self.y:
            return None
        ratio = self.x / self.y
        spread = (self.xx - 2 * ratio * self.xy + ratio**2 * self.yy) / (self.n - 1)  # x - R y has the mean 0
        return max(0.0, spread) / (self.n * (self.y / self.n) ** 2) / ratio**2


@dataclass(frozen=True)
class Lift:
    """The variant's ratio over the control's, less 1, with the ends of its 95 % interval."""

    relative: float
    low: float
    high: float


def relative_lift(variant: Moments, control: Moments) -> Lift | None:
    """None where one of them has nothing to compare yet."""
    spreads = variant.relative_variance, control.relative_variance
    if spreads[0] is None or spreads[1] is None:
        return None
    log_ratio = math.log((variant.x / variant.y) / (control.x / control.y))
    margin = Z * math.sqrt(spreads[0] + spreads[1])
    relative, low, high = (math.expm1(log_ratio + step) for step in (0, -margin, margin))
    return Lift(relative, low, high)


def mismatch_probability(counts: Sequence[int], shares: Sequence[float]) -> float | None:
    """How likely counts this far from the shares are by chance: Pearson's chi-square. None while nobody is counted."""
    # scipy takes half a second to import, and the web process asks for one of its functions, seldom.
    from scipy.special import chdtrc

    total = sum(counts)
    if not total or len(counts) < 2:
        return None
    expected = [total * share / sum(shares) for share in shares]
    statistic = sum((count - due) ** 2 / due for count, due in zip(counts, expected, strict=True))
    return float(chdtrc(len(counts) - 1, statistic))
