"""Storage jars, canisters and mills."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, Mesh, bar, lathe, rounded, spline, tube, vessel
from catalog.demo.render.model import Finish, Model, Part, View
from catalog.demo.render.shapes.reliefs import flute, square_off

JARS = {
    "cylinder": [(0, 0), (1.0, 0), (1.0, 1.0)],
    "square": [(0, 0), (1.0, 0), (1.0, 1.0)],
    "shouldered": [(0, 0), (1.0, 0), (1.0, 0.82), (0.84, 0.92), (0.84, 1.0)],
    "barrel": [(0, 0), (0.84, 0), (0.97, 0.25), (1.0, 0.5), (0.97, 0.75), (0.86, 1.0)],
}


def make_jar(
    *,
    body: Finish,
    lid: Finish,
    form: str = "cylinder",
    closure: str = "disc",
    height: float = 0.15,
    radius: float = 0.05,
    contents: Finish | None = None,
    filled: float = 0.6,
    flutes: int = 0,
    knob: Finish | None = None,
) -> Model:
    """A jar with a lid: `closure` is disc (a flat stopper), knob, screw or clip (glass top, rubber ring, wire bail)."""
    points = np.array(JARS[form], dtype=np.float64) * [radius, height]
    if form == "barrel":
        profile = np.concatenate([points[:1], spline(np.concatenate([points[1:2], points[1:]]), 14)])
    else:
        profile = rounded(points, 0.008)
    wall = 0.0035
    shell = vessel(profile, wall, segments=160)
    mouth = float(profile[-1, 0])
    if flutes:
        shell = flute(shell, flutes, 0.0022, low=0.03 * height, high=0.94 * height)
    lids = {"disc": _disc_lid, "knob": _knob_lid, "screw": _screw_lid, "clip": _clip_lid}
    parts = [Part(shell, body)]
    if contents is not None:
        parts.append(Part(_fill(profile, filled * height), contents))
    parts += [Part(part.mesh.moved(z=height), part.finish) for part in lids[closure](mouth, lid, knob or lid)]
    if form == "square":
        parts = [Part(square_off(part.mesh), part.finish) for part in parts]
    if closure == "clip":
        parts += _bail(mouth, radius, height)
    return Model(parts, View(elevation=17, turn=26, fill=0.72))


def _fill(profile: Array, level: float) -> Mesh:
    """What is in it, heaped a little in the middle, clear of the wall by a hair."""
    z = np.linspace(0.0046, level, 30)
    out = np.interp(z, profile[:, 1], profile[:, 0]) - 0.0041
    out[0] -= 0.002
    heap = [(0.7 * out[-1], level + 0.002), (0.0, level + 0.005)]
    return lathe(np.concatenate([[(0.0, z[0])], np.column_stack([out, z]), heap]), segments=96)


def _disc_lid(mouth: float, lid: Finish, _: Finish) -> list[Part]:
    disc = [(0, -0.012), (mouth - 0.006, -0.012), (mouth - 0.006, 0.001), (mouth + 0.001, 0.001)]
    line = rounded([*disc, (mouth + 0.001, 0.017), (0, 0.017)], [0, 0.001, 0, 0.001, 0.003, 0])
    return [Part(lathe(line).with_grain_along("x"), lid)]


def _knob_lid(mouth: float, lid: Finish, knob: Finish) -> list[Part]:
    dome = spline(
        [
            (0, 0.0006),
            (mouth + 0.002, 0.0006),
            (mouth + 0.002, 0.0006),
            (mouth + 0.001, 0.006),
            (0.6 * mouth, 0.013),
            (0, 0.016),
        ],
        10,
    )
    grip = spline([(0, 0), (0.007, 0), (0.007, 0), (0.006, 0.006), (0.0125, 0.014), (0.011, 0.021), (0, 0.024)], 10)
    return [Part(lathe(dome), lid), Part(lathe(grip).moved(z=0.014), knob)]


def _screw_lid(mouth: float, lid: Finish, _: Finish) -> list[Part]:
    out = mouth + 0.003
    turns = [(out - 0.0012 * (i % 2), -0.014 + 0.0028 * i) for i in range(6)]
    line = rounded([(mouth + 0.0005, -0.016), (out, -0.016), *turns, (out, 0.009), (0, 0.009)], 0.0008)
    return [Part(lathe(line), lid)]


def _clip_lid(mouth: float, lid: Finish, seal: Finish) -> list[Part]:
    ring = rounded([(mouth - 0.006, 0), (mouth + 0.003, 0), (mouth + 0.003, 0.0038), (mouth - 0.006, 0.0038)], 0.0012)
    dome = [(0, 0.004), (mouth + 0.001, 0.004), (mouth + 0.001, 0.004), (mouth + 0.001, 0.011), (0.8 * mouth, 0.015)]
    line = spline([*dome, (0, 0.0165)], 10)
    return [Part(lathe(np.concatenate([ring, ring[:1]])), seal), Part(lathe(line), lid)]


def _bail(mouth: float, radius: float, height: float) -> list[Part]:
    """The wire of a clip-top: a band round the neck, a hinge behind, an arm over the lid and a lever in front."""
    steel = Finish("polished", "steel")
    angle = np.linspace(0, 2 * np.pi, 96, endpoint=False)
    out = float(mouth + 0.0022)
    band = np.stack([out * np.cos(angle), out * np.sin(angle), np.full(96, height - 0.008)], axis=1)
    parts = [Part(tube(band, 0.0014, closed=True, sides=10), steel)]
    for side in (-1, 1):
        x, front, back = side * 0.32 * mouth, -out - 0.003, out + 0.003
        arm = [
            (x, back, height - 0.008),
            (x, back, height + 0.012),
            (x, 0.6 * mouth, height + 0.0185),
            (x, -0.6 * mouth, height + 0.0185),
            (x, front, height + 0.01),
            (x, front - 0.002, height - 0.012),
        ]
        parts.append(Part(tube(rounded(arm, 0.008), 0.0015, sides=10), steel))
    low = height - 0.012 - min(0.03, 0.3 * height)
    half, y = 0.32 * mouth, -out - 0.005
    lever = [
        (-half, y, height - 0.012),
        (-half, -radius - 0.006, low),
        (half, -radius - 0.006, low),
        (half, y, height - 0.012),
    ]
    return [*parts, Part(tube(rounded(lever, 0.006), 0.0015, sides=10), steel)]


MILLS = {
    "classic": [
        [(0.9, 0.0), (1.0, 0.03), (0.98, 0.12), (0.72, 0.22), (0.6, 0.4), (0.7, 0.58), (0.78, 0.64)],
        [(0.78, 0.655), (0.86, 0.7), (0.66, 0.76), (0.9, 0.85), (0.86, 0.93), (0.4, 0.985)],
    ],
    "column": [
        [(0.98, 0.0), (1.0, 0.01), (1.0, 0.3), (1.0, 0.6), (1.0, 0.66)],
        [(1.0, 0.675), (1.0, 0.7), (1.0, 0.88), (0.96, 0.96), (0.7, 0.985)],
    ],
    "pear": [
        [(0.86, 0.0), (0.98, 0.08), (1.0, 0.22), (0.82, 0.45), (0.56, 0.62), (0.5, 0.68)],
        [(0.5, 0.695), (0.62, 0.74), (0.78, 0.84), (0.7, 0.94), (0.3, 0.985)],
    ],
}


def make_mill(
    *,
    body: Finish,
    second: Finish | None = None,
    metal: Finish,
    outline: str = "classic",
    height: float = 0.2,
    radius: float = 0.03,
) -> Model:
    """A pepper mill, or with `second` a pair for salt and pepper, the second a little shorter."""
    parts = _mill(body, metal, outline, height, radius)
    if second is not None:
        other = _mill(second, metal, outline, 0.86 * height, radius)
        parts = [Part(p.mesh.moved(x=-1.35 * radius, y=0.3 * radius), p.finish) for p in parts]
        parts += [Part(p.mesh.moved(x=1.35 * radius, y=-0.6 * radius), p.finish) for p in other]
    return Model(parts, View(elevation=12, turn=0, fill=0.76))


def _mill(body: Finish, metal: Finish, outline: str, height: float, radius: float) -> list[Part]:
    low, high = (np.array(half) * [radius, height] for half in MILLS[outline])

    def turn(points: Array) -> Mesh:
        line = spline(points, 10)
        return lathe(np.concatenate([[(0.0, line[0, 1])], line, [(0.0, line[-1, 1])]]))

    neck = 0.94 * low[-1, 0]
    collar = lathe([(0, low[-1, 1] - 0.001), (neck, low[-1, 1] - 0.001), (neck, high[0, 1] + 0.001), (0, high[0, 1])])
    nut = lathe(spline([(0, 0), (0.006, 0), (0.006, 0), (0.0075, 0.005), (0.0055, 0.01), (0, 0.0112)], 8))
    top = float(high[-1, 1])
    return [
        Part(turn(low), body),
        Part(turn(high), body),
        Part(collar, metal),
        Part(bar((0, 0, top - 0.002), (0, 0, top + 0.002), 0.004), metal),
        Part(nut.moved(z=top + 0.0015), metal),
    ]
