"""The generator's own rules. None of this needs Blender."""

from __future__ import annotations

import numpy as np
import pytest

from catalog.demo.render import geometry
from catalog.demo.render.palette import COLOURS
from catalog.demo.render.patterns import PATTERNS
from catalog.demo.render.products import list_items
from catalog.demo.render.products.item import Item
from catalog.demo.render.shapes import SHAPES, build

ITEMS = list_items()


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.sku)
def test_item_builds_and_its_words_name_its_colours(item: Item) -> None:
    model = build(item.shape, item.look)
    finishes = [part.finish for part in model.parts]
    shown = {finish.colour for finish in finishes} | {finish.accent for finish in finishes}
    assert shown <= COLOURS.keys()
    assert {finish.pattern for finish in finishes if finish.pattern} <= PATTERNS.keys()
    assert item.attributes["colour"] in shown
    assert item.attributes.get("accent_colour", "white") in shown | {"white"}
    assert np.isfinite(model.corners()).all()


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.sku)
def test_item_stands_on_the_floor_unless_it_hangs(item: Item) -> None:
    model = build(item.shape, item.look).turned()
    if model.view.setting == "floor":
        assert model.corners()[:, 2].min() == pytest.approx(0, abs=1e-9)


def test_every_shape_is_in_the_shop() -> None:
    assert {item.shape for item in ITEMS} == SHAPES.keys()


@pytest.mark.parametrize(
    ("mesh", "volume"),
    [
        (geometry.lathe([(0, 0), (1, 0), (1, 1), (0, 1)]), np.pi),
        (geometry.box((1, 2, 3), 0.01), 6.0),
        (geometry.slab(geometry.circle(1.0), 0.1), np.pi / 10),
        (geometry.slab(geometry.rectangle(1.0, 2.0, 0.05), 0.1), 0.2),
        (geometry.bar((0, 0, 0), (0, 0, 1), 0.1), np.pi / 100),
        (geometry.tube(np.column_stack([geometry.circle(1.0), np.zeros(96)]), 0.1, closed=True), 2 * np.pi**2 / 100),
    ],
    ids=["lathe", "box", "disc", "plank", "bar", "ring"],
)
def test_form_is_closed_and_faces_outwards(mesh: geometry.Mesh, volume: float) -> None:
    assert mesh.volume == pytest.approx(volume, rel=0.04)


def test_vessel_holds_as_much_clay_as_its_wall_is_thick() -> None:
    outer = geometry.rounded([(0, 0), (0.05, 0), (0.05, 0.1)], 0.002)
    clay = np.pi * 0.05**2 * 0.1 - np.pi * 0.046**2 * 0.096
    assert geometry.vessel(outer, 0.004).volume == pytest.approx(clay, rel=0.05)


def test_turning_and_moving_keep_the_volume() -> None:
    mesh = geometry.box((0.1, 0.2, 0.3), 0.01)
    assert mesh.turned("x", 33).turned("z", 71).moved(1, 2, 3).volume == pytest.approx(mesh.volume)
