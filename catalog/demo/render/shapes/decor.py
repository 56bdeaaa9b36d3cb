"""Vases and candles."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, Mesh, lathe, rounded, spline, surface, tube, vessel
from catalog.demo.render.model import Finish, Model, Part, View

#: Half width (of the widest) and height (of the whole), foot to rim.
VASES = {
    "amphora": [(0, 0), (0.5, 0), (0.5, 0), (0.8, 0.25), (1.0, 0.55), (0.75, 0.8), (0.42, 0.9), (0.55, 1.0)],
    "bottle": [(0, 0), (0.7, 0), (0.7, 0), (1.0, 0.22), (0.85, 0.46), (0.3, 0.66), (0.26, 0.86), (0.34, 1.0)],
    "cylinder": [(0, 0), (0.96, 0), (0.96, 0), (1.0, 0.03), (1.0, 0.5), (1.0, 0.97), (0.99, 1.0)],
    "tulip": [(0, 0), (0.42, 0), (0.42, 0), (0.72, 0.2), (0.86, 0.5), (0.74, 0.78), (1.0, 1.0)],
    "ball": [(0, 0), (0.5, 0), (0.5, 0), (0.96, 0.32), (0.97, 0.58), (0.6, 0.88), (0.32, 0.94), (0.34, 1.0)],
    "hourglass": [(0, 0), (0.95, 0), (0.95, 0), (1.0, 0.1), (0.62, 0.45), (0.6, 0.58), (0.98, 1.0)],
    "ripple": [
        (0, 0),
        (0.7, 0),
        (0.7, 0),
        (1.0, 0.16),
        (0.72, 0.32),
        (0.98, 0.48),
        (0.7, 0.64),
        (0.9, 0.8),
        (0.55, 1.0),
    ],
}


def make_vase(
    *,
    body: Finish,
    outline: str = "amphora",
    height: float = 0.26,
    width: float = 0.16,
    wall: float = 0.005,
    flutes: int = 0,
) -> Model:
    profile = spline(np.array(VASES[outline]) * [width / 2, height], 14)
    mesh = vessel(profile, wall, segments=max(96, 16 * flutes))
    if flutes:

        def groove(points: Array) -> Array:
            angle = np.arctan2(points[:, 1], points[:, 0])
            points[:, :2] *= (1 + 0.035 * np.abs(np.sin(angle * flutes / 2)))[:, None]
            return points

        mesh = mesh.shaped(groove)
    return Model([Part(mesh, body)], View(elevation=14, turn=0, fill=0.74))


def _candle(radius: float, height: float, wax: Finish) -> list[Part]:
    """A pillar with a shallow melted pool and a wick."""
    pool = 0.006
    profile = rounded(
        [(0, 0), (radius, 0), (radius, height), (0.8 * radius, height - pool), (0, height - pool)],
        [0, 0.003, 0.004, 0.006, 0],
    )
    wick = spline([(0, 0, height - pool - 0.001), (0.001, 0, height + 0.004), (0.004, 0, height + 0.009)], 8)
    return [Part(lathe(profile), wax), Part(tube(wick, 0.0012), Finish("fibre", "charcoal"))]


def make_pillar_candle(*, wax: Finish, count: int = 1, radius: float = 0.036) -> Model:
    """One pillar, or a group of three of different heights."""
    places = [(0.0, 0.0, 0.13)] if count == 1 else [(0.0, 0.035, 0.16), (-0.062, -0.03, 0.11), (0.055, -0.045, 0.075)]
    parts = []
    for x, y, height in places:
        parts += [Part(part.mesh.moved(x=x, y=y), part.finish) for part in _candle(radius, height, wax)]
    return Model(parts, View(elevation=20, turn=8, fill=0.7))


def make_jar_candle(*, wax: Finish, jar: Finish, label: Finish, lid: Finish | None = None) -> Model:
    """A scented candle in a tumbler with a paper label, its lid laid beside it."""
    r, height = 0.04, 0.095
    outer = rounded([(0, 0), (r, 0), (r, height)], 0.006)
    fill = rounded([(0, 0.007), (r - 0.0033, 0.007), (r - 0.0033, 0.072), (0, 0.072)], [0, 0.003, 0.002, 0])
    wick = spline([(0, 0, 0.071), (0.001, 0, 0.079), (0.003, 0, 0.084)], 8)
    parts = [
        Part(vessel(outer, 0.003), jar),
        Part(lathe(fill), wax),
        Part(tube(wick, 0.0012), Finish("fibre", "charcoal")),
        Part(_label(r + 0.0004), label),
        Part(_label(r + 0.0006, span=0.34, low=0.043, high=0.0455), Finish("plastic", "charcoal")),
        Part(_label(r + 0.0006, span=0.22, low=0.036, high=0.0375), Finish("plastic", "charcoal")),
    ]
    if lid is not None:
        cap = lathe(rounded([(0, 0), (r + 0.001, 0), (r + 0.001, 0.011), (0, 0.011)], 0.003))
        parts.append(Part(cap.turned("x", 68).moved(x=0.066, y=0.0, z=0.043), lid))
    return Model(parts, View(elevation=16, turn=0, fill=0.66))


def _label(radius: float, *, span: float = 0.62, low: float = 0.024, high: float = 0.06) -> Mesh:
    angle = np.linspace(-np.pi / 2 - span, -np.pi / 2 + span, 40)
    rows = [[(radius * np.cos(a), radius * np.sin(a), z) for a in angle] for z in (low, high)]
    points = np.array(rows)
    return surface(points, points[..., [0, 2]].copy())


def make_taper_candle(*, wax: Finish, holder: Finish, count: int = 2) -> Model:
    """Dinner candles in turned holders."""
    parts = []
    for i, height in enumerate([0.1, 0.065, 0.135][:count]):
        foot = [
            (0, 0),
            (0.038, 0),
            (0.038, 0),
            (0.036, 0.006),
            (0.01, 0.014),
            (0.0075, 0.5 * height),
            (0.009, height - 0.02),
            (0.016, height - 0.014),
            (0.016, height),
            (0, height),
        ]
        candle = rounded(
            [(0, height - 0.006), (0.0105, height - 0.006), (0.009, height + 0.2), (0, height + 0.212)],
            [0, 0.001, 0.006, 0],
        )
        wick = tube([(0, 0, height + 0.208), (0.0005, 0, height + 0.214), (0.002, 0, height + 0.222)], 0.001)
        place = {"x": (i - (count - 1) / 2) * 0.1, "y": 0.03 * (i % 2)}
        for mesh, finish in [
            (lathe(spline(foot, 10)), holder),
            (lathe(candle), wax),
            (wick, Finish("fibre", "charcoal")),
        ]:
            parts.append(Part(mesh.moved(**place), finish))
    return Model(parts, View(elevation=12, turn=12, fill=0.78))
