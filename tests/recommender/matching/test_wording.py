import pytest

from recommender.matching.items import Item
from recommender.matching.wording import codes_of, read_item, spell_alike, words_of


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("Café Crème", "cafe creme"),
        ("Acrobat v8 .0", "acrobat v 8"),
        ("version 3.0", "v 3"),
        ("10.2.8", "10.2.8"),
        ("sportsman 's", "sportsmans"),
        ("Straße™", "strasse "),
    ],
)
def test_one_spelling(text: str, spelt: str) -> None:
    assert spell_alike(text) == spelt


def test_roman_numbers_are_numbers() -> None:
    assert words_of("painter ix and painter 9 mix") == ["painter", "9", "and", "painter", "9", "mix"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("panasonic nn-c994s oven", {"nnc994s"}),
        ("camera dmc-fx75s 14.1 megapixel", {"dmcfx75s"}),
        ("hard drive 500gb 7200rpm", set()),
        ("ream of paper 2012", set()),
        ("folder 15320", {"15320"}),
        ("tv 1080p", set()),
        ("x1", set()),
    ],
)
def test_model_codes(text: str, codes: set[str]) -> None:
    assert codes_of(text) == codes


def test_an_mpn_is_a_code_whatever_it_looks_like() -> None:
    assert read_item(Item("desk", mpn="AB-CD")).codes == {"abcd"}


@pytest.mark.parametrize(
    ("title", "colours"),
    [
        ("Vase in Blush", {"pink"}),
        ("Vase rosa", {"pink"}),
        ("Becher schwarz", {"black"}),
        ("Chaussures noir/blanc", {"black", "white"}),
        ("Teal cushion", {"green", "blue", "turquoise"}),
        ("Chair", set()),
    ],
)
def test_colours_in_plain_words(title: str, colours: set[str]) -> None:
    assert read_item(Item(title)).colours == colours


def test_a_title_speaks_before_the_attributes() -> None:
    attributes = {"Colour": "red", "size": "blue"}
    assert read_item(Item("Chair", attributes=attributes)).colours == {"red"}
    assert read_item(Item("Green chair", attributes=attributes)).colours == {"green"}


def test_a_very_long_description_is_cut() -> None:
    assert len(read_item(Item("chair", "word " * 200_000)).text) < 3_000
    assert len(read_item(Item("chair " * 200_000, attributes={"legs": "four " * 200_000})).text) < 4_000


def test_attributes_speak_with_their_units() -> None:
    reading = read_item(Item("mug", attributes={"capacity_ml": 330, "material": ["oak", "Felt"], "dishwasher": True}))
    assert reading.all_quantities == {("volume", 330.0)}
    assert reading.quantities == frozenset()
    assert reading.text_words == {"mug", "330", "ml", "oak", "felt"}
