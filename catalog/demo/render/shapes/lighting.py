"""Table and floor lamps, switched on."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, Mesh, bar, circle, lathe, rounded, spline, tube
from catalog.demo.render.model import Finish, Model, Part, View

BULB = Finish("glow", "white")


def _shade(bottom: float, top: float, height: float) -> Mesh:
    """A cloth shade open above and below."""
    outer, inner = [(bottom, 0.0), (top, height)], [(top - 0.003, height), (bottom - 0.003, 0.0)]
    return lathe([*outer, *inner, outer[0]], segments=128)


def _bulb(radius: float, z: float) -> Part:
    angle = np.linspace(-np.pi / 2, np.pi / 2, 20)
    ball = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return Part(lathe(ball, segments=32).moved(z=z), BULB)


#: Half width (of the widest) and height (of the whole base).
BASES = {
    "gourd": [(0, 0), (0.6, 0), (0.6, 0), (1.0, 0.28), (0.52, 0.62), (0.6, 0.78), (0.3, 0.97), (0.16, 1.0)],
    "ball": [(0, 0), (0.5, 0), (0.5, 0), (0.98, 0.4), (0.8, 0.78), (0.3, 0.97), (0.16, 1.0)],
    "bottle": [(0, 0), (0.86, 0), (0.86, 0), (1.0, 0.2), (0.9, 0.5), (0.3, 0.74), (0.2, 0.9), (0.16, 1.0)],
    "column": [(0, 0), (1.0, 0), (1.0, 0), (1.0, 0.07), (1.0, 0.07), (0.3, 0.1), (0.24, 0.5), (0.2, 1.0)],
    "cone": [(0, 0), (1.0, 0), (1.0, 0), (0.75, 0.3), (0.4, 0.7), (0.16, 1.0)],
}


def make_table_lamp(
    *,
    base: Finish,
    shade: Finish,
    trim: Finish,
    outline: str = "gourd",
    height: float = 0.28,
    width: float = 0.2,
    shade_width: float = 0.34,
    taper: float = 0.78,
) -> Model:
    profile = spline(np.array(BASES[outline]) * [width / 2, height], 12)
    profile = np.concatenate([profile, [(0.0, height)]])
    shade_height = 0.62 * shade_width
    lift = height + 0.03
    ring = np.column_stack([circle(shade_width / 2, 96), np.zeros(96)])
    parts = [
        Part(lathe(profile), base),
        Part(bar((0, 0, height - 0.01), (0, 0, lift + 0.06), 0.008), trim),
        Part(_shade(shade_width / 2, taper * shade_width / 2, shade_height).moved(z=lift), shade),
        Part(tube(ring, 0.0028, closed=True).moved(z=lift), Finish(shade.kind, shade.colour)),
        Part(
            tube(ring * [taper, taper, 1], 0.0028, closed=True).moved(z=lift + shade_height),
            Finish(shade.kind, shade.colour),
        ),
        _bulb(0.028, lift + 0.5 * shade_height),
    ]
    return Model(parts, View(elevation=9, turn=0, fill=0.76))


def make_globe_lamp(*, base: Finish, globe: Finish, radius: float = 0.1, stem: float = 0.06) -> Model:
    """A milk-glass ball on a turned foot."""
    foot = rounded(
        [
            (0, 0),
            (0.075, 0),
            (0.075, 0.018),
            (0.02, 0.026),
            (0.016, stem + 0.02),
            (0.05, stem + 0.03),
            (0.05, stem + 0.045),
            (0, stem + 0.045),
        ],
        0.004,
    )
    angle = np.linspace(-np.pi / 2, np.pi / 2, 48)
    ball = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    parts = [Part(lathe(foot), base), Part(lathe(ball).moved(z=stem + 0.035 + 0.93 * radius), globe)]
    return Model(parts, View(elevation=10, turn=0, fill=0.7))


def _head(radius: float, depth: float) -> Mesh:
    """A metal shade, opening downwards, its top at the origin."""
    outer = spline([(0, 0), (0.3 * radius, 0), (0.3 * radius, 0), (0.55 * radius, -0.3 * depth), (radius, -depth)], 12)
    return lathe(_thin(outer))


def _thin(outer: Array) -> Array:
    """A profile that opens downwards, given a wall of 2 mm."""
    inner = outer - [0.002, 0.002]
    return np.concatenate([inner[inner[:, 0] >= 0], outer[::-1]])


def make_desk_lamp(*, body: Finish, joint: Finish) -> Model:
    """A reading lamp: round foot, two arms with a joint, a tilting cone."""
    knee, tip = (-0.1, 0, 0.27), (0.13, 0, 0.42)
    head = _head(0.075, 0.11).turned("y", -24).moved(*tip)
    parts = [
        Part(lathe(rounded([(0, 0), (0.085, 0), (0.085, 0.016), (0, 0.02)], 0.004)), body),
        Part(bar((0, 0, 0.01), knee, 0.0065), body),
        Part(bar(knee, tip, 0.0065), body),
        Part(bar((knee[0], -0.014, knee[2]), (knee[0], 0.014, knee[2]), 0.012), joint),
        Part(bar((tip[0], -0.016, tip[2]), (tip[0], 0.016, tip[2]), 0.011), joint),
        Part(head, body),
    ]
    bulb = _bulb(0.024, 0.0)
    parts.append(Part(bulb.mesh.moved(x=tip[0] + 0.028, z=tip[2] - 0.065), BULB))
    return Model(parts, View(elevation=11, turn=-24, fill=0.74))


def make_tripod_lamp(
    *, legs: Finish, shade: Finish, trim: Finish, height: float = 1.15, shade_width: float = 0.48
) -> Model:
    parts = [_bulb(0.04, height + 0.2), Part(bar((0, 0, height - 0.06), (0, 0, height + 0.1), 0.012), trim)]
    for degrees in (90, 210, 330):
        angle = np.radians(degrees)
        foot = (0.3 * np.cos(angle), 0.3 * np.sin(angle), 0.0)
        top = (0.03 * np.cos(angle), 0.03 * np.sin(angle), height)
        parts.append(Part(bar(foot, top, 0.013, 0.019), legs))
    hub = rounded([(0, height - 0.09), (0.05, height - 0.09), (0.05, height - 0.05), (0, height - 0.05)], 0.006)
    parts.append(Part(lathe(hub), trim))
    shade_height = 0.62 * shade_width
    parts.append(Part(_shade(shade_width / 2, 0.86 * shade_width / 2, shade_height).moved(z=height + 0.04), shade))
    return Model(parts, View(elevation=8, turn=18, fill=0.84))


def make_arc_lamp(*, stand: Finish, head: Finish, foot: Finish, height: float = 1.75) -> Model:
    """A bow over the sofa: heavy foot, long arc, dome."""
    path = spline(
        [
            (-0.5, 0, 0.04),
            (-0.5, 0, 0.9),
            (-0.36, 0, 1.42),
            (0.05, 0, height),
            (0.46, 0, height - 0.12),
            (0.56, 0, height - 0.3),
        ],
        16,
    )
    outer = spline([(0, 0), (0.05, 0), (0.05, 0), (0.15, -0.06), (0.2, -0.16)], 12)
    tip = path[-1]
    bulb = _bulb(0.045, 0.0)
    parts = [
        Part(lathe(rounded([(0, 0), (0.17, 0), (0.17, 0.05), (0, 0.05)], 0.006)).moved(x=-0.5), foot),
        Part(tube(path, 0.011), stand),
        Part(lathe(_thin(outer)).moved(x=tip[0], z=tip[2]), head),
        Part(bulb.mesh.moved(x=tip[0], z=tip[2] - 0.1), BULB),
    ]
    return Model(parts, View(elevation=6, turn=-16, fill=0.82))


def make_column_lamp(*, stand: Finish, shade: Finish, height: float = 1.35, shade_width: float = 0.4) -> Model:
    """A straight stem on a disc, with a drum or cone shade."""
    shade_height = 0.7 * shade_width
    profile = rounded(
        [(0, 0), (0.15, 0), (0.15, 0.018), (0.014, 0.024), (0.012, height), (0, height)],
        [0, 0.006, 0.006, 0.006, 0.002, 0],
    )
    parts = [
        Part(lathe(profile), stand),
        Part(_shade(shade_width / 2, 0.62 * shade_width / 2, shade_height).moved(z=height - 0.08), shade),
        _bulb(0.04, height + 0.05),
    ]
    return Model(parts, View(elevation=7, turn=0, fill=0.84))
