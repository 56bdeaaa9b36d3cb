"""Bookcases, ladder shelves and wall shelves."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import bar, box
from catalog.demo.render.model import Finish, Model, Part, View


def make_bookcase(
    *,
    boards: Finish,
    frame: Finish,
    levels: int = 4,
    width: float = 0.8,
    height: float = 1.5,
    depth: float = 0.32,
    open_frame: bool = True,
) -> Model:
    """Boards in a thin metal frame, or between wooden sides."""
    parts = []
    for z in np.linspace(0.1 if open_frame else 0.06, height - 0.015, levels):
        parts.append(Part(box((width, depth, 0.026), 0.004).moved(z=float(z)), boards))
    if open_frame:
        for x in (-1, 1):
            for y in (-1, 1):
                post = box((0.022, 0.022, height + 0.03), 0.004).moved(
                    x=x * (width / 2 + 0.011), y=y * (depth / 2 - 0.012), z=height / 2 + 0.015
                )
                parts.append(Part(post, frame))
            for z in (0.08, height):
                parts.append(Part(box((0.02, depth, 0.02), 0.004).moved(x=x * (width / 2 + 0.011), z=z), frame))
        parts.append(_brace(width, depth, height, frame))
    else:
        for x in (-1, 1):
            parts.append(Part(box((0.026, depth, height), 0.004).moved(x=x * (width / 2 + 0.012), z=height / 2), frame))
        parts.append(
            Part(box((width, 0.01, height - 0.06), 0.002).moved(y=depth / 2 - 0.006, z=height / 2 + 0.03), frame)
        )
    return Model(parts, View(elevation=9, turn=-30, fill=0.84))


def _brace(width: float, depth: float, height: float, frame: Finish) -> Part:
    y = depth / 2 - 0.004
    return Part(bar((-width / 2, y, 0.1), (width / 2, y, height - 0.02), 0.004), frame)


def make_ladder_shelf(
    *, boards: Finish, frame: Finish, levels: int = 5, width: float = 0.6, height: float = 1.7
) -> Model:
    """Boards that deepen downwards on two leaning rails."""
    parts = []
    lean = 0.42
    for x in (-1, 1):
        rail = bar((x * width / 2, -lean, 0), (x * width / 2, 0.02, height), 0.016, 0.014)
        post = bar((x * width / 2, 0.04, 0), (x * width / 2, 0.04, height), 0.014)
        parts += [Part(rail, frame), Part(post, frame)]
    for i in range(levels):
        z = 0.18 + i * (height - 0.36) / (levels - 1)
        front = -lean * (1 - z / height) - 0.03
        parts.append(Part(box((width - 0.03, 0.05 - front, 0.022), 0.004).moved(y=(0.05 + front) / 2, z=z), boards))
    return Model(parts, View(elevation=9, turn=-34, fill=0.86))


def make_wall_shelf(*, board: Finish, bracket: Finish, width: float = 0.7, levels: int = 1) -> Model:
    """A board on two brackets, mounted on the wall at y = 0."""
    parts = []
    for level in range(levels):
        z = 0.3 * level
        parts.append(Part(box((width, 0.2, 0.03), 0.005).moved(y=-0.1, z=z), board))
        for x in (-0.36, 0.36):
            at = x * width
            parts.append(Part(box((0.022, 0.006, 0.16), 0.002).moved(x=at, y=-0.003, z=z - 0.09), bracket))
            parts.append(Part(box((0.022, 0.17, 0.006), 0.002).moved(x=at, y=-0.085, z=z - 0.018), bracket))
            parts.append(Part(bar((at, -0.006, z - 0.155), (at, -0.165, z - 0.022), 0.005), bracket))
    return Model(parts, View(elevation=14, turn=-26, fill=0.8, setting="wall"))
