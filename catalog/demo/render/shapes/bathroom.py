"""Soap dispensers, tooth mugs, soap dishes and bathroom sets."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Mesh, bar, box, circle, join, lathe, rounded, spline, tube, vessel
from catalog.demo.render.model import Finish, Model, Part, View
from catalog.demo.render.shapes.reliefs import flute, square_off

DISPENSERS = {
    "cylinder": [(0, 0), (1.0, 0), (1.0, 0.8), (0.94, 0.93), (0.46, 0.98), (0.44, 1.0)],
    "apothecary": [(0, 0), (1.0, 0), (1.0, 0.68), (0.9, 0.82), (0.44, 0.9), (0.42, 1.0)],
    "pebble": [(0, 0), (0.72, 0), (0.96, 0.2), (1.0, 0.42), (0.84, 0.74), (0.44, 0.97), (0.4, 1.0)],
    "square": [(0, 0), (1.0, 0), (1.0, 0.92), (0.46, 0.96), (0.42, 1.0)],
}


def make_soap_dispenser(
    *,
    body: Finish,
    pump: Finish,
    outline: str = "cylinder",
    height: float = 0.13,
    radius: float = 0.036,
    flutes: int = 0,
    soap: Finish | None = None,
) -> Model:
    """A bottle with a pump; `soap` shows in a glass one."""
    return Model(_dispenser(body, pump, outline, height, radius, flutes, soap), View(elevation=14, turn=24, fill=0.74))


def _dispenser(
    body: Finish, pump: Finish, outline: str, height: float, radius: float, flutes: int, soap: Finish | None
) -> list[Part]:
    points = np.array(DISPENSERS[outline], dtype=np.float64) * [radius, height]
    if outline == "pebble":
        profile = np.concatenate([points[:1], spline(np.concatenate([points[1:2], points[1:]]), 14)])
    else:
        profile = rounded(points, 0.007)
    neck = float(profile[-1, 0])
    shell = vessel(profile, 0.003, segments=160)
    if flutes:
        shell = flute(shell, flutes, 0.002, low=0.03 * height, high=0.84 * height)
    if outline == "square":
        shell = _square_below(shell, 0.9 * height)
    parts = [Part(shell, body)]
    if soap is not None:
        z = np.linspace(0.004, 0.62 * height, 24)
        out = np.interp(z, profile[:, 1], profile[:, 0]) - 0.0037
        parts.append(Part(lathe(np.concatenate([[(0.0, z[0])], np.column_stack([out, z]), [(0.0, z[-1])]])), soap))
        parts.append(Part(bar((0, 0, 0.01), (0, 0, height), 0.0025), Finish("plastic", "white")))
    return [*parts, *_pump(pump, neck, height)]


def _square_below(mesh: Mesh, top: float) -> Mesh:
    """Four-sided below `top`, round at the neck."""
    square = square_off(mesh).vertices
    share = np.clip((top + 0.008 - mesh.vertices[:, 2]) / 0.008, 0, 1)[:, None]
    return mesh.shaped(lambda points: share * square + (1 - share) * points)


def _pump(finish: Finish, neck: float, height: float) -> list[Part]:
    wide = neck + 0.0022
    collar = rounded([(0, -0.004), (wide, -0.004), (wide, 0.01), (0.6 * wide, 0.014), (0, 0.014)], 0.0016)
    head = rounded([(0, 0.034), (0.0092, 0.034), (0.0092, 0.044), (0, 0.0465)], [0, 0.0015, 0.003, 0])
    nozzle = rounded([(-0.004, 0, 0.0395), (-0.041, 0, 0.0395), (-0.046, 0, 0.029)], 0.008)
    return [
        Part(lathe(collar).moved(z=height), finish),
        Part(bar((0, 0, height + 0.012), (0, 0, height + 0.037), 0.0042), finish),
        Part(lathe(head).moved(z=height), finish),
        Part(tube(nozzle, np.linspace(0.0052, 0.0036, len(nozzle)), up=(0, 1, 0)).moved(z=height), finish),
    ]


def make_tooth_mug(
    *,
    body: Finish,
    handles: list[Finish],
    bristles: Finish,
    height: float = 0.1,
    radius: float = 0.036,
    taper: float = 1.0,
    flutes: int = 0,
) -> Model:
    """A bathroom tumbler with a toothbrush or two."""
    parts = _tumbler(body, height, radius, taper, flutes)
    parts += _brushes(handles, bristles, radius * min(taper, 1.0))
    return Model(parts, View(elevation=15, turn=0, fill=0.76))


def _tumbler(body: Finish, height: float, radius: float, taper: float, flutes: int) -> list[Part]:
    profile = rounded([(0, 0), (taper * radius, 0), (radius, height)], 0.006)
    mesh = vessel(profile, 0.0036, segments=144)
    return [Part(flute(mesh, flutes, 0.002, low=0.0, high=0.9 * height) if flutes else mesh, body)]


def _brushes(handles: list[Finish], bristles: Finish, radius: float) -> list[Part]:
    parts = []
    for number, finish in enumerate(handles):
        side = 1 if number % 2 == 0 else -1
        lean, spin = side * 10.0, side * 35.0
        length = 0.182
        shape = np.interp(np.linspace(0, 1, 40), [0, 0.35, 0.72, 0.82, 1], [0.0052, 0.0062, 0.0036, 0.0052, 0.0052])
        stick = tube(
            np.column_stack([np.zeros(40), np.zeros(40), np.linspace(0, length, 40)]),
            shape,
            section=circle(1.0, 24) * [1.0, 0.62],
            up=(0, 1, 0),
        ).with_grain_along("z")
        tufts = join(
            *(
                box((0.0085, 0.0105, 0.0036), 0.001, cuts=3).moved(y=-0.0075, z=length - 0.003 - 0.0041 * i)
                for i in range(6)
            )
        )
        for mesh, kind in ((stick, finish), (tufts, bristles)):
            placed = mesh.turned("z", spin).turned("y", lean)
            parts.append(Part(placed.moved(x=-side * 0.4 * radius, y=0.006 * number, z=0.0085), kind))
    return parts


def make_soap_dish(
    *, body: Finish, soap: Finish, width: float = 0.13, depth: float = 0.09, form: str = "oval", ribs: int = 5
) -> Model:
    """A shallow dish with ribs and a bar of soap on them."""
    return Model(_dish(body, soap, width, depth, form, ribs), View(elevation=28, turn=-22, fill=0.78))


def _dish(body: Finish, soap: Finish, width: float, depth: float, form: str, ribs: int) -> list[Part]:
    r = width / 2
    line = spline([(0, 0), (0.78 * r, 0), (0.82 * r, 0.001), (0.94 * r, 0.01), (r, 0.021)], 12)
    shell = vessel(line, 0.0042, segments=144)
    if form == "square":
        shell = square_off(shell, 5.0)
    parts = [Part(shell.scaled(y=depth / width), body)]
    for y in np.linspace(-0.3, 0.3, ribs):
        reach = 0.55 * r
        parts.append(Part(bar((-reach, y * depth, 0.0055), (reach, y * depth, 0.0055), 0.0028), body))
    bar_of_soap = box((0.56 * width, 0.6 * depth, 0.022), 0.0105, puff=(0.001, 0.001, 0.003)).turned("z", 8)
    return [*parts, Part(bar_of_soap.moved(z=0.0205), soap)]


def make_bath_set(
    *, body: Finish, pump: Finish, soap: Finish, outline: str = "cylinder", flutes: int = 0, tray: Finish | None = None
) -> Model:
    """Dispenser, tumbler and dish as one set, perhaps on a tray."""
    lift = 0.0 if tray is None else 0.009
    groups = [
        (_dispenser(body, pump, outline, 0.125, 0.036, flutes, None), -0.095, 0.012),
        (_tumbler(body, 0.098, 0.036, 1.0, flutes), 0.0, 0.018),
        (_dish(body, soap, 0.115, 0.085, "oval", 5), 0.1, -0.012),
    ]
    parts = [Part(part.mesh.moved(x=x, y=y, z=lift), part.finish) for group, x, y in groups for part in group]
    if tray is not None:
        base = rounded([(0, 0), (1.0, 0), (1.0, 0.0085), (0, 0.0085)], 0.002)
        board = square_off(lathe(base, segments=160), 8.0).scaled(0.178, 0.082, 1.0)
        parts.append(Part(board.with_grain_along("x"), tray))
    return Model(parts, View(elevation=18, turn=-14, fill=0.82))
