"""Desks and benches."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import bar, box, circle, lathe, rounded, slab, tube
from catalog.demo.render.model import Finish, Model, Part, View


def make_desk(
    *,
    top: Finish,
    legs: Finish,
    drawers: Finish | None = None,
    pulls: Finish | None = None,
    style: str = "splayed",
    count: int = 2,
    width: float = 1.2,
    depth: float = 0.6,
    height: float = 0.74,
) -> Model:
    """`style` is splayed (four round legs), trestle (two A-frames) or loop (two bent steel loops)."""
    parts = [Part(box((width, depth, 0.026), 0.006).moved(z=height - 0.013), top)]
    under = height - 0.026
    if drawers is not None:
        tall, wide = 0.11, 0.86 * width / 2 if count == 1 else 0.86 * width
        parts.append(Part(box((wide, depth - 0.08, tall), 0.004).moved(z=under - tall / 2), top))
        cell = wide / count
        for i in range(count):
            x = (i - (count - 1) / 2) * cell
            face = box((cell - 0.012, 0.014, tall - 0.014), 0.003).moved(x=x, y=-depth / 2 + 0.034, z=under - tall / 2)
            parts.append(Part(face, drawers))
            knob = rounded([(0, 0), (0.006, 0), (0.006, 0.012), (0.014, 0.016), (0.014, 0.024), (0, 0.026)], 0.002)
            parts.append(
                Part(
                    lathe(knob, segments=40).turned("x", 90).moved(x=x, y=-depth / 2 + 0.028, z=under - tall / 2),
                    pulls or legs,
                )
            )
    parts += DESK_LEGS[style](width, depth, under, legs)
    return Model(parts, View(elevation=14, turn=-28, fill=0.84))


def _splayed(width: float, depth: float, under: float, finish: Finish) -> list[Part]:
    parts = []
    for x in (-1, 1):
        for y in (-1, 1):
            top = (x * (width / 2 - 0.07), y * (depth / 2 - 0.07), under + 0.004)
            parts.append(Part(bar((top[0] + x * 0.05, top[1] + y * 0.04, 0), top, 0.013, 0.024), finish))
    return parts


def _trestle(width: float, depth: float, under: float, finish: Finish) -> list[Part]:
    parts = []
    for x in (-1, 1):
        at = x * (width / 2 - 0.2)
        for y in (-1, 1):
            for lean in (-1, 1):
                foot = (at + lean * 0.14, y * (depth / 2 - 0.04), 0.0)
                parts.append(Part(bar(foot, (at + lean * 0.02, y * (depth / 2 - 0.07), under - 0.02), 0.014), finish))
        parts.append(Part(box((0.075, depth - 0.08, 0.04), 0.005).moved(x=at, z=under - 0.018), finish))
        for lean in (-1, 1):
            rail = (at + lean * 0.095, depth / 2 - 0.052, 0.26)
            parts.append(Part(bar((rail[0], -rail[1], rail[2]), rail, 0.01), finish))
    return parts


def _loop(width: float, depth: float, under: float, finish: Finish) -> list[Part]:
    parts = []
    for x in (-1, 1):
        at, y = x * (width / 2 - 0.09), depth / 2 - 0.05
        path = rounded([(at, -y, under), (at, -y, 0.012), (at, y, 0.012), (at, y, under)], 0.04)
        parts.append(Part(tube(path, 0.0125), finish))
        parts.append(Part(box((0.05, 2 * y + 0.03, 0.006), 0.002, cuts=4).moved(x=at, z=under - 0.002), finish))
    back = depth / 2 - 0.05
    end = width / 2 - 0.09
    parts.append(Part(bar((-end, back, 0.3), (end, back, 0.3), 0.0095), finish))
    return parts


DESK_LEGS = {"splayed": _splayed, "trestle": _trestle, "loop": _loop}


def make_bench(
    *,
    seat: Finish,
    legs: Finish,
    style: str = "plank",
    width: float = 1.1,
    depth: float = 0.36,
    height: float = 0.45,
    shelf: Finish | None = None,
) -> Model:
    """`style` is plank (one board on panel ends), slats (strips on legs) or padded (a buttoned cushion on legs).
    `shelf` adds a rack for shoes."""
    parts = []
    if style == "plank":
        parts.append(Part(box((width, depth, 0.036), 0.008).moved(z=height - 0.018), seat))
        for x in (-1, 1):
            panel = box((0.036, depth - 0.05, height - 0.034), 0.006).turned("y", x * -3)
            parts.append(Part(panel.moved(x=x * (width / 2 - 0.13), z=(height - 0.034) / 2), legs))
        parts.append(Part(box((width - 0.24, 0.03, 0.07), 0.006).moved(z=height - 0.07), legs))
    else:
        parts += _slats(width, depth, height, seat) if style == "slats" else _padded(width, depth, height, seat, legs)
        under = height - (0.03 if style == "slats" else 0.1)
        thick = 0.02 if legs.kind == "wood" else 0.011
        for x in (-1, 1):
            for y in (-1, 1):
                top = (x * (width / 2 - 0.08), y * (depth / 2 - 0.05), under)
                parts.append(Part(bar((top[0] + x * 0.035, top[1] + y * 0.02, 0.0), top, 0.7 * thick, thick), legs))
            end = x * (width / 2 - 0.08)
            rail = (end, depth / 2 - 0.05, under - 0.012)
            parts.append(Part(bar((end, -rail[1], rail[2]), rail, 0.7 * thick), legs))
    if shelf is not None:
        for y in np.linspace(-depth / 2 + 0.06, depth / 2 - 0.06, 5):
            parts.append(Part(bar((-width / 2 + 0.1, y, 0.15), (width / 2 - 0.1, y, 0.15), 0.009), shelf))
    return Model(parts, View(elevation=15, turn=-26, fill=0.84))


def _slats(width: float, depth: float, height: float, finish: Finish) -> list[Part]:
    count = 7
    step = depth / count
    strips = [
        Part(
            box((width, step - 0.012, 0.026), 0.005).moved(y=(i - (count - 1) / 2) * step, z=height - 0.013),
            finish,
        )
        for i in range(count)
    ]
    for x in (-1, 1):
        strips.append(
            Part(box((0.045, depth - 0.02, 0.024), 0.004).moved(x=x * (width / 2 - 0.08), z=height - 0.036), finish)
        )
    return strips


def _padded(width: float, depth: float, height: float, finish: Finish, legs: Finish) -> list[Part]:
    pad = box((width, depth, 0.09), 0.036, puff=(0.0, 0.0, 0.012), cuts=40).moved(z=height - 0.05)
    buttons = [
        Part(slab(circle(0.011, 32), 0.008, 0.003).moved(x=float(x), y=y, z=height + 0.002), finish)
        for x in np.linspace(-0.36, 0.36, 5) * width
        for y in (-0.22 * depth, 0.22 * depth)
    ]
    rail = box((width - 0.05, depth - 0.05, 0.02), 0.004).moved(z=height - 0.1)
    return [Part(pad, finish), *buttons, Part(rail, legs)]
