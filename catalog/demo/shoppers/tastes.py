"""Who the shoppers are: tastes drawn over what the catalogue has, in numbers for the choices and in words for readers.

The numbers differ from shopper to shopper (a mixed logit: Train 2009, "Discrete Choice Methods with Simulation",
ch. 6), so that one goes by colour, another by material, a third by price. A style says what tends to be liked together;
nobody keeps to it entirely. Part of every taste lies in nothing visible: `whims`, which no attribute gives away.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from catalog.demo.shoppers.draws import Draws
from catalog.demo.shoppers.families import OTHER, STYLES
from catalog.demo.shoppers.shelves import Good, Shop, department, leaf

#: Of the drawn month, in days: interest in a type is a hill this wide around its peak, on a plain that never vanishes.
INTEREST_WIDTH = 9.0
INTEREST_PLAIN = 0.35
OWN_TYPES_COUNT = 6
RANKED_WEIGHTS = (1.0, 0.75, 0.5, 0.35)


@dataclass(frozen=True)
class Taste:
    """Utilities: of a family that is `1.0` in `colours`, `colour_weight`, and so on. `types` are shares of intent."""

    shopper: str
    style: str
    colours: Mapping[str, float]
    colour_weight: float
    materials: Mapping[str, float]
    material_weight: float
    pattern: float
    brands: Mapping[str, float]
    types: Mapping[str, float]
    peaks: Mapping[str, float]  # type -> the day on which it interests most
    price_level: float
    price_weight: float
    crowd: float  # how much others' favourites count
    whims: Mapping[str, float]  # sku -> utility
    sessions_a_week: float
    first_day: float
    last_day: float

    def utility(self, good: Good, appeal: float) -> float:
        """What the shopper sees in a product, before the moment's noise."""
        colour = math.fsum(self.colours.get(family, 0.0) * share for family, share in good.colours.items())
        return math.fsum(
            [
                self.colour_weight * colour,
                self.material_weight * self.materials.get(good.material, 0.0),
                self.pattern if good.patterned else 0.0,
                self.brands.get(good.brand, 0.0),
                -self.price_weight * abs(good.price_level - self.price_level),
                self.crowd * appeal,
                self.whims[good.sku],
            ]
        )

    def interest(self, type_name: str, day: float) -> float:
        if type_name not in self.types:
            return 0.0
        hill = math.exp(-(((day - self.peaks[type_name]) / INTEREST_WIDTH) ** 2))
        return self.types[type_name] * (INTEREST_PLAIN + hill)


def draw_taste(number: int, shop: Shop, draws: Draws) -> Taste:
    style_name = draws.pick(list(STYLES), [1.0] * len(STYLES))
    style = STYLES[style_name]
    types = _draw_types(shop, draws)
    # A liking for what one's own types come in says more than one for what they never come in.
    looked_at = [*shop.goods, *[good for good in shop.goods if good.type in types] * OWN_TYPES_COUNT]
    first_day, last_day, sessions = _draw_activity(draws)
    return Taste(
        shopper=f"shopper-{number:03}",
        style=style_name,
        colours=_draw_liking(_shares(family for good in looked_at for family in good.colours), style.colours, draws),
        colour_weight=draws.lognormal(2.2, 0.4),
        materials=_draw_liking(_shares(good.material for good in looked_at), style.materials, draws),
        material_weight=draws.lognormal(1.6, 0.5),
        pattern=draws.normal(0.8 * style.pattern, 0.4),
        brands=_draw_brands(shop, types, draws),
        types=types,
        peaks={name: draws.between(-3, 33) for name in types},
        price_level=min(0.95, max(0.05, draws.normal(0.45, 0.25))),
        price_weight=draws.lognormal(3.0, 0.5),
        crowd=draws.lognormal(0.3, 0.6),
        whims={good.sku: draws.normal(0, 0.5) for good in shop.goods},
        sessions_a_week=sessions,
        first_day=first_day,
        last_day=last_day,
    )


def _shares(names: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for name in sorted(names):
        counts[name] = counts.get(name, 0) + 1
    counts.pop(OTHER, None)
    return counts


def _draw_liking(shares: Mapping[str, int], favoured: Collection[str], draws: Draws) -> dict[str, float]:
    """One to three families liked, mostly of the style; often one disliked, mostly not of it."""
    names = list(shares)
    size = [0.5 * math.log(shares[name]) for name in names]
    of_style = [2.2 if name in favoured else 0.0 for name in names]
    count = draws.pick([1, 2, 3], [0.25, 0.5, 0.25])
    liked = draws.top(names, [a + b for a, b in zip(size, of_style, strict=True)], count)
    liking = dict(zip(liked, RANKED_WEIGHTS, strict=False))
    if draws.chance(0.6):
        rest = [place for place, name in enumerate(names) if name not in liking]
        utilities = [size[place] - of_style[place] for place in rest]
        liking |= dict.fromkeys(draws.top([names[place] for place in rest], utilities, 1), -0.8)
    return liking


def _draw_types(shop: Shop, draws: Draws) -> dict[str, float]:
    """One to four types: from a home department, beside what was drawn already, or from anywhere."""
    departments = _shares(good.department for good in shop.goods)
    home = draws.pick(list(departments), [math.sqrt(count) for count in departments.values()])
    types = list(shop.pull)
    chosen: list[str] = []
    for _ in range(draws.pick([1, 2, 3, 4], [0.1, 0.35, 0.35, 0.2])):
        beside = [name for one in chosen for name in shop.companions[one]]
        source = draws.pick(
            [[name for name in types if department(name) == home], beside or types, types], [0.45, 0.35, 0.2]
        )
        options = [name for name in source if name not in chosen]
        if options:
            chosen.append(draws.pick(options, [shop.pull[name] for name in options]))
    return dict(zip(chosen, RANKED_WEIGHTS, strict=False))


def _draw_brands(shop: Shop, types: Collection[str], draws: Draws) -> dict[str, float]:
    """None to two, among those that make what the shopper looks for."""
    brands = sorted({good.brand for good in shop.goods if good.type in types})
    count = draws.pick([0, 1, 2], [0.35, 0.45, 0.2])
    return {brand: draws.lognormal(0.9, 0.4) for brand in draws.top(brands, [0.0] * len(brands), count)}


def _draw_activity(draws: Draws) -> tuple[float, float, float]:
    """First day, last day, sessions a week. Rates differ widely between people: Ehrenberg 1959, "The pattern of
    consumer purchases". One in eight comes once or twice, some join during the month, a few stay away towards its end.
    """
    if draws.chance(0.12):
        first = draws.between(0, 29)
        return first, 30.0, 7 * draws.between(0.7, 1.5) / (30 - first)
    first = draws.between(1, 20) if draws.chance(0.2) else 0.0
    last = draws.between(14, 27) if draws.chance(0.06) else 30.0
    return first, last, min(7.0, draws.lognormal(2.4, 0.5))


def describe(taste: Taste) -> str:
    """A sentence or five, from which a person can judge an answer."""
    liked, disliked = _sides(taste.colours)
    materials, shunned = _sides(taste.materials)
    parts = [
        f"Leans to {taste.style} style: {_list(liked)}; {_list(materials)}.",
        f"Looks for {_list([leaf(name) for name in taste.types])}.",
        f"Does not want {_list([*disliked, *shunned])}." if disliked or shunned else "",
        f"Likes the brand{'s' if len(taste.brands) > 1 else ''} {_list(taste.brands)}." if taste.brands else "",
        _say("Enjoys patterns.", "Prefers things plain.", taste.pattern, 0.4),
        _PRICES[min(2, int(3 * taste.price_level))],
        _say("Goes with what is popular.", "", taste.crowd, 0.6),
        f"Goes by {_strongest(taste)} most.",
    ]
    return " ".join(part for part in parts if part)


_PRICES = ("Buys at the cheaper end.", "Buys at middle prices.", "Buys at the dearer end.")


def _sides(liking: Mapping[str, float]) -> tuple[list[str], list[str]]:
    return [name for name, value in liking.items() if value > 0], [name for name, value in liking.items() if value < 0]


def _list(names: Iterable[str]) -> str:
    *most, last = [*names] or ["nothing in particular"]
    return f"{', '.join(most)} and {last}" if most else last


def _say(high: str, low: str, value: float, bound: float) -> str:
    return high if value > bound else low if value < -bound else ""


def _strongest(taste: Taste) -> str:
    """By what a change makes: another colour, another material, from the cheapest to the middle of the range."""
    weights = {"colour": taste.colour_weight, "material": taste.material_weight, "price": taste.price_weight / 2}
    return max(weights, key=lambda name: weights[name])


def state(taste: Taste, *, sessions: int, events: int) -> dict[str, Any]:
    """The row of shoppers.jsonl. Whims are left out: they are what nobody could state."""
    return {
        "shopper": taste.shopper,
        "taste": describe(taste),
        "style": taste.style,
        "types": _rounded(taste.types),
        "colours": _rounded(taste.colours),
        "colour_weight": round(taste.colour_weight, 2),
        "materials": _rounded(taste.materials),
        "material_weight": round(taste.material_weight, 2),
        "pattern": round(taste.pattern, 2),
        "brands": _rounded(taste.brands),
        "price_level": round(taste.price_level, 2),
        "price_weight": round(taste.price_weight, 2),
        "crowd": round(taste.crowd, 2),
        "sessions_a_week": round(taste.sessions_a_week, 2),
        "sessions": sessions,
        "events": events,
    }


def _rounded(values: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 2) for name, value in values.items()}
