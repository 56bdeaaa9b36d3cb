"""Chairs, stools and poufs. The sitter faces the camera, at -y."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from catalog.demo.render.geometry import (
    Array,
    Mesh,
    bar,
    box,
    circle,
    join,
    lathe,
    rounded,
    slab,
    spline,
    surface,
    tube,
)
from catalog.demo.render.model import Finish, Model, Part, View


def _legs(
    wide: float, deep: float, height: float, finish: Finish, *, splay: float = 0.05, thick: float = 0.018
) -> list[Part]:
    """Four tapering legs, their feet set out by `splay`."""
    parts = []
    for x in (-1, 1):
        for y in (-1, 1):
            foot = (x * (wide / 2 + splay), y * (deep / 2 + splay), 0.0)
            parts.append(Part(bar(foot, (x * wide / 2, y * deep / 2, height), 0.62 * thick, thick), finish))
    return parts


def make_spindle_chair(*, frame: Finish, seat: Finish | None = None, spindles: int = 7) -> Model:
    """A Windsor-like wooden chair: saddle seat, sticks, a bent top rail."""
    top = box((0.44, 0.42, 0.038), 0.016, puff=(0.012, 0.012, -0.004)).moved(z=0.45)
    parts = [Part(top, seat or frame), *_legs(0.3, 0.28, 0.44, frame, splay=0.055)]
    for x in (-1, 1):
        parts.append(Part(bar((x * 0.178, -0.165, 0.2), (x * 0.178, 0.165, 0.2), 0.009), frame))
    parts.append(Part(bar((-0.178, 0, 0.2), (0.178, 0, 0.2), 0.009), frame))
    offsets = np.linspace(-0.17, 0.17, spindles)
    for i, x in enumerate(offsets):
        end = i in (0, spindles - 1)
        foot, head = (0.92 * x, 0.175 - 0.9 * x**2, 0.46), (1.12 * x, 0.27 - 1.1 * x**2, 0.84)
        parts.append(Part(bar(foot, head, 0.012 if end else 0.007, 0.010 if end else 0.006), frame))
    rail = box((0.46, 0.022, 0.075), 0.01).moved(y=0.275, z=0.85)
    parts.append(Part(rail.shaped(_bent(1.1)), frame))
    return Model(parts, View(elevation=14, turn=-32, fill=0.8))


def _bent(curve: float) -> Callable[[Array], Array]:
    def bend(points: Array) -> Array:
        points[:, 1] -= curve * points[:, 0] ** 2
        return points

    return bend


def _shell(width: float) -> Mesh:
    """A moulded seat and back in one sweep, 9 mm thick, its sides turned up."""
    side = spline(
        [(-0.22, 0.415), (-0.19, 0.44), (-0.05, 0.425), (0.1, 0.42), (0.19, 0.47), (0.235, 0.62), (0.29, 0.83)], 10
    )
    s = np.linspace(-1, 1, 33)
    t = np.linspace(0, 1, len(side))
    half = (
        width
        / 2
        * np.interp(t, [0, 0.12, 0.5, 0.8, 0.95, 1.0], [0.9, 1.0, 1.0, 0.96, 0.93, 0.92])
        * np.sqrt(1 - 0.72 * np.clip((t - 0.86) / 0.14, 0, 1) ** 3)
    )
    tangent = np.gradient(side, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    cup = ((0.05 + 0.03 * np.sin(np.pi * t)) * np.interp(t, [0, 0.15, 0.8, 1], [0.4, 1, 1, 0.25]))[:, None] * np.abs(
        s[None]
    ) ** 2.6
    sheets = []
    for offset in (0.0, -0.01):
        lift = cup + offset
        points = np.stack(
            [half[:, None] * s[None], side[:, :1] + normal[:, :1] * lift, side[:, 1:] + normal[:, 1:] * lift], axis=2
        )
        sheets.append(points)
    upper, lower = sheets
    ring = np.concatenate([upper, lower[:, ::-1], upper[:, :1]], axis=1)
    caps = [np.stack([lower[0], upper[0]]), np.stack([upper[-1], lower[-1]])]
    return join(*(surface(points, points[..., [0, 2]].copy()) for points in (ring, *caps)))


def make_shell_chair(*, shell: Finish, legs: Finish, width: float = 0.47, metal: bool = False) -> Model:
    parts = [Part(_shell(width), shell)]
    thick = 0.009 if metal else 0.017
    parts += _legs(0.26, 0.24, 0.415, legs, splay=0.09, thick=thick)
    for x in (-1, 1):
        parts.append(Part(bar((x * 0.13, -0.12, 0.412), (x * 0.13, 0.12, 0.412), thick * 0.8), legs))
    return Model(parts, View(elevation=14, turn=-34, fill=0.8))


def make_padded_chair(*, seat: Finish, legs: Finish, arms: bool = False) -> Model:
    """An upholstered dining chair with a curved back."""
    pad = box((0.48, 0.46, 0.085), 0.035, puff=(0, 0, 0.012)).moved(z=0.44)
    back = box((0.46, 0.07, 0.4), 0.033, puff=(0, 0.012, 0)).shaped(_bent(0.5)).turned("x", -9).moved(y=0.235, z=0.68)
    parts = [Part(pad, seat), Part(back, seat), *_legs(0.36, 0.34, 0.41, legs, splay=0.04, thick=0.019)]
    if arms:
        for x in (-1, 1):
            path = rounded([(x * 0.25, -0.17, 0.4), (x * 0.275, -0.19, 0.64), (x * 0.275, 0.2, 0.68)], 0.06)
            parts.append(Part(tube(path, 0.015), legs))
    return Model(parts, View(elevation=14, turn=-32, fill=0.8))


def make_stool(
    *,
    seat: Finish,
    legs: Finish,
    height: float = 0.46,
    width: float = 0.36,
    padded: bool = False,
    count: int = 4,
    ring: bool = False,
) -> Model:
    """A round stool, low or at the bar."""
    r = width / 2
    if padded:
        top = lathe(rounded([(0, 0), (r - 0.006, 0), (r, 0.075), (0, 0.085)], [0, 0.012, 0.035, 0])).moved(
            z=height - 0.07
        )
    else:
        top = slab(circle(r, 128), 0.036, 0.012).moved(z=height - 0.036)
    parts = [Part(top, seat)]
    reach, splay = 0.62 * r, 0.1 * height
    thick = 0.016 if legs.kind == "wood" else 0.0095
    under = height - (0.066 if padded else 0.034)
    angles = np.radians(45 + np.arange(count) * 360 / count)
    for angle in angles:
        x, y = np.cos(angle), np.sin(angle)
        foot = ((reach + splay) * x, (reach + splay) * y, 0.0)
        parts.append(Part(bar(foot, (reach * x, reach * y, under), 0.8 * thick, thick), legs))
    level = 0.34 * height
    spread = reach + splay * (1 - level / under)
    if ring:
        parts.append(
            Part(tube(np.column_stack([circle(spread, 96), np.full(96, level)]), 0.6 * thick, closed=True), legs)
        )
    else:
        ends = [(spread * np.cos(a), spread * np.sin(a), level) for a in angles]
        for start, end in zip(ends, ends[1:] + ends[:1], strict=True):
            parts.append(Part(bar(start, end, 0.6 * thick), legs))
    return Model(parts, View(elevation=17, turn=14, fill=0.76))


def make_pouf(*, body: Finish, width: float = 0.5, height: float = 0.36, seams: int = 8) -> Model:
    """A soft round seat, stitched in segments."""
    r = width / 2
    profile = spline(
        [
            (0, 0.01),
            (0.6 * r, 0),
            (0.9 * r, 0.1 * height),
            (r, 0.5 * height),
            (0.88 * r, 0.9 * height),
            (0.5 * r, height),
            (0, 0.97 * height),
        ],
        12,
    )

    def stitch(points: Array) -> Array:
        angle = np.arctan2(points[:, 1], points[:, 0])
        points[:, :2] *= (0.955 + 0.045 * np.abs(np.sin(angle * seams / 2)) ** 0.45)[:, None]
        return points

    button = slab(circle(0.035), 0.012, 0.005).moved(z=0.965 * height)
    return Model(
        [Part(lathe(profile, segments=24 * seams).shaped(stitch), body), Part(button, body)],
        View(elevation=20, turn=10, fill=0.74),
    )
