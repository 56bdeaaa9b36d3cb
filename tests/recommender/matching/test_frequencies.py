import math

import pytest

from recommender.matching.frequencies import Frequencies, count_words
from recommender.matching.items import Item

ITEMS = [Item("red lamp"), Item("blue lamp"), Item("green lamp"), Item("red vase"), Item("red vase")]


def test_words_count_once_an_item_and_an_item_once() -> None:
    assert count_words(ITEMS, floor=1) == Frequencies(
        4, {"blue": 1, "green": 1, "lamp": 3, "red": 2, "vase": 1}, floor=1
    )
    assert count_words(ITEMS).counts == {"lamp": 3, "red": 2}


def test_rarity_goes_from_everywhere_to_nowhere() -> None:
    frequencies = Frequencies(3, {"lamp": 3, "red": 2}, floor=1)
    assert frequencies.rarity("lamp") == 0
    assert frequencies.rarity("red") == pytest.approx(math.log(4 / 3) / math.log(4))
    assert frequencies.rarity("unseen") == 1
    assert Frequencies(3, {}, floor=2).rarity("unseen") == pytest.approx(0.5)


def test_nothing_counted_makes_every_word_alike() -> None:
    nothing = count_words([])
    assert nothing.rarity("a") == nothing.rarity("b")


def test_stored_and_read_again() -> None:
    counted = count_words(ITEMS)
    assert Frequencies.from_json(counted.to_json()) == counted
