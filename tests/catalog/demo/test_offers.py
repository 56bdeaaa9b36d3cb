"""The generator of offers: vocabularies, facts, look-alikes and the suppliers' habits. None of this needs Blender."""

from __future__ import annotations

from argparse import ArgumentParser
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from catalog.demo.render.catalogue import make_gtin
from catalog.demo.render.offers import plan
from catalog.demo.render.offers.facts import Facts, find_line, find_telling, find_type, read_facts
from catalog.demo.render.offers.generate import FOLDER, parse_series, spell_truth
from catalog.demo.render.offers.lookalikes import invent_lookalike, scale
from catalog.demo.render.offers.oddments import ODDMENTS, Oddment
from catalog.demo.render.offers.plan import HABITS, plan_offers
from catalog.demo.render.offers.render import fingerprint, read_comment, with_comment
from catalog.demo.render.offers.suppliers import dealbarn, kontor_wiese, lormier, transmar
from catalog.demo.render.offers.vocabulary.colours import COLOURS
from catalog.demo.render.offers.vocabulary.features import FEATURES
from catalog.demo.render.offers.vocabulary.materials import MATERIALS
from catalog.demo.render.offers.vocabulary.types import ALIASES, TABLE
from catalog.demo.render.offers.vocabulary.types import ODDMENTS as ODD_TYPES
from catalog.demo.render.products import list_items
from catalog.demo.render.products.item import Item
from catalog.demo.render.scenes import snapshot
from catalog.demo.render.shapes import build
from catalog.normalize import is_gtin
from tests.factories import make_image

ITEMS = list_items()
MUG = Facts(
    type="mug",
    line="Harbour",
    brand="Loam & Kiln",
    category="Kitchen & Dining/Mugs",
    material="glazed stoneware",
    colour="sage",
    accent="",
    features=("speckled",),
    measures={"capacity_ml": 330},
    count=1,
    price=14.5,
)
EVERYTHING = frozenset({"material", "accent", "features", "measures", "line"})


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.sku)
def test_the_vocabularies_know_every_product(item: Item) -> None:
    facts = read_facts(item)
    assert facts.material in MATERIALS
    assert facts.colour in COLOURS
    assert facts.accent in {"", *COLOURS}
    assert set(facts.features) <= FEATURES.keys()


def test_no_two_colours_share_a_word_and_every_table_is_filled() -> None:
    for language in ("de", "fr", "erp"):
        words = [getattr(colour, language) for colour in COLOURS.values()]
        assert len(set(words)) == len(words), language
    for table in (TABLE, ODD_TYPES, MATERIALS, COLOURS, FEATURES):
        for key, row in table.items():
            assert all(row), key
            assert row.erp.isascii()
            assert row.erp == row.erp.upper(), key
    assert set(ALIASES.values()) <= TABLE.keys()
    assert not TABLE.keys() & ODD_TYPES.keys()


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Harbour Stoneware Mug, Sage Green", "mug"),
        ("Fell Speckled Espresso Mug, Oatmeal with Charcoal Dip", "espresso mug"),
        ("Amberwood Scented Candle in Amber Glass Jar", "scented candle"),
        ("Banquet Taper Candles in Brass Holders", "taper candle"),
        ("Overture Brass Arc Floor Lamp with Marble Foot", "arc floor lamp"),
    ],
)
def test_the_longest_type_of_a_titles_beginning_counts(title: str, kind: str) -> None:
    assert find_type(title) == kind


def test_a_title_without_a_type_is_refused() -> None:
    with pytest.raises(KeyError, match="Umlaut Thing"):
        find_type("Umlaut Thing, Red")


def test_a_line_is_a_name_and_no_ordinary_word() -> None:
    by_sku = {item.sku: item for item in ITEMS}
    assert find_line(by_sku["MUG-001"], "mug") == "Harbour"
    assert find_line(by_sku["VAS-007"], "vase") == ""  # Zigzag Hourglass Vase


def test_what_has_to_be_told_is_what_tells_it_from_the_others() -> None:
    twin = replace(MUG, line="Cove", measures={"capacity_ml": 500})
    assert find_telling(MUG, [replace(MUG, colour="navy"), replace(MUG, category="Other")]) == frozenset()
    assert find_telling(MUG, [twin]) == {"measures"}
    assert find_telling(MUG, [twin, replace(MUG, material="porcelain")]) == {"material", "measures"}
    assert find_telling(MUG, [replace(MUG, line="Cove")]) == {"line"}


def test_every_supplier_writes_in_their_own_way() -> None:
    wordings = {
        module.HABIT.slug: module.write(MUG, EVERYTHING, Random(3))
        for module in (kontor_wiese, transmar, dealbarn, lormier)
    }
    german, erp, trader, french = (wordings[habit.slug].title for habit in HABITS)
    assert german.startswith("Becher ")
    assert {"salbeigrün", "gesprenkelt", "0,33", "L", "„Harbour“"} <= set(german.split())
    assert erp.startswith("MUG STNWR GLZD SAGE SPCKLD 11OZ HARBOUR")
    assert {"Sage", "Speckled", "Mug", "330ml", "11oz", "Harbour"} <= set(trader.split())
    assert french.startswith("Mug Harbour moucheté en grès émaillé, vert sauge, 33 cl")
    assert wordings["kontor-wiese"].brand == ""


@pytest.mark.parametrize("seed", range(20))
def test_an_erp_title_keeps_what_has_to_be_told(seed: int) -> None:
    long = replace(MUG, type="tripod floor lamp", accent="burnt orange", measures={"height_cm": 149})
    title = transmar.write(long, frozenset({"accent", "measures"}), Random(seed)).title
    assert len(title) <= transmar.WIDTH
    assert title.startswith("LMP FLR TRPD")
    assert "SAGE/BRNT ORG" in title
    assert "58.7IN H" in title


@pytest.mark.parametrize(("value", "factor", "scaled"), [(330, 1.5, 500), (1.6, 0.62, 1.0), ("50x40", 1.35, "70x55")])
def test_sizes_scale_to_sizes_somebody_sells(value: float | str, factor: float, scaled: float | str) -> None:
    assert scale(value, factor) == scaled


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.sku)
def test_a_lookalike_is_no_product(item: Item) -> None:
    """By its words it differs from every product of the category, unless its picture has to tell; by its look always,
    unless it is of another size.
    """
    for seed in range(4):
        made = invent_lookalike(item, ITEMS, Random(seed))
        if made is None:
            continue
        if seed == 0:
            build(item.shape, made.look)
        facts = made.facts
        assert facts.colour in COLOURS
        assert facts.material in MATERIALS
        rivals = [other for other in ITEMS if other.category == item.category or other.shape == item.shape]
        if made.look == item.look:
            told = [read_facts(other).measures for other in rivals if other.attributes["colour"] == facts.colour]
            assert "measures" in made.told
            assert facts.measures not in told
        else:
            assert all((other.shape, other.look) != (item.shape, made.look) for other in rivals)
        if not made.needs_picture:
            said = (facts.material, facts.colour, facts.features, facts.measures)
            known = [read_facts(other) for other in rivals]
            assert said not in [(other.material, other.colour, other.features, other.measures) for other in known]


@pytest.mark.parametrize("oddment", ODDMENTS, ids=lambda oddment: oddment.type)
def test_oddments_stand_on_the_floor_and_are_not_sold_here(oddment: Oddment) -> None:
    corners = oddment.build().turned().corners()
    assert np.isfinite(corners).all()
    assert corners[:, 2].min() == pytest.approx(0, abs=1e-9)
    assert oddment.type not in {read_facts(item).type for item in ITEMS}


def test_one_product_more_changes_no_other_offer_but_for_gtins_and_imitations() -> None:
    def said(items: list[Item]) -> dict[tuple[str, str], str]:
        offers = [offer for offer in plan_offers(items) if offer.sku]
        return {(offer.habit.slug, offer.sku): f"{offer.supplier_sku} {offer.image} {offer.seed}" for offer in offers}

    fewer, all_of_them = said(ITEMS[:-1]), said(ITEMS)
    assert fewer.items() <= all_of_them.items()


def test_another_seed_draws_everything_anew() -> None:
    own, other = plan_offers(ITEMS), plan_offers(ITEMS, seed=1)
    assert spell_truth(plan_offers(ITEMS, seed=1)) == spell_truth(other)
    pairs = {(offer.habit.slug, offer.sku): offer for offer in own if offer.sku}
    again = [(pairs[key], offer) for offer in other if (key := (offer.habit.slug, offer.sku)) in pairs]
    assert len(again) > 100
    assert sum(first.wording == second.wording for first, second in again) < 0.05 * len(again)
    assert {offer.seed for offer in own}.isdisjoint(offer.seed for offer in other)
    assert {offer.why for offer in own} != {offer.why for offer in other}


def test_offers_to_practise_on_can_stand_beside_the_shops_own() -> None:
    numbers = [(o.habit.slug, o.supplier_sku) for seed in range(3) for o in plan_offers(ITEMS, seed=seed)]
    assert len(set(numbers)) == len(numbers)


def test_offers_to_practise_on_never_overwrite_the_shops_own(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    with pytest.raises(SystemExit):
        parse_series(ArgumentParser(), ["--seed", "1"])
    assert "an --output of their own" in capsys.readouterr().err
    assert parse_series(ArgumentParser(), ["--seed", "1", "--output", str(tmp_path)]).output == tmp_path
    assert parse_series(ArgumentParser(), []).output == FOLDER


def test_mistyped_gtins_never_pass_for_gtins() -> None:
    for number in range(200):
        gtin = make_gtin(f"SKU-{number}")
        assert is_gtin(gtin.zfill(14))
        assert not is_gtin(plan._mistype(gtin, Random(number)).zfill(14))


def test_a_picture_says_what_it_shows_without_being_changed() -> None:
    picture = make_image()
    marked = with_comment(picture, b"mark 256 6")
    assert read_comment(marked) == b"mark 256 6"
    assert read_comment(picture) == b""
    assert marked[:2] + marked[2 + 4 + len(b"mark 256 6") :] == picture


def test_a_fingerprint_is_of_form_surface_and_scene() -> None:
    mug = next(item for item in ITEMS if item.sku == "MUG-001")
    model, scene = build(mug.shape, mug.look), snapshot("phone", np.random.default_rng(1))
    mark = fingerprint(model, scene)
    assert fingerprint(build(mug.shape, mug.look), scene) == mark
    assert fingerprint(build(mug.shape, mug.look | {"radius": 0.05}), scene) != mark
    blue = replace(mug.look["body"], colour="navy")
    assert fingerprint(build(mug.shape, mug.look | {"body": blue}), scene) != mark
    assert fingerprint(model, snapshot("phone", np.random.default_rng(2))) != mark
