"""Backpacks, totes and weekend bags. The front faces the camera, at -y."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from catalog.demo.render.geometry import Array, Mesh, box, rectangle, rounded, spline, surface, tube
from catalog.demo.render.model import Finish, Model, Part, View


def _strap(path: Array, width: float, finish: Finish, thick: float = 0.005) -> Part:
    """A flat band along a path, its width lying across x."""
    return Part(tube(path, 1.0, section=rectangle(width, thick, 0.45 * thick), up=(0, 1, 0.001)), finish)


def _buckle(x: float, y: float, z: float, finish: Finish) -> Part:
    ring = rectangle(0.034, 0.026, 0.004)
    return Part(
        tube(np.column_stack([ring[:, 0] + x, np.full(len(ring), y), ring[:, 1] + z]), 0.0026, closed=True), finish
    )


def _sack(width: float, height: float, depth: float, *, round_top: bool) -> Mesh:
    sack = box((width, depth, height), 0.075 if round_top else 0.05, puff=(0.008, 0.022, 0.0), cuts=30)

    def taper(points: Array) -> Array:
        up = points[:, 2] / height + 0.5
        points[:, 0] *= 1 - (0.1 if round_top else 0.04) * up
        points[:, 1] *= 1 - 0.22 * up
        return points

    return sack.shaped(taper).moved(z=height / 2)


def _on_front(line: Array, mesh: Mesh) -> Array:
    """Lays a line of (x, z) on the front of a mesh, between its four nearest points."""
    skin = mesh.vertices[mesh.vertices[:, 1] < 0]
    away = np.linalg.norm(skin[None, :, [0, 2]] - line[:, None], axis=2)
    near = np.argsort(away, axis=1)[:, :4]
    weight = 1 / (np.take_along_axis(away, near, axis=1) + 1e-4)
    y = (weight * skin[near, 1]).sum(axis=1) / weight.sum(axis=1)
    return np.column_stack([line[:, 0], y, line[:, 1]])


def make_backpack(
    *,
    body: Finish,
    trim: Finish,
    metal: Finish,
    style: str = "flap",
    width: float = 0.3,
    height: float = 0.42,
    depth: float = 0.15,
) -> Model:
    """`style` is flap (a lid held by two straps), roll (a rolled top) or zip (a round-topped school bag)."""
    front = -depth / 2 - 0.012
    parts = [Part(_sack(width, height, depth, round_top=style == "zip"), body)]
    pocket = box((0.72 * width, 0.05, 0.4 * height), 0.024, puff=(0.0, 0.012, 0.0), cuts=24)
    parts.append(Part(pocket.moved(y=front - 0.006, z=0.27 * height), body))
    for side in (-1, 1):
        pouch = box((0.035, 0.62 * depth, 0.32 * height), 0.016, puff=(0.008, 0, 0))
        parts.append(Part(pouch.moved(x=side * (width / 2 + 0.002), z=0.22 * height), body))
    parts += BACKPACK_TOPS[style](width, height, depth, body, trim, metal)
    base = box((width + 0.012, depth + 0.03, 0.05), 0.02, cuts=8)
    parts.append(Part(base.moved(z=0.026), trim))
    loop = spline(
        [
            (-0.045, 0.03, height - 0.012),
            (-0.03, 0.03, height + 0.032),
            (0.03, 0.03, height + 0.032),
            (0.045, 0.03, height - 0.012),
        ],
        10,
    )
    parts.append(_strap(loop, 0.022, trim))
    for side in (-1, 1):
        x = side * 0.27 * width
        path = spline(
            [
                (x * 0.8, 0.3 * depth, 0.95 * height),
                (x, 0.78 * depth, 0.86 * height),
                (1.2 * x, 0.98 * depth, 0.55 * height),
                (1.45 * x, 0.72 * depth, 0.22 * height),
                (1.6 * x, 0.4 * depth, 0.08 * height),
            ],
            14,
        )
        parts.append(_strap(path, 0.052, trim, 0.014))
    return Model(parts, View(elevation=11, turn=-30, fill=0.78))


def _flap_top(width: float, height: float, depth: float, body: Finish, trim: Finish, metal: Finish) -> list[Part]:
    lid = box((1.02 * width, depth + 0.03, 0.08), 0.036, puff=(0, 0.0, 0.012), cuts=20)
    face = box((0.96 * width, 0.022, 0.36 * height), 0.011, puff=(0, 0.008, 0), cuts=20)
    y = -depth / 2 - 0.012
    parts = [
        Part(lid.scaled(y=0.9).moved(z=height - 0.02), body),
        Part(face.turned("x", 5).moved(y=y + 0.004, z=0.8 * height), body),
    ]
    for side in (-1, 1):
        x = side * 0.24 * width
        path = spline(
            [
                (x, y + 0.012, height - 0.01),
                (x, y - 0.012, 0.86 * height),
                (x, y - 0.018, 0.66 * height),
                (x, y - 0.038, 0.5 * height),
                (x, y - 0.042, 0.36 * height),
            ],
            12,
        )
        parts.append(_strap(path, 0.022, trim))
        parts.append(_buckle(x, y - 0.043, 0.46 * height, metal))
    return parts


def _roll_top(width: float, height: float, depth: float, body: Finish, trim: Finish, metal: Finish) -> list[Part]:
    bend = spline(
        [
            (-0.47 * width, 0.0, height + 0.0),
            (-0.25 * width, 0, height + 0.018),
            (0, 0, height + 0.022),
            (0.25 * width, 0, height + 0.018),
            (0.47 * width, 0.0, height + 0.0),
        ],
        12,
    )
    parts = [
        Part(tube(bend, 0.036, sides=32), body),
        Part(tube(bend + np.array([0, -0.03, 0.016]), 0.012, sides=16), body),
    ]
    y = -depth / 2
    path = spline(
        [
            (0, 0.02, height + 0.06),
            (0, -0.034, height + 0.052),
            (0, y + 0.006, 0.9 * height),
            (0, y - 0.016, 0.7 * height),
            (0, y - 0.042, 0.44 * height),
        ],
        14,
    )
    parts.append(_strap(path, 0.03, trim))
    parts.append(_buckle(0, y - 0.034, 0.56 * height, metal))
    return parts


def _zip_top(width: float, height: float, depth: float, body: Finish, trim: Finish, metal: Finish) -> list[Part]:
    half = 0.36 * width
    arch = [(-half - 0.006, 0.47 * height), (-half, 0.9 * height), (half, 0.9 * height), (half + 0.006, 0.47 * height)]
    sack = _sack(width, height, depth, round_top=True)
    line = _on_front(spline(rounded(arch, 0.085, steps=10), 6), sack)
    x, y, z = line[np.searchsorted(line[: len(line) // 3, 2], 0.58 * height)]
    pull = box((0.011, 0.005, 0.036), 0.002, cuts=4).moved(x=x, y=y - 0.006, z=z - 0.012)
    seam = -depth / 2 - 0.047
    pocket = [(-0.28 * width, seam, 0.42 * height), (0.28 * width, seam, 0.42 * height)]
    tag = box((0.05, 0.004, 0.03), 0.0015, cuts=4).moved(y=-depth / 2 - 0.018, z=0.66 * height)
    slider = box((0.008, 0.006, 0.026), 0.002, cuts=4).moved(x=0.26 * width, y=seam - 0.003, z=0.4 * height)
    return [
        Part(tube(line, 0.0055), metal),
        Part(pull, trim),
        Part(tube(pocket, 0.0045), metal),
        Part(slider, trim),
        Part(tag, trim),
    ]


BACKPACK_TOPS = {"flap": _flap_top, "roll": _roll_top, "zip": _zip_top}


def _loft(outlines: list[Array], heights: list[float]) -> Mesh:
    """A skin over level outlines of equal length, from the first up (or down) to the last."""
    rows = [
        np.column_stack([np.concatenate([o, o[:1]]), np.full(len(o) + 1, z)])
        for o, z in zip(outlines, heights, strict=True)
    ]
    points = np.stack(rows)
    around = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points[1], axis=0), axis=1))])
    uv = np.stack(np.broadcast_arrays(around[None], np.array(heights)[:, None]), axis=2)
    mesh = surface(points, uv)
    return mesh if mesh.volume >= 0 else replace(mesh, faces=mesh.faces[:, ::-1], uv=mesh.uv[:, ::-1])


def make_tote(
    *,
    body: Finish,
    handle: Finish,
    base: Finish | None = None,
    width: float = 0.4,
    height: float = 0.34,
    depth: float = 0.14,
    drop: float = 0.2,
    flare: float = 1.08,
) -> Model:
    """An open bag with two handles; `base` is a sturdier bottom, `flare` how much wider the mouth is."""
    share = np.linspace(0, 1, 22)

    def deep(t: float) -> float:
        return float(depth * (1 - 0.5 * t**1.4))

    def sag(x: Array, t: float) -> Array:
        return np.asarray(0.012 * np.sin(3 * np.pi * x / width + 1.0) * t * (1 - t) * 4)

    def outline(t: float, inset: float) -> Array:
        wide = width * (1 + (flare - 1) * t) - 2 * inset
        shape = rectangle(wide, deep(t) - 2 * inset, 0.42 * (deep(t) - 2 * inset))
        return shape + np.stack([0 * shape[:, 0], sag(shape[:, 0], t)], axis=1)

    wall = 0.004
    outer = [outline(float(t), 0.0) for t in share]
    inner = [outline(float(t), wall) for t in share[::-1]]
    skin = _loft(
        [0.001 * outer[0], 0.97 * outer[0], *outer, *inner, inner[-1] * 0.001],
        [0.0, 0.0, *(0.006 + (height - 0.006) * share), *(0.01 + (height - 0.01) * share[::-1]), 0.01],
    )
    parts = [Part(skin, body)]
    if base is not None:
        band = _loft(
            [outline(0.0, -0.0015) * 0.98, outline(0.0, -0.002), *(outline(float(t), -0.0025) for t in share[1:7])],
            [0.0, 0.005, *(height * share[1:7])],
        )
        parts.append(Part(band, base))
    rim = outline(1.0, 0.002)
    parts.append(Part(tube(np.column_stack([rim, np.full(len(rim), height)]), 0.0042, closed=True), handle))
    for side in (-1, 1):
        x = 0.2 * width
        sewn = [(t, side * (deep(t) / 2 + 0.004)) for t in (0.62, 0.7, 0.78, 0.86, 0.93, 0.99)]
        legs = [[(end, y + float(sag(np.array(end), t)), t * height) for t, y in sewn] for end in (-x, x)]
        top = sewn[-1][1]
        bow = [
            (-0.8 * x, 1.5 * top, height + 0.7 * drop),
            (0, 1.7 * top, height + drop),
            (0.8 * x, 1.5 * top, height + 0.7 * drop),
        ]
        path = spline([*legs[0], *bow, *legs[1][::-1]], 10)
        parts.append(_strap(path, 0.026, handle, 0.006))
    return Model(parts, View(elevation=13, turn=-26, fill=0.78))


def _beyond(mesh: Mesh, side: int, x: float) -> Mesh:
    """The quads that lie further out than `x` on one side."""
    kept = (side * mesh.vertices[mesh.faces, 0] > x - 1e-6).all(axis=1)
    used, faces = np.unique(mesh.faces[kept], return_inverse=True)
    return Mesh(mesh.vertices[used], faces.reshape(-1, 4), mesh.uv[kept], mesh.grain[used])


def make_duffel(
    *, body: Finish, trim: Finish, metal: Finish, width: float = 0.52, height: float = 0.27, depth: float = 0.26
) -> Model:
    """A weekend bag: a soft barrel with a zip, leather ends and two carrying handles."""
    sack = box((width, depth, height), 0.1, puff=(0.0, 0.012, 0.012), cuts=40)
    parts = [Part(sack.moved(z=height / 2 + 0.004), body)]
    parts.append(Part(box((width - 0.07, depth - 0.04, 0.05), 0.022, cuts=10).moved(z=0.025), trim))
    line = [(x, 0.0, height + 0.0165 - 0.02 * (2 * x / width) ** 2) for x in np.linspace(-0.42, 0.42, 20) * width]
    parts.append(Part(tube(line, 0.005), metal))
    for side in (-1, 1):
        cap = _beyond(sack, side, width / 2 - 0.1).scaled(y=1.025, z=1.025)
        parts.append(Part(cap.moved(x=side * 0.003, z=height / 2 + 0.004), trim))
        ring = rounded([(0, -0.02, 0), (0, 0.02, 0), (0, 0.02, 0.03), (0, -0.02, 0.03)], 0.01, closed=True)
        parts.append(
            Part(tube(ring + np.array([side * (width / 2 + 0.008), 0, 0.72 * height]), 0.0032, closed=True), metal)
        )
    for side in (-1, 1):
        y = side * (depth / 2 + 0.012)
        x = 0.2 * width
        path = spline(
            [
                (-x, 0.8 * y, 0.02),
                (-x, 1.04 * y, 0.35 * height),
                (-x, 0.98 * y, 0.75 * height),
                (-0.85 * x, 0.62 * y, height + 0.08),
                (0, 0.5 * y, height + 0.13),
                (0.85 * x, 0.62 * y, height + 0.08),
                (x, 0.98 * y, 0.75 * height),
                (x, 1.04 * y, 0.35 * height),
                (x, 0.8 * y, 0.02),
            ],
            12,
        )
        parts.append(Part(tube(path, 1.0, section=rectangle(0.007, 0.028, 0.003), up=(1, 0, 0.001)), trim))
    return Model(parts, View(elevation=15, turn=-28, fill=0.8))
