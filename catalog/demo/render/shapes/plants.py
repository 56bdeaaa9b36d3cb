"""Planters, with the plant that sells them."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Mesh, bar, circle, rounded, slab, spline, surface, vessel
from catalog.demo.render.model import Finish, Model, Part, View

POTS = {
    "cylinder": [(0, 0), (0.97, 0), (1.0, 1.0)],
    "tapered": [(0, 0), (0.68, 0), (1.0, 1.0)],
    "round": [(0, 0), (0.55, 0), (0.55, 0), (0.93, 0.3), (1.0, 0.6), (0.86, 1.0)],
    "lipped": [(0, 0), (0.66, 0), (0.9, 0.76), (1.0, 0.76), (1.02, 1.0)],
}


def make_planter(
    *,
    body: Finish,
    outline: str = "tapered",
    plant: str = "blades",
    width: float = 0.19,
    height: float = 0.17,
    stand: Finish | None = None,
    seed: int = 1,
) -> Model:
    points = np.array(POTS[outline]) * [width / 2, height]
    profile = spline(points, 14) if outline == "round" else rounded(points, 0.008)
    rim = float(profile[-1, 0])
    lift = 0.16 if stand else 0.0
    parts = [
        Part(vessel(profile, 0.006), body),
        Part(slab(circle(rim - 0.008), 0.01, 0.004).moved(z=0.84 * height), Finish("soil", "chocolate")),
    ]
    parts += [Part(mesh.moved(z=0.84 * height), finish) for mesh, finish in PLANTS[plant](rim, seed)]
    parts = [Part(part.mesh.moved(z=lift), part.finish) for part in parts]
    if stand:
        parts += _stand(width, height, lift, stand)
    return Model(parts, View(elevation=14, turn=20, fill=0.8))


def _stand(width: float, height: float, lift: float, finish: Finish) -> list[Part]:
    reach = width / 2 + 0.012
    parts = []
    for degrees in (45, 135, 225, 315):
        x, y = reach * np.cos(np.radians(degrees)), reach * np.sin(np.radians(degrees))
        parts.append(Part(bar((x, y, 0), (x, y, lift + 0.55 * height), 0.01), finish))
    for degrees in (45, 135):
        x, y = reach * np.cos(np.radians(degrees)), reach * np.sin(np.radians(degrees))
        parts.append(Part(bar((x, y, lift - 0.012), (-x, -y, lift - 0.012), 0.01), finish))
    return parts


def _leaf(length: float, width: float, *, curl: float, point: float = 1.0, fold: float = 0.25) -> Mesh:
    """A blade growing up z and bending over towards +x; `point` shapes it from oval (0.5) to spear (1.5)."""
    t, s = np.meshgrid(np.linspace(0, 1, 26), np.linspace(-1, 1, 9), indexing="ij")
    half = width / 2 * np.maximum(np.sin(np.pi * t**0.75) ** 0.8 * (1 - t**4) ** point + 0.18 * (1 - t), 0.004)
    bend = curl * t**1.6
    along = np.cumsum(np.concatenate([np.zeros((1, 9)), np.cos(bend[1:]) * length / 25]), axis=0)
    out = np.cumsum(np.concatenate([np.zeros((1, 9)), np.sin(bend[1:]) * length / 25]), axis=0)
    cup = fold * half * np.abs(s)
    points = np.stack([out - cup * np.cos(bend), s * half, along + cup * np.sin(bend)], axis=2)
    return surface(points, np.stack([s * half, t * length], axis=2)).with_grain_along("z")


def grow_blades(rim: float, seed: int) -> list[tuple[Mesh, Finish]]:
    """Snake plant: stiff upright blades."""
    random = np.random.default_rng(seed)
    leaves = []
    for i in range(15):
        leaf = _leaf(random.uniform(0.2, 0.36), random.uniform(0.035, 0.05), curl=random.uniform(0.1, 0.3), point=0.7)
        angle, reach = i * 137.5, 0.62 * rim * np.sqrt((i + 0.3) / 15)
        tone = Finish("leaf", "moss" if i % 3 else "forest green")
        leaves.append((_placed(leaf, angle, reach), tone))
    return leaves


def grow_fern(rim: float, seed: int) -> list[tuple[Mesh, Finish]]:
    """Arching narrow leaves, as a spider plant."""
    random = np.random.default_rng(seed)
    leaves = []
    for i in range(46):
        leaf = _leaf(random.uniform(0.18, 0.32), random.uniform(0.012, 0.019), curl=random.uniform(1.2, 2.4), point=1.0)
        tone = Finish("leaf", ("moss", "olive", "sage")[i % 3])
        leaves.append((_placed(leaf, i * 137.5, 0.35 * rim * random.uniform(0.1, 1)), tone))
    return leaves


def grow_rosette(rim: float, seed: int) -> list[tuple[Mesh, Finish]]:
    """Succulent: thick pointed leaves in a spiral."""
    random = np.random.default_rng(seed)
    leaves = []
    for i in range(34):
        share = i / 33
        leaf = _leaf(
            0.05 + 1.0 * rim * share, 0.03 + 0.25 * rim * share, curl=0.25 + 1.0 * share, point=0.45, fold=-0.35
        )
        tilt = leaf.turned("y", 4 + 38 * share)
        leaves.append(
            (_placed(tilt, i * 137.5 + random.uniform(-4, 4), 0.1 * rim + 0.15 * rim * share), Finish("leaf", "sage"))
        )
    return leaves


def grow_rubber(rim: float, seed: int) -> list[tuple[Mesh, Finish]]:
    """Rubber plant: broad oval leaves up a stem."""
    random = np.random.default_rng(seed)
    height = 0.34
    leaves = [(bar((0, 0, 0), (0, 0, height), 0.006, 0.004), Finish("fibre", "willow"))]
    for i in range(15):
        leaf = _leaf(
            random.uniform(0.13, 0.18), random.uniform(0.07, 0.09), curl=random.uniform(0.5, 1.1), point=0.5, fold=0.15
        )
        tilt = leaf.turned("y", 62 - 45 * i / 14)
        leaves.append(
            (_placed(tilt, i * 137.5, 0.004).moved(z=0.05 + (height - 0.05) * i / 14), Finish("leaf", "forest green"))
        )
    return leaves


def _placed(leaf: Mesh, degrees: float, reach: float) -> Mesh:
    return leaf.moved(x=reach).turned("z", degrees)


PLANTS = {"blades": grow_blades, "fern": grow_fern, "rosette": grow_rosette, "rubber": grow_rubber}
