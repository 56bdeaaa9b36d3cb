"""Tea towels and napkins."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import (
    Array,
    Mesh,
    bar,
    box,
    circle,
    join,
    lathe,
    rectangle,
    rounded,
    slab,
    surface,
    tube,
)
from catalog.demo.render.model import Finish, Model, Part, View


def make_tea_towel(
    *, cloth: Finish, rail: Finish, width: float = 0.42, drop: float = 0.5, band: Finish | None = None, seed: int = 0
) -> Model:
    """A towel hung over a wall rail; `band` weaves a broad stripe across near the hem."""
    parts = [Part(_hung(width, 0.0, drop, seed, 0.0), cloth)]
    if band is not None:
        parts += [Part(_hung(width, low, high, seed, 0.0012), band) for low, high in ((0.05, 0.085), (0.1, 0.112))]
    hem = _sheet_path(width, 0.004, seed, 0.0008)
    parts.append(Part(tube(hem, 0.0022, sides=8), band or cloth))
    length = width / 2 + 0.06
    parts.append(Part(bar((-length, 0, drop), (length, 0, drop), 0.006), rail))
    for x in (-length + 0.012, length - 0.012):
        parts.append(Part(bar((x, 0, drop), (x, 0.055, drop), 0.005), rail))
        parts.append(Part(slab(circle(0.016, 40), 0.005).turned("x", 90).moved(x=x, y=0.06, z=drop), rail))
    return Model(parts, View(elevation=4, turn=0, fill=0.78, setting="wall"))


def _fold(x: Array, below: Array, width: float, seed: int) -> Array:
    """How far the cloth swings out of its plane: straight at the rail, in soft folds lower down."""
    random = np.random.default_rng(seed)
    waves = sum(
        a * np.sin(2 * np.pi * k * x / width + p)
        for a, k, p in zip((0.6, 0.35, 0.2), (1.4, 2.6, 4.1), random.uniform(0, 6, 3), strict=True)
    )
    return 0.016 * np.asarray(waves) * np.clip(below / 0.35, 0, 1) ** 0.8


def _hung(width: float, low: float, high: float, seed: int, proud: float) -> Mesh:
    """The front of the towel from height `low` to the rail at `high`, and over it down the back when it gets there."""
    top = high if proud == 0.0 else None
    z = np.linspace(low, high, 60)
    rows = [(-0.0075 - proud, value) for value in z]
    if top is not None:
        rows += [(-0.0075 * np.cos(a), top + 0.0075 * np.sin(a)) for a in np.linspace(0, np.pi, 10)[1:]]
        rows += [(0.0075 + 0.018 * (1 - v / top), v) for v in np.linspace(top, 0.18 * top, 40)[1:]]
    line = np.array(rows)
    x = np.linspace(-width / 2, width / 2, 90)
    reach = max(0.5, high) if top is None else top
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    grid = np.empty((len(line), len(x), 3))
    below = reach - line[:, 1]
    narrow = 1 - 0.03 * np.clip(below / reach, 0, 1) ** 2
    grid[..., 0] = x[None] * narrow[:, None]
    front = line[:, :1] < 0
    swing = _fold(x[None], np.clip(below, 0, None)[:, None], width, seed)
    grid[..., 1] = line[:, :1] + np.where(
        front, np.minimum(swing, 0.006) - 0.008 * np.clip(below / 0.3, 0, 1)[:, None], 0.0
    )
    grid[..., 2] = line[:, 1:]
    uv = np.stack([np.broadcast_to(x[None], grid.shape[:2]), np.broadcast_to(along[:, None], grid.shape[:2])], axis=2)
    return surface(grid, uv)


def _sheet_path(width: float, z: float, seed: int, proud: float) -> Array:
    sheet = _hung(width, z, 0.5, seed, max(proud, 1e-4)).vertices
    row = sheet[np.isclose(sheet[:, 2], z)]
    return row[np.argsort(row[:, 0])]


def make_folded_towels(
    *, cloths: list[Finish], tie: Finish | None = None, width: float = 0.24, depth: float = 0.17
) -> Model:
    """A pile of folded cloths, each with its fold towards the camera, perhaps tied with a ribbon."""
    parts, z = [], 0.0
    for number, cloth in enumerate(cloths):
        w, d = width - 0.004 * (number % 2), depth - 0.005 * number
        pile = []
        for layer in range(3):
            leaf = box((w - 0.002 * layer, d - 0.003 * layer, 0.0075), 0.0036, puff=(0.0, 0.0, 0.001), cuts=20)
            pile.append(leaf.moved(y=0.001 * layer, z=0.0037 + 0.0068 * layer))
        turn = (-2.0, 2.5, -1.0, 1.5)[number % 4]
        parts.append(Part(join(*pile).turned("z", turn).moved(z=z), cloth))
        z += 0.0215
    if tie is not None:
        half, top = depth / 2 + 0.002, z + 0.0015
        band = rounded([(0, -half, 0.0), (0, -half, top), (0, half, top), (0, half, 0.0)], 0.004)
        parts.append(Part(tube(band, 1.0, section=_ribbon(0.016)), tie))
        for side in (-1, 1):
            bow = rounded(
                [
                    (0, -0.012, top),
                    (side * 0.03, -0.02, top + 0.018),
                    (side * 0.044, -0.012, top + 0.008),
                    (side * 0.03, -0.004, top + 0.001),
                    (0, -0.012, top + 0.001),
                ],
                0.012,
            )
            parts.append(Part(tube(bow, 0.0035, sides=12), tie))
        parts.append(Part(box((0.012, 0.012, 0.009), 0.004).moved(y=-0.012, z=top + 0.002), tie))
    return Model(parts, View(elevation=28, turn=-27, fill=0.76))


def _ribbon(width: float) -> Array:
    return rectangle(width, 0.0016, 0.0007)


def make_napkin(*, cloth: Finish, ring: Finish, length: float = 0.24, flare: float = 0.075) -> Model:
    """A cloth napkin drawn through a ring, fanned out at both ends."""
    u, v = np.meshgrid(np.linspace(-1, 1, 140), np.linspace(-1, 1, 90))
    spread = 0.016 + (flare - 0.016) * np.abs(v - 0.12) ** 1.25
    folds = 0.5 + 0.5 * np.cos(5 * np.pi * u)
    tall = 0.030 - 0.014 * np.clip(np.abs(v - 0.12), 0, 1)
    top = tall * np.sqrt(np.clip(1 - (0.92 * u) ** 2, 0, 1)) * (0.62 + 0.38 * folds) + 0.002
    x, y = spread * u, 0.5 * length * v + 0.008 * np.cos(3 * np.pi * u) * np.abs(v)
    uv = np.stack([0.16 * u, 0.5 * length * v], axis=2)
    sheet = surface(np.stack([x, y, top], axis=2), uv)
    under = surface(np.stack([x[:, ::-1], y[:, ::-1], 0 * top + 0.0006], axis=2), uv)
    band = rounded([(0.0185, -0.011), (0.0225, -0.011), (0.0225, 0.011), (0.0185, 0.011)], 0.0012, closed=True)
    hoop = lathe(np.concatenate([band, band[:1]])).turned("x", 90).moved(y=0.06 * length, z=0.0225)
    return Model([Part(sheet, cloth), Part(under, cloth), Part(hoop, ring)], View(elevation=34, turn=-52, fill=0.8))
