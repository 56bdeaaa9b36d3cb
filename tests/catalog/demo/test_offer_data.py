"""The offers as shipped: what the generator writes, with a truth that is complete and that the offers do not betray."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from catalog.demo.render.catalogue import IMAGES, make_row
from catalog.demo.render.offers.generate import FOLDER, spell_offers, spell_truth
from catalog.demo.render.offers.plan import plan_offers
from catalog.demo.render.products import list_items
from catalog.normalize import MalformedError, normalize_gtin

MEGABYTE = 1024**2
SHARE_TOLERANCE = 0.01
OFFERS, TRUTH = FOLDER / "offers.jsonl", FOLDER / "truth.csv"
PICTURES = sorted(FOLDER.glob("images/*/*.jpg"))


@pytest.fixture(scope="module")
def offers() -> list[dict[str, Any]]:
    return [json.loads(line) for line in OFFERS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def truth() -> dict[tuple[str, str], dict[str, str]]:
    with TRUTH.open(encoding="utf-8", newline="") as file:
        return {(row["supplier"], row["supplier_sku"]): row for row in csv.DictReader(file)}


@pytest.fixture(scope="module")
def products() -> dict[str, dict[str, Any]]:
    return {item.sku: make_row(item) for item in list_items()}


def key(offer: dict[str, Any]) -> tuple[str, str]:
    return offer["supplier"], offer["supplier_sku"]


def test_files_are_what_the_generator_writes() -> None:
    planned = plan_offers(list_items())
    assert OFFERS.read_text(encoding="utf-8") == spell_offers(planned)
    assert TRUTH.read_text(encoding="utf-8") == spell_truth(planned)


def test_there_is_enough_of_everything(offers, truth) -> None:
    fates = Counter(row["why"].split()[0] for row in truth.values())
    assert len(offers) >= 400
    assert fates["product"] >= 300
    assert fates["look-alike"] >= 60
    assert fates["unrelated"] >= 20
    assert min(Counter(offer["supplier"] for offer in offers).values()) >= 80
    assert len({offer["supplier"] for offer in offers}) == 4
    each = Counter(row["sku"] for row in truth.values() if row["sku"])
    assert {1, 2, 3} <= set(each.values())


def test_truth_covers_every_offer_exactly(offers, truth, products) -> None:
    assert len(truth) == len(offers)
    assert {key(offer) for offer in offers} == truth.keys()
    assert {row["sku"] for row in truth.values()} <= {"", *products}
    assert len(products) > len({row["sku"] for row in truth.values()}), "some products are offered by nobody"
    for row in truth.values():
        assert bool(row["sku"]) == (row["why"] == "product")
        if imitated := re.fullmatch(r"look-alike of (.+)", row["why"]):
            assert imitated[1] in products


def test_nothing_in_an_offer_says_which_product_it_is(offers, products) -> None:
    sentences = {
        sentence
        for product in products.values()
        for sentence in re.split(r"(?<=[.!?])\s+", product["description"])
        if len(sentence.split()) >= 4
    }
    titles = {product["title"].lower() for product in products.values()}
    for offer in offers:
        text = " ".join(str(value) for name, value in offer.items() if name != "gtin")
        assert not re.search(r"\b[A-Z]{3}-\d{3}\b", text), offer
        assert not any(sku in text for sku in products), offer
        assert not any(sentence in offer["description"] for sentence in sentences), offer
        assert offer["title"].lower() not in titles, offer
        assert "look-alike" not in text.lower()


def test_order_and_numbers_do_not_sort_by_the_truth(offers, truth) -> None:
    assert [key(offer) for offer in offers] == sorted(key(offer) for offer in offers)
    for slug in {offer["supplier"] for offer in offers}:
        places = [bool(truth[key(offer)]["sku"]) for offer in offers if offer["supplier"] == slug]
        half = len(places) // 2
        assert abs(np.mean(places[:half]) - np.mean(places[half:])) < 0.2


def gtin_kind(offer: dict[str, Any], product: dict[str, Any]) -> str:
    if not offer["gtin"]:
        return "missing"
    try:
        is_right = normalize_gtin(offer["gtin"]) == normalize_gtin(product["gtin"])
    except MalformedError:
        return "wrong"
    return "right" if is_right else "wrong"


def test_gtins_are_right_as_often_as_the_readme_says(offers, truth, products) -> None:
    stated = {
        slug: (int(right) / 100, int(wrong) / 100)
        for slug, right, wrong in re.findall(
            r"^\| `([\w-]+)` \|.*\| (\d+) % \| (\d+) % \|$", (FOLDER / "README.md").read_text("utf-8"), re.MULTILINE
        )
    }
    kinds: dict[str, Counter[str]] = {slug: Counter() for slug in stated}
    for offer in offers:
        if sku := truth[key(offer)]["sku"]:
            kinds[offer["supplier"]][gtin_kind(offer, products[sku])] += 1
    assert kinds.keys() == {offer["supplier"] for offer in offers}
    for slug, counted in kinds.items():
        right, wrong = stated[slug]
        assert counted["right"] / counted.total() == pytest.approx(right, abs=SHARE_TOLERANCE), slug
        assert counted["wrong"] / counted.total() == pytest.approx(wrong, abs=SHARE_TOLERANCE), slug


def test_a_foreign_gtin_names_no_product_but_the_copied_one(offers, truth, products) -> None:
    skus = {normalize_gtin(product["gtin"]): sku for sku, product in products.items()}
    copied = 0
    for offer in offers:
        row = truth[key(offer)]
        if row["sku"] or not offer["gtin"]:
            continue
        try:
            named = skus.get(normalize_gtin(offer["gtin"]))
        except MalformedError:
            continue
        if named:
            copied += 1
            assert row["why"] in (f"look-alike of {named}", "unrelated")
    assert copied >= 8


def test_every_supplier_keeps_their_habits(offers) -> None:
    by_supplier: dict[str, list[dict[str, Any]]] = {}
    for offer in offers:
        by_supplier.setdefault(offer["supplier"], []).append(offer)
    assert all(offer["brand"] == "" for offer in by_supplier["kontor-wiese"])
    assert sum("," in offer["title"] for offer in by_supplier["kontor-wiese"]) >= 10
    for offer in by_supplier["transmar"]:
        assert offer["title"] == offer["title"].upper()
        assert offer["title"].isascii()
        assert len(offer["title"]) <= 48
    for slug, rows in by_supplier.items():
        empty = sum(not row["description"] for row in rows) / len(rows)
        assert 0.05 < empty < 0.8, slug
        assert all(row["price"] > 0 and row["currency"] == "EUR" for row in rows)


def test_pictures_are_small_whole_and_all_used(offers) -> None:
    named = {FOLDER / offer["image"] for offer in offers if offer["image"]}
    assert named == set(PICTURES)
    assert 0.65 < len(named) / len(offers) < 0.85
    assert sum(path.stat().st_size for path in PICTURES) <= 4 * MEGABYTE
    for offer in offers:
        assert offer["image"] in ("", f"images/{offer['supplier']}/{offer['supplier_sku']}.jpg")
    for path in PICTURES:
        with Image.open(path) as picture:
            assert (picture.format, picture.mode, picture.size) == ("JPEG", "RGB", (256, 256)), path


def small(path: Path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB").resize((24, 24), Image.Resampling.BOX), dtype=np.float64)


def test_pictures_are_not_the_shops_own(offers, truth) -> None:
    compared = 0
    for offer in offers:
        sku = truth[key(offer)]["sku"]
        if not sku or not offer["image"]:
            continue
        for path in IMAGES.glob(f"{sku}*.jpg"):
            compared += 1
            assert np.abs(small(FOLDER / offer["image"]) - small(path)).mean() > 4, offer["image"]
    assert compared > 400


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_picture_shows_something(path: Path) -> None:
    with Image.open(path) as picture:
        pixels = np.asarray(picture, dtype=np.float64)
    differs = np.abs(pixels - np.median(pixels, axis=(0, 1))).max(axis=2) > 20
    assert pixels.mean() > 25, "too dark"
    assert differs.mean() > 0.015, "nothing but backdrop"
