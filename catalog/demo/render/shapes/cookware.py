"""Kettles, teapots, frying pans, saucepans and casseroles."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, bar, circle, lathe, rounded, spline, tube, vessel
from catalog.demo.render.model import Finish, Model, Part, View


def _arch(width: float, foot: float, rise: float) -> Array:
    angle = np.linspace(0, np.pi, 40)
    return np.stack([width * np.cos(angle), 0 * angle, foot + rise * np.sin(angle) ** 0.8], axis=1)


def _knob(radius: float) -> Array:
    return (
        spline([(0, 0), (0.45, 0), (0.45, 0), (0.42, 0.35), (0.9, 0.8), (1.0, 1.2), (0.75, 1.55), (0, 1.65)], 10)
        * radius
    )


def make_kettle(*, body: Finish, trim: Finish, knob: Finish, outline: str = "dome", height: float = 0.15) -> Model:
    """A stove-top kettle with a hoop handle."""
    r = 0.105
    outlines = {
        "dome": [
            (0, 0),
            (r, 0),
            (r, 0),
            (1.02 * r, 0.03),
            (0.94 * r, 0.6 * height),
            (0.5 * r, 0.95 * height),
            (0.42 * r, height),
        ],
        "cone": [
            (0, 0),
            (r, 0),
            (r, 0),
            (r, 0.02),
            (0.74 * r, 0.6 * height),
            (0.48 * r, 0.98 * height),
            (0.42 * r, height),
        ],
        "belly": [
            (0, 0),
            (0.72 * r, 0),
            (0.72 * r, 0),
            (r, 0.35 * height),
            (0.9 * r, 0.7 * height),
            (0.42 * r, height),
        ],
    }
    line = outlines[outline]
    profile = np.concatenate([spline(line, 12), [(0.0, height)]])
    lid = rounded([(0, 0), (0.44 * r, 0), (0.44 * r, 0.008), (0, 0.014)], [0, 0.001, 0.004, 0])
    spout = spline([(0.6 * r, 0, 0.42 * height), (1.25 * r, 0, 0.62 * height), (1.62 * r, 0, 0.98 * height)], 14)
    parts = [
        Part(lathe(profile), body),
        Part(lathe(lid).moved(z=height), body),
        Part(lathe(_knob(0.014)).moved(z=height + 0.013), knob),
        Part(tube(spout, np.linspace(0.027, 0.0125, len(spout)), sides=32), body),
        Part(tube(_arch(0.86 * r, 0.62 * height, 1.05 * height), 0.0055), trim),
        Part(tube(_arch(0.86 * r, 0.62 * height, 1.05 * height)[10:30], 0.0115), knob),
    ]
    return Model(parts, View(elevation=14, turn=-28, fill=0.74))


def make_teapot(*, body: Finish, handle: Finish, outline: str = "round", height: float = 0.11) -> Model:
    r = 0.075 if outline == "round" else 0.065
    outlines = {
        "round": [
            (0, 0),
            (0.55 * r, 0),
            (0.55 * r, 0),
            (0.98 * r, 0.35 * height),
            (0.95 * r, 0.65 * height),
            (0.45 * r, height),
        ],
        "tall": [
            (0, 0),
            (0.9 * r, 0),
            (0.9 * r, 0),
            (r, 0.1 * height),
            (0.95 * r, 0.8 * height),
            (0.5 * r, 1.1 * height),
        ],
    }
    profile = spline(outlines[outline], 12)
    top, rim = float(profile[-1, 1]), float(profile[-1, 0])
    profile = np.concatenate([profile, [(0.0, top)]])
    lid = spline([(0, 0), (rim + 0.003, 0), (rim + 0.003, 0), (rim * 0.9, 0.007), (0.3 * rim, 0.014), (0, 0.015)], 8)
    spout = spline(
        [(0.75 * r, 0, 0.35 * top), (1.35 * r, 0, 0.5 * top), (1.6 * r, 0, 0.88 * top), (1.85 * r, 0, 1.0 * top)], 12
    )

    def wall(share: float) -> float:
        """How far out the wall is at a share of the height, less a little to bury the ends of the handle."""
        return float(np.interp(share * top, profile[:, 1], profile[:, 0])) - 0.004

    ear = spline(
        [
            (-wall(0.8), 0, 0.8 * top),
            (-1.5 * r, 0, 0.95 * top),
            (-1.75 * r, 0, 0.55 * top),
            (-wall(0.25), 0, 0.25 * top),
        ],
        14,
    )
    parts = [
        Part(lathe(profile), body),
        Part(lathe(lid).moved(z=top), body),
        Part(lathe(_knob(0.009)).moved(z=top + 0.013), handle),
        Part(tube(spout, np.linspace(0.019, 0.0075, len(spout)), sides=32), body),
        Part(tube(ear, 0.0065), handle if outline == "tall" else body),
    ]
    return Model(parts, View(elevation=18, turn=-20, fill=0.76))


def make_pan(
    *,
    body: Finish,
    inside: Finish,
    handle: Finish,
    width: float = 0.26,
    depth: float = 0.05,
    lid: Finish | None = None,
) -> Model:
    """A frying pan, or a saucepan when deep, with one long handle."""
    r = width / 2
    foot = 0.8 * r if depth < 0.07 else 0.97 * r
    profile = rounded([(0, 0), (foot, 0), (r, depth)], [0, 0.022, 0])
    lining = rounded([(0, 0.0046), (foot - 0.004, 0.0046), (r - 0.0048, depth - 0.001)], [0, 0.02, 0])
    parts = [Part(vessel(profile, 0.0035, segments=128), body), Part(lathe(lining[::-1], segments=128), inside)]
    length = 0.66 * width if depth < 0.07 else 0.95 * width
    rise = 0.03 if depth < 0.07 else 0.018
    start = r - 0.004 if depth < 0.07 else r - 0.002
    path = spline(
        [
            (start, 0, depth - 0.014),
            (start + 0.03, 0, depth - 0.008),
            (start + 0.5 * length, 0, depth + rise),
            (start + length, 0, depth + rise),
        ],
        14,
    )
    grow = np.interp(np.linspace(0, 1, len(path)), [0, 0.15, 0.3, 0.85, 1], [0.6, 0.55, 0.9, 1.15, 1.0])
    parts.append(Part(tube(path, 0.0135 * grow, section=circle(1.0, 24) * [1.0, 0.5]), handle))
    for side in (-1, 1):
        parts.append(
            Part(
                lathe([(0.004, 0), (0.004, 0.001), (0.0025, 0.002), (0, 0.0022)])
                .turned("y", -90)
                .moved(x=start - 0.006, y=side * 0.008, z=depth - 0.014),
                Finish("polished", "steel"),
            )
        )
    if lid is not None:
        cover = spline([(0, 0), (r + 0.002, 0), (r + 0.002, 0), (r, 0.004), (0.7 * r, 0.015), (0, 0.022)], 10)
        parts.append(Part(lathe(cover, segments=128).moved(z=depth), body))
        parts.append(Part(lathe(_knob(0.014)).moved(z=depth + 0.021), lid))
    return Model(parts, View(elevation=27 if depth < 0.07 else 18, turn=-32, fill=0.82))


def make_casserole(*, body: Finish, knob: Finish, width: float = 0.26, depth: float = 0.115) -> Model:
    """A lidded cast-iron pot with two loop handles."""
    r = width / 2
    pot = rounded([(0, 0), (0.9 * r, 0), (r, depth), (0, depth)], [0, 0.025, 0.002, 0])
    lid = spline(
        [(0, 0), (r + 0.004, 0), (r + 0.004, 0), (r + 0.003, 0.008), (0.86 * r, 0.017), (0.45 * r, 0.031), (0, 0.035)],
        10,
    )
    parts = [
        Part(lathe(pot, segments=128), body),
        Part(lathe(lid, segments=128).moved(z=depth + 0.002), body),
        Part(bar((0, 0, depth + 0.034), (0, 0, depth + 0.045), 0.008), knob),
        Part(lathe(_knob(0.019)).moved(z=depth + 0.037), knob),
    ]
    for side in (-1, 1):
        loop = rounded([(0.94 * r, -0.045), (1.22 * r, -0.036), (1.22 * r, 0.036), (0.94 * r, 0.045)], 0.025)
        path = np.column_stack([side * loop[:, 0], loop[:, 1], np.full(len(loop), 0.82 * depth)])
        parts.append(Part(tube(path, 0.0085, section=circle(1.0, 20) * [1.0, 0.75]), body))
    return Model(parts, View(elevation=20, turn=24, fill=0.78))
