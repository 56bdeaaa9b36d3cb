from recommender.matching.items import Item
from recommender.matching.telling import LONGEST_TOLD, tell, tell_pairs


def test_every_fact_stands_after_its_name_and_is_told_once() -> None:
    item = Item(
        "Acme kettle KX-200",
        brand="ACME",
        mpn="KX-200",
        category="kitchen",
        attributes={"colour": "red", "material": "", "watts": 2000, "finish": "Red"},
        description="Boils water.",
        price=19.9,
        gtin="4006381333931",
    )
    assert tell(item) == "Acme kettle KX-200. kind kitchen. colour red. watts 2000. Boils water."
    assert tell(Item("kettle", brand="Acme", mpn="K1")) == "kettle. brand Acme. model K1"


def test_what_is_empty_tells_nothing() -> None:
    assert tell(Item("")) == ""
    assert tell(Item("", description="a lamp")) == "a lamp"


def test_a_long_description_is_cut() -> None:
    told = tell(Item("lamp", description="x" * 1_000_000))
    assert (len(told), told[:7]) == (LONGEST_TOLD, "lamp. x")


def test_a_pair_is_told_alike_whichever_item_comes_first() -> None:
    red, blue = Item("red lamp"), Item("blue lamp")
    assert tell_pairs([(red, blue), (blue, red)]) == [("blue lamp", "red lamp")] * 2
    assert tell_pairs([]) == []
