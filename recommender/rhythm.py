"""How regularly something is bought: purchases on one day (UTC) are one, and the median gap is the rhythm.

Pure: dates and numbers, no ORM.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from statistics import median

# A product's rhythm in all the shop is known once so many shoppers bought it on two days or more, and they are at least
# this share of its buyers: three who bought a second sofa do not make sofas due every autumn.
LEAST_REPEATERS, LEAST_SHARE = 3, 0.1


@dataclass(frozen=True)
class ShopRhythm:
    """How all shoppers buy a product: how many did, how many of them on several days, and the median gap between."""

    buyers: int
    repeaters: int
    gap_days: float | None


def median_gap(days: Collection[date]) -> float | None:
    """Days between purchases, or None while there is but one day."""
    gaps = [(later - earlier).days for earlier, later in pairwise(sorted(set(days)))]
    return float(median(gaps)) if gaps else None
