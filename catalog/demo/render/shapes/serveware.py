"""Trays, colanders, nested mixing bowls and crocks of cooking spoons."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import (
    Array,
    Mesh,
    bar,
    circle,
    join,
    lathe,
    rectangle,
    rounded,
    slab,
    spline,
    tube,
    vessel,
)
from catalog.demo.render.model import Finish, Model, Part, View
from catalog.demo.render.shapes.reliefs import flute


def make_tray(
    *,
    body: Finish,
    floor: Finish | None = None,
    handles: Finish | None = None,
    form: str = "rectangle",
    width: float = 0.44,
    depth: float = 0.3,
    wall: float = 0.035,
    rows: int = 0,
) -> Model:
    """A serving tray: rectangle, round or oval. `rows` builds the wall of that many ropes, as on a wicker tray."""
    corner = 0.028 if form == "rectangle" else 0.0
    outline = (
        rectangle(width, depth, corner)
        if form == "rectangle"
        else circle(width / 2, 120, squash=1.0 if form == "round" else depth / width)
    )
    inside = 1 - 0.006 / (width / 2)
    parts = [Part(slab(outline * inside, 0.009, 0.002).with_grain_along("x"), floor or body)]
    path = np.column_stack([outline, np.zeros(len(outline))])
    if rows:
        step = wall / rows
        parts += [
            Part(tube(path + np.array([0, 0, (row + 0.5) * step]), 0.62 * step, closed=True, sides=14), body)
            for row in range(rows)
        ]
    else:
        section = rectangle(0.009, wall, 0.003)
        parts.append(Part(tube(path + np.array([0, 0, wall / 2]), 1.0, closed=True, section=section), body))
    if handles is not None:
        for side in (-1, 1):
            x, half = side * (width / 2 - 0.002), min(0.055, 0.2 * depth)
            bow = rounded(
                [
                    (x, -half, wall - 0.008),
                    (x + side * 0.012, -0.9 * half, wall + 0.03),
                    (x + side * 0.012, 0.9 * half, wall + 0.03),
                    (x, half, wall - 0.008),
                ],
                0.018,
            )
            parts.append(Part(tube(bow, 0.0052, up=(float(side), 0.0, 0.0)), handles))
    return Model(parts, View(elevation=36, turn=-24, fill=0.82))


COLANDER = [(0, 0), (0.36, 0), (0.44, 0.03), (0.76, 0.28), (0.95, 0.66), (1.0, 1.0)]


def make_colander(*, body: Finish, rim: Finish | None = None, width: float = 0.24, height: float = 0.11) -> Model:
    """A footed sieve bowl with rows of holes and two loops."""
    r, foot = width / 2, 0.018
    profile = spline(np.array(COLANDER) * [r, height], 14) + np.array([0, foot])
    bowl = vessel(profile, 0.0022, segments=144)
    ring = lathe(
        np.array(
            [
                (0.4 * r, foot + 0.004),
                (0.46 * r, 0.0),
                (0.49 * r, 0.0),
                (0.46 * r, foot + 0.006),
                (0.4 * r, foot + 0.004),
            ]
        )
    )
    parts = [Part(bowl, body), Part(ring, body), Part(_holes(profile, height, foot), Finish("plastic", "charcoal"))]
    edge = np.column_stack([circle(r - 0.001, 144), np.full(144, profile[-1, 1])])
    parts.append(Part(tube(edge, 0.0032, closed=True), rim or body))
    for side in (-1, 1):
        z = foot + 0.9 * height
        loop = rounded(
            [(0.96 * r, -0.038, z), (1.2 * r, -0.03, z + 0.004), (1.2 * r, 0.03, z + 0.004), (0.96 * r, 0.038, z)], 0.02
        )
        parts.append(Part(tube(loop * [side, 1, 1], 0.0045), rim or body))
    return Model(parts, View(elevation=27, turn=-22, fill=0.8))


def _holes(profile: Array, height: float, foot: float) -> Mesh:
    """Dark discs, a hair proud of the bowl on both faces: at this size no eye tells them from holes."""
    discs = []
    for row, share in enumerate(np.linspace(0.16, 0.8, 7)):
        z = foot + share * height
        out = float(np.interp(z, profile[:, 1], profile[:, 0]))
        ahead = float(np.interp(z + 0.004, profile[:, 1], profile[:, 0]))
        lean = float(np.degrees(np.arctan2(ahead - out, 0.004)))
        count = int(2 * np.pi * out / 0.0165)
        disc = lathe([(0, -0.0026), (0.0036, -0.0026), (0.0036, 0.0004), (0, 0.0004)], segments=16).turned(
            "y", 90 + lean
        )
        discs += [disc.moved(x=out, z=z).turned("z", 360 * (i + 0.5 * (row % 2)) / count) for i in range(count)]
    return join(*discs)


def make_bowl_nest(
    *,
    outer: Finish,
    middle: Finish,
    inner: Finish,
    width: float = 0.26,
    height: float = 0.12,
    lip: Finish | None = None,
) -> Model:
    """Three mixing bowls, one in the other."""
    parts = []
    for step, finish in enumerate((outer, middle, inner)):
        r, tall = width / 2 * (1 - 0.17 * step), height * (1 - 0.06 * step)
        line = np.array([(0, 0), (0.46, 0), (0.5, 0.03), (0.8, 0.3), (0.96, 0.68), (1.0, 1.0)]) * [r, tall]
        profile = spline(line, 14)
        z = 0.026 * step
        parts.append(Part(vessel(profile, 0.0032, segments=128).moved(z=z), finish))
        edge = np.column_stack([circle(r - 0.0012, 128), np.full(128, tall + z)])
        parts.append(Part(tube(edge, 0.0034, closed=True), lip or finish))
    return Model(parts, View(elevation=25, turn=0, fill=0.78))


CROCKS = {
    "cylinder": [(0, 0), (0.97, 0), (1.0, 0.05), (1.0, 1.0)],
    "belly": [(0, 0), (0.8, 0), (1.0, 0.3), (1.0, 0.55), (0.86, 1.0)],
    "flared": [(0, 0), (0.78, 0), (0.82, 0.06), (0.9, 0.6), (1.0, 1.0)],
}


def make_utensil_crock(
    *,
    body: Finish,
    tools: Finish,
    outline: str = "cylinder",
    height: float = 0.16,
    radius: float = 0.062,
    flutes: int = 0,
    whisk: bool = True,
) -> Model:
    """A pot of cooking spoons: two spoons, a turner, and a wire whisk or a third spoon."""
    points = np.array(CROCKS[outline], dtype=np.float64) * [radius, height]
    profile = np.concatenate([points[:1], spline(np.concatenate([points[1:2], points[1:]]), 14)])
    pot = vessel(profile, 0.005, segments=144)
    if flutes:
        pot = flute(pot, flutes, 0.003, low=0.03 * height, high=0.92 * height)
    spread = 0.5 * radius
    parts = [Part(pot, body)]
    for make, x, y, lean, tilt, length in (
        (_spoon, -1.0, 0.2, -13.0, 4.0, 1.95),
        (_turner, 0.95, 0.5, 12.0, 6.0, 1.85),
        (_spoon, 0.15, 0.8, 2.0, 10.0, 2.15),
    ):
        tool = make(length * height).turned("x", -tilt).turned("y", lean)
        parts.append(Part(tool.moved(x=0.4 * x * spread, y=y * spread, z=0.012), tools))
    third = _whisk(1.8 * height) if whisk else _spoon(1.75 * height)
    stood = third.turned("x", 9).turned("y", 6).moved(x=0.2 * spread, y=-0.2 * spread, z=0.014)
    parts.append(Part(stood, Finish("polished", "steel") if whisk else tools))
    return Model(parts, View(elevation=13, turn=-12, fill=0.78))


def _spoon(length: float) -> Mesh:
    angle = np.linspace(-np.pi / 2, np.pi / 2, 24)
    bowl = lathe(np.column_stack([np.cos(angle), np.sin(angle)]), segments=40).scaled(0.026, 0.0075, 0.037)
    return join(bar((0, 0, 0), (0, 0, length - 0.06), 0.0056), bowl.moved(z=length - 0.037)).with_grain_along("z")


def _turner(length: float) -> Mesh:
    blade = slab(
        rounded([(0.02, -0.045), (0.032, 0.045), (-0.032, 0.045), (-0.02, -0.045)], 0.012, closed=True), 0.006, 0.002
    )
    flat = blade.turned("x", 90).moved(y=0.003, z=length - 0.045)
    return join(bar((0, 0, 0), (0, 0, length - 0.07), 0.0056), flat).with_grain_along("z")


def _whisk(length: float) -> Mesh:
    top, foot = length, length - 0.12
    half = np.linspace(0, 1, 40)
    wires = []
    for turn in range(0, 180, 30):
        swell = 0.004 + 0.026 * np.sin(np.pi * half**1.35) ** 0.9
        height = foot + (top - foot) * (1 - (1 - half) ** 1.6)
        side = np.column_stack([swell * (half < 0.999), 0 * half, height])
        side[-1, 0] = 0.0
        loop = np.concatenate([side, (side * [-1, 1, 1])[-2::-1]])
        wires.append(tube(loop, 0.0009, sides=8, up=(0.0, 1.0, 0.0)).turned("z", turn))
    return join(bar((0, 0, 0), (0, 0, foot + 0.004), 0.0062), *wires)
