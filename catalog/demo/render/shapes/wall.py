"""Clocks and mirrors, hung on the wall at y = 0 (or leaning on it)."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, Mesh, arch, box, circle, lathe, rectangle, rounded, slab, tube
from catalog.demo.render.model import Finish, Model, Part, View


def _upright(mesh: Mesh) -> Mesh:
    """Turns a piece that lies on z = 0 to face the camera, its underside on the wall."""
    return mesh.turned("x", 90)


def make_clock(
    *,
    face: Finish,
    rim: Finish,
    hands: Finish,
    radius: float = 0.15,
    marks: str = "bars",
    time: tuple[int, int] = (10, 9),
    rim_width: float = 0.012,
) -> Model:
    ring = rounded(
        [
            (radius - 0.002, 0),
            (radius + rim_width, 0),
            (radius + rim_width, 0.034),
            (radius - 0.002, 0.034),
            (radius - 0.002, 0),
        ],
        0.004,
    )
    parts = [Part(slab(circle(radius, 128), 0.02, 0.002), face), Part(lathe(ring, segments=128), rim)]
    for hour in range(12):
        angle = -30 * hour
        if marks == "dots":
            mark = slab(circle(0.008 if hour % 3 == 0 else 0.0045, 32), 0.003, 0.0008).moved(y=0.84 * radius)
        elif marks == "bars":
            length = 0.2 * radius if hour % 3 == 0 else 0.1 * radius
            mark = box((0.006 if hour % 3 == 0 else 0.004, length, 0.003), 0.001).moved(
                y=0.9 * radius - length / 2, z=0.0015
            )
        else:
            if hour % 3:
                continue
            mark = box((0.005, 0.16 * radius, 0.003), 0.001).moved(y=0.84 * radius, z=0.0015)
        parts.append(Part(mark.moved(z=0.0198).turned("z", angle), hands))
    hour, minute = time
    for angle, length, width, z in [(-30 * hour - minute / 2, 0.52, 0.009, 0.023), (-6 * minute, 0.78, 0.006, 0.026)]:
        hand = box((width, length * radius, 0.002), 0.0009).moved(y=0.4 * length * radius, z=z).turned("z", angle)
        parts.append(Part(hand, hands))
    parts.append(Part(lathe(rounded([(0, 0.02), (0.009, 0.02), (0.009, 0.03), (0, 0.03)], 0.002)), hands))
    hung = [Part(_upright(part.mesh), part.finish) for part in parts]
    return Model(hung, View(elevation=4, turn=-16, fill=0.72, setting="wall"))


def _outline(form: str, width: float, height: float) -> Array:
    if form == "round":
        return circle(width / 2, 160)
    if form == "oval":
        return circle(width / 2, 160, height / width)
    return arch(width, height) if form == "arch" else rectangle(width, height, 0.04)


def make_mirror(
    *, frame: Finish, form: str = "round", width: float = 0.6, height: float = 0.6, thick: float = 0.012
) -> Model:
    outline = _outline(form, width, height)
    closed = rounded(outline, 0.02, closed=True, steps=4) if form == "arch" else outline
    edge = np.column_stack([closed, np.full(len(closed), 0.014)])
    section = rectangle(2 * thick, 0.03, 0.004)
    parts = [
        Part(_upright(slab(outline * 0.999, 0.012, 0.001)), Finish("mirror", "white")),
        Part(_upright(tube(edge, 1.0, closed=True, section=section)), frame),
    ]
    return Model(parts, View(elevation=3, turn=-20, fill=0.76, setting="wall"))
