"""Numbers, measures, years, versions and prices."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence, Set

from recommender.matching.features.pair import MISSING, Pair, order, overlap
from recommender.matching.items import Item
from recommender.matching.quantities import NUMBER, Quantity


def measure_numbers(pair: Pair) -> Sequence[float]:
    """Of numbers without unit and of numbers with one, in the titles: how many are shared, how many only one side has,
    lower and higher; dimensions stated by both sides, wherever, that agree and that conflict."""
    a, b = pair.left, pair.right
    plain = [{q for q in side.quantities if q[0] == NUMBER} for side in (a, b)]
    united = [{q for q in side.quantities if q[0] != NUMBER} for side in (a, b)]
    return (
        *_compare_sets(*plain),
        *_compare_sets(*united),
        *_agreement(a.quantities, b.quantities),
        *_agreement(a.all_quantities, b.all_quantities),
    )


def measure_versions(pair: Pair) -> Sequence[float]:
    """Years, then versions and editions: 1 the same, 0 none in common, in between for some; MISSING unless both say."""
    return overlap(pair.left.years, pair.right.years), overlap(pair.left.versions, pair.right.versions)


def measure_price(pair: Pair) -> Sequence[float]:
    """|ln of the prices' ratio|, at most 10."""
    ratio = price_ratio(pair.left.item, pair.right.item)
    return (MISSING if ratio is None else min(abs(ratio), 10.0),)


def price_ratio(one: Item, other: Item) -> float | None:
    """ln of the first price over the second; None unless both are stated, sensible and of one currency."""
    a, b = one.price, other.price
    if not a or not b or not (0 < a < math.inf and 0 < b < math.inf):
        return None
    if one.currency and other.currency and one.currency != other.currency:
        return None
    return math.log(a) - math.log(b)


def _compare_sets(one: Set[Quantity], other: Set[Quantity]) -> tuple[float, float, float]:
    return float(len(one & other)), *order(len(one - other), len(other - one))


def _agreement(some: Collection[Quantity], others: Collection[Quantity]) -> tuple[float, float]:
    """Dimensions that both sides state, NUMBER left out: how many share a value, how many share none."""
    by_dimension: dict[str, tuple[set[float], set[float]]] = {}
    for place, quantities in enumerate((some, others)):
        for dimension, value in quantities:
            if dimension != NUMBER:
                by_dimension.setdefault(dimension, (set(), set()))[place].add(value)
    both = [(one, other) for one, other in by_dimension.values() if one and other]
    agreeing = sum(_close(one, other) for one, other in both)
    return float(agreeing), float(len(both) - agreeing)


def _close(some: Set[float], others: Set[float]) -> bool:
    """Do any two values differ by at most 2 %? Suppliers round inches and ounces."""
    return any(abs(one - other) <= 0.02 * max(one, other) for one in some for other in others)
