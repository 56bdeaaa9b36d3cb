"""Mugs, bowls, plates, bottles, carafes and boards."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import (
    Array,
    Mesh,
    arch,
    circle,
    lathe,
    rectangle,
    rounded,
    slab,
    spline,
    tube,
    vessel,
)
from catalog.demo.render.model import Finish, Model, Part, View

#: Outer radius (of the widest) and height (of the whole) from foot to rim.
MUGS = {
    "straight": [(0.0, 0.0), (0.94, 0.0), (1.0, 1.0)],
    "tapered": [(0.0, 0.0), (0.72, 0.0), (1.0, 1.0)],
    "barrel": [(0.0, 0.0), (0.78, 0.0), (0.97, 0.3), (1.0, 0.55), (0.9, 1.0)],
    "belly": [(0.0, 0.0), (0.62, 0.0), (0.98, 0.24), (1.0, 0.45), (0.82, 1.0)],
    "flared": [(0.0, 0.0), (0.6, 0.0), (0.64, 0.12), (0.74, 0.55), (1.0, 1.0)],
    "waisted": [(0.0, 0.0), (0.9, 0.0), (0.94, 0.1), (0.8, 0.5), (1.0, 1.0)],
}


def make_mug(
    *,
    body: Finish,
    outline: str = "straight",
    height: float = 0.095,
    radius: float = 0.042,
    ear: str = "round",
    rim: Finish | None = None,
) -> Model:
    """A mug; `ear` is round, square or none (a beaker), `rim` a rolled edge in its own colour, as on enamelware."""
    points = np.array(MUGS[outline]) * [radius, height]
    if outline not in ("straight", "tapered"):
        profile = np.concatenate([points[:1], spline(np.concatenate([points[1:2], points[1:]]), 14)])
    else:
        profile = rounded(points, 0.009)
    # A speckle runs on over the handle; a stripe or a dot would tear.
    plain = body if body.pattern in (None, "speckle") else Finish(body.kind, body.colour)
    parts = [Part(vessel(profile, 0.0035), body)]
    if ear != "none":
        parts.append(Part(make_ear(profile, ear), plain))
    if rim is not None:
        edge = np.column_stack([circle(profile[-1, 0] - 0.001), np.full(96, profile[-1, 1])])
        parts.append(Part(tube(edge, 0.0026, closed=True), rim))
    return Model(parts, View(elevation=20, turn=-38, fill=0.66))


def make_ear(profile: Array, form: str, reach: float = 0.03, thick: float = 0.0058) -> Mesh:
    """A handle on the +x side of a cup, its ends sunk 2 mm into the wall."""
    height = profile[-1, 1]
    low, high = 0.22 * height, 0.8 * height
    foot, head = np.interp([low, high], profile[:, 1], profile[:, 0]) - 0.002
    if form == "round":
        swing = [(head + 0.7 * reach, high + 0.004), (head + reach, 0.6 * height), (foot + 0.75 * reach, 0.33 * height)]
        line = spline([(head, high), *swing, (foot, low)], 14)
    else:
        corner = max(head, foot) + reach
        line = rounded([(head, high), (corner, high), (corner, low), (foot, low)], 0.012)
    path = np.stack([line[:, 0], 0 * line[:, 0], line[:, 1]], axis=1)
    return tube(path, 1.0, section=circle(thick, 20) * [1.0, 0.62], up=(1.0, 0.0, 0.35))


BOWLS = {
    "round": [(0.0, 0.0), (0.42, 0.0), (0.45, 0.03), (0.72, 0.22), (0.92, 0.55), (1.0, 1.0)],
    "coupe": [(0.0, 0.0), (0.35, 0.0), (0.38, 0.03), (0.75, 0.25), (0.95, 0.7), (1.0, 1.0)],
    "conical": [(0.0, 0.0), (0.32, 0.0), (0.35, 0.08), (0.62, 0.42), (0.84, 0.74), (1.0, 1.0)],
    "footed": [(0.0, 0.0), (0.4, 0.0), (0.38, 0.12), (0.42, 0.2), (0.78, 0.38), (0.96, 0.7), (1.0, 1.0)],
    "upright": [(0.0, 0.0), (0.88, 0.0), (0.97, 0.06), (1.0, 0.24), (1.0, 1.0)],
    "rimmed": [(0.0, 0.0), (0.36, 0.0), (0.39, 0.06), (0.6, 0.42), (0.7, 0.78), (1.0, 1.0)],
}


def make_bowl(
    *,
    body: Finish,
    inside: Finish | None = None,
    outline: str = "round",
    width: float = 0.16,
    height: float = 0.07,
    wall: float = 0.0045,
) -> Model:
    points = np.array(BOWLS[outline]) * [width / 2, height]
    profile = np.concatenate([points[:1], spline(np.concatenate([points[1:2], points[1:]]), 14)])
    parts = [Part(vessel(profile, wall), body)]
    if inside is not None:
        lining = profile[profile[:, 1] > 0.1 * height]
        lining = np.concatenate([[(0.0, lining[0, 1])], lining]) - [wall * 1.12, -wall * 0.7]
        lining = lining[(lining[:, 0] >= 0) & (lining[:, 1] < height - 0.002)]
        parts.append(Part(lathe(np.concatenate([[(0.0, lining[0, 1])], lining])[::-1]), inside))
    return Model(parts, View(elevation=30, turn=0, fill=0.7))


def make_plate(
    *,
    body: Finish,
    width: float = 0.27,
    height: float = 0.022,
    rim: str = "coupe",
    band: Finish | None = None,
    oval: float = 1.0,
) -> Model:
    """A plate, or a platter when `oval` (depth over width) is less than 1."""
    r = width / 2
    flat = 0.58 * r if rim == "coupe" else 0.66 * r
    if rim == "coupe":
        points = [(0, 0), (flat * 0.8, 0), (flat, 0.002), (0.82 * r, 0.006), (0.95 * r, 0.014), (r, height)]
    elif rim == "wide":
        points = [(0, 0), (flat, 0), (flat, 0), (0.73 * r, 0.3 * height), (0.78 * r, 0.62 * height), (r, height)]
    else:
        points = [(0, 0), (0.9 * r, 0), (0.9 * r, 0), (0.97 * r, 0.3 * height), (r, height)]
    profile = spline(points, 12)
    wall = 0.0042
    parts = [Part(vessel(profile, wall, segments=160), body)]
    if band is not None:
        edge = profile[-1] - [wall / 2, -0.001]
        ring = np.column_stack([circle(edge[0], 160), np.full(160, edge[1])])
        parts.append(Part(tube(ring, 0.0033, closed=True), band))
    parts = [Part(part.mesh.scaled(y=oval), part.finish) for part in parts]
    return Model(parts, View(elevation=38, turn=0 if oval == 1.0 else -24, fill=0.76))


def make_bottle(
    *, body: Finish, cap: Finish, height: float = 0.26, radius: float = 0.036, sleeve: Finish | None = None
) -> Model:
    """An insulated drinking bottle with a screw cap and a carrying loop."""
    neck, shoulder = 0.62 * radius, 0.8 * height
    profile = rounded(
        [
            (0, 0),
            (radius, 0),
            (radius, shoulder),
            (neck, shoulder + 0.022),
            (neck, shoulder + 0.03),
            (0, shoulder + 0.03),
        ],
        [0, 0.008, 0.02, 0.008, 0.001, 0],
    )
    top = shoulder + 0.032
    lid = rounded([(0, top), (neck + 0.003, top), (neck + 0.003, height), (0, height)], [0, 0.0015, 0.004, 0])
    angle = np.linspace(0.05 * np.pi, 0.95 * np.pi, 40)
    loop = np.stack([0.9 * neck * np.cos(angle), 0 * angle, height - 0.006 + 0.026 * np.sin(angle)], axis=1)
    parts = [Part(lathe(profile), body), Part(lathe(lid), cap), Part(tube(loop, 0.0034), cap)]
    if sleeve is not None:
        r = radius + 0.0018
        wrap = rounded([(radius - 0.001, 0.035), (r, 0.035), (r, 0.13), (radius - 0.001, 0.13)], 0.0008)
        parts.append(Part(lathe(wrap), sleeve))
    return Model(parts, View(elevation=13, turn=25, fill=0.76))


CARAFES = {
    "flask": [(0, 0), (0.92, 0), (1.0, 0.08), (0.94, 0.3), (0.42, 0.62), (0.38, 0.8), (0.5, 1.0)],
    "column": [(0, 0), (0.96, 0), (1.0, 0.05), (1.0, 0.55), (0.8, 0.68), (0.5, 0.76), (0.48, 0.9), (0.52, 1.0)],
    "drop": [(0, 0), (0.7, 0), (1.0, 0.18), (0.86, 0.42), (0.4, 0.66), (0.33, 0.84), (0.42, 1.0)],
    "ship": [(0, 0), (0.96, 0), (1.0, 0.03), (0.82, 0.16), (0.36, 0.36), (0.24, 0.56), (0.23, 0.86), (0.34, 1.0)],
}


def make_carafe(
    *, body: Finish, stopper: Finish | None = None, outline: str = "flask", height: float = 0.26, radius: float = 0.055
) -> Model:
    points = np.array(CARAFES[outline], dtype=float) * [radius, height]
    profile = np.concatenate([points[:1], spline(np.concatenate([points[1:2], points[1:]]), 14)])
    parts = [Part(vessel(profile, 0.0028), body)]
    if stopper is not None:
        r = float(profile[-1, 0]) - 0.0034
        plug = [(0, -0.02), (r * 0.82, -0.02), (r, 0.002), (r + 0.005, 0.004), (r + 0.005, 0.022), (0, 0.022)]
        parts.append(Part(lathe(rounded(plug, 0.003)).moved(z=height), stopper))
    return Model(parts, View(elevation=13, turn=0, fill=0.76))


def make_board(*, body: Finish, inlay: Finish | None = None, form: str = "paddle") -> Model:
    """A serving board leaning back a little, as if against the kitchen wall."""
    if form == "paddle":
        outline = rounded(
            [
                (0.1, -0.19),
                (0.1, 0.09),
                (0.028, 0.13),
                (0.022, 0.24),
                (-0.022, 0.24),
                (-0.028, 0.13),
                (-0.1, 0.09),
                (-0.1, -0.19),
            ],
            [0.03, 0.05, 0.03, 0.02, 0.02, 0.03, 0.05, 0.03],
            closed=True,
        )
    elif form == "round":
        outline = circle(0.16, 120)
    elif form == "arch":
        outline = arch(0.24, 0.4)
    elif form == "plank":
        outline = rectangle(0.14, 0.46, 0.07)
    else:
        outline = rectangle(0.24, 0.38, 0.03)
    board = slab(outline, 0.018, 0.004).with_grain_along("y")
    parts = [Part(board, body)]
    if inlay is not None:
        strip = slab(rectangle(0.03, 0.37, 0.004), 0.0186, 0.0004).moved(x=0.055, z=-0.0003).with_grain_along("y")
        parts.append(Part(strip, inlay))
    if form == "paddle":
        eye = tube(np.column_stack([circle(0.0085, 40), np.full(40, 0.0185)]), 0.0012, closed=True).moved(y=0.215)
        parts.append(Part(eye, Finish("leather", "chestnut")))
        parts.append(
            Part(slab(circle(0.0082, 40), 0.0008, 0.0002).moved(y=0.215, z=0.0181), Finish("plastic", "chocolate"))
        )
    standing = [Part(part.mesh.turned("x", 90 - 14), part.finish) for part in parts]
    return Model(standing, View(elevation=8, turn=-16, fill=0.76))
