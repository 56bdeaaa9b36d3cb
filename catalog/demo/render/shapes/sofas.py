"""Sofas and armchairs."""

from __future__ import annotations

from catalog.demo.render.geometry import bar, box, rounded, tube
from catalog.demo.render.model import Finish, Model, Part, View


def make_sofa(
    *,
    cover: Finish,
    legs: Finish,
    seats: int = 3,
    arm: str = "box",
    seat_width: float = 0.62,
    depth: float = 0.88,
    back: float = 0.82,
    accent: Finish | None = None,
) -> Model:
    """`arm` is box, slim, round or wood. One seat makes an armchair."""
    inner = seats * seat_width
    thick = {"box": 0.16, "slim": 0.09, "round": 0.2, "wood": 0.04}[arm]
    wide = inner + 2 * thick
    lift, floor = 0.14, 0.3
    parts = [Part(box((inner + 0.02, depth - 0.06, floor - lift), 0.02).moved(z=(lift + floor) / 2), cover)]
    soft = 0.05
    for i in range(seats):
        x = (i - (seats - 1) / 2) * seat_width
        seat = box((seat_width - 0.006, depth - 0.24, 0.17), soft, puff=(0.0, 0.012, 0.028)).moved(
            x=x, y=-0.1, z=floor + 0.085
        )
        rest = box((seat_width - 0.008, 0.2, back - floor - 0.1), 0.07, puff=(0.0, 0.035, 0.02))
        rest = rest.turned("x", -11).moved(x=x, y=depth / 2 - 0.25, z=floor + 0.12 + (back - floor) / 2)
        parts += [Part(seat, cover), Part(rest, cover)]
    parts.append(
        Part(
            box((wide - 0.04, 0.14, back - lift - 0.08), 0.05, puff=(0, 0.01, 0.0)).moved(
                y=depth / 2 - 0.07, z=(back + lift - 0.08) / 2
            ),
            cover,
        )
    )
    for side in (-1, 1):
        x = side * (inner + thick) / 2
        if arm == "wood":
            parts += _wooden_arm(side * (inner / 2 + 0.03), depth, legs)
            continue
        height = {"box": 0.6, "slim": 0.62, "round": 0.62}[arm]
        radius = {"box": 0.035, "slim": 0.03, "round": 0.095}[arm]
        puff = (0.012, 0.01, 0.012) if arm == "round" else (0.006, 0.0, 0.008)
        parts.append(
            Part(box((thick, depth, height - lift), radius, puff=puff).moved(x=x, z=(height + lift) / 2), cover)
        )
    if accent is not None:
        cushion = box((0.42, 0.13, 0.42), 0.06, puff=(0, 0.04, 0)).turned("x", -20).turned("z", 12)
        parts.append(Part(cushion.moved(x=-(inner / 2) + 0.26, y=-0.04, z=floor + 0.39), accent))
    if arm != "wood":
        for x in (-1, 1):
            for y in (-1, 1):
                foot = (x * (wide / 2 - 0.06), y * (depth / 2 - 0.08), 0.0)
                parts.append(Part(bar(foot, (x * (wide / 2 - 0.08), foot[1], lift + 0.01), 0.014, 0.022), legs))
    return Model(parts, View(elevation=13, turn=-24 if seats > 1 else -30, fill=0.84 if seats > 1 else 0.78))


def _wooden_arm(x: float, depth: float, finish: Finish) -> list[Part]:
    """Two legs and an armrest, bent from one piece."""
    front, rear = -depth / 2 + 0.08, depth / 2 - 0.1
    path = rounded([(x, front - 0.03, 0), (x, front, 0.6), (x, rear, 0.56), (x, rear + 0.05, 0)], 0.06)
    rest = box((0.065, depth - 0.12, 0.026), 0.012).turned("x", -3.2).moved(x=x, y=(front + rear) / 2, z=0.6)
    rail = box((0.03, depth - 0.22, 0.06), 0.008).moved(x=x, y=(front + rear) / 2, z=0.22)
    return [Part(tube(path, 0.019), finish), Part(rest, finish), Part(rail, finish)]
