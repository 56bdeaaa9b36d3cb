"""By how much what two texts say of a thing's size differs. Pure.

Quantities agree or conflict within 2 % (`features.numbers`), which is for codes and packs. Suppliers round to ounces,
inches and five centimetres, so that one in three right offers conflicts; a size that is another one differs by more.
"""

from __future__ import annotations

import math
import re
from functools import lru_cache

from recommender.matching.features import MISSING
from recommender.matching.quantities import NUMBER, TEXTS_REMEMBERED, Quantity, read_quantities
from recommender.matching.wording import Reading

# Beyond this, one is as different as another.
FARTHEST = 2.0
# What is left of a rug's or a cushion's size where a number with a unit is looked for: `200x140 cm`.
_SIDE, _BY = r"(\d+(?:[.,]\d+)?)", r"\s*[x\u00d7]\s*"
_SIDES = re.compile(rf"{_SIDE}{_BY}{_SIDE}(?:{_BY}{_SIDE})?\s*(cm|mm|in|m)\b")


def sizes_apart(one: Reading, other: Reading) -> float:
    """|ln of the ratio| of the values nearest to each other, of that dimension where it is largest; 0 is the same,
    MISSING where no dimension is stated by both."""
    some, others = _by_dimension(one), _by_dimension(other)
    apart = [
        min(abs(math.log(value / theirs)) for value in values for theirs in others[dimension])
        for dimension, values in some.items()
        if dimension in others
    ]
    return min(max(apart), FARTHEST) if apart else MISSING


def _by_dimension(item: Reading) -> dict[str, set[float]]:
    found: dict[str, set[float]] = {}
    for dimension, value in item.all_quantities | read_sides(item.text):
        if dimension != NUMBER and value > 0:
            found.setdefault(dimension, set()).add(value)
    return found


@lru_cache(maxsize=TEXTS_REMEMBERED)
def read_sides(text: str) -> frozenset[Quantity]:
    """Lengths of things with several sides."""
    spelt = (f"{side}{unit}" for *sides, unit in _SIDES.findall(text) for side in sides if side)
    return frozenset(quantity for each in spelt for quantity in read_quantities(each))
