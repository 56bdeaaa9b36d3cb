"""The generator's own rules, whatever the catalogue."""

from __future__ import annotations

import copy
import math
import random
from collections import Counter
from typing import Any

import pytest

from catalog.demo.shoppers.draws import Draws
from catalog.demo.shoppers.families import OTHER, colour_family, go_together, material_family
from catalog.demo.shoppers.shelves import open_shop, read_rows
from catalog.demo.shoppers.simulate import gini, simulate, write_events, write_shoppers
from catalog.demo.shoppers.tastes import draw_taste

UNIFORMS = [0.44841514333227195, 0.4308819875443376, 0.4199991293921922]


def test_draws_are_these_on_every_machine() -> None:
    draws = Draws(1, 2)
    assert [draws.uniform() for _ in range(3)] == UNIFORMS


def test_draws_stay_inside_the_open_interval() -> None:
    draws = Draws(3)
    drawn = [draws.uniform() for _ in range(5_000)]
    assert 0 < min(drawn) < 0.01
    assert 0.99 < max(drawn) < 1


def test_the_first_choice_is_a_multinomial_logit() -> None:
    utilities = [1.0, 0.0, -1.0, 2.0]
    draws = Draws(4)
    first = Counter(draws.top("abcd", utilities, 1)[0] for _ in range(20_000))
    total = sum(math.exp(utility) for utility in utilities)
    for name, utility in zip("abcd", utilities, strict=True):
        assert first[name] / 20_000 == pytest.approx(math.exp(utility) / total, abs=0.015)


def test_later_choices_are_logits_over_what_is_left() -> None:
    utilities = {"a": 1.0, "b": 0.0, "c": -1.0}
    draws = Draws(5)
    orders = Counter("".join(draws.top("abc", list(utilities.values()), 3)) for _ in range(20_000))
    e = {name: math.exp(utility) for name, utility in utilities.items()}
    assert orders["bac"] / 20_000 == pytest.approx(e["b"] / sum(e.values()) * e["a"] / (e["a"] + e["c"]), abs=0.015)


def test_picks_and_counts_follow_their_weights() -> None:
    draws = Draws(6)
    picked = Counter(draws.pick("ab", [1, 3]) for _ in range(10_000))
    assert picked["b"] / 10_000 == pytest.approx(0.75, abs=0.02)
    counts = [draws.poisson(4.0) for _ in range(10_000)]
    mean = sum(counts) / 10_000
    assert mean == pytest.approx(4, abs=0.1)
    assert sum((count - mean) ** 2 for count in counts) / 10_000 == pytest.approx(4, abs=0.3)


@pytest.mark.parametrize(
    ("counts", "value"), [([5, 5, 5, 5], 0.0), ([0, 0, 0, 8], 0.75), ([1, 2, 3], 2 / 9), ([3, 1, 2], 2 / 9)]
)
def test_gini_of_known_spreads(counts: list[int], value: float) -> None:
    assert gini(counts) == pytest.approx(value)


def test_the_order_of_products_and_of_their_fields_is_nothing() -> None:
    rows = read_rows()
    mixed = [dict(reversed(row.items())) for row in copy.deepcopy(rows)]
    random.Random(7).shuffle(mixed)
    one, two = simulate(rows, shoppers=12), simulate(mixed, shoppers=12)
    assert write_events(one.events) == write_events(two.events)
    assert write_shoppers(one.stated) == write_shoppers(two.stated)


def test_another_seed_is_another_month() -> None:
    rows = read_rows()
    assert simulate(rows, seed=1, shoppers=3).events != simulate(rows, seed=2, shoppers=3).events


def test_more_shoppers_leave_the_first_as_they_are() -> None:
    rows = read_rows()
    assert simulate(rows, shoppers=2).stated == simulate(rows, shoppers=5).stated[:2]


def test_any_catalogue_will_do() -> None:
    """Types, brands, colours and materials that no table knows."""
    month = simulate([_row(number) for number in range(30)], shoppers=20)
    assert len({event[1] for event in month.events}) == 20
    for row in month.stated:
        assert OTHER not in row["colours"] | row["materials"]
        assert row["types"].keys() <= {"Garden/Widgets", "Garden/Gadgets"}


def _row(number: int) -> dict[str, Any]:
    return {
        "sku": f"W-{number}",
        "brand": "Nobody",
        "category": f"Garden/{['Widgets', 'Gadgets'][number % 2]}",
        "price": 10.0 + number,
        "attributes": {"colour": "octarine", "material": "unobtainium"},
    }


def test_a_shop_without_products_is_refused() -> None:
    with pytest.raises(ValueError, match="no products"):
        simulate([])


def test_a_taste_values_what_it_states() -> None:
    shop = open_shop(read_rows(), Draws(8))
    for number in range(1, 20):
        taste = draw_taste(number, shop, Draws(9, number))
        for good in shop.goods:
            slow = -taste.price_weight * abs(good.price_level - taste.price_level) + taste.whims[good.sku]
            for family, share in good.colours.items():
                slow += taste.colour_weight * share * taste.colours.get(family, 0)
            slow += taste.material_weight * taste.materials.get(good.material, 0)
            slow += taste.brands.get(good.brand, 0) + taste.pattern * good.patterned + taste.crowd * 2.0
            assert taste.utility(good, 2.0) == pytest.approx(slow)


def test_interest_in_a_type_comes_and_goes() -> None:
    shop = open_shop(read_rows(), Draws(8))
    taste = draw_taste(1, shop, Draws(10))
    name, peak = next(iter(taste.peaks.items()))
    assert taste.interest(name, peak) > taste.interest(name, peak + 5) > taste.interest(name, peak + 60) > 0
    assert taste.interest("Garden/Widgets", 3) == 0


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("sage", "greens"),
        ("pale sage", "greens"),
        ("black oak", "blacks"),
        ("light oak", "browns"),
        ("octarine", OTHER),
    ],
)
def test_colours_have_families(name: str, family: str) -> None:
    assert colour_family(name) == family


@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("enamelled cast iron", "metal"),
        ("Glazed Stoneware", "ceramic"),
        ("cotton rope", "woven fibre"),
        ("oak veneer", "wood"),
        ("opal glass", "glass"),
        ("", OTHER),
        ("unobtainium", OTHER),
    ],
)
def test_materials_have_families(name: str, family: str) -> None:
    assert material_family(name) == family


def test_the_tables_know_the_words_of_the_shop() -> None:
    """A word they lack takes the product out of everyone's taste; a few may."""
    shop = open_shop(read_rows(), Draws(0))
    unknown = [good.sku for good in shop.goods if OTHER in good.colours or good.material == OTHER]
    assert len(unknown) <= 0.03 * len(shop.goods), unknown


@pytest.mark.parametrize(
    ("one", "two", "together"),
    [
        ("Kettles & Teapots", "Mugs", True),
        ("Mugs", "Kettles & Teapots", True),
        ("Sofas & Armchairs", "Cushions", True),
        ("Desks", "Desk Lamps", True),
        ("Mugs", "Sofas & Armchairs", False),
        ("Kettles & Teapots", "Boards", False),  # no pots
        ("Mugs", "Mugs", False),
    ],
)
def test_what_goes_together(one: str, two: str, together: bool) -> None:
    assert go_together(one, two) is together
