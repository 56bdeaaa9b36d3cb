"""Bedside tables, chests of drawers and sideboards: one carcass, divided as asked."""

from __future__ import annotations

from collections.abc import Sequence

from catalog.demo.render.geometry import bar, box, lathe, rounded
from catalog.demo.render.model import Finish, Model, Part, View

BOARD = 0.02
GAP = 0.004
#: What a row holds, its share of the height, and how many stand side by side.
Row = tuple[str, float, int]


def make_cabinet(
    *,
    body: Finish,
    front: Finish | None = None,
    pulls: Finish,
    legs: Finish | None = None,
    rows: Sequence[Row] = (("drawer", 1.0, 1),),
    width: float = 0.45,
    height: float = 0.55,
    depth: float = 0.38,
    lift: float = 0.16,
    pull: str = "knob",
    splay: float = 0.03,
) -> Model:
    """`rows` run from the top down; a row is "drawer", "door" or "open". Without `legs` it stands on a plinth."""
    tall = height - lift
    middle = lift + tall / 2
    parts = [
        Part(box((width, depth, BOARD), 0.004).moved(z=height - BOARD / 2), body),
        Part(box((width - 0.002, depth - 0.004, BOARD), 0.003).moved(z=lift + BOARD / 2), body),
        Part(box((width - 0.02, 0.01, tall - 0.02), 0.002).moved(y=depth / 2 - 0.008, z=middle), body),
    ]
    for side in (-1, 1):
        panel = box((BOARD, depth - 0.004, tall - 0.01), 0.003).moved(x=side * (width - BOARD) / 2, z=middle)
        parts.append(Part(panel, body))
    total, ceiling = sum(share for _, share, _ in rows), height - BOARD
    inner = tall - 2 * BOARD
    for number, (kind, share, columns) in enumerate(rows):
        step = inner * share / total
        if number:
            parts.append(_shelf(width, depth, ceiling, body))
        parts += _fill(kind, columns, (width, depth, step), ceiling, body, front or body, pulls, pull)
        ceiling -= step
    parts += _feet(width, depth, lift, legs, splay) if legs else _plinth(width, depth, lift, body)
    broad = width > 0.9
    return Model(parts, View(elevation=14, turn=-28, fill=0.82 if broad else 0.76))


def _shelf(width: float, depth: float, z: float, finish: Finish) -> Part:
    return Part(box((width - 2 * BOARD, depth - 0.03, 0.012), 0.002, cuts=4).moved(y=0.01, z=z), finish)


def _fill(
    kind: str,
    columns: int,
    room: tuple[float, float, float],
    ceiling: float,
    body: Finish,
    front: Finish,
    pulls: Finish,
    pull: str,
) -> list[Part]:
    """The drawers or doors of one row, or nothing where it is open."""
    width, depth, step = room
    cell = (width - 2 * BOARD) / columns
    z = ceiling - step / 2
    parts = []
    for column in range(columns):
        x = (column - (columns - 1) / 2) * cell
        if column:
            parts.append(Part(box((0.012, depth - 0.03, step), 0.002, cuts=4).moved(x=x - cell / 2, y=0.01, z=z), body))
        if kind == "open":
            continue
        panel = box((cell - GAP, 0.018, step - GAP), 0.003).moved(x=x, y=-depth / 2 + 0.009, z=z)
        parts.append(Part(panel, front))
        hung = (0.38 * cell * (1 if column % 2 == 0 else -1)) if kind == "door" else 0.0
        parts += [Part(p.mesh.moved(x=x + hung, y=-depth / 2, z=z), p.finish) for p in _pull(pull, kind, cell, pulls)]
    return parts


def _pull(pull: str, kind: str, cell: float, finish: Finish) -> list[Part]:
    if pull == "knob":
        turned = rounded([(0, 0), (0.006, 0), (0.006, 0.014), (0.015, 0.018), (0.015, 0.026), (0, 0.028)], 0.002)
        return [Part(lathe(turned, segments=40).turned("x", 90), finish)]
    half = min(0.32 * cell, 0.07)
    ends = [(0, -half), (0, half)] if kind == "door" else [(-half, 0), (half, 0)]
    start, end = ((x, -0.024, z) for x, z in ends)
    parts = [Part(bar(start, end, 0.005), finish)]
    for x, z in ends:
        parts.append(Part(bar((0.85 * x, 0.002, 0.85 * z), (0.85 * x, -0.024, 0.85 * z), 0.004), finish))
    return parts


def _feet(width: float, depth: float, lift: float, finish: Finish, splay: float) -> list[Part]:
    thick = 0.017 if finish.kind == "wood" else 0.009
    parts = []
    for x in (-1, 1):
        for y in (-1, 1):
            top = (x * (width / 2 - 0.045), y * (depth / 2 - 0.045), lift + 0.004)
            foot = (top[0] + x * splay, top[1] + y * splay, 0.0)
            parts.append(Part(bar(foot, top, 0.6 * thick, thick), finish))
    return parts


def _plinth(width: float, depth: float, lift: float, finish: Finish) -> list[Part]:
    return [Part(box((width - 0.05, depth - 0.06, lift + 0.004), 0.003).moved(y=0.01, z=lift / 2), finish)]
