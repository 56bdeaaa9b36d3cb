"""Coffee makers: moka pots, French presses, pour-over carafes and gooseneck kettles."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, Mesh, bar, box, circle, lathe, rounded, spline, tube, vessel
from catalog.demo.render.model import Finish, Model, Part, View
from catalog.demo.render.shapes.reliefs import facet, pull_spout

STEEL = Finish("polished", "steel")


def _ring(radius: float, height: float) -> Array:
    return np.column_stack([circle(radius), np.full(96, height)])


def _ball(radius: float) -> Array:
    angle = np.linspace(-np.pi / 2, np.pi / 2, 24)
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])


def make_moka_pot(
    *, body: Finish, handle: Finish, base: Finish | None = None, sides: int = 8, height: float = 0.19
) -> Model:
    """A stove-top espresso pot: boiler, screwed collar, jug with a beak and a lid. `sides=0` makes it round."""
    r = 0.27 * height
    boiler = rounded([(0, 0), (r, 0), (0.83 * r, 0.4 * height), (0, 0.4 * height)], [0, 0.003, 0.003, 0])
    jug = rounded(
        [(0, 0.43 * height), (0.76 * r, 0.43 * height), (1.02 * r, 0.86 * height), (0, 0.86 * height)],
        [0, 0.002, 0.002, 0],
    )
    lid = rounded(
        [(0, 0.862 * height), (1.03 * r, 0.862 * height), (1.0 * r, 0.885 * height), (0, 0.945 * height)],
        [0, 0.001, 0.003, 0],
    )
    collar = [(0, 0.385), (0.9, 0.385), (0.92, 0.4), (0.92, 0.435), (0.88, 0.448), (0, 0.448)]

    def prism(line: Array) -> Mesh:
        mesh = lathe(line, segments=96)
        return facet(mesh, sides) if sides else mesh

    def beaked(mesh: Mesh) -> Mesh:
        return pull_spout(mesh, low=0.6 * height, high=0.87 * height, reach=0.34 * r, width=0.34)

    start = 0.98 * r - 0.004
    grip = rounded(
        [
            (start, 0, 0.82 * height),
            (1.62 * r, 0, 0.84 * height),
            (1.78 * r, 0, 0.78 * height),
            (1.52 * r, 0, 0.36 * height),
        ],
        0.016,
    )
    hinge = box((0.014, 0.016, 0.012), 0.002).moved(x=r, z=0.875 * height)
    return Model(
        [
            Part(prism(boiler), base or body),
            Part(beaked(prism(jug)), body),
            Part(beaked(prism(lid)), body),
            Part(lathe(np.array(collar) * [r, height]), STEEL),
            Part(tube(grip, np.linspace(0.0085, 0.0068, len(grip)), up=(0, 1, 0)), handle),
            Part(hinge, handle),
            Part(bar((0, 0, 0.93 * height), (0, 0, 0.955 * height), 0.004), STEEL),
            Part(lathe(_ball(0.0095)).scaled(z=0.9).moved(z=0.985 * height), handle),
            Part(bar((0, -0.86 * r, 0.2 * height), (0, -r - 0.004, 0.2 * height), 0.0055), Finish("polished", "brass")),
        ],
        View(elevation=15, turn=-30, fill=0.74),
    )


def make_french_press(
    *,
    glass: Finish,
    metal: Finish,
    handle: Finish,
    coffee: Finish | None = None,
    height: float = 0.2,
    radius: float = 0.05,
    frame: str = "straps",
) -> Model:
    """A beaker in a metal frame with a plunger; `frame` is straps, cup (a solid lower half) or none (a solid body)."""
    inner, z0 = radius - 0.0032, 0.006
    parts = [
        Part(
            vessel(
                rounded([(0, z0), (radius, z0), (radius, 0.9 * height)], 0.006), 0.0028 if frame != "none" else 0.004
            ),
            glass,
        )
    ]
    out = radius + 0.0012
    if frame != "none":
        parts.append(Part(lathe(rounded([(0, 0), (out, 0), (out, 0.012), (0, 0.012)], 0.0006)), metal))
        parts += [Part(_hoop(out, z, 0.012 if z > 0.1 else 0.008), metal) for z in (0.012, 0.76 * height)]
    if frame == "straps":
        for angle in np.radians([45, 135, 225, 315]):
            x, y = (out + 0.0004) * np.cos(angle), (out + 0.0004) * np.sin(angle)
            strap = box((0.0018, 0.009, 0.76 * height), 0.0008).turned("z", float(np.degrees(angle)))
            parts.append(Part(strap.moved(x=x, y=y, z=0.395 * height), metal))
    elif frame == "cup":
        parts.append(Part(_hoop(out, 0.008, 0.36 * height), metal))
    else:
        parts.append(
            Part(
                lathe([(0, 0), (0.86 * radius, 0), (0.86 * radius, z0 + 0.001), (0, z0 + 0.001)]),
                Finish("clay", "sand"),
            )
        )
    if coffee is not None:
        fill = rounded([(0, 0.0105), (inner, 0.0105), (inner, 0.52 * height), (0, 0.52 * height)], 0.002)
        parts.append(Part(lathe(fill), coffee))
    parts += _plunger(radius, height, metal, handle, seen=frame != "none")
    reach, low, high = out + 0.042, 0.18 * height, 0.79 * height
    loop = rounded([(out - 0.002, 0, high), (reach, 0, high), (reach, 0, low), (out - 0.002, 0, low + 0.006)], 0.018)
    parts.append(Part(tube(loop, 1.0, section=circle(0.0085, 24) * [1.0, 0.6], up=(1.0, 0.0, 0.35)), handle))
    return Model(parts, View(elevation=15, turn=-26, fill=0.76))


def _hoop(radius: float, foot: float, height: float) -> Mesh:
    line = [
        (radius - 0.001, foot),
        (radius + 0.0008, foot),
        (radius + 0.0008, foot + height),
        (radius - 0.001, foot + height),
    ]
    return lathe(np.array([*line, line[0]]))


def _plunger(radius: float, height: float, metal: Finish, knob: Finish, *, seen: bool) -> list[Part]:
    top = 0.9 * height
    lid = spline(
        [
            (0, top),
            (radius + 0.003, top),
            (radius + 0.003, top),
            (radius + 0.003, top + 0.008),
            (0.6 * radius, top + 0.017),
            (0, top + 0.021),
        ],
        10,
    )
    parts = [
        Part(lathe(lid), metal),
        Part(bar((0, 0, 0.6 * height if seen else top), (0, 0, top + 0.052), 0.0026), metal),
        Part(lathe(_ball(0.0115)).moved(z=top + 0.058), knob),
    ]
    if seen:
        disc = rounded([(0, 0), (radius - 0.0036, 0), (radius - 0.0036, 0.004), (0, 0.006)], 0.001)
        parts.append(Part(lathe(disc).moved(z=0.6 * height), metal))
    return parts


def make_pour_over(
    *, glass: Finish, collar: Finish, tie: Finish, coffee: Finish | None = None, height: float = 0.22
) -> Model:
    """An hourglass carafe for filter coffee with a wooden collar tied round its waist."""
    r = 0.3 * height
    points = np.array([(0, 0), (0.86, 0), (1.0, 0.1), (0.86, 0.32), (0.36, 0.55), (0.42, 0.66), (0.82, 1.0)]) * [
        r,
        height,
    ]
    profile = np.concatenate([points[:1], spline(np.concatenate([points[1:2], points[1:]]), 16)])
    shell = vessel(profile, 0.003, segments=144)
    parts = [Part(pull_spout(shell, low=0.8 * height, high=height, reach=0.012, width=0.3), glass)]
    if coffee is not None:
        z = np.linspace(0.004, 0.26 * height, 24)
        out = np.interp(z, profile[:, 1], profile[:, 0]) - 0.0037
        out[0] -= 0.002
        line = np.concatenate([[(0.0, z[0])], np.column_stack([out, z]), [(0.0, z[-1])]])
        parts.append(Part(lathe(line), coffee))
    z = np.linspace(0.46 * height, 0.67 * height, 30)
    wall = np.interp(z, profile[:, 1], profile[:, 0])
    wrap = np.concatenate([np.column_stack([wall + 0.0004, z])[::-1], np.column_stack([wall + 0.0075, z])])
    parts.append(Part(lathe(np.concatenate([wrap, wrap[:1]])).with_grain_along("z"), collar))
    waist = float(np.interp(0.555 * height, profile[:, 1], profile[:, 0])) + 0.0082
    parts.append(Part(tube(_ring(waist, 0.555 * height), 0.0019, closed=True), tie))
    parts.append(Part(lathe(_ball(0.0075)).moved(y=-waist - 0.006, z=0.545 * height), collar))
    return Model(parts, View(elevation=13, turn=-20, fill=0.76))


def make_gooseneck_kettle(*, body: Finish, handle: Finish, trim: Finish = STEEL, height: float = 0.15) -> Model:
    """A pouring kettle: straight tapering body, thin swan-necked spout, open handle."""
    r = 0.5 * height
    profile = rounded([(0, 0), (r, 0), (0.76 * r, height), (0, height)], [0, 0.01, 0.006, 0])
    spout = spline(
        [
            (-0.84 * r, 0, 0.16 * height),
            (-1.35 * r, 0, 0.22 * height),
            (-1.62 * r, 0, 0.62 * height),
            (-1.9 * r, 0, 1.02 * height),
            (-2.25 * r, 0, 1.05 * height),
        ],
        14,
    )
    grip = rounded(
        [
            (0.76 * r, 0, 0.9 * height),
            (1.7 * r, 0, 1.02 * height),
            (1.75 * r, 0, 0.84 * height),
            (1.5 * r, 0, 0.25 * height),
        ],
        0.022,
    )
    lid = rounded([(0, 0), (0.6 * r, 0), (0.6 * r, 0.006), (0, 0.011)], [0, 0.001, 0.003, 0])
    knob = spline([(0, 0), (0.005, 0), (0.005, 0), (0.0045, 0.008), (0.0125, 0.014), (0.012, 0.021), (0, 0.023)], 10)
    return Model(
        [
            Part(lathe(profile), body),
            Part(tube(spout, np.linspace(0.011, 0.0055, len(spout)), sides=28), body),
            Part(tube(grip, np.linspace(0.008, 0.0105, len(grip)), up=(0, 1, 0)), handle),
            Part(lathe(lid).moved(z=height - 0.001), body),
            Part(tube(_ring(0.62 * r, height), 0.0016, closed=True), trim),
            Part(lathe(knob).moved(z=height + 0.009), handle),
        ],
        View(elevation=14, turn=-18, fill=0.78),
    )
