"""Masks drawn on a surface: 0 where the main colour shows, 1 where the accent does.

Add a row to PATTERNS for a new one.
"""

from __future__ import annotations

from collections.abc import Callable

from catalog.demo.render.graph import Graph, Socket
from catalog.demo.render.model import Finish


def _wave(graph: Graph, along: Socket, period: float, share: float) -> Socket:
    """1 on a `share` of each period, with a soft edge of a few per cent."""
    phase = graph.math(
        "ABSOLUTE", graph.math("SUBTRACT", graph.math("FRACT", graph.math("DIVIDE", along, period)), 0.5)
    )
    return graph.range(phase, share / 2 + 0.012, share / 2 - 0.012)


def rings(graph: Graph, finish: Finish) -> Socket:
    """Stripes across the piece (around a turned one)."""
    return _wave(graph, graph.uv()[1], finish.period, 0.5)


def stripes(graph: Graph, finish: Finish) -> Socket:
    """Stripes along the piece (up a turned one)."""
    return _wave(graph, graph.uv()[0], finish.period, 0.5)


def pinstripes(graph: Graph, finish: Finish) -> Socket:
    return _wave(graph, graph.uv()[0], finish.period, 0.16)


def checks(graph: Graph, finish: Finish) -> Socket:
    """Gingham: half strength where one stripe runs, full where two cross."""
    u, v = graph.uv()
    across, along = _wave(graph, u, finish.period, 0.5), _wave(graph, v, finish.period, 0.5)
    return graph.math("MULTIPLY", graph.math("ADD", across, along), 0.5)


def chequers(graph: Graph, finish: Finish) -> Socket:
    u, v = graph.uv()
    across, along = _wave(graph, u, finish.period, 0.5), _wave(graph, v, finish.period, 0.5)
    return graph.math("ABSOLUTE", graph.math("SUBTRACT", across, along))


def grid(graph: Graph, finish: Finish) -> Socket:
    """Thin lines both ways: a windowpane check."""
    u, v = graph.uv()
    return graph.math("MAXIMUM", _wave(graph, u, finish.period, 0.1), _wave(graph, v, finish.period, 0.1))


def dots(graph: Graph, finish: Finish) -> Socket:
    u, v = graph.uv()
    row = graph.math("FLOOR", graph.math("DIVIDE", v, finish.period))
    shift = graph.math("MULTIPLY", graph.math("PINGPONG", row, 1.0), finish.period / 2)
    x = graph.math(
        "SUBTRACT", graph.math("FRACT", graph.math("DIVIDE", graph.math("ADD", u, shift), finish.period)), 0.5
    )
    y = graph.math("SUBTRACT", graph.math("FRACT", graph.math("DIVIDE", v, finish.period)), 0.5)
    far = graph.math("SQRT", graph.math("ADD", graph.math("POWER", x, 2.0), graph.math("POWER", y, 2.0)))
    return graph.range(far, 0.27, 0.245)


def zigzag(graph: Graph, finish: Finish) -> Socket:
    u, v = graph.uv()
    tooth = graph.math("PINGPONG", u, finish.period)
    return _wave(graph, graph.math("ADD", v, tooth), finish.period, 0.5)


def diamonds(graph: Graph, finish: Finish) -> Socket:
    """Crossing thin lines at 45 degrees, as on a Berber rug."""
    u, v = graph.uv()
    rising = _wave(graph, graph.math("ADD", u, v), finish.period, 0.12)
    falling = _wave(graph, graph.math("SUBTRACT", u, v), finish.period, 0.12)
    return graph.math("MAXIMUM", rising, falling)


def dipped(graph: Graph, finish: Finish) -> Socket:
    """The accent covers everything below `level`, with a hand's unevenness."""
    place = graph.position()
    height = graph.node("SeparateXYZ", {0: place}).outputs[2]
    drift = graph.math("MULTIPLY", graph.math("SUBTRACT", graph.noise(place, 18.0), 0.5), 0.012)
    edge = graph.math("ADD", height, drift)
    return graph.range(edge, finish.level + 0.0006, finish.level - 0.0006)


def speckle(graph: Graph, finish: Finish) -> Socket:
    """Iron specks in a glaze."""
    cells = graph.cells(graph.position(), 1.6 / finish.period)
    size = graph.math("MULTIPLY", graph.node("SeparateXYZ", {0: cells.outputs["Color"]}).outputs[0], 0.24)
    return graph.math("LESS_THAN", cells.outputs["Distance"], graph.math("SUBTRACT", size, 0.06))


PATTERNS: dict[str, Callable[[Graph, Finish], Socket]] = {
    "rings": rings,
    "stripes": stripes,
    "pinstripes": pinstripes,
    "checks": checks,
    "chequers": chequers,
    "grid": grid,
    "dots": dots,
    "zigzag": zigzag,
    "diamonds": diamonds,
    "dipped": dipped,
    "speckle": speckle,
}
