import math

import pytest

from recommender.matching.features import MISSING
from recommender.matching.items import Item
from recommender.matching.sizes import FARTHEST, read_sides, sizes_apart
from recommender.matching.wording import read_item


def apart(offer: str, title: str = "", **attributes: object) -> float:
    return sizes_apart(read_item(Item(offer)), read_item(Item(title, attributes=attributes)))


@pytest.mark.parametrize(
    ("offer", "attributes", "expected"),
    [
        ("chopping board 48cm", {"diameter_cm": 32}, math.log(48 / 32)),
        ("Becher 0,33 L", {"capacity_ml": 330}, 0),
        ("cup 3oz", {"capacity_ml": 80}, math.log(88.7 / 80)),
        ("Teppich 170x120 cm", {"size_cm": "170x120"}, 0),
        ("CUSHN 17.7X17.7IN", {"size_cm": "45x45"}, abs(math.log(450 / 449.58))),
        ("Box 10 x 20 x 30 cm", {"height_cm": 30}, 0),
        ("jug 500ml 17oz 18cm", {"capacity_ml": 500, "height_cm": 27}, math.log(27 / 18)),
        ("board 1 mm", {"width_cm": 200}, FARTHEST),
    ],
)
def test_nearest_values_of_the_dimension_that_differs_most(offer, attributes, expected):
    assert apart(offer, **attributes) == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize("offer", ["mug", "mug 330", "mug 0 cm", "mug 5 kg"])
def test_missing_where_no_dimension_is_stated_by_both(offer):
    assert apart(offer, height_cm=9) == MISSING


def test_it_is_the_same_from_both_sides():
    one, other = read_item(Item("jug 500ml 18 cm")), read_item(Item("jug 0.6 l 20x30 cm"))
    assert sizes_apart(one, other) == sizes_apart(other, one) > 0


def test_sides_are_lengths_with_the_unit_behind_the_last():
    assert read_sides("rug 200x140 cm") == {("length", 2000.0), ("length", 1400.0)}
    assert read_sides("2 \u00d7 1,5 m") == {("length", 2000.0), ("length", 1500.0)}
    assert read_sides("200x140") == read_sides("4x4 wheel") == frozenset()
