"""Baskets, woven strand by strand or coiled from rope."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, circle, slab, spline, tube
from catalog.demo.render.model import Finish, Model, Part, View

#: Half width (of the widest) at the foot, the middle and the rim.
FORMS = {
    "straight": (0.94, 1.0, 0.97),
    "tapered": (0.72, 0.9, 1.0),
    "belly": (0.78, 1.0, 0.8),
    "shallow": (0.86, 0.96, 1.0),
}


def _radius(form: str, width: float, share: Array) -> Array:
    foot, middle, rim = FORMS[form]
    curve = spline([(0.0, foot), (0.5, middle), (1.0, rim)], 20)
    return width / 2 * np.interp(share, curve[:, 0], curve[:, 1])


def _handles(width: float, height: float, rim: float, finish: Finish, thick: float) -> list[Part]:
    parts = []
    for side in (-1, 1):
        arc = np.linspace(0, np.pi, 28)
        reach = 0.3 * width * np.cos(arc)
        path = np.stack(
            [side * (np.sqrt(rim**2 - (0.7 * reach) ** 2)), reach * 0.7, height - 0.02 + 0.19 * width * np.sin(arc)],
            axis=1,
        )
        parts.append(Part(tube(path, thick), finish))
    return parts


def make_woven_basket(
    *,
    strand: Finish,
    rim: Finish | None = None,
    form: str = "tapered",
    width: float = 0.4,
    height: float = 0.32,
    stakes: int = 26,
    rows: int = 24,
    handles: bool = True,
) -> Model:
    """Strands going over and under upright stakes, every row the other way round."""
    step = height / rows
    thick = 0.62 * step
    angle = np.linspace(0, 2 * np.pi, stakes * 8, endpoint=False)
    parts = [Part(slab(circle(FORMS[form][0] * width / 2, 64), 0.012, 0.003), strand)]
    for row in range(rows):
        share = np.array([(row + 0.5) / rows])
        radius = _radius(form, width, share)[0] + 0.8 * thick * np.cos(angle * stakes / 2 + np.pi * row)
        path = np.stack(
            [radius * np.cos(angle), radius * np.sin(angle), np.full(len(angle), step * (row + 0.6))], axis=1
        )
        finish = rim if rim is not None and row in (rows - 4, rows - 5, rows - 6, rows - 7) else strand
        parts.append(Part(tube(path, thick, closed=True, sides=10), finish))
    heights = np.linspace(0, 1, 16)
    for i in range(stakes):
        turn = 2 * np.pi * (i + 0.5) / stakes * 1.0
        radius = _radius(form, width, heights)
        path = np.stack([radius * np.cos(turn), radius * np.sin(turn), heights * height], axis=1)
        parts.append(Part(tube(path, 0.6 * thick, sides=8), strand))
    top = float(_radius(form, width, np.array([1.0]))[0])
    for turn in range(2):
        twist = np.linspace(0, 2 * np.pi, 240, endpoint=False)
        wind = twist * 34 + np.pi * turn
        far = top + 0.7 * thick * np.cos(wind)
        path = np.stack(
            [far * np.cos(twist), far * np.sin(twist), height + 0.4 * thick + 0.7 * thick * np.sin(wind)], axis=1
        )
        parts.append(Part(tube(path, thick, closed=True, sides=10), rim or strand))
    if handles:
        parts += _handles(width, height, top, rim or strand, 1.2 * thick)
    return Model(parts, View(elevation=21, turn=24, fill=0.76))


def make_rope_basket(
    *,
    rope: Finish,
    dip: Finish | None = None,
    form: str = "belly",
    width: float = 0.36,
    height: float = 0.3,
    rows: int = 15,
) -> Model:
    """One thick rope coiled upwards; `dip` colours the lower third."""
    step = height / rows
    angle = np.linspace(0, 2 * np.pi, 200, endpoint=False)
    parts = [Part(slab(circle(FORMS[form][0] * width / 2, 64), 0.012, 0.003), dip or rope)]
    for row in range(rows):
        radius = _radius(form, width, np.array([(row + 0.5) / rows]))[0]
        path = np.column_stack(
            [radius * np.cos(angle), radius * np.sin(angle), np.full(len(angle), step * (row + 0.5))]
        )
        parts.append(
            Part(tube(path, 0.56 * step, closed=True, sides=14), dip if dip is not None and row < rows * 0.42 else rope)
        )
    rim = float(_radius(form, width, np.array([1.0]))[0])
    parts += _handles(width, height, rim, rope, 0.5 * step)
    return Model(parts, View(elevation=21, turn=24, fill=0.76))
