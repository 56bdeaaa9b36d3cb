import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.matching.features import FAMILIES, FEATURES, MISSING, measure_pairs
from recommender.matching.frequencies import Frequencies
from recommender.matching.items import Item

COUNTS = Frequencies(100, {"lamp": 50, "black": 30, "for": 80}, floor=1)


def measure(left: Item, right: Item, frequencies: Frequencies = COUNTS) -> dict[str, float]:
    row = measure_pairs([(left, right)], frequencies)[0]
    return dict(zip(FEATURES, row.tolist(), strict=True))


def pick(measured: dict[str, float], family: str) -> list[float]:
    (found,) = [each for each in FAMILIES if each.name == family]
    return [measured[name] for name in found.features]


def unit(*values: float) -> np.ndarray:
    return np.array(values, np.float32) / np.float32(np.linalg.norm(values))


def test_every_feature_has_one_name() -> None:
    assert len(set(FEATURES)) == len(FEATURES)
    measured = measure(Item("lamp"), Item("vase"))
    assert [value for family in FAMILIES for value in pick(measured, family.name)] == list(measured.values())


def test_an_item_and_itself() -> None:
    item = Item(
        "Acme AB-1234 Lamp Black 2019 v3 XL mac upgrade 500 ml",
        brand="Acme",
        mpn="AB1234",
        gtin="00012345678905",
        price=12.5,
        category="Lamps",
        attributes={"shade": "linen"},
        text_vector=unit(1, 2),
        image_vector=unit(3, 1),
    )
    measured = measure(item, item)
    ones = ["image_cosine", "text_cosine", "title_edit", "title_set", "covered_low", "word_cosine", "code_found_low"]
    ones += ["mpn_same", "mpn_named", "year_same", "version_same", "colour_same", "size_same", "platform_same"]
    ones += ["brand_same", "brand_named", "first_word_same", "gtin_same", "category_same", "attributes_agree"]
    assert {name: measured[name] for name in ones} == pytest.approx(dict.fromkeys(ones, 1.0))
    zeros = ["price_ratio", "rarest_alone_high", "digits_weight_high", "code_alone_high", "numbers_alone_high"]
    zeros += ["units_alone_high", "dimensions_conflict", "editions_alone_high", "attributes_conflict"]
    assert {name: measured[name] for name in zeros} == dict.fromkeys(zeros, 0.0)


def test_what_nobody_states_is_missing() -> None:
    measured = measure(Item("lamp"), Item("vase"))
    missing = {name for name, value in measured.items() if value == MISSING}
    assert missing == {
        *("image_cosine", "text_cosine", "mpn_same", "mpn_named", "year_same", "version_same", "colour_same"),
        *("size_same", "gender_same", "platform_same", "brand_same", "brand_named", "price_ratio", "gtin_same"),
        *("category_same", "attributes_agree", "attributes_conflict"),
        *(name for family in FAMILIES if family.name == "codes" for name in family.features),
    }


def test_vectors_of_one_side_only_or_of_zeros_are_missing() -> None:
    both = Item("a", image_vector=unit(1, 0)), Item("a", image_vector=unit(1, 1))
    assert measure(*both)["image_cosine"] == pytest.approx(math.sqrt(0.5))
    assert measure(both[0], Item("a"))["image_cosine"] == MISSING
    assert measure(both[0], Item("a", image_vector=np.zeros(2, np.float32)))["image_cosine"] == MISSING
    assert measure(both[0], Item("a", image_vector=unit(-1, 0)))["image_cosine"] == 0


def test_the_other_model_number_is_told_from_the_same_and_from_none() -> None:
    lamp = Item("acme lamp ab-1234")
    same, other, none = (measure(lamp, Item(f"acme lamp {code}")) for code in ("AB1234", "ab-1235", ""))
    assert pick(same, "codes") == [6, 1, 1, 1, 0, 0]
    assert pick(other, "codes") == pytest.approx([0, 5 / 6, 0, 0, 1, 1])
    assert pick(none, "codes") == [MISSING, MISSING, MISSING, 0, 0, 1]


def test_a_code_with_letters_for_the_colour_is_near() -> None:
    assert measure(Item("lamp ab1234"), Item("lamp ab1234bk"))["code_nearest"] == pytest.approx(0.95)


def test_an_mpn_is_found_in_the_other_text() -> None:
    stated = Item("desk", mpn="ZX-77/4")
    assert measure(stated, Item("desk", description="Model zx774."))["mpn_named"] == 1
    assert measure(stated, Item("desk", description="Model qq."))["mpn_named"] < 0.7
    assert measure(stated, Item("desk", mpn="ZX-77/5"))["mpn_same"] == pytest.approx(0.8)


def test_units_agree_across_spellings_and_conflict_within_a_dimension() -> None:
    half = Item("bottle 500 ml")
    assert pick(measure(half, Item("bottle 0.5 l")), "numbers")[3:] == [1, 0, 0, 1, 0, 1, 0]
    assert pick(measure(half, Item("bottle 750ml")), "numbers")[3:] == [0, 1, 1, 0, 1, 0, 1]
    assert pick(measure(half, Item("bottle 2 kg")), "numbers")[3:] == [0, 1, 1, 0, 0, 0, 0]
    assert pick(measure(half, Item("bottle", "holds 0.5 l")), "numbers")[8:] == [1, 0]


def test_years_and_versions() -> None:
    assert pick(measure(Item("suite 2007 version 2"), Item("suite 2007 v. 3")), "versions") == [1, 0]
    assert pick(measure(Item("suite 2007 series 2"), Item("suite 2008 series 2")), "versions") == [0, 1]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        ("mug schwarz", "mug black", [1, MISSING, MISSING, MISSING, 0, 0, 0]),
        ("mug red", "mug black", [0, MISSING, MISSING, MISSING, 0, 0, 0]),
        ("shirt XL women", "shirt xlarge damen", [MISSING, 1, 1, MISSING, 0, 0, 0]),
        ("shirt XL women", "shirt medium herren", [MISSING, 0, 0, MISSING, 0, 0, 0]),
        ("suite std upg mac", "suite standard windows", [MISSING, MISSING, MISSING, 0, 1, 0, 1]),
        ("phone", "phone case refurb", [MISSING, MISSING, MISSING, MISSING, 0, 0, 2]),
    ],
)
def test_variants(left: str, right: str, expected: list[float]) -> None:
    assert pick(measure(Item(left), Item(right)), "variants") == expected


def test_words_against_a_slow_twin() -> None:
    left, right = Item("black lamp for desk"), Item("lamp black oak")
    rare = {"black": COUNTS.rarity("black"), "lamp": COUNTS.rarity("lamp"), "for": COUNTS.rarity("for")}
    rare |= {"desk": 1.0, "oak": 1.0}
    weights = [sum(rare[word] for word in item.title.split()) for item in (left, right)]
    shared = rare["black"] + rare["lamp"]
    lengths = [math.sqrt(sum(rare[word] ** 2 for word in item.title.split())) for item in (left, right)]
    covered = sorted(shared / weight for weight in weights)
    assert pick(measure(left, right), "words") == pytest.approx(
        [
            *covered,
            *covered,
            (rare["black"] ** 2 + rare["lamp"] ** 2) / (lengths[0] * lengths[1]),
            rare["black"],
            shared,
            *(1.0, 1.0),
            *sorted((1.0, 1.0 + rare["for"])),
            *(0, 0, 0, 0),
        ]
    )


@pytest.mark.parametrize(
    ("said", "meant", "share"),
    [
        ("rollercoaster", "roller coaster", 0.9),  # the words of either side stand in the other's text
        ("dlx", "deluxe", 0.7),
        ("ab12", "ab13", 0.0),
    ],
)
def test_words_nearly_the_same(said: str, meant: str, share: float) -> None:
    assert measure(Item(meant), Item(said))["covered_by_text_low"] == pytest.approx(share)


def test_prices() -> None:
    ratio = measure(Item("a", price=10.0), Item("a", price=20.0))["price_ratio"]
    assert ratio == pytest.approx(math.log(2))
    for price in (None, 0.0, -1.0, math.inf, math.nan):
        assert measure(Item("a", price=10.0), Item("a", price=price))["price_ratio"] == MISSING


def test_attributes_that_both_state() -> None:
    left = Item("a", attributes={"Material": "oak", "height": "20 cm", "legs": "4"})
    right = Item("a", attributes={"material": "Oak", "height": "30 m", "width": "4"})
    assert pick(measure(left, right), "facts") == [MISSING, MISSING, 0.5, 1]


def test_gtin_and_category() -> None:
    one = Item("a", gtin="00012345678905", category="Home/Lamps")
    assert pick(measure(one, one), "facts")[:2] == [1, 1]
    assert pick(measure(one, replace(one, gtin="00012345678912", category="")), "facts")[:2] == [0, MISSING]


WORDS = st.sampled_from(
    [
        *("lamp", "black", "schwarz", "acme", "ab-1234", "AB1235", "500", "ml", "0.5 l", "2007", "v3", "xl", "ix"),
        *("'s", "upgrade", "mac", "é", "ß", '24"', "12-pack", "中文", "---", ""),
    ]
)
TEXTS = st.lists(WORDS, max_size=7).map(" ".join) | st.text(max_size=30)
ITEMS = st.builds(
    Item,
    title=TEXTS,
    description=TEXTS,
    brand=TEXTS,
    mpn=TEXTS,
    category=TEXTS,
    price=st.none() | st.floats(),
    gtin=st.sampled_from(["", "00012345678905", "00012345678912"]),
    attributes=st.dictionaries(TEXTS, TEXTS | st.integers() | st.none(), max_size=3),
    image_vector=st.sampled_from([None, unit(1, 0), unit(1, 1), np.zeros(2, np.float32)]),
)


@given(ITEMS, ITEMS)
def test_symmetric_finite_and_missing_or_positive(left: Item, right: Item) -> None:
    there, back = measure_pairs([(left, right), (right, left)], COUNTS)
    assert np.isfinite(there).all()
    assert ((there >= 0) | (there == MISSING)).all()
    assert dict(zip(FEATURES, there, strict=True)) == pytest.approx(dict(zip(FEATURES, back, strict=True)), abs=1e-6)


def test_no_pairs() -> None:
    assert measure_pairs([], COUNTS).shape == (0, len(FEATURES))


def test_rows_do_not_depend_on_their_neighbours() -> None:
    items = [Item(f"lamp ab-{number} {number} ml") for number in range(5)]
    pairs = [(one, other) for one in items for other in items]
    together = measure_pairs(pairs, COUNTS)
    alone = np.concatenate([measure_pairs([pair], COUNTS) for pair in pairs])
    assert np.array_equal(together, alone)
