"""Drinking glasses and stemware."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, Mesh, lathe, rounded, spline, wall_profile
from catalog.demo.render.model import Finish, Model, Part, View
from catalog.demo.render.shapes.reliefs import cut_diamonds, flute

TUMBLERS = {
    "straight": [(0, 0), (0.96, 0), (1.0, 0.04), (1.0, 1.0)],
    "tapered": [(0, 0), (0.68, 0), (0.72, 0.03), (1.0, 1.0)],
    "stemless": [(0, 0), (0.5, 0), (0.86, 0.16), (1.0, 0.42), (0.93, 0.72), (0.76, 1.0)],
    "tulip": [(0, 0), (0.66, 0), (0.78, 0.14), (0.66, 0.46), (0.8, 0.8), (1.0, 1.0)],
    "beer": [(0, 0), (0.66, 0), (0.68, 0.05), (0.78, 0.6), (0.98, 0.82), (0.92, 1.0)],
}


def make_tumbler(
    *,
    glass: Finish,
    outline: str = "straight",
    height: float = 0.1,
    radius: float = 0.04,
    base: float = 0.008,
    relief: str | None = None,
    ribs: int = 24,
    count: int = 1,
) -> Model:
    """A glass without a stem; `base` is how thick its foot is, `relief` is ribs or diamonds, `count` how many stand
    together."""
    points = np.array(TUMBLERS[outline], dtype=np.float64) * [radius, height]
    profile = (
        rounded(points, 0.004)
        if outline in ("straight", "tapered")
        else np.concatenate([points[:1], spline(np.concatenate([points[1:2], points[1:]]), 16)])
    )
    mesh = lathe(_with_base(profile, wall=0.0022, base=base), segments=192)
    if relief == "ribs":
        mesh = flute(mesh, ribs, 0.0016, low=0.06 * height, high=0.8 * height)
    elif relief == "diamonds":
        mesh = cut_diamonds(mesh, ribs, 0.0018, low=0.08 * height, high=0.66 * height)
    return Model(
        [Part(mesh.moved(x=x, y=y), glass) for x, y in _places(count, radius)], View(elevation=16, turn=0, fill=0.7)
    )


def _with_base(profile: Array, *, wall: float, base: float) -> Array:
    """The outline of a glass whose floor is `base` thick."""
    line = wall_profile(profile, wall)
    inside = np.arange(len(line)) > len(profile)
    line[inside, 1] = np.maximum(line[inside, 1], base)
    return line


def _places(count: int, radius: float) -> list[tuple[float, float]]:
    return {
        1: [(0.0, 0.0)],
        2: [(-1.15 * radius, 0.45 * radius), (1.1 * radius, -0.5 * radius)],
        3: [(-2.0 * radius, 0.3 * radius), (0.1 * radius, -0.9 * radius), (2.1 * radius, 0.6 * radius)],
    }[count]


#: The bowl above the stem: share of the widest radius and of the bowl's height.
STEMWARE = {
    "red": [(0, 0), (0.3, 0.03), (0.82, 0.22), (1.0, 0.48), (0.92, 0.76), (0.72, 1.0)],
    "white": [(0, 0), (0.3, 0.03), (0.8, 0.2), (1.0, 0.45), (0.94, 0.75), (0.82, 1.0)],
    "flute": [(0, 0), (0.34, 0.03), (0.72, 0.14), (0.96, 0.4), (1.0, 0.62), (0.86, 1.0)],
    "coupe": [(0, 0), (0.3, 0.04), (0.74, 0.26), (0.95, 0.6), (1.0, 1.0)],
    "martini": [(0, 0), (0.1, 0.05), (0.5, 0.48), (0.8, 0.79), (1.0, 1.0)],
}


def make_stem_glass(
    *,
    glass: Finish,
    stem: Finish | None = None,
    outline: str = "red",
    height: float = 0.22,
    bowl: float = 0.11,
    radius: float = 0.045,
    count: int = 1,
    ribs: int = 0,
) -> Model:
    """A wine, champagne or cocktail glass; `bowl` is the height of the bowl, `stem` colours stem and foot."""
    points = np.array(STEMWARE[outline]) * [radius, bowl]
    cup = lathe(_with_base(spline(points, 16), wall=0.0013, base=0.0022), segments=160)
    if ribs:
        cup = flute(cup, ribs, 0.0012, low=0.02 * bowl, high=0.62 * bowl)
    rise = height - bowl
    foot = max(0.8 * radius, 0.031)
    parts: list[Part] = []
    for x, y in _places(count, max(radius, foot)):
        parts += [
            Part(cup.moved(x=x, y=y, z=rise), glass),
            Part(_make_stem(foot, rise).moved(x=x, y=y), stem or glass),
        ]
    return Model(parts, View(elevation=11, turn=0, fill=0.76))


def _make_stem(foot: float, rise: float) -> Mesh:
    top = [(0.0036, 0.35 * rise), (0.0034, 0.8 * rise), (0.0052, 0.97 * rise), (0.0075, rise + 0.0012)]
    line = spline([(0, 0), (foot, 0), (foot, 0), (foot, 0.0016), (0.4 * foot, 0.0045), (0.006, 0.014), *top], 10)
    return lathe(np.concatenate([line, [(0.0, rise + 0.0014)]]), segments=96)
