"""Scenes and camera: whatever is photographed, wherever, is whole in the picture. None of this needs Blender."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from catalog.demo.render.camera import SENSOR, aim_view, frame
from catalog.demo.render.geometry import Array
from catalog.demo.render.model import Model
from catalog.demo.render.palette import measure_difference
from catalog.demo.render.products import list_items
from catalog.demo.render.scenes import (
    BACKDROPS,
    CLEAR_OF,
    SNAPSHOTS,
    Scene,
    main_colours,
    practice,
    room,
    snapshot,
    studio,
)
from catalog.demo.render.shapes import build

#: The first product of every shape.
ITEMS = {item.shape: item for item in reversed(list_items())}


@lru_cache(maxsize=4)  # all of them are 300 MB
def model_of(shape: str) -> Model:
    return build(shape, ITEMS[shape].look)


def seeded(number: int) -> np.random.Generator:
    return np.random.default_rng(number)


def list_scenes(model: Model) -> list[Scene]:
    return [
        studio(),
        room(model, seed=5),
        *(snapshot(kind, seeded(3)) for kind in SNAPSHOTS),
        *(practice(seeded(seed)) for seed in range(4)),
    ]


def project(model: Model, scene: Scene) -> Array:
    """Where the product's vertices fall before the camera is rolled and shifted: (n, 2), the frame being -1 to 1."""
    view = aim_view(model.view, scene)
    corners = replace(model, view=view).turned().corners()
    eye, target = frame(view, corners)
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    up = np.cross(right, forward)
    depth = (corners - eye) @ forward
    assert depth.min() > 0, "behind the camera"
    return np.column_stack([(corners - eye) @ right, (corners - eye) @ up]) / depth[:, None] * (2 * view.lens / SENSOR)


def roll_and_shift(level: Array, scene: Scene) -> Array:
    roll = math.radians(scene.roll)
    turned = level @ np.array([[math.cos(roll), -math.sin(roll)], [math.sin(roll), math.cos(roll)]])
    return turned + 2 * np.array(scene.shift)


@pytest.mark.parametrize("shape", ITEMS)
def test_product_is_whole_and_as_large_as_asked(shape: str) -> None:
    model = model_of(shape)
    for scene in list_scenes(model):
        level = project(model, scene)
        assert np.abs(roll_and_shift(level, scene)).max() <= 1.0, scene
        assert max(np.ptp(level, axis=0)) / 2 == pytest.approx(aim_view(model.view, scene).fill, rel=0.01)


@pytest.mark.parametrize("shape", ITEMS)
def test_room_shows_another_side_before_colours_the_product_stands_out_from(shape: str) -> None:
    model = model_of(shape)
    for seed in range(3):
        scene = room(model, seed=seed)
        colours = main_colours(model)
        assert abs((scene.turn + 180) % 360 - 180) >= 20
        for finish in (scene.wall, scene.ground):
            assert min(measure_difference(finish.colour, name) for name in colours) >= CLEAR_OF / 2


def test_room_is_the_same_for_the_same_seed_and_varies_with_it() -> None:
    model = model_of("mug")
    rooms = [room(model, seed=seed) for seed in range(20)]
    assert room(model, seed=3) == rooms[3]
    assert len({scene.wall for scene in rooms}) >= 3
    assert len({scene.ground for scene in rooms}) >= 3


def test_what_hangs_is_never_seen_from_behind() -> None:
    for shape in ("mirror", "clock"):
        for seed in range(200):
            assert abs(aim_view(model_of(shape).view, practice(seeded(seed))).turn) <= 48


def test_small_things_stand_on_a_table_and_large_ones_on_the_floor() -> None:
    assert room(model_of("mug"), seed=1).stage == "table"
    assert room(model_of("sofa"), seed=1).stage == "floor"
    assert room(model_of("sofa"), seed=1, stage="table").stage == "table"
    assert ITEMS["table_lamp"].stage == "table"


def test_every_backdrop_of_the_shop_is_a_paper_of_the_studio() -> None:
    assert {item.backdrop for item in list_items()} <= set(BACKDROPS)
    for name in BACKDROPS:
        assert studio(name).ground.colour == f"{name} paper"


def test_main_colours_leave_out_small_parts() -> None:
    cup = build("mug", {"body": ITEMS["mug"].look["body"]})
    assert main_colours(cup) == [ITEMS["mug"].look["body"].colour]
    assert main_colours(model_of("spindle_chair"))


@pytest.mark.parametrize(
    ("first", "second", "difference"),
    [("#ff0000", "#ff0000", 0.0), ("#ffffff", "#000000", 100.0), ("#ff0000", "#00ff00", 170.6)],
)
def test_colour_difference_agrees_with_published_values(
    monkeypatch: pytest.MonkeyPatch, first: str, second: str, difference: float
) -> None:
    monkeypatch.setattr("catalog.demo.render.palette.COLOURS", {"first": first, "second": second})
    assert measure_difference("first", "second") == pytest.approx(difference, abs=0.3)
    assert measure_difference("second", "first") == pytest.approx(difference, abs=0.3)
