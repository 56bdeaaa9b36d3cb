"""The demo shop as shipped: every row is sound, and says what the generator says."""

from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest

from catalog.demo.render.catalogue import DEMO, ROWS, check_digit, list_rendered, make_row

FIELDS = {"sku", "title", "description", "brand", "category", "price", "currency", "gtin", "attributes", "images"}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in ROWS.read_text(encoding="utf-8").splitlines()]


def test_there_are_enough_products_of_enough_types(rows: list[dict[str, Any]]) -> None:
    assert len(rows) >= 240
    assert len({row["category"] for row in rows}) >= 24
    assert 8 <= len({row["brand"] for row in rows}) <= 16


def test_every_row_is_complete(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        assert set(row) - {"variant_group"} == FIELDS, row["sku"]
        assert row["price"] > 0
        assert row["currency"] == "EUR"
        assert "/" in row["category"]
        assert row["images"] in ([], [f"images/{row['sku']}.jpg", f"images/{row['sku']}-2.jpg"])
        assert {"material", "colour"} <= set(row["attributes"])
        assert 15 <= len(row["title"]) <= 90
        assert row["description"] == "" or 60 <= len(row["description"]) <= 400


def test_rows_are_what_the_generator_writes(rows: list[dict[str, Any]]) -> None:
    assert rows == [make_row(item) for item in list_rendered()]


@pytest.mark.parametrize("field", ["sku", "title", "gtin"])
def test_values_are_unique(rows: list[dict[str, Any]], field: str) -> None:
    assert [value for value, count in Counter(row[field] for row in rows).items() if count > 1] == []


def test_no_two_descriptions_share_a_sentence(rows: list[dict[str, Any]]) -> None:
    sentences = Counter(
        " ".join(words)
        for row in rows
        for sentence in re.split(r"[.!?;:]", row["description"])
        if len(words := re.findall(r"\w+", sentence.lower())) >= 4
    )
    assert [sentence for sentence, count in sentences.items() if count > 1] == []


def test_readme_says_how_many_lack_a_picture_or_a_description(rows: list[dict[str, Any]]) -> None:
    without_picture = [row["sku"] for row in rows if not row["images"]]
    without_description = [row["sku"] for row in rows if not row["description"]]
    assert without_picture
    assert without_description
    assert not set(without_picture) & set(without_description)
    readme = (DEMO / "README.md").read_text(encoding="utf-8")
    assert f"{len(rows)} products" in readme
    assert f"{len(without_picture)} have no picture" in readme
    assert f"{len(without_description)} no description" in readme


@pytest.mark.parametrize(("body", "digit"), [("400638133393", "1"), ("590123412345", "7")])
def test_check_digit_agrees_with_published_examples(body: str, digit: str) -> None:
    assert check_digit(body) == digit


def test_gtins_are_valid_and_belong_to_nobody(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        gtin = row["gtin"]
        assert len(gtin) == 13
        assert gtin.startswith("20")
        assert sum(int(c) * (1 if i % 2 == 0 else 3) for i, c in enumerate(gtin)) % 10 == 0


def test_a_variant_group_is_a_family_of_one_brand_in_several_looks(rows: list[dict[str, Any]]) -> None:
    families: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if "variant_group" in row:
            families.setdefault(row["variant_group"], []).append(row)
    assert len(families) >= 10
    for name, family in families.items():
        assert len(family) >= 2, name
        assert len({row["brand"] for row in family}) == 1
        assert len({(row["attributes"]["colour"], row["attributes"].get("accent_colour")) for row in family}) == len(
            family
        )


def test_nothing_lies_in_the_image_folder_without_a_product(rows: list[dict[str, Any]]) -> None:
    named = [name for row in rows for name in row["images"]]
    assert len(named) == len(set(named))
    assert {f"images/{path.name}" for path in (DEMO / "images").iterdir()} == set(named)
