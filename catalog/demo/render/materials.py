"""Finish -> Blender material. One function per kind of surface; add a row to MATERIALS for a new one.

Depths and sizes are real (metres), because the meshes are. Bumps are a little deeper than life: a weave of
half a millimetre would vanish at 512 pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import bpy

from catalog.demo.render.graph import Graph, Socket
from catalog.demo.render.model import Finish
from catalog.demo.render.palette import linear
from catalog.demo.render.patterns import PATTERNS

PLANK_WIDTH = 0.14


def make_material(finish: Finish) -> Any:
    material = bpy.data.materials.new(f"{finish.kind}-{finish.colour}")
    material.use_nodes = True
    graph = Graph(material.node_tree)
    graph.finish(MATERIALS[finish.kind](graph, finish))
    return material


def _colour(graph: Graph, finish: Finish) -> Socket:
    base = linear(finish.colour)
    if finish.pattern is None:
        return base
    return graph.mix(PATTERNS[finish.pattern](graph, finish), base, linear(finish.accent))


def _mottled(graph: Graph, finish: Finish, scale: float, low: float) -> Socket:
    """The colour, a little darker in soft patches."""
    return graph.shade(_colour(graph, finish), graph.range(graph.noise(graph.position(), scale), 0.3, 0.7, low, 1.0))


def glaze(graph: Graph, finish: Finish) -> Socket:
    ripple = graph.bump(graph.noise(graph.position(), 22.0, 1.0), 0.0016)
    return graph.principled(
        base_color=_mottled(graph, finish, 30.0, 0.86),
        roughness=0.2,
        coat_weight=0.6,
        coat_roughness=0.05,
        normal=ripple,
    )


def stoneware(graph: Graph, finish: Finish) -> Socket:
    """Matt, slightly gritty clay."""
    grit = graph.bump(graph.noise(graph.position(), 420.0, 4.0), 0.0004)
    return graph.principled(base_color=_mottled(graph, finish, 60.0, 0.85), roughness=0.62, normal=grit)


def clay(graph: Graph, finish: Finish) -> Socket:
    """Unglazed terracotta: dusty and uneven."""
    grit = graph.bump(graph.noise(graph.position(), 260.0, 6.0), 0.0008)
    return graph.principled(base_color=_mottled(graph, finish, 25.0, 0.74), roughness=0.85, normal=grit)


def wood(graph: Graph, finish: Finish) -> Socket:
    fibres = graph.noise(graph.grain(14.0), 140.0 / finish.grain, 5.0, 0.6)
    drift = graph.noise(graph.grain(5.0), 10.0 / finish.grain, 2.0)
    rings = graph.node(
        "TexWave",
        {
            "Vector": graph.grain(9.0),
            "Scale": 11.0 / finish.grain,
            "Distortion": 6.0,
            "Detail": 2.0,
            "Detail Scale": 1.6,
            "Phase Offset": graph.math("MULTIPLY", drift, 9.0),
        },
        bands_direction="Y",
    ).outputs[1]
    tone = graph.math("ADD", graph.math("MULTIPLY", rings, 0.5), graph.math("MULTIPLY", fibres, 0.6))
    colour = graph.shade(_colour(graph, finish), graph.range(tone, 0.2, 0.85, 1.12, 0.62))
    pores = graph.bump(fibres, 0.0006)
    return graph.principled(base_color=colour, roughness=graph.range(fibres, 0.3, 0.7, 0.36, 0.55), normal=pores)


def brushed(graph: Graph, finish: Finish) -> Socket:
    """Brushed metal: fine lines around a turned piece, along a flat one."""
    u, v = graph.uv()
    lines = graph.node("CombineXYZ", {0: graph.math("MULTIPLY", u, 6.0), 1: graph.math("MULTIPLY", v, 900.0)}).outputs[
        0
    ]
    streak = graph.noise(lines, 1.0, 2.0)
    return graph.principled(
        base_color=_colour(graph, finish),
        metallic=1.0,
        roughness=graph.range(streak, 0.3, 0.7, 0.24, 0.4),
        normal=graph.bump(streak, 0.00006),
    )


def polished(graph: Graph, finish: Finish) -> Socket:
    return graph.principled(base_color=_colour(graph, finish), metallic=1.0, roughness=0.16)


def mirror(graph: Graph, finish: Finish) -> Socket:
    return graph.principled(base_color=linear(finish.colour), metallic=1.0, roughness=0.0)


def painted(graph: Graph, finish: Finish) -> Socket:
    """Powder-coated metal or lacquered wood."""
    skin = graph.bump(graph.noise(graph.position(), 900.0, 1.0), 0.00008)
    return graph.principled(base_color=_colour(graph, finish), roughness=0.38, coat_weight=0.15, normal=skin)


def enamel(graph: Graph, finish: Finish) -> Socket:
    return graph.principled(base_color=_colour(graph, finish), roughness=0.2, coat_weight=0.35, coat_roughness=0.03)


def plastic(graph: Graph, finish: Finish) -> Socket:
    return graph.principled(base_color=_colour(graph, finish), roughness=0.45)


def glass(graph: Graph, finish: Finish) -> Socket:
    """Clear to shadow rays, so that it casts the light grey shadow of real glass without tracing caustics."""
    tint = linear(finish.colour)
    solid = graph.principled(base_color=tint, transmission_weight=1.0, roughness=0.0, ior=1.45)
    through = graph.node("BsdfTransparent", {0: (*(0.9 * c for c in tint[:3]), 1.0)}).outputs[0]
    shadow = graph.node("LightPath").outputs["Is Shadow Ray"]
    return graph.node("MixShader", {0: shadow, 1: solid, 2: through}).outputs[0]


def _cloth(graph: Graph, finish: Finish, *, weave: float, depth: float, low: float, sheen: float) -> Socket:
    """Plain weave: bumps where warp and weft cross, threads a little uneven in tone."""
    u, v = graph.uv()
    step = 6.2832 / (weave * finish.grain)
    warp, weft = (
        graph.math("SINE", graph.math("MULTIPLY", u, step)),
        graph.math("SINE", graph.math("MULTIPLY", v, step)),
    )
    knots = graph.math("MULTIPLY_ADD", graph.math("MULTIPLY", warp, weft), 0.5, 0.5)
    slubs = graph.node("CombineXYZ", {0: graph.math("MULTIPLY", u, 0.15), 1: v}).outputs[0]
    thread = graph.math("ADD", graph.noise(slubs, 320.0 / finish.grain, 2.0), graph.noise(graph.position(), 240.0, 4.0))
    tone = graph.math("MULTIPLY", graph.range(knots, 0.0, 1.0, low, 1.0), graph.range(thread, 0.7, 1.3, 0.86, 1.08))
    return graph.principled(
        base_color=graph.shade(_colour(graph, finish), tone),
        roughness=0.9,
        sheen_weight=sheen,
        normal=graph.bump(graph.math("ADD", knots, thread), depth),
    )


def linen(graph: Graph, finish: Finish) -> Socket:
    return _cloth(graph, finish, weave=0.006, depth=0.0011, low=0.8, sheen=0.15)


def wool(graph: Graph, finish: Finish) -> Socket:
    return _cloth(graph, finish, weave=0.014, depth=0.0035, low=0.72, sheen=0.3)


def boucle(graph: Graph, finish: Finish) -> Socket:
    """Loops of yarn: round bumps of uneven size."""
    loops = graph.math("SUBTRACT", 1.0, graph.cells(graph.position(), 95.0 / finish.grain).outputs["Distance"])
    colour = graph.shade(_colour(graph, finish), graph.range(loops, 0.3, 0.9, 0.66, 1.0))
    return graph.principled(base_color=colour, roughness=1.0, sheen_weight=0.3, normal=graph.bump(loops, 0.009))


def velvet(graph: Graph, finish: Finish) -> Socket:
    nap = graph.noise(graph.position(), 9.0, 3.0)
    colour = graph.shade(_colour(graph, finish), graph.range(nap, 0.3, 0.7, 0.78, 1.0))
    return graph.principled(
        base_color=colour, roughness=0.75, sheen_weight=0.8, sheen_roughness=0.35, normal=graph.bump(nap, 0.004)
    )


def pile(graph: Graph, finish: Finish) -> Socket:
    """Tufted wool, as on a rug."""
    tufts = graph.noise(graph.position(), 130.0 / finish.grain, 4.0, 0.7)
    colour = graph.shade(_colour(graph, finish), graph.range(tufts, 0.3, 0.7, 0.62, 1.08))
    return graph.principled(base_color=colour, roughness=1.0, sheen_weight=0.3, normal=graph.bump(tufts, 0.012))


def leather(graph: Graph, finish: Finish) -> Socket:
    pebbles = graph.cells(graph.position(), 260.0, "DISTANCE_TO_EDGE").outputs["Distance"]
    wear = graph.noise(graph.position(), 11.0, 4.0)
    colour = graph.shade(_colour(graph, finish), graph.range(wear, 0.3, 0.7, 0.72, 1.1))
    creases = graph.bump(graph.range(pebbles, 0.0, 0.25), 0.0012)
    return graph.principled(base_color=colour, roughness=graph.range(wear, 0.3, 0.7, 0.48, 0.36), normal=creases)


def fibre(graph: Graph, finish: Finish) -> Socket:
    """Strands of rattan, willow, seagrass or jute rope: every strand its own tone."""
    strand = graph.noise(graph.position(), 55.0, 3.0)
    twist = graph.noise(graph.grain(0.25), 240.0 * finish.grain, 3.0)
    tone = graph.math("MULTIPLY", graph.range(strand, 0.3, 0.7, 0.66, 1.12), graph.range(twist, 0.3, 0.7, 0.78, 1.05))
    return graph.principled(
        base_color=graph.shade(_colour(graph, finish), tone), roughness=0.66, normal=graph.bump(twist, 0.0012)
    )


def wax(graph: Graph, finish: Finish) -> Socket:
    return graph.principled(
        base_color=_mottled(graph, finish, 35.0, 0.93),
        roughness=0.42,
        subsurface_weight=0.6,
        subsurface_radius=(0.02, 0.012, 0.008),
        subsurface_scale=0.35,
    )


def concrete(graph: Graph, finish: Finish) -> Socket:
    place = graph.position()
    pits = graph.range(graph.cells(place, 90.0).outputs["Distance"], 0.06, 0.16)
    colour = graph.shade(_mottled(graph, finish, 14.0, 0.76), graph.range(pits, 0.0, 1.0, 0.62, 1.0))
    height = graph.math("ADD", pits, graph.noise(place, 160.0, 5.0))
    return graph.principled(base_color=colour, roughness=0.8, normal=graph.bump(height, 0.0009))


def terrazzo(graph: Graph, finish: Finish) -> Socket:
    """Marble chips of several colours, ground flush in a pale binder."""
    place = graph.position()
    colour: Socket = _mottled(graph, finish, 20.0, 0.93)
    for scale, chip in [(95.0, finish.accent), (70.0, "charcoal"), (120.0, "terracotta"), (60.0, "light grey")]:
        cells = graph.cells(place, scale / finish.grain)
        pick = graph.node("SeparateXYZ", {0: cells.outputs["Color"]}).outputs[0]
        size = graph.range(pick, 0.45, 1.0, 0.0, 0.42)
        colour = graph.mix(graph.math("LESS_THAN", cells.outputs["Distance"], size), colour, linear(chip))
    return graph.principled(base_color=colour, roughness=0.28, coat_weight=0.2)


def marble(graph: Graph, finish: Finish) -> Socket:
    place = graph.position()
    cloud = graph.noise(place, 5.0 / finish.grain, 6.0, 0.62)
    vein = graph.math("ABSOLUTE", graph.math("SUBTRACT", cloud, 0.5))
    colour = graph.mix(
        graph.range(vein, 0.0, 0.035, 0.85, 0.0), _mottled(graph, finish, 4.0, 0.9), linear(finish.accent)
    )
    return graph.principled(base_color=colour, roughness=0.18, coat_weight=0.3)


def shade(graph: Graph, finish: Finish) -> Socket:
    """A lampshade with its bulb on: cloth that lets light through, brightest in the middle of its height."""
    u, v = graph.uv()
    threads = graph.node("CombineXYZ", {0: graph.math("MULTIPLY", u, 0.12), 1: v}).outputs[0]
    slub = graph.range(graph.noise(threads, 260.0, 3.0), 0.3, 0.7, 0.82, 1.05)
    colour = graph.shade(_colour(graph, finish), slub)
    cloth = graph.principled(base_color=colour, roughness=0.9)
    # A step towards white: light that went through one thin cloth is not as deep in colour as the cloth.
    pale = graph.mix(0.2, colour, (0.8, 0.76, 0.7, 1.0))
    through = graph.node("BsdfTranslucent", {0: pale}).outputs[0]
    return graph.node("MixShader", {0: 0.6, 1: cloth, 2: through}).outputs[0]


def glow(graph: Graph, finish: Finish) -> Socket:
    """The bulb itself."""
    return graph.node("Emission", {0: (1.0, 0.78, 0.52, 1.0), 1: 190.0 * finish.grain}).outputs[0]


def opal(graph: Graph, finish: Finish) -> Socket:
    """Milk glass with a lit bulb behind it."""
    body = graph.principled(base_color=linear(finish.colour), roughness=0.12, coat_weight=0.5)
    light = graph.node("Emission", {0: (1.0, 0.86, 0.68, 1.0), 1: 2.6}).outputs[0]
    return graph.node("MixShader", {0: 0.55, 1: body, 2: light}).outputs[0]


def leaf(graph: Graph, finish: Finish) -> Socket:
    streak = graph.noise(graph.grain(8.0), 90.0, 3.0)
    colour = graph.shade(_colour(graph, finish), graph.range(streak, 0.3, 0.7, 0.6, 1.15))
    return graph.principled(
        base_color=colour, roughness=0.42, subsurface_weight=0.08, normal=graph.bump(streak, 0.0006)
    )


def soil(graph: Graph, finish: Finish) -> Socket:
    crumbs = graph.noise(graph.position(), 150.0, 6.0, 0.7)
    colour = graph.shade(linear(finish.colour), graph.range(crumbs, 0.3, 0.7, 0.4, 1.2))
    return graph.principled(base_color=colour, roughness=1.0, normal=graph.bump(crumbs, 0.008))


def grille(graph: Graph, finish: Finish) -> Socket:
    """Acoustic cloth: a fine even mesh."""
    return _cloth(graph, finish, weave=0.0044, depth=0.0012, low=0.5, sheen=0.1)


def paper(graph: Graph, finish: Finish) -> Socket:
    return graph.principled(base_color=linear(finish.colour), roughness=0.85, specular_ior_level=0.2)


def plaster(graph: Graph, finish: Finish) -> Socket:
    """A wall painted with a roller."""
    stipple = graph.bump(graph.noise(graph.position(), 110.0, 3.0), 0.0012)
    colour = graph.shade(linear(finish.colour), graph.range(graph.noise(graph.position(), 1.7), 0.3, 0.7, 0.94, 1.0))
    return graph.principled(base_color=colour, roughness=0.9, specular_ior_level=0.2, normal=stipple)


def planks(graph: Graph, finish: Finish) -> Socket:
    """Floorboards along x, each of its own tone, with a fine dark joint between them."""
    u, v = graph.uv()
    across = graph.math("DIVIDE", v, PLANK_WIDTH * finish.grain)
    row = graph.math("FLOOR", across)
    along = graph.math("MULTIPLY_ADD", row, 0.618, graph.math("DIVIDE", u, 11.0 * PLANK_WIDTH * finish.grain))
    board = graph.node("CombineXYZ", {0: graph.math("FLOOR", along), 1: row}).outputs[0]
    own = graph.node("TexWhiteNoise", {"Vector": board}).outputs[0]
    place = graph.node(
        "CombineXYZ",
        {0: graph.math("MULTIPLY", u, 0.07), 1: v, 2: graph.math("MULTIPLY", own, 40.0)},
    ).outputs[0]
    fibres, drift = graph.noise(place, 130.0, 5.0, 0.6), graph.noise(place, 16.0, 3.0)
    tone = graph.math("ADD", graph.math("MULTIPLY", fibres, 0.55), graph.math("MULTIPLY", drift, 0.45))
    shade = graph.math("MULTIPLY", graph.range(tone, 0.3, 0.75, 1.08, 0.72), graph.range(own, 0.0, 1.0, 0.86, 1.06))
    sides = graph.math("PINGPONG", across, 0.5)
    ends = graph.math("MULTIPLY", graph.math("PINGPONG", along, 0.5), 11.0)
    joint = graph.range(graph.math("MINIMUM", sides, ends), 0.004, 0.016, 0.35, 1.0)
    colour = graph.shade(linear(finish.colour), graph.math("MULTIPLY", shade, joint))
    return graph.principled(base_color=colour, roughness=graph.range(fibres, 0.3, 0.7, 0.38, 0.52))


MATERIALS: dict[str, Callable[[Graph, Finish], Socket]] = {
    "glaze": glaze,
    "stoneware": stoneware,
    "clay": clay,
    "wood": wood,
    "brushed": brushed,
    "polished": polished,
    "mirror": mirror,
    "painted": painted,
    "enamel": enamel,
    "plastic": plastic,
    "glass": glass,
    "linen": linen,
    "wool": wool,
    "boucle": boucle,
    "velvet": velvet,
    "pile": pile,
    "leather": leather,
    "fibre": fibre,
    "wax": wax,
    "concrete": concrete,
    "terrazzo": terrazzo,
    "marble": marble,
    "shade": shade,
    "glow": glow,
    "opal": opal,
    "leaf": leaf,
    "soil": soil,
    "grille": grille,
    "paper": paper,
    "plaster": plaster,
    "planks": planks,
}
