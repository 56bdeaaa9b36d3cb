"""Side and coffee tables."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, bar, circle, lathe, rectangle, rounded, slab, spline
from catalog.demo.render.model import Finish, Model, Part, View


def make_round_table(
    *,
    top: Finish,
    legs: Finish,
    width: float = 0.48,
    height: float = 0.5,
    count: int = 3,
    square: bool = False,
    tray: Finish | None = None,
) -> Model:
    """A top on splayed or straight legs; with `tray`, a raised rim; a lower shelf when square."""
    r = width / 2
    outline = rectangle(width, width, 0.03) if square else circle(r, 128)
    parts = [Part(slab(outline, 0.024, 0.005).moved(z=height - 0.024), top)]
    if tray is not None:
        rim = rounded(
            [
                (r - 0.001, height - 0.026),
                (r + 0.004, height - 0.026),
                (r + 0.004, height + 0.028),
                (r, height + 0.028),
                (r - 0.001, height - 0.02),
            ],
            0.0015,
        )
        parts.append(Part(lathe(rim, segments=128), tray))
    thick = 0.017 if legs.kind == "wood" else 0.009
    start = 45 if count == 4 else 90
    reach = (0.66 * r) if count == 3 else 0.62 * width * 0.98 if square else 0.66 * r
    splay = 0.0 if square else 0.09
    for i in range(count):
        angle = np.radians(start + i * 360 / count)
        x, y = np.cos(angle), np.sin(angle)
        foot = ((reach + splay) * x, (reach + splay) * y, 0.0)
        parts.append(
            Part(bar(foot, (reach * x, reach * y, height - 0.022), thick * (1.0 if square else 0.7), thick), legs)
        )
    if square:
        shelf = slab(rectangle(width - 0.04, width - 0.04, 0.02), 0.018, 0.004).moved(z=0.14)
        parts.append(Part(shelf, top))
    return Model(parts, View(elevation=20, turn=22, fill=0.76))


def make_drum_table(
    *,
    body: Finish,
    top: Finish | None = None,
    width: float = 0.42,
    height: float = 0.44,
    flutes: int = 0,
    waist: float = 1.0,
) -> Model:
    """A closed drum, plain, fluted or drawn in at the waist."""
    r = width / 2
    outline = rounded(
        [(0, 0), (r, 0), (waist * r, height / 2), (r, height), (0, height)], [0, 0.012, 0.3 * height, 0.012, 0]
    )
    mesh = lathe(outline, segments=max(128, 12 * flutes))
    if flutes:

        def groove(points: Array) -> Array:
            angle = np.arctan2(points[:, 1], points[:, 0])
            far = np.hypot(points[:, 0], points[:, 1])
            near = np.clip((far - 0.7 * r) / (0.3 * r), 0, 1)
            points[:, :2] *= (1 - near * 0.035 * (1 - np.abs(np.sin(angle * flutes / 2))))[:, None]
            return points

        mesh = mesh.shaped(groove)
    parts = [Part(mesh, body)]
    if top is not None:
        parts.append(Part(slab(circle(r + 0.012, 128), 0.02, 0.006).moved(z=height - 0.002), top))
    return Model(parts, View(elevation=20, turn=10, fill=0.72))


def make_pedestal_table(*, top: Finish, stem: Finish, width: float = 0.45, height: float = 0.52) -> Model:
    """One trumpet foot under a round top."""
    r = width / 2
    foot = spline(
        [
            (0, 0),
            (0.62 * r, 0),
            (0.62 * r, 0),
            (0.56 * r, 0.012),
            (0.2 * r, 0.06),
            (0.09 * r, 0.25 * height),
            (0.09 * r, 0.75 * height),
            (0.22 * r, height - 0.03),
            (0.3 * r, height - 0.02),
        ],
        12,
    )
    parts = [
        Part(lathe(np.concatenate([foot, [(0.0, height - 0.02)]])), stem),
        Part(slab(circle(r, 128), 0.022, 0.008).moved(z=height - 0.022), top),
    ]
    return Model(parts, View(elevation=18, turn=0, fill=0.74))
