"""Practice pictures: what is made up is said truthfully. None of this needs Blender."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from catalog.demo.render import practice
from catalog.demo.render.model import Finish
from catalog.demo.render.palette import COLOURS, measure_difference
from catalog.demo.render.practice import plan_sittings, take_pictures, write_practice_rows
from catalog.demo.render.products import list_items
from catalog.demo.render.products.item import Item
from catalog.demo.render.recolour import APART, RANGES, list_finishes, vary
from embeddings.training.pictures import read_products

ITEMS = list_items()


def make_item(**changes: object) -> Item:
    facts: dict[str, object] = {
        "sku": "MUG-999",
        "title": "Harbour Mug, Sage",
        "description": "Keeps tea warm.",
        "brand": "Loam & Kiln",
        "category": "Kitchen & Dining/Mugs",
        "price": 14.5,
        "attributes": {"material": "glazed stoneware", "colour": "sage", "capacity_ml": 330},
        "shape": "mug",
        "look": {"body": Finish("glaze", "sage"), "outline": "barrel"},
    }
    return Item(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.sku)
def test_variation_is_plainly_another_colour_and_its_words_say_which(item: Item) -> None:
    variations = vary(item, np.random.default_rng(1), count=3)
    colours = [item.attributes["colour"], *(variation.attributes["colour"] for variation in variations)]
    assert len(set(colours)) == len(colours)
    for variation in variations:
        colour = variation.attributes["colour"]
        assert measure_difference(colour, item.attributes["colour"]) >= APART
        shown = {finish.colour for finish in list_finishes(variation.look)}
        assert colour in shown
        assert item.attributes["colour"] not in shown
        assert colour in variation.title.lower()
        assert shown <= COLOURS.keys()
        assert variation.sku.startswith(f"{item.sku}~")


def test_most_of_the_shop_can_be_recoloured() -> None:
    assert sum(bool(vary(item, np.random.default_rng(1), count=1)) for item in ITEMS) >= 0.75 * len(ITEMS)


def test_variation_of_a_painted_thing_keeps_its_material_and_pattern() -> None:
    item = make_item(
        attributes={"material": "porcelain", "colour": "sage", "accent_colour": "white", "pattern": "striped"},
        look={"body": Finish("glaze", "sage", "stripes", "white")},
    )
    (variation,) = vary(item, np.random.default_rng(4), count=1)
    colour = variation.attributes["colour"]
    assert variation.attributes == item.attributes | {"colour": colour}
    assert "white striped porcelain mug" in variation.title
    assert variation.look["body"] == Finish("glaze", colour, "stripes", "white")


def test_variation_of_wood_is_another_wood() -> None:
    item = make_item(
        attributes={"material": "oak wood", "colour": "oak"}, shape="board", look={"body": Finish("wood", "oak")}
    )
    (variation,) = vary(item, np.random.default_rng(4), count=1)
    assert variation.attributes["colour"] in RANGES["wood"]
    assert variation.attributes["material"] == f"{variation.attributes['colour']} wood"
    assert variation.title == f"{variation.attributes['material']} board".capitalize()


def test_a_material_of_one_colour_is_left_alone() -> None:
    assert vary(make_item(look={"body": Finish("terrazzo", "sage")}), np.random.default_rng(1), count=3) == []


def test_half_of_the_pictures_show_other_colours() -> None:
    own, *others = plan_sittings(make_item(), count=6)
    assert own.row["images"] == ["MUG-999-1.jpg", "MUG-999-2.jpg", "MUG-999-3.jpg"]
    assert [len(other.row["images"]) for other in others] == [1, 1, 1]
    assert {other.row["description"] for other in others} == {""}
    assert plan_sittings(make_item(photographed=False), count=6) == []
    (alone,) = plan_sittings(make_item(look={"body": Finish("terrazzo", "sage")}), count=6)
    assert len(alone.row["images"]) == 6


def test_only_what_is_missing_is_rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered: list[str] = []

    def render(model: object, path: Path, **options: object) -> None:
        rendered.append(path.name)
        path.write_bytes(b"")

    monkeypatch.setattr(practice, "render_model", render)
    own = plan_sittings(make_item(), count=4)[0]
    (tmp_path / "MUG-999-1.jpg").write_bytes(b"")
    assert take_pictures(own, tmp_path, size=64, samples=1, threads=1) == 1
    assert take_pictures(own, tmp_path, size=64, samples=1, threads=1) == 0
    assert rendered == ["MUG-999-2.jpg"]


def test_training_reads_the_rows_of_what_is_rendered(tmp_path: Path) -> None:
    sittings = plan_sittings(make_item(), count=4)
    for name in ("MUG-999-2.jpg", sittings[1].row["images"][0]):
        (tmp_path / name).write_bytes(b"")
    assert write_practice_rows(sittings, tmp_path) == 2
    rows = [json.loads(line) for line in (tmp_path / "products.jsonl").read_text().splitlines()]
    assert rows[0]["images"] == ["MUG-999-2.jpg"]
    pictures = read_products(tmp_path, source="renders")
    assert [picture.label for picture in pictures] == ["MUG-999", rows[1]["sku"]]
    assert "Keeps tea warm." not in " ".join(pictures[1].texts)
