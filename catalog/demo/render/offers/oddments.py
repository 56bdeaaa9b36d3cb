"""Plain other things that suppliers of a home shop also list, and that the shop does not sell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from catalog.demo.render.geometry import bar, box, circle, lathe, rounded, spline, tube, vessel
from catalog.demo.render.model import Finish, Model, Part, View
from catalog.demo.render.offers.facts import Facts


@dataclass(frozen=True, kw_only=True)
class Oddment:
    type: str
    material: str
    colour: str
    price: float
    build: Callable[[], Model]
    measures: Mapping[str, float | str]
    accent: str = ""

    @property
    def facts(self) -> Facts:
        return Facts(
            type=self.type,
            line="",
            brand="",
            category="Hardware",
            material=self.material,
            colour=self.colour,
            accent=self.accent,
            features=(),
            measures=self.measures,
            count=1,
            price=self.price,
        )


def make_bucket() -> Model:
    outer = rounded([(0, 0), (0.105, 0), (0.14, 0.26)], 0.008)
    arc = np.linspace(0.12, np.pi - 0.12, 40)
    bail = np.stack([0.143 * np.cos(arc), np.zeros(40), 0.25 + 0.16 * np.sin(arc)], axis=1)
    return Model(
        [
            Part(vessel(outer, 0.003), Finish("plastic", "yellow")),
            Part(
                tube(np.column_stack([circle(0.141), np.full(96, 0.258)]), 0.005, closed=True),
                Finish("plastic", "yellow"),
            ),
            Part(tube(bail, 0.0035), Finish("brushed", "steel")),
            Part(tube(bail[15:25], 0.011), Finish("plastic", "black")),
        ],
        View(elevation=18, turn=24),
    )


def make_dumbbell() -> Model:
    weight = rounded([(0, 0), (0.055, 0), (0.062, 0.02), (0.055, 0.05), (0, 0.05)], [0, 0.008, 0.012, 0.008, 0])
    plates = [lathe(weight).moved(z=shift).turned("x", 90).moved(z=0.062) for shift in (0.06, 0.12, -0.11, -0.17)]
    grip = bar((0, -0.19, 0.062), (0, 0.19, 0.062), 0.014)
    return Model(
        [*[Part(plate, Finish("painted", "charcoal")) for plate in plates], Part(grip, Finish("brushed", "steel"))],
        View(elevation=24, turn=52),
    )


def make_hammer() -> Model:
    head = box((0.026, 0.1, 0.026), 0.004).moved(z=0.3)
    face = lathe(rounded([(0, 0), (0.016, 0), (0.016, 0.02), (0, 0.02)], 0.003)).turned("x", 90).moved(y=-0.045, z=0.3)
    handle = tube(spline([(0, 0, 0.315), (0, 0, 0.2), (0, 0.004, 0.1), (0, 0, 0)], 10), np.linspace(0.011, 0.016, 31))
    steel = Finish("brushed", "gunmetal")
    return Model(
        [Part(head, steel), Part(face, steel), Part(handle, Finish("wood", "ash"))],
        View(elevation=16, turn=48, fill=0.78),
    )


def make_light_bulb() -> Model:
    glass = spline([(0.0, 0.1), (0.02, 0.098), (0.031, 0.07), (0.028, 0.05), (0.014, 0.026), (0.013, 0.022)][::-1], 10)
    screw = [(0, 0), (0.006, 0), (0.0125, 0.005)]
    for z in np.linspace(0.006, 0.022, 5):
        screw += [(0.0135, z), (0.0122, z + 0.002)]
    return Model(
        [
            Part(lathe(np.concatenate([[(0.0, 0.022)], glass])), Finish("opal", "white")),
            Part(lathe([*screw, (0, 0.026)]), Finish("polished", "steel")),
        ],
        View(elevation=10, turn=0),
    )


def make_paint_tin() -> Model:
    outer = rounded([(0, 0), (0.085, 0), (0.085, 0.17), (0.078, 0.172), (0.078, 0.166), (0, 0.166)], 0.002)
    label = rounded([(0.0, 0.03), (0.0855, 0.03), (0.0855, 0.14), (0.0, 0.14)], 0.0005)
    arc = np.linspace(0.1, np.pi - 0.1, 40)
    bail = np.stack([0.09 * np.cos(arc), np.zeros(40), 0.15 + 0.1 * np.sin(arc)], axis=1)
    return Model(
        [
            Part(lathe(outer), Finish("brushed", "steel")),
            Part(lathe(label), Finish("plastic", "sky blue")),
            Part(tube(bail, 0.002), Finish("brushed", "steel")),
        ],
        View(elevation=20, turn=20),
    )


def make_ball() -> Model:
    angle = np.linspace(-np.pi / 2, np.pi / 2, 60)
    return Model(
        [
            Part(
                lathe(np.stack([0.11 * np.cos(angle), 0.11 + 0.11 * np.sin(angle)], axis=1)),
                Finish("plastic", "crimson", "rings", "white", period=0.075),
            )
        ],
        View(elevation=14, turn=0, fill=0.66),
    )


def make_cone() -> Model:
    body = rounded([(0, 0.02), (0.13, 0.02), (0.022, 0.5), (0, 0.5)], [0, 0.01, 0.008, 0])
    collar = [(0, 0.24), (0.0832, 0.24), (0.0607, 0.34), (0, 0.34)]
    return Model(
        [
            Part(box((0.32, 0.32, 0.03), 0.012).moved(z=0.015), Finish("plastic", "charcoal")),
            Part(lathe(body), Finish("plastic", "burnt orange")),
            Part(lathe(collar), Finish("plastic", "white")),
        ],
        View(elevation=14, turn=18, fill=0.78),
    )


def make_broom() -> Model:
    rng = np.random.default_rng(8)
    bristles = [
        bar((x, y, 0.11), (x * 1.12 + rng.normal(0, 0.004), y * 1.5 + rng.normal(0, 0.004), 0), 0.004)
        for x in np.linspace(-0.2, 0.2, 34)
        for y in (-0.02, 0.0, 0.02)
    ]
    return Model(
        [
            Part(box((0.44, 0.07, 0.04), 0.01).moved(z=0.125), Finish("wood", "beech")),
            Part(bar((0, 0, 0.13), (0, 0.22, 1.25), 0.013), Finish("wood", "beech")),
            *[Part(bristle, Finish("plastic", "crimson")) for bristle in bristles],
        ],
        View(elevation=12, turn=24, fill=0.8),
    )


ODDMENTS = (
    Oddment(
        type="bucket", material="plastic", colour="yellow", price=8.9, build=make_bucket, measures={"capacity_l": 10.0}
    ),
    Oddment(
        type="dumbbell",
        material="cast iron",
        colour="charcoal",
        accent="steel",
        price=24.0,
        build=make_dumbbell,
        measures={"length_cm": 38},
    ),
    Oddment(
        type="hammer", material="ash wood", colour="ash", price=17.5, build=make_hammer, measures={"length_cm": 32}
    ),
    Oddment(
        type="light bulb",
        material="glass",
        colour="white",
        price=6.5,
        build=make_light_bulb,
        measures={"height_cm": 10},
    ),
    Oddment(
        type="paint tin",
        material="acrylic",
        colour="sky blue",
        price=32.0,
        build=make_paint_tin,
        measures={"capacity_l": 2.5},
    ),
    Oddment(
        type="play ball",
        material="rubber",
        colour="crimson",
        accent="white",
        price=9.0,
        build=make_ball,
        measures={"diameter_cm": 22},
    ),
    Oddment(
        type="traffic cone",
        material="plastic",
        colour="burnt orange",
        accent="white",
        price=14.0,
        build=make_cone,
        measures={"height_cm": 50},
    ),
    Oddment(
        type="yard broom",
        material="beech wood",
        colour="beech",
        accent="crimson",
        price=16.0,
        build=make_broom,
        measures={"width_cm": 44},
    ),
)
