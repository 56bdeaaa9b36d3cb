"""Cushions, rugs and throws."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, Mesh, box, circle, pillow, slab, spline, tube
from catalog.demo.render.model import Finish, Model, Part, View


def make_cushion(
    *,
    cover: Finish,
    piping: Finish | None = None,
    width: float = 0.5,
    height: float = 0.5,
    thick: float = 0.23,
    tassels: Finish | None = None,
    seed: int = 0,
) -> Model:
    """A scatter cushion, stood up and leaning back."""
    parts = [Part(pillow(width, height, thick, seed=seed), cover)]
    if piping is not None:
        parts.append(Part(tube(_seam(width, height), 0.0055, closed=True, up=(0, 1, 0)), piping))
    if tassels is not None:
        for x in (-1, 1):
            for z in (-1, 1):
                parts += _tassel(x * width / 2, z * height / 2, x, z, tassels)
    leaning = [Part(part.mesh.turned("x", -14), part.finish) for part in parts]
    floor = float(leaning[0].mesh.vertices[:, 2].min()) + 0.012

    def settle(points: Array) -> Array:
        points[:, 2] = np.where(points[:, 2] < floor, floor - 0.12 * (floor - points[:, 2]), points[:, 2])
        return points

    return Model(
        [Part(part.mesh.shaped(settle), part.finish) for part in leaning], View(elevation=10, turn=-27, fill=0.74)
    )


def _seam(width: float, height: float, pinch: float = 0.06) -> Array:
    steps = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 40))[:-1]
    bow = 1 - pinch * (1 - steps**2)
    x, z = width / 2, height / 2
    sides = [
        (x * steps, -z * bow),
        (x * bow, z * steps),
        (-x * steps, z * bow),
        (-x * bow, -z * steps),
    ]
    return np.concatenate([np.stack([a, 0 * a, b], axis=1) for a, b in sides])


def _tassel(x: float, z: float, to_x: int, to_z: int, finish: Finish) -> list[Part]:
    parts = []
    for i in range(9):
        spread = 0.35 * (i - 4) / 4
        angle = np.arctan2(to_z, to_x) + spread
        end = (x + 0.045 * np.cos(angle), 0.004 * (i % 3 - 1), z + 0.045 * np.sin(angle))
        parts.append(
            Part(tube([(x, 0, z), ((x + end[0]) / 2, end[1], (z + end[2]) / 2), end], 0.0022, sides=8), finish)
        )
    return parts


def _ruffled(mesh: Mesh, amount: float, seed: int) -> Mesh:
    """Lies a little uneven, as cloth does."""
    random = np.random.default_rng(seed)
    waves = random.uniform(-4, 4, size=(5, 2))
    phase = random.uniform(0, 6, size=5)

    def ripple(points: Array) -> Array:
        lift = sum(np.sin(points[:, 0] * a + points[:, 1] * b + p) for (a, b), p in zip(waves, phase, strict=True))
        points[:, 2] += amount * (np.asarray(lift) + 5) / 5
        return points

    return mesh.shaped(ripple)


def make_rug(
    *,
    pile: Finish,
    border: Finish | None = None,
    fringe: Finish | None = None,
    width: float = 2.0,
    depth: float = 1.4,
    thick: float = 0.018,
) -> Model:
    parts = [Part(_ruffled(box((width, depth, thick), 0.008, cuts=60), 0.004, 3), pile)]
    if border is not None:
        for x, y, w, d in [
            (0, -0.42, 0.88, 0.035),
            (0, 0.42, 0.88, 0.035),
            (-0.42, 0, 0.03, 0.875),
            (0.42, 0, 0.03, 0.875),
        ]:
            strip = box((w * width, d * depth, thick), 0.004, cuts=60).moved(x=x * width, y=y * depth, z=0.003)
            parts.append(Part(_ruffled(strip, 0.004, 3), border))
    if fringe is not None:
        random = np.random.default_rng(5)
        for side in (-1, 1):
            for y in np.linspace(-depth / 2 + 0.01, depth / 2 - 0.01, 60):
                sway = random.uniform(-0.012, 0.012)
                x = side * width / 2
                strand = spline(
                    [(x, y, 0), (x + side * 0.04, y + sway, -0.004), (x + side * 0.085, y + 1.6 * sway, -0.006)], 4
                )
                parts.append(Part(tube(strand, 0.0065, sides=8), fringe))
    return Model(parts, View(elevation=50, turn=-20, fill=0.88))


def make_round_rug(*, braid: Finish, accent: Finish | None = None, width: float = 1.4, rows: int = 18) -> Model:
    """Rope coiled flat and sewn, row by row."""
    step = width / 2 / rows
    parts = [Part(slab(circle(width / 2 - step, 96), 0.012, 0.003), braid)]
    for row in range(rows):
        radius = (row + 0.5) * step
        count = max(24, int(radius * 260))
        angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
        wobble = radius + 0.0025 * np.sin(angle * round(radius * 90) + row)
        lift = 0.6 * step + 0.0025 * np.sin(angle * max(8, round(radius * 110)))
        path = np.stack([wobble * np.cos(angle), wobble * np.sin(angle), lift], axis=1)
        finish = accent if accent is not None and row in (rows - 2, rows - 3, rows - 6) else braid
        parts.append(Part(tube(path, 0.56 * step, closed=True, sides=12), finish))
    return Model(parts, View(elevation=42, turn=0, fill=0.84))


def make_throw(*, cloth: Finish, fringe: Finish | None = None, layers: int = 5) -> Model:
    """A blanket folded into a pile."""
    width, depth, step = 0.46, 0.34, 0.026
    half = depth / 2
    path: list[tuple[float, float]] = []
    for layer in range(layers):
        z, forward = step * (layer + 0.5), layer % 2 == 0
        ends = (half, -half) if forward else (-half, half)
        inset = 0.012 * layer
        path += [(np.sign(ends[0]) * (half - inset), z), (0.0, z + 0.002), (np.sign(ends[1]) * (half - inset), z)]
    line = spline(path, 14)
    spine = np.stack([0 * line[:, 0], line[:, 0], line[:, 1]], axis=1)
    section = np.concatenate(
        [
            spline(
                [
                    (-width / 2, 0.0),
                    (-width / 2 + 0.01, 0.0105),
                    (0, 0.0125),
                    (width / 2 - 0.01, 0.0105),
                    (width / 2, 0.0),
                ],
                10,
            )[:-1],
            spline(
                [
                    (width / 2, 0.0),
                    (width / 2 - 0.01, -0.0105),
                    (0, -0.0125),
                    (-width / 2 + 0.01, -0.0105),
                    (-width / 2, 0.0),
                ],
                10,
            )[:-1],
        ]
    )
    pile = tube(spine, 1.0, section=section[::-1])
    parts = [Part(_ruffled(pile.scaled(z=1.0), 0.004, 9), cloth)]
    if fringe is not None:
        end = spine[-1]
        random = np.random.default_rng(2)
        out = np.sign(end[1])
        for x in np.linspace(-width / 2 + 0.012, width / 2 - 0.012, 34):
            sway = random.uniform(-0.008, 0.008)
            y, z = end[1], end[2]
            strand = spline(
                [(x, y, z), (x + sway, y + out * 0.03, z - 0.01), (x + 1.4 * sway, y + out * 0.036, z - 0.05)], 5
            )
            parts.append(Part(tube(strand, 0.0036, sides=8), fringe))
    return Model(parts, View(elevation=22, turn=-30, fill=0.74))
