"""Loudspeakers."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import bar, box, circle, lathe, rectangle, rounded, slab, tube
from catalog.demo.render.model import Finish, Model, Part, View


def _driver(radius: float, cone: Finish, ring: Finish) -> list[Part]:
    """A loudspeaker chassis lying face up: surround, cone, dust cap."""
    surround = rounded([(radius * 0.78, 0.0), (radius * 0.86, 0.005), (radius, 0.005), (radius, 0)], 0.002)
    bowl = [(0, -0.006), (0.3 * radius, -0.006), (0.8 * radius, 0.002)]
    cap = [(0.3 * radius, -0.005), (0.26 * radius, 0.001), (0.14 * radius, 0.004), (0, 0.0045)]
    return [Part(lathe(surround), ring), Part(lathe(bowl[::-1]), cone), Part(lathe(cap), ring)]


def make_box_speaker(
    *,
    cabinet: Finish,
    front: Finish,
    width: float = 0.18,
    height: float = 0.29,
    depth: float = 0.2,
    drivers: bool = True,
    legs: Finish | None = None,
) -> Model:
    """A bookshelf cabinet: open drivers, or a cloth front when `drivers` is off."""
    lift = 0.05 if legs else 0.0
    parts = [Part(box((width, depth, height), 0.01).moved(z=lift + height / 2), cabinet)]
    face = (
        slab(rectangle(width - 0.016, height - 0.016, 0.008), 0.008, 0.003)
        .turned("x", 90)
        .moved(y=-depth / 2 + 0.004, z=lift + height / 2)
    )
    parts.append(Part(face, front))
    if drivers:
        woofer, tweeter = 0.38 * width, 0.16 * width
        for radius, z in [(woofer, 0.34 * height), (tweeter, 0.76 * height)]:
            for part in _driver(radius, Finish("plastic", "charcoal"), Finish("plastic", "black")):
                parts.append(Part(part.mesh.turned("x", 90).moved(y=-depth / 2 - 0.004, z=lift + z), part.finish))
    else:
        badge = box((0.03, 0.002, 0.006), 0.0008).moved(y=-depth / 2 - 0.005, z=lift + 0.025)
        parts.append(Part(badge, Finish("polished", "brass")))
    if legs:
        for x in (-1, 1):
            for y in (-1, 1):
                top = (x * 0.36 * width, y * 0.32 * depth, lift + 0.002)
                parts.append(Part(bar((x * 0.44 * width, y * 0.4 * depth, 0), top, 0.006, 0.009), legs))
    return Model(parts, View(elevation=12, turn=-30, fill=0.74))


def make_column_speaker(
    *, cloth: Finish, cap: Finish, width: float = 0.11, height: float = 0.17, strap: Finish | None = None
) -> Model:
    """A round portable speaker wrapped in cloth, controls on top."""
    r = width / 2
    body = rounded([(0, 0.01), (r, 0.01), (r, height - 0.012), (0, height - 0.012)], [0, 0.012, 0.012, 0])
    lid = rounded(
        [(0, height - 0.014), (r - 0.004, height - 0.014), (r - 0.004, height), (0, height)], [0, 0.001, 0.005, 0]
    )
    foot = rounded([(0, 0), (r - 0.006, 0), (r - 0.006, 0.014), (0, 0.014)], [0, 0.003, 0.002, 0])
    dial = np.column_stack([circle(0.45 * r, 64), np.full(64, height)])
    parts = [
        Part(lathe(body), cloth),
        Part(lathe(lid), cap),
        Part(lathe(foot), cap),
        Part(tube(dial, 0.0012, closed=True), Finish("plastic", "light grey")),
    ]
    if strap is not None:
        arc = np.linspace(0, np.pi, 40)
        path = np.stack([(r + 0.004) * np.cos(arc), 0 * arc, height - 0.03 + 0.085 * np.sin(arc)], axis=1)
        parts.append(Part(tube(path, 1.0, section=rectangle(0.018, 0.004, 0.0015)), strap))
    return Model(parts, View(elevation=18, turn=24, fill=0.7))
