"""The catalogue as shoppers see it: products by what is visible in them, and how the shop puts them forward."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from catalog.demo.shoppers import END, PRODUCTS, START
from catalog.demo.shoppers.draws import Draws
from catalog.demo.shoppers.families import colour_family, go_together, material_family

ACCENT = 0.4
HEAD = 4  # the first few sell alike
NEVER_SHOWN = 0.03
NEW_IN_LAST_WEEK = 0.04


@dataclass(frozen=True)
class Good:
    """A product's visible sides. `price_level` is its place among its type's prices, 0 the cheapest."""

    sku: str
    type: str
    department: str
    brand: str
    colours: Mapping[str, float]  # family -> how much of it is seen
    material: str
    patterned: bool
    price: float
    price_level: float


@dataclass(frozen=True)
class Shop:
    """`appeal` is what makes a product popular with everyone, standardised; `on_sale_from` hides it until then.

    `pull` is how many come for a type: more for one with many products, and for some more than for others.
    """

    goods: tuple[Good, ...]
    appeal: Mapping[str, float]
    on_sale_from: Mapping[str, datetime]
    pull: Mapping[str, float]
    companions: Mapping[str, tuple[str, ...]]  # type -> types

    def of_type(self, name: str) -> list[Good]:
        return [good for good in self.goods if good.type == name]

    def is_shown(self, good: Good, at: datetime) -> bool:
        return self.on_sale_from[good.sku] <= at


def leaf(type_name: str) -> str:
    """A type is a category's whole path; people say its last name."""
    return type_name.rsplit("/", 1)[-1]


def department(type_name: str) -> str:
    return type_name.split("/", 1)[0]


def read_rows(path: Path = PRODUCTS) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def open_shop(rows: list[dict[str, Any]], draws: Draws) -> Shop:
    """Rows of products.jsonl in any order. Which are favourites, new or never shown is drawn."""
    goods = tuple(_make_good(row, rows) for row in sorted(rows, key=lambda row: row["sku"]))
    types = sorted({good.type for good in goods})
    return Shop(
        goods=goods,
        appeal=_draw_appeal(goods, draws),
        on_sale_from=_draw_sale_starts(goods, draws),
        pull={name: math.sqrt(sum(good.type == name for good in goods)) * draws.lognormal(1, 0.5) for name in types},
        companions={one: tuple(two for two in types if go_together(leaf(one), leaf(two))) for one in types},
    )


def _make_good(row: Mapping[str, Any], rows: list[dict[str, Any]]) -> Good:
    attributes = row["attributes"]
    accent = attributes.get("accent_colour")
    colours = {colour_family(accent): ACCENT} if accent else {}
    return Good(
        sku=row["sku"],
        type=row["category"],
        department=department(row["category"]),
        brand=row["brand"],
        colours=colours | {colour_family(attributes["colour"]): 1.0},
        material=material_family(attributes["material"]),
        patterned="pattern" in attributes,
        price=row["price"],
        price_level=_price_level(row, rows),
    )


def _price_level(row: Mapping[str, Any], rows: list[dict[str, Any]]) -> float:
    prices = [other["price"] for other in rows if other["category"] == row["category"]]
    below, equal = sum(price < row["price"] for price in prices), sum(price == row["price"] for price in prices)
    return (below + equal / 2) / len(prices)


def _draw_appeal(goods: tuple[Good, ...], draws: Draws) -> dict[str, float]:
    """The Zipf-Mandelbrot law: the logarithm of a rank drawn at random, its head flattened, standardised."""
    ranked = draws.top(goods, [0.0] * len(goods), len(goods))
    raw = {good.sku: -math.log(rank + HEAD) for rank, good in enumerate(ranked, start=1)}
    mean = math.fsum(raw.values()) / len(raw)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in raw.values()) / len(raw)) or 1.0
    return {sku: (value - mean) / deviation for sku, value in raw.items()}


def _draw_sale_starts(goods: tuple[Good, ...], draws: Draws) -> dict[str, datetime]:
    """Most were always there; a few come in the last week, a few not while anyone looks."""
    special = draws.top(goods, [0.0] * len(goods), len(goods))
    hidden = round(len(goods) * NEVER_SHOWN)
    fresh = round(len(goods) * NEW_IN_LAST_WEEK)
    starts = {good.sku: START for good in goods}
    starts |= {good.sku: END for good in special[:hidden]}
    # 28 days in at the latest, so that each has at least two days to be found.
    starts |= {
        good.sku: START + (END - START) * draws.between(23.5 / 30, 28 / 30) for good in special[hidden : hidden + fresh]
    }
    return starts
