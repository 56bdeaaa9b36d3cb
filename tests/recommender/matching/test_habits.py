import math

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


def test_kept_and_read_again_they_say_the_same():
    habits = learn_habits([*WHOLESALE, *TRADER], [("trader", True)])
    assert Habits.from_json(habits.to_json()) == habits
