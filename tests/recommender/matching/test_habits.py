import math

import numpy as np
import pytest

from recommender.matching.habits import FARTHEST, Habits, learn_habits
from recommender.matching.items import Item


def pair(supplier: str, price: float, ours: float = 100.0, currency: str = "") -> tuple[Item, Item]:
    return Item("", price=price, supplier=supplier, currency=currency), Item("", price=ours, currency="EUR")


WHOLESALE = [pair("wholesale", price) for price in (48, 49, 50, 51, 52)]
TRADER = [pair("trader", price) for price in (90, 95, 100, 105, 110)]


def test_a_price_is_weighed_by_its_suppliers_own_level():
    habits = learn_habits([*WHOLESALE, *TRADER], [])
    assert habits.prices["wholesale"].middle == pytest.approx(math.log(0.5))
    assert habits.deviation(*pair("wholesale", 50)) == pytest.approx(0)
    assert habits.deviation(*pair("trader", 50)) == FARTHEST
    assert habits.deviation(*pair("wholesale", 100)) == FARTHEST


def test_a_supplier_of_few_offers_is_taken_to_be_like_all():
    habits = learn_habits([*WHOLESALE, pair("new", 500)], [])
    assert set(habits.prices) == {"wholesale", ""}
    assert habits.deviation(*pair("new", 50)) == habits.deviation(*pair("unheard of", 50))


def test_prices_that_cannot_be_compared_say_nothing():
    habits = learn_habits(WHOLESALE, [])
    assert habits.deviation(*pair("wholesale", 50, currency="USD")) is None
    assert habits.deviation(Item(""), Item("", price=5)) is None
    assert learn_habits([], []).deviation(*pair("wholesale", 50)) is None


def test_trust_follows_what_gtins_turned_out_to_be():
    named = [("honest", True)] * 30 + [("liar", False)] * 30
    habits = learn_habits([], named)
    assert habits.trust("honest") == pytest.approx((30 + 5 * 0.5) / 35)
    assert habits.trust("liar") == pytest.approx(2.5 / 35)
    assert habits.trust("unheard of") == pytest.approx(0.5)


def show(supplier: str, lightness: float, ours: float = 0.5) -> tuple[Item, Item]:
    """An offer's picture of this lightness, of a product that two pictures show."""
    return (
        Item("", supplier=supplier, palettes=(np.full(15, lightness, np.float32),)),
        Item("", palettes=(np.full(15, ours - 0.1, np.float32), np.full(15, ours + 0.1, np.float32))),
    )


WAREHOUSE = [show("warehouse", lightness) for lightness in (0.1, 0.2, 0.3, 0.3, 0.9)]
STUDIO = [show("studio", lightness) for lightness in (0.6, 0.7, 0.7, 0.7, 0.8)]


def test_a_suppliers_light_is_taken_off_its_pictures():
    """The median's: one wrong link doesn't move it."""
    habits = learn_habits([*WAREHOUSE, *STUDIO, show("new", 0.5)], [])
    assert set(habits.lights) == {"warehouse", "studio", ""}
    assert habits.palette(show("warehouse", 0.4)[0]) == pytest.approx(np.full(15, 0.6))
    assert habits.palette(show("studio", 0.4)[0]) == pytest.approx(np.full(15, 0.2))
    assert habits.palette(show("new", 0.4)[0]) == pytest.approx(habits.palette(show("unheard of", 0.4)[0]))


def test_without_a_picture_or_anything_to_learn_light_from_colours_are_as_they_are():
    assert learn_habits(STUDIO, []).palette(Item("", supplier="studio")) is None
    assert learn_habits(TRADER, []).lights == {}
    assert learn_habits(TRADER, []).palette(show("trader", 0.4)[0]) == pytest.approx(np.full(15, 0.4))


def test_kept_and_read_again_they_say_the_same():
    habits = learn_habits([*WHOLESALE, *TRADER, *STUDIO], [("trader", True)])
    again = Habits.from_json(habits.to_json())
    assert (again.prices, again.gtins) == (habits.prices, habits.gtins)
    assert {k: v.tolist() for k, v in again.lights.items()} == {k: v.tolist() for k, v in habits.lights.items()}


def test_habits_kept_before_there_were_lights_have_none():
    stored = learn_habits(STUDIO, []).to_json()
    del stored["lights"]
    assert Habits.from_json(stored).lights == {}


def test_suppliers_are_known_by_the_slugs_they_have_now():
    stored = {"prices": {"DEAL BARN": [0.5, 0.1]}, "gtins": {"DealBarn_1": 0.9}, "lights": {"": [1.0]}}
    habits = Habits.from_json(stored)
    assert (set(habits.prices), set(habits.gtins), set(habits.lights)) == ({"deal-barn"}, {"dealbarn_1"}, {""})
