"""Cups with saucers, and jugs."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import circle, spline, tube, vessel
from catalog.demo.render.model import Finish, Model, Part, View
from catalog.demo.render.shapes.reliefs import flute, pull_spout
from catalog.demo.render.shapes.tableware import make_ear

CUPS = {
    "round": [(0, 0), (0.5, 0), (0.5, 0.03), (0.8, 0.2), (0.97, 0.55), (1.0, 1.0)],
    "bell": [(0, 0), (0.48, 0), (0.46, 0.06), (0.66, 0.2), (0.78, 0.6), (1.0, 1.0)],
    "espresso": [(0, 0), (0.66, 0), (0.68, 0.03), (0.84, 0.3), (0.94, 0.65), (1.0, 1.0)],
    "low": [(0, 0), (0.44, 0), (0.44, 0.05), (0.78, 0.22), (0.96, 0.6), (1.0, 1.0)],
}


def make_cup_and_saucer(
    *,
    cup: Finish,
    saucer: Finish | None = None,
    band: Finish | None = None,
    outline: str = "round",
    height: float = 0.062,
    radius: float = 0.045,
    ear: str = "round",
    flutes: int = 0,
) -> Model:
    points = np.array(CUPS[outline]) * [radius, height]
    profile = np.concatenate([points[:1], spline(np.concatenate([points[1:2], points[1:]]), 14)])
    r = 1.72 * radius
    dish = spline([(0, 0), (0.5 * r, 0), (0.56 * r, 0.0005), (0.66 * r, 0.005), (0.86 * r, 0.011), (r, 0.017)], 12)
    wall = 0.003
    body = vessel(profile, wall, segments=144)
    if flutes:
        body = flute(body, flutes, 0.0018, low=0.08 * height, high=0.9 * height)
    lift = wall + 0.0008
    plain = cup if cup.pattern in (None, "speckle") else Finish(cup.kind, cup.colour)
    parts = [
        Part(body.moved(z=lift), cup),
        Part(make_ear(profile, ear, reach=0.5 * height, thick=0.0046).moved(z=lift), plain),
        Part(vessel(dish, wall, segments=144), saucer or cup),
    ]
    if band is not None:
        for edge, z in ((profile[-1], lift), (dish[-1], 0.0)):
            ring = np.column_stack([circle(edge[0] - wall / 2, 144), np.full(144, edge[1] + z + 0.0006)])
            parts.append(Part(tube(ring, 0.0019, closed=True), band))
    return Model(parts, View(elevation=27, turn=-32, fill=0.76))


JUGS = {
    "pitcher": [(0, 0), (0.72, 0), (0.96, 0.18), (1.0, 0.4), (0.7, 0.74), (0.68, 0.85), (0.8, 1.0)],
    "cylinder": [(0, 0), (0.97, 0), (1.0, 0.04), (1.0, 0.5), (1.0, 1.0)],
    "cone": [(0, 0), (0.98, 0), (1.0, 0.04), (0.86, 0.5), (0.72, 1.0)],
    "ball": [(0, 0), (0.5, 0), (0.92, 0.22), (1.0, 0.42), (0.8, 0.66), (0.56, 0.8), (0.66, 1.0)],
    "creamer": [(0, 0), (0.7, 0), (0.86, 0.15), (0.8, 0.5), (0.82, 0.8), (1.0, 1.0)],
}


def make_jug(
    *,
    body: Finish,
    handle: Finish | None = None,
    rim: Finish | None = None,
    outline: str = "pitcher",
    height: float = 0.22,
    radius: float = 0.07,
    ear: str = "round",
    wall: float = 0.004,
    ribs: int = 0,
) -> Model:
    """A jug or pitcher; `rim` is a rolled edge in its own colour, which follows the lip."""
    points = np.array(JUGS[outline], dtype=np.float64) * [radius, height]
    profile = np.concatenate([points[:1], spline(np.concatenate([points[1:2], points[1:]]), 16)])
    mesh = vessel(profile, wall, segments=160)
    if ribs:
        mesh = flute(mesh, ribs, 0.003, low=0.04 * height, high=0.78 * height)
    low, high, reach = 0.72 * height, height, 0.3 * radius + 0.004
    plain = body if body.pattern in (None, "speckle") else Finish(body.kind, body.colour)
    grip = make_ear(profile, ear, reach=0.26 * height, thick=0.033 * height + 0.0015)
    parts = [Part(pull_spout(mesh, low=low, high=high, reach=reach), body), Part(grip, handle or plain)]
    if rim is not None:
        ring = np.column_stack([circle(profile[-1, 0] - 0.4 * wall, 160), np.full(160, profile[-1, 1])])
        roll = tube(ring, 0.62 * wall + 0.0006, closed=True)
        parts.append(Part(pull_spout(roll, low=low, high=high, reach=reach), rim))
    return Model(parts, View(elevation=17, turn=-18, fill=0.74))
