"""Pendant lamps with their cord and ceiling rose, and lanterns to set down."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, bar, box, circle, lathe, rounded, spline, tube, vessel
from catalog.demo.render.model import Finish, Model, Part, View

#: Half width and depth below the holder, from the cord outwards.
PENDANTS = {
    "dome": [(0.08, 0.0), (0.3, -0.03), (0.74, -0.28), (0.95, -0.66), (1.0, -1.0)],
    "cone": [(0.09, 0.0), (0.14, -0.1), (0.14, -0.1), (0.55, -0.55), (1.0, -1.0)],
    "bell": [(0.08, 0.0), (0.3, -0.05), (0.46, -0.3), (0.52, -0.62), (0.7, -0.86), (1.0, -1.0)],
    "saucer": [(0.08, 0.0), (0.2, -0.12), (0.34, -0.4), (0.34, -0.4), (0.7, -0.7), (1.0, -1.0)],
}


def _hang(drop: float, top: float, fitting: Finish, cord: Finish) -> list[Part]:
    """Rose, cord and lampholder above a shade whose top is at z = 0."""
    rose = rounded([(0, drop - 0.028), (0.05, drop - 0.028), (0.056, drop), (0, drop)], [0, 0.012, 0.002, 0])
    holder = rounded([(0, -0.012), (top, -0.012), (top, 0.03), (0.008, 0.062), (0, 0.062)], [0, 0.002, 0.01, 0.002, 0])
    return [
        Part(lathe(rose), fitting),
        Part(lathe(holder), fitting),
        Part(bar((0, 0, 0.05), (0, 0, drop - 0.01), 0.0035), cord),
    ]


def _lamp(radius: float, z: float) -> Part:
    angle = np.linspace(-np.pi / 2, np.pi / 2, 20)
    ball = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return Part(lathe(ball, segments=32).moved(z=z), Finish("glow", "white"))


def make_pendant(
    *,
    shade: Finish,
    fitting: Finish,
    cord: Finish,
    outline: str = "dome",
    inside: Finish | None = None,
    width: float = 0.36,
    height: float = 0.22,
    drop: float = 0.3,
) -> Model:
    """A spun metal or glass shade; `inside` is what its hollow is painted with."""
    profile = spline(np.array(PENDANTS[outline]) * [width / 2, height], 14)
    wall = np.concatenate([profile - [0.003, 0.002], profile[::-1]])
    parts = [Part(lathe(wall, segments=128), shade), *_hang(drop, 0.09 * width, fitting, cord)]
    if inside is not None:
        parts.append(Part(lathe(profile - [0.0045, 0.004], segments=128), inside))
    parts.append(_lamp(0.028, -0.55 * height))
    return Model(parts, View(elevation=-3, turn=0, fill=0.8, setting="wall"))


def make_globe_pendant(
    *,
    globe: Finish,
    fitting: Finish,
    cord: Finish,
    width: float = 0.3,
    squash: float = 1.0,
    ribs: int = 0,
    drop: float = 0.3,
) -> Model:
    """A ball of milk glass, or with `ribs` a paper lantern held in shape by wires."""
    radius = width / 2
    tall = squash * radius
    low = -np.pi / 2 + (0.32 if ribs else 0.0)
    angle = np.linspace(low, np.pi / 2 - 0.2, 12 * ribs + 1 if ribs else 40)
    pleat = 1 - (0.03 * np.abs(np.sin((angle - low) / (np.pi / 2 - 0.2 - low) * ribs * np.pi)) if ribs else 0 * angle)
    ball = np.stack([pleat * radius * np.cos(angle), tall * np.sin(angle) - 0.98 * tall], axis=1)
    parts = [Part(lathe(ball, segments=128), globe), *_hang(drop, 0.22 * radius, fitting, cord)]
    if ribs:
        parts.append(_lamp(0.035, -tall))
        for at in np.linspace(low, np.pi / 2 - 0.2, ribs + 1):
            wire = np.column_stack([circle(radius * np.cos(at), 128), np.full(128, tall * (np.sin(at) - 0.98))])
            parts.append(Part(tube(wire, 0.0016, closed=True, sides=8), Finish("fibre", "bamboo")))
    return Model(parts, View(elevation=-2, turn=0, fill=0.8, setting="wall"))


def make_woven_pendant(
    *,
    strand: Finish,
    fitting: Finish,
    cord: Finish,
    outline: str = "bell",
    width: float = 0.42,
    height: float = 0.32,
    staves: int = 40,
    hoops: int = 9,
    drop: float = 0.3,
) -> Model:
    """Rattan staves over hoops, so that the bulb shows between them."""
    profile = spline(np.array(PENDANTS[outline]) * [width / 2, height], 14)
    parts = _hang(drop, 0.1 * width, fitting, cord)
    for i in range(staves):
        turn = 2 * np.pi * i / staves
        path = np.stack([profile[:, 0] * np.cos(turn), profile[:, 0] * np.sin(turn), profile[:, 1]], axis=1)
        parts.append(Part(tube(path, 0.0032, sides=8), strand))
    share = np.linspace(0.06, 1.0, hoops) * (len(profile) - 1)
    for i in share.astype(int):
        ring = np.column_stack([circle(float(profile[i, 0]), 120), np.full(120, profile[i, 1])])
        parts.append(Part(tube(ring, 0.0085 if i == len(profile) - 1 else 0.0045, closed=True, sides=10), strand))
    parts.append(_lamp(0.034, -0.5 * height))
    return Model(parts, View(elevation=-4, turn=0, fill=0.8, setting="wall"))


def _flame(z: float) -> list[Part]:
    line = spline([(0, 0), (0.0055, 0.006), (0.005, 0.014), (0.0015, 0.026), (0, 0.03)], 8)
    wick = tube([(0, 0, z - 0.002), (0.0003, 0, z + 0.004), (0.001, 0, z + 0.008)], 0.001)
    return [
        Part(lathe(line, segments=32).moved(z=z + 0.005), Finish("glow", "white", grain=0.5)),
        Part(wick, Finish("fibre", "charcoal")),
    ]


def _candle(radius: float, height: float, wax: Finish) -> Part:
    outline = [(0, 0), (radius, 0), (radius, height), (0.75 * radius, height - 0.005), (0, height - 0.005)]
    return Part(lathe(rounded(outline, [0, 0.002, 0.004, 0.004, 0])), wax)


def make_lantern(
    *,
    frame: Finish,
    wax: Finish,
    handle: Finish | None = None,
    width: float = 0.16,
    height: float = 0.3,
    roof: float = 0.06,
) -> Model:
    """Four posts, four panes, a hipped roof and a ring to carry it by."""
    half, sill = width / 2, 0.022
    eaves = height - roof
    parts = [
        Part(box((width, width, sill), 0.004).moved(z=sill / 2), frame),
        Part(box((width, width, 0.018), 0.004).moved(z=eaves - 0.009), frame),
    ]
    post = 0.009 if frame.kind != "wood" else 0.014
    for x in (-1, 1):
        for y in (-1, 1):
            place = {"x": x * (half - post), "y": y * (half - post), "z": (sill + eaves - 0.01) / 2}
            parts.append(Part(box((2 * post * 0.8, 2 * post * 0.8, eaves - sill), 0.002, cuts=4).moved(**place), frame))
    for degrees in (0, 90, 180, 270):
        pane = box((width - 3 * post, 0.002, eaves - sill - 0.016), 0.0006, cuts=4)
        pane = pane.moved(y=-half + post, z=(sill + eaves - 0.018) / 2).turned("z", degrees)
        parts.append(Part(pane, Finish("glass", "white")))
    reach = half * np.sqrt(2)
    cap = [
        (0, eaves),
        (1.06 * reach, eaves),
        (1.06 * reach, eaves + 0.004),
        (0.34 * reach, height - 0.012),
        (0.34 * reach, height),
        (0, height),
    ]
    parts.append(Part(lathe(cap, segments=4).turned("z", 45), frame))
    ring = circle(0.3 * width, 64)
    hoop = np.column_stack([ring[:, 0], 0 * ring[:, 0], ring[:, 1] + height + 0.27 * width])
    parts.append(Part(tube(hoop, 0.0042, closed=True, up=(0, 1, 0)), handle or frame))
    tall = 0.42 * (eaves - sill)
    parts.append(Part(_candle(0.24 * width, tall, wax).mesh.moved(z=sill), wax))
    parts += [Part(p.mesh, p.finish) for p in _flame(sill + tall - 0.004)]
    return Model(parts, View(elevation=10, turn=-28, fill=0.78))


def make_storm_lantern(
    *, glass: Finish, frame: Finish, wax: Finish, grip: Finish | None = None, width: float = 0.15, height: float = 0.24
) -> Model:
    """A glass cylinder on a metal tray, carried by a bow handle."""
    r = width / 2
    tray = rounded(
        [(0, 0), (r + 0.012, 0), (r + 0.014, 0.02), (r + 0.009, 0.02), (r + 0.007, 0.008), (0, 0.008)], 0.002
    )
    shell = rounded([(0.0, 0.009), (r, 0.009), (r, height)], [0, 0.004, 0])
    collar = np.column_stack([circle(r + 0.0025, 96), np.full(96, 0.88 * height)])
    arc = np.linspace(0, np.pi, 60)
    reach = r + 0.004
    bow: Array = np.stack([reach * np.cos(arc), 0 * arc, 0.88 * height + 1.15 * width * np.sin(arc) ** 0.9], axis=1)
    tall = 0.4 * height
    parts = [
        Part(lathe(tray), frame),
        Part(vessel(shell, 0.0028), glass),
        Part(tube(collar, 0.004, closed=True), frame),
        Part(tube(bow, 0.0035), frame),
        Part(_candle(0.5 * r, tall, wax).mesh.moved(z=0.013), wax),
        *_flame(0.013 + tall - 0.004),
    ]
    if grip is not None:
        parts.append(Part(tube(bow[22:38], 0.009), grip))
    for side in (-1, 1):
        parts.append(Part(bar((side * reach, 0, 0.006), (side * reach, 0, 0.88 * height), 0.003), frame))
    return Model(parts, View(elevation=11, turn=-20, fill=0.78))
