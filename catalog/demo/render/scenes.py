"""Where a product is photographed: the stage it stands on, the light, and how the camera differs from its own view.

A scene knows nothing of Blender. Lengths of lights are in product radii, so a candle and a sofa get the same light;
surfaces are in metres, so a floorboard keeps its width. The camera looks along +y: the product turns, not the camera.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from catalog.demo.render.model import Finish, Model
from catalog.demo.render.palette import measure_difference

RGB = tuple[float, float, float]

#: Papers of the studio, by the name an item gives.
BACKDROPS = ("white", "grey", "sand", "sage", "blush", "mist")
SNAPSHOTS = ("cutout", "warehouse", "phone", "coloured")
#: A thing whose bounding ball is larger than this (metres) stands on the floor, a smaller one on a table.
TABLE_RADIUS = 0.335
#: A wall or table top has to differ this much (CIE76) from the product's main colours.
CLEAR_OF = 24.0

WALLS = ("chalk", "putty", "fog", "celadon", "pale blue", "shell", "clay", "greige", "storm", "eucalyptus")
FLOORS = (
    Finish("planks", "oak"),
    Finish("planks", "ash"),
    Finish("planks", "walnut"),
    Finish("planks", "light oak"),
    Finish("plaster", "light grey"),
    Finish("plaster", "oatmeal"),
)
TABLES = (
    Finish("planks", "oak", grain=1.3),
    Finish("planks", "walnut", grain=1.3),
    Finish("planks", "ash", grain=1.3),
    Finish("marble", "white", accent="slate"),
    Finish("concrete", "light grey"),
    Finish("linen", "oatmeal", grain=0.5),
    Finish("linen", "dusty blue", grain=0.5),
)


@dataclass(frozen=True)
class Lamp:
    """A rectangle of light aimed at the product from `direction` (x right, y away from the camera, z up)."""

    direction: RGB
    width: float
    height: float
    watts: float
    colour: RGB = (1.0, 1.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """`stage` is "sweep" (paper bent up behind), "floor" (and a wall with a skirting) or "table" (and a wall far
    behind); a product that hangs takes `wall` alone. Degrees are added to the product's own view, `fill` and `lens`
    replace its own when given. `shift` moves it off the middle, as a share of the frame; `skew` turns the wall behind
    a standing product; `ambient` is the light from below and from above, `tint` its colour.
    """

    stage: str = "sweep"
    ground: Finish
    wall: Finish
    lamps: tuple[Lamp, ...]
    ambient: tuple[float, float]
    tint: RGB = (1.0, 1.0, 1.0)
    turn: float = 0.0
    elevation: float = 0.0
    roll: float = 0.0
    skew: float = 0.0
    lens: float | None = None
    fill: float | None = None
    shift: tuple[float, float] = (0.0, 0.0)
    exposure: float = 0.0


#: Key from the upper left, broad fill from the right, a strip from behind for the edge.
SOFTBOXES = (
    Lamp((-2.6, -2.2, 3.2), 2.4, 2.4, 172.0),
    Lamp((3.4, -2.4, 1.4), 2.2, 3.4, 42.0),
    Lamp((1.2, 2.6, 3.6), 3.2, 1.4, 70.0),
)


def studio(backdrop: str = "white") -> Scene:
    """The shop's own picture: a seamless sweep and three softboxes."""
    paper = Finish("paper", f"{backdrop} paper")
    return Scene(ground=paper, wall=paper, lamps=SOFTBOXES, ambient=(0.1, 0.3))


def room(model: Model, *, seed: int, stage: str | None = None) -> Scene:
    """The second picture: the other side of the product, higher or lower, at home by a window. Without a `stage`, small
    things stand on a table and large ones on the floor."""
    rng = np.random.default_rng(seed)
    main = main_colours(model)
    stage = stage or ("floor" if model.radius > TABLE_RADIUS else "table")
    hangs = model.view.setting == "wall"
    walls = _clear_of(main, [Finish("plaster", name) for name in WALLS])
    grounds = _clear_of(main, list(FLOORS if stage == "floor" else TABLES))
    wall = walls[rng.integers(len(walls))]
    side = float(rng.choice([-1.0, 1.0]))
    window = (1.0, 0.97, 0.92)
    return Scene(
        stage=stage,
        ground=grounds[rng.integers(len(grounds))],
        wall=wall,
        lamps=(
            Lamp((3.4 * side, -1.2, 2.2), 1.7, 2.6, 250.0, window),
            Lamp((-3.0 * side, -3.0, 1.8), 3.0, 3.0, 50.0, (0.94, 0.97, 1.0)),
            Lamp((0.0, -0.5, 5.5), 5.0, 4.0, 120.0),
        ),
        ambient=(0.2, 0.5),
        tint=(1.0, 0.985, 0.96),
        turn=_other_side(model) + float(rng.uniform(-5, 5)),
        elevation=_other_height(model.view.elevation, hangs=hangs),
        skew=float(rng.uniform(6, 16)) * side,
        lens=58.0,
        fill=model.view.fill * 0.84,
        exposure=0.1 if stage == "floor" else 0.25,
    )


def snapshot(kind: str, rng: np.random.Generator) -> Scene:
    """A supplier's picture, in one of `SNAPSHOTS`."""
    scenes = {"cutout": _cutout, "warehouse": _warehouse, "phone": _phone, "coloured": _coloured}
    return scenes[kind](rng)


def practice(rng: np.random.Generator) -> Scene:
    """A picture to train on: anything may vary that does not change what the product is."""
    warm = float(rng.uniform(-0.22, 0.22))
    light = (1.0 + min(warm, 0.0) * 0.6, 1.0 - abs(warm) * 0.3, 1.0 - max(warm, 0.0))
    angle, height = float(rng.uniform(-2.6, 2.6)), float(rng.uniform(0.8, 3.8))
    key = (3.4 * np.sin(angle), -3.0 * abs(np.cos(angle)), height)
    papers = [Finish("paper", f"{name} paper") for name in BACKDROPS]
    paints = [Finish("plaster", name) for name in (*WALLS, "navy", "teal", "mustard", "terracotta", "charcoal")]
    grounds = [*papers, *paints, *FLOORS, *TABLES]
    stage = str(rng.choice(["sweep", "floor", "table"], p=[0.6, 0.2, 0.2]))
    flat = papers + paints if stage == "sweep" else grounds
    ground = flat[rng.integers(len(flat))]
    return Scene(
        stage=stage,
        ground=ground,
        wall=ground if stage == "sweep" else paints[rng.integers(len(paints))],
        lamps=(
            Lamp(key, float(rng.uniform(0.6, 3)), float(rng.uniform(0.6, 3)), float(rng.uniform(110, 230)), light),
            Lamp((-key[0], -2.6, 1.6), 2.4, 3.0, float(rng.uniform(15, 60))),
        ),
        ambient=(0.1, float(rng.uniform(0.2, 0.42))),
        turn=float(rng.uniform(-75, 75) if rng.random() < 0.75 else rng.uniform(-180, 180)),
        elevation=float(rng.uniform(-14, 26)),
        roll=float(np.clip(rng.normal(0, 2.5), -4, 4)),
        skew=float(rng.uniform(-18, 18)),
        lens=float(rng.uniform(40, 90)),
        fill=float(rng.uniform(0.45, 0.9)),
        exposure=float(rng.uniform(-0.35, 0.3)),
    )


def main_colours(model: Model) -> list[str]:
    """The colours that cover most of the product, largest first: together 70 % of its surface."""
    areas: dict[str, float] = {}
    for part in model.parts:
        areas[part.finish.colour] = areas.get(part.finish.colour, 0.0) + part.mesh.area
    names = sorted(areas, key=lambda name: -areas[name])
    shares = np.cumsum([areas[name] for name in names]) / sum(areas.values())
    return names[: int(np.searchsorted(shares, 0.7)) + 1]


def _clear_of(colours: list[str], finishes: list[Finish]) -> list[Finish]:
    """The finishes that set the product off; the most different one where none is different enough."""
    contrast = {finish: min(measure_difference(finish.colour, name) for name in colours) for finish in finishes}
    return [f for f in finishes if contrast[f] >= CLEAR_OF] or [max(finishes, key=lambda f: contrast[f])]


def _other_side(model: Model) -> float:
    """What to add to the product's own turn for another view of it. A thing whose back is as good as its front is
    seen from behind, so that its handle comes forward on the other side; a round one turns by 60 degrees; a sofa, or
    whatever would end up edge-on, shows its front from the other side."""
    turn = model.view.turn
    away = 1.0 if turn < 0 else -1.0
    if model.view.setting == "wall":
        return -turn + 27.0 * away
    if _is_alike_behind(model):
        return 180.0 - 2 * turn if abs(turn) >= 8 else -60.0
    if abs(turn) < 20 and _breadth(model, turn - 60.0) > 0.75 * _breadth(model, turn):
        return -60.0
    return -turn + max(abs(turn), 30.0) * away + 6.0 * away


def _is_alike_behind(model: Model) -> bool:
    """Whether mirroring front and back (y) leaves it as it was, by the first moments of its vertices."""
    corners = model.corners() / model.radius
    x, y, z = corners.T
    return max(abs(float(np.mean(moment))) for moment in (y, y**3, x * y, y * z, x * x * y)) < 0.004


def _breadth(model: Model, turn: float) -> float:
    angle = np.radians(turn)
    corners = model.corners()
    return float(np.ptp(corners[:, 0] * np.cos(angle) - corners[:, 1] * np.sin(angle)))


def _other_height(elevation: float, *, hangs: bool) -> float:
    if hangs:
        return 3.0
    if elevation < 18:
        return 12.0
    return -0.42 * elevation if elevation < 36 else -0.28 * elevation


def _cutout(rng: np.random.Generator) -> Scene:
    """Pure white, high key, straight on."""
    paper = Finish("paper", "pure white")
    front = (Lamp((-2.2, -3.4, 2.4), 3.4, 3.4, 190.0), Lamp((2.4, -3.4, 2.2), 3.4, 3.4, 170.0))
    return Scene(
        ground=paper,
        wall=paper,
        lamps=(*front, Lamp((0.0, 1.8, 4.2), 4.0, 2.0, 150.0)),
        ambient=(0.5, 0.85),
        turn=float(rng.uniform(14, 34)),
        elevation=float(rng.uniform(-6, -2)),
        fill=float(rng.uniform(0.8, 0.9)),
        exposure=0.25,
    )


def _warehouse(rng: np.random.Generator) -> Scene:
    """Grey concrete, a hard light overhead, the camera not quite level."""
    concrete = Finish("concrete", "concrete")
    return Scene(
        stage="floor",
        ground=concrete,
        wall=Finish("plaster", str(rng.choice(["light grey", "grey", "oatmeal"]))),
        lamps=(Lamp((float(rng.uniform(-0.9, 0.9)), -0.9, 4.2), 0.5, 0.5, 250.0, (0.94, 1.0, 0.97)),),
        ambient=(0.1, 0.24),
        tint=(0.93, 1.0, 0.98),
        turn=float(rng.uniform(-65, 55)),
        elevation=float(rng.uniform(2, 14)),
        roll=float(rng.choice([-1, 1]) * rng.uniform(2.5, 5)),
        skew=float(rng.uniform(-14, 14)),
        lens=50.0,
        fill=float(rng.uniform(0.58, 0.7)),
    )


def _phone(rng: np.random.Generator) -> Scene:
    """On somebody's table in a lamp's warmth or a north window's blue, small and off the middle."""
    cast = (1.0, 0.8, 0.58) if rng.random() < 0.5 else (0.72, 0.87, 1.0)
    return Scene(
        stage="table",
        ground=Finish("planks", str(rng.choice(["oak", "walnut", "acacia"])), grain=1.3),
        wall=Finish("plaster", str(rng.choice(["ivory", "beige", "light grey"]))),
        lamps=(
            Lamp((0.5, -4.6, 1.6), 0.5, 0.5, 190.0, (1.0, 0.97, 0.94)),
            Lamp((2.8, -0.6, 3.0), 1.4, 1.4, 80.0, cast),
        ),
        ambient=(0.14, 0.3),
        tint=cast,
        turn=float(rng.uniform(-55, 60)),
        elevation=float(rng.uniform(6, 20)),
        roll=float(rng.uniform(-3, 3)),
        skew=float(rng.uniform(-16, 16)),
        lens=38.0,
        fill=float(rng.uniform(0.48, 0.6)),
        shift=(float(rng.choice([-1, 1]) * rng.uniform(0.06, 0.14)), float(rng.uniform(-0.1, 0.05))),
    )


def _coloured(rng: np.random.Generator) -> Scene:
    """Saturated paper and a low camera."""
    paper = Finish(
        "paper", str(rng.choice(["mustard", "coral", "turquoise", "cobalt", "lavender", "emerald", "blush"]))
    )
    return Scene(
        ground=paper,
        wall=paper,
        lamps=(Lamp((2.6, -2.2, 3.0), 1.6, 1.6, 190.0), Lamp((-3.4, -2.4, 1.6), 2.4, 3.0, 50.0)),
        ambient=(0.14, 0.32),
        turn=float(rng.uniform(-50, 50)),
        elevation=float(rng.uniform(-9, -5)),
        lens=60.0,
        fill=float(rng.uniform(0.66, 0.8)),
    )
