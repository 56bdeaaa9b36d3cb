"""What each supplier is like: its prices' level, how often its GTINs tell the truth, and its pictures' light. Pure.

A wholesaler's cost price is half of the shop's price, a trader's nearly the same; what is far from a supplier's own
level is another product. One that copies GTINs is believed less. One that photographs under a warm lamp shows white
things yellow. Suppliers with few confirmed offers are taken to be like all.
"""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from catalog.normalize import normalize_slug
from embeddings.layout import Vector
from recommender.matching.features import price_ratio
from recommender.matching.items import Item

# Confirmed offers that the suppliers' common habit counts for.
COMMON_WEIGHT = 5
# The median absolute deviation of a normal distribution times this is its standard deviation.
TO_DEVIATION = 1.4826
LEAST_DEVIATION = 0.02
FARTHEST = 8.0


Found = TypeVar("Found")


@dataclass(frozen=True)
class Level:
    """Of ln(offer's price / product's price): the median, and a robust standard deviation."""

    middle: float
    deviation: float


@dataclass(frozen=True)
class Habits:
    """`gtins`: supplier -> the share of its GTINs that named the right product. `lights`: by how much its pictures'
    palettes are above those of the products they show. The common habit has the key ''."""

    prices: Mapping[str, Level]
    gtins: Mapping[str, float]
    lights: Mapping[str, Vector] = field(default_factory=dict)

    def deviation(self, offer: Item, product: Item) -> float | None:
        """Standard deviations between the pair's price ratio and the supplier's usual one; None without prices."""
        ratio = price_ratio(offer, product)
        level = self.prices.get(offer.supplier) or self.prices.get("")
        if ratio is None or level is None:
            return None
        return min(abs(ratio - level.middle) / level.deviation, FARTHEST)

    def trust(self, supplier: str) -> float:
        return self.gtins.get(supplier, self.gtins.get("", 0.5))

    def palette(self, offer: Item) -> Vector | None:
        """The offer's, as it would be under the shop's light; None without a picture."""
        if not offer.palettes:
            return None
        light = self.lights.get(offer.supplier, self.lights.get(""))
        return offer.palettes[0] if light is None else offer.palettes[0] - light

    def to_json(self) -> dict[str, Any]:
        prices = {supplier: [level.middle, level.deviation] for supplier, level in self.prices.items()}
        lights = {supplier: light.tolist() for supplier, light in self.lights.items()}
        return {"prices": prices, "gtins": dict(self.gtins), "lights": lights}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Habits:
        # Matchers learned before slugs were spelt alike may have capitals.
        prices = {normalize_slug(k): Level(float(mid), float(dev)) for k, (mid, dev) in stored["prices"].items()}
        # Matchers learned before there were palettes have none.
        lights = {normalize_slug(k): np.array(v, np.float32) for k, v in stored.get("lights", {}).items()}
        return cls(prices, {normalize_slug(k): float(v) for k, v in stored["gtins"].items()}, lights)


def learn_habits(links: Iterable[tuple[Item, Item]], named: Iterable[tuple[str, bool]]) -> Habits:
    """Of (offer, its product) pairs, and of (supplier, whether it was right) of offers whose GTIN names a product."""
    ratios: dict[str, list[float]] = defaultdict(list)
    shifts: dict[str, list[Vector]] = defaultdict(list)
    for offer, product in links:
        ratio = price_ratio(offer, product)
        if ratio is not None:
            ratios[offer.supplier].append(ratio)
        if offer.palettes and product.palettes:
            shifts[offer.supplier].append(offer.palettes[0] - np.mean(product.palettes, axis=0))
    told: dict[str, list[bool]] = defaultdict(list)
    for supplier, was_right in named:
        told[supplier].append(was_right)
    levels = {supplier: _measure(own) for supplier, own in _settle(ratios).items()}
    lights = {supplier: np.median(own, axis=0) for supplier, own in _settle(shifts).items()}
    return Habits(levels, _learn_trust(told), lights)


def _settle(found: Mapping[str, list[Found]]) -> dict[str, list[Found]]:
    """Suppliers with enough to speak for themselves, and all together as ''; nothing of nothing."""
    everybody = [each for own in found.values() for each in own]
    settled = {supplier: own for supplier, own in found.items() if len(own) >= COMMON_WEIGHT}
    return {**settled, "": everybody} if everybody else {}


def _measure(ratios: Sequence[float]) -> Level:
    middle = statistics.median(ratios)
    deviation = TO_DEVIATION * statistics.median(abs(ratio - middle) for ratio in ratios)
    return Level(middle, max(deviation, LEAST_DEVIATION))


def _learn_trust(told: Mapping[str, Sequence[bool]]) -> dict[str, float]:
    everybody = [was_right for own in told.values() for was_right in own]
    common = (sum(everybody) + 1) / (len(everybody) + 2)
    own = {supplier: (sum(own) + COMMON_WEIGHT * common) / (len(own) + COMMON_WEIGHT) for supplier, own in told.items()}
    return {**own, "": common}
