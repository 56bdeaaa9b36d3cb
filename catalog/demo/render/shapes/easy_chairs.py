"""Tub chairs, sling chairs, bentwood chairs and upholstered ottomans. The sitter faces the camera, at -y."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, bar, box, circle, lathe, rectangle, rounded, slab, spline, tube
from catalog.demo.render.model import Finish, Model, Part, View


def make_tub_chair(*, cover: Finish, legs: Finish, ribs: int = 0, width: float = 0.74, height: float = 0.72) -> Model:
    """One wall bent round a seat; `ribs` stitches it into upright channels."""
    thick, lift = 0.1, 0.15
    radius = width / 2 - thick / 2
    angle = np.radians(np.linspace(-38, 218, 24 * max(ribs, 6)))
    path = np.stack([radius * np.cos(angle), 1.02 * radius * np.sin(angle), np.full(len(angle), 0.5)], axis=1)
    rise = height - lift
    wall = tube(path, 1.0, section=rectangle(thick, rise, 0.046)).moved(z=lift + rise / 2 - 0.5)

    def sculpt(points: Array) -> Array:
        turn = np.arctan2(points[:, 1], points[:, 0])
        # The wall is lower where arms rest than where a back leans.
        back = np.clip((np.sin(turn) + 0.75) / 1.6, 0, 1)
        points[:, 2] = lift + (points[:, 2] - lift) * (0.8 + 0.2 * back)
        if ribs:
            swell = np.abs(np.sin((turn - np.radians(-38)) * 360 / 256 * ribs / 2)) ** 0.5
            points[:, :2] *= (0.955 + 0.045 * swell)[:, None]
        return points

    seat = lathe(
        rounded([(0, 0), (radius - 0.025, 0), (radius - 0.02, 0.16), (0, 0.175)], [0, 0.03, 0.05, 0]), segments=128
    )
    base = lathe(rounded([(0, 0), (radius, 0), (radius, 0.14), (0, 0.14)], [0, 0.02, 0.02, 0]), segments=128)
    parts = [
        Part(wall.shaped(sculpt), cover),
        Part(base.moved(z=lift), cover),
        Part(seat.scaled(y=1.08).moved(y=-0.03, z=lift + 0.13), cover),
    ]
    for degrees in (45, 135, 225, 315):
        x, y = 0.76 * radius * np.cos(np.radians(degrees)), 0.76 * radius * np.sin(np.radians(degrees))
        parts.append(Part(bar((1.08 * x, 1.08 * y, 0), (x, y, lift + 0.01), 0.013, 0.02), legs))
    return Model(parts, View(elevation=14, turn=-28, fill=0.76))


def make_sling_chair(*, sling: Finish, frame: Finish, width: float = 0.62) -> Model:
    """A sheet of leather or canvas hung in a wooden frame."""
    line = spline([(-0.36, 0.44), (-0.3, 0.425), (-0.1, 0.33), (0.08, 0.31), (0.26, 0.52), (0.4, 0.82)], 14)
    spine = np.column_stack([np.zeros(len(line)), line])
    parts = [Part(tube(spine, 1.0, section=rectangle(width - 0.07, 0.009, 0.003)), sling)]
    for y, z in [tuple(line[0]), tuple(line[-1])]:
        parts.append(Part(bar((-width / 2, y, z), (width / 2, y, z), 0.015), frame))
        parts.append(Part(tube([(-width / 2 + 0.035, y, z), (width / 2 - 0.035, y, z)], 0.0195), sling))
    for side in (-1, 1):
        x = side * width / 2
        for start, end in [
            ((-0.36, 0.0), (-0.36, 0.6)),
            ((0.36, 0.0), (0.24, 0.6)),
            ((-0.36, 0.2), (0.33, 0.2)),
            ((0.2, 0.2), (0.41, 0.86)),
        ]:
            parts.append(Part(bar((x, *start), (x, *end), 0.017), frame))
        rest = box((0.07, 0.72, 0.024), 0.01).moved(x=x, y=-0.05, z=0.612)
        parts.append(Part(rest, frame))
    for y in (-0.34, 0.33):
        parts.append(Part(bar((-width / 2, y, 0.2), (width / 2, y, 0.2), 0.014), frame))
    return Model(parts, View(elevation=14, turn=-34, fill=0.78))


def make_bentwood_chair(*, frame: Finish, seat: Finish, loops: int = 2) -> Model:
    """The café chair: a round seat, a hoop for a back, a hoop below the knees."""
    parts = [
        Part(slab(circle(0.205, 128), 0.03, 0.01).moved(z=0.44), seat),
        Part(tube(np.column_stack([circle(0.206, 96), np.full(96, 0.448)]), 0.016, closed=True), frame),
        Part(tube(np.column_stack([circle(0.166, 96), np.full(96, 0.2)]), 0.0085, closed=True), frame),
    ]
    for x in (-1, 1):
        parts.append(Part(bar((x * 0.185, -0.19, 0), (x * 0.135, -0.125, 0.45), 0.012, 0.017), frame))
        parts.append(Part(bar((x * 0.175, 0.235, 0), (x * 0.165, 0.14, 0.45), 0.012, 0.016), frame))
    for i in range(loops):
        half, top = 0.175 - 0.062 * i, 0.9 - 0.085 * i
        hoop = spline(
            [
                (-0.94 * half, 0.155, 0.45),
                (-1.04 * half, 0.2, 0.62),
                (-0.9 * half, 0.235, top - 0.08),
                (-0.5 * half, 0.25, top - 0.015),
                (0.0, 0.255, top),
                (0.5 * half, 0.25, top - 0.015),
                (0.9 * half, 0.235, top - 0.08),
                (1.04 * half, 0.2, 0.62),
                (0.94 * half, 0.155, 0.45),
            ],
            10,
        )
        parts.append(Part(tube(hoop, 0.0145 if i == 0 else 0.0105), frame))
    return Model(parts, View(elevation=13, turn=-30, fill=0.8))


def make_ottoman(
    *,
    cover: Finish,
    legs: Finish,
    piping: Finish | None = None,
    width: float = 0.6,
    depth: float = 0.6,
    height: float = 0.42,
    tufts: tuple[int, int] = (3, 3),
) -> Model:
    """A box to keep blankets in, its padded lid pulled down by buttons."""
    lift = 0.09
    base = box((width, depth, height - lift - 0.1), 0.022).moved(z=lift + (height - lift - 0.1) / 2)
    places = [
        (float(x), float(y))
        for x in np.linspace(-0.5, 0.5, tufts[0] + 2)[1:-1] * width
        for y in np.linspace(-0.5, 0.5, tufts[1] + 2)[1:-1] * depth
    ]

    def dimple(points: Array) -> Array:
        top = points[:, 2] > 0.02
        for x, y in places:
            far = np.hypot(points[:, 0] - x, points[:, 1] - y)
            points[:, 2] -= np.where(top, 0.02 * np.exp(-((far / 0.035) ** 2)), 0.0)
        return points

    lid = box((width + 0.012, depth + 0.012, 0.1), 0.035, puff=(0, 0, 0.016), cuts=70).shaped(dimple)
    parts = [Part(base, cover), Part(lid.moved(z=height - 0.048), cover)]
    for x, y in places:
        parts.append(Part(slab(circle(0.011, 32), 0.008, 0.003).moved(x=x, y=y, z=height - 0.012), cover))
    seam = rectangle(width + 0.006, depth + 0.006, 0.03)
    parts.append(
        Part(
            tube(np.column_stack([seam, np.full(len(seam), height - 0.1)]), 0.0055, closed=True),
            piping or cover,
        )
    )
    for x in (-1, 1):
        for y in (-1, 1):
            top = (x * (width / 2 - 0.07), y * (depth / 2 - 0.07), lift + 0.01)
            parts.append(Part(bar((1.06 * top[0], 1.06 * top[1], 0), top, 0.014, 0.022), legs))
    return Model(parts, View(elevation=22, turn=-30, fill=0.76))
