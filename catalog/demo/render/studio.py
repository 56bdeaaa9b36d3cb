"""The photo studio: a seamless sweep (or a wall), three softboxes and a camera that frames whatever stands there.

Everything scales with the product, so a candle and a sofa get the same light and the same picture.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from catalog.demo.render.geometry import Array
from catalog.demo.render.graph import Graph
from catalog.demo.render.materials import make_material
from catalog.demo.render.model import Model, Part, View

SENSOR = 36.0
#: Backdrop papers, scene-linear. Pale, so that AgX keeps product colours clean.
BACKDROPS = {
    "white": (0.93, 0.92, 0.90),
    "grey": (0.60, 0.605, 0.61),
    "sand": (0.78, 0.66, 0.52),
    "sage": (0.50, 0.57, 0.46),
    "blush": (0.80, 0.57, 0.50),
    "mist": (0.50, 0.58, 0.65),
}


def shoot(model: Model, path: Path, *, size: int, samples: int, threads: int, seed: int, backdrop: str) -> None:
    """Renders one model to a PNG."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    standing = model.turned()
    corners = standing.corners()
    low, high = corners.min(axis=0), corners.max(axis=0)
    radius = float(np.linalg.norm(high - low)) / 2
    for part in standing.parts:
        _add_part(part)
    _add_backdrop(model.view, radius, depth=float(high[1]), colour=BACKDROPS[backdrop])
    _add_lights(centre=(low + high) / 2, radius=radius)
    _add_room(view=model.view)
    _add_camera(model.view, corners)
    _render(path, size=size, samples=samples, threads=threads, seed=seed)


def _add_part(part: Part) -> None:
    mesh = bpy.data.meshes.new("part")
    mesh.from_pydata(part.mesh.vertices.tolist(), [], part.mesh.faces.tolist())
    layer = mesh.uv_layers.new(name="uv")
    layer.data.foreach_set("uv", part.mesh.uv.reshape(-1).astype(np.float32))
    grain = mesh.attributes.new("grain", "FLOAT_VECTOR", "POINT")
    # Every piece is cut from another part of the tree.
    shift = np.random.default_rng(len(bpy.data.meshes)).uniform(0, 3, size=3)
    grain.data.foreach_set("vector", (part.mesh.grain + shift).reshape(-1).astype(np.float32))
    mesh.polygons.foreach_set("use_smooth", np.ones(len(mesh.polygons), dtype=bool))
    mesh.set_sharp_from_angle(angle=math.radians(50))
    mesh.materials.append(make_material(part.finish))
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("part", mesh))


def _add_backdrop(view: View, radius: float, *, depth: float, colour: tuple[float, float, float]) -> None:
    wide, back = 30 * radius, (depth if view.setting == "wall" else 4.5 * radius)
    if view.setting == "wall":
        line = [(back, -12 * radius), (back, 12 * radius)]
    else:
        bend, angle = 3 * radius, np.linspace(-np.pi / 2, 0, 24)
        curve = [(back - bend + bend * math.cos(a), bend + bend * math.sin(a)) for a in angle]
        line = [(-14 * radius, 0.0), *curve, (back, 16 * radius)]
    points = [(x, y, z) for y, z in line for x in (-wide, wide)]
    faces = [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2) for i in range(len(line) - 1)]
    mesh = bpy.data.meshes.new("backdrop")
    mesh.from_pydata(points, [], faces)
    mesh.polygons.foreach_set("use_smooth", np.ones(len(faces), dtype=bool))
    material = bpy.data.materials.new("paper")
    material.use_nodes = True
    graph = Graph(material.node_tree)
    graph.finish(graph.principled(base_color=(*colour, 1.0), roughness=0.85, specular_ior_level=0.2))
    mesh.materials.append(material)
    bpy.context.scene.collection.objects.link(bpy.data.objects.new("backdrop", mesh))


def _add_lights(*, centre: Array, radius: float) -> None:
    """Key from the upper left, broad fill from the right, a strip from behind for the edge; a dim even room around."""
    for direction, width, height, watts in [
        ((-2.6, -2.2, 3.2), 2.4, 2.4, 172.0),
        ((3.4, -2.4, 1.4), 2.2, 3.4, 42.0),
        ((1.2, 2.6, 3.6), 3.2, 1.4, 70.0),
    ]:
        lamp = bpy.data.lights.new("softbox", "AREA")
        lamp.shape, lamp.size, lamp.size_y = "RECTANGLE", width * radius, height * radius
        lamp.energy = watts * radius**2
        place = centre + radius * np.array(direction)
        _aim(bpy.data.objects.new("softbox", lamp), place, centre)


def _add_room(*, view: View) -> None:
    """An even dim light from everywhere; on a wall it has a bright side, so that a mirror has something to show."""
    world = bpy.data.worlds.new("room")
    world.use_nodes = True
    graph = Graph(world.node_tree)
    uphill = (0.75, -0.15, 0.65) if view.setting == "wall" else (0.0, 0.0, 1.0)
    low, high, dim, bright = (-0.9, 0.6, 0.6, 1.9) if view.setting == "wall" else (-0.4, 1.0, 0.25, 0.75)
    toward = graph.node("TexCoord").outputs["Generated"]
    height = graph.node("VectorMath", {0: toward, 1: uphill}, operation="DOT_PRODUCT").outputs["Value"]
    tone = graph.node("CombineColor", {i: graph.range(height, low, high, dim, bright) for i in range(3)}).outputs[0]
    light = graph.node("Background", {0: tone, 1: 0.4}).outputs[0]
    graph.node("OutputWorld", {0: light})
    bpy.context.scene.world = world


def _aim(thing: Any, place: Array, target: Array) -> None:
    thing.location = place.tolist()
    thing.rotation_euler = Vector((target - place).tolist()).to_track_quat("-Z", "Y").to_euler()
    bpy.context.scene.collection.objects.link(thing)


def frame(view: View, corners: Array) -> tuple[Array, Array]:
    """Where the camera stands and the point it looks at, so that the product is centred and fills `view.fill`."""
    angle = math.radians(view.elevation)
    forward = np.array([0.0, math.cos(angle), -math.sin(angle)])
    right, up = np.array([1.0, 0.0, 0.0]), np.array([0.0, math.sin(angle), math.cos(angle)])
    target = (corners.min(axis=0) + corners.max(axis=0)) / 2
    distance = 4 * float(np.ptp(corners, axis=0).max())
    half = SENSOR / 2 / view.lens
    for _ in range(12):
        eye = target - distance * forward
        depth = (corners - eye) @ forward
        across, along = (corners - eye) @ right / depth / half, (corners - eye) @ up / depth / half
        middle_x, middle_y = (across.min() + across.max()) / 2, (along.min() + along.max()) / 2
        target = target + distance * half * (middle_x * right + middle_y * up)
        distance *= max(float(np.ptp(across)), float(np.ptp(along))) / 2 / view.fill
    return target - distance * forward, target


def _add_camera(view: View, corners: Array) -> None:
    lens = bpy.data.cameras.new("camera")
    lens.lens, lens.sensor_width, lens.clip_start, lens.clip_end = view.lens, SENSOR, 0.001, 1000.0
    camera = bpy.data.objects.new("camera", lens)
    eye, target = frame(view, corners)
    _aim(camera, eye, target)
    bpy.context.scene.camera = camera


def _render(path: Path, *, size: int, samples: int, threads: int, seed: int) -> None:
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples, scene.cycles.seed = "CPU", samples, seed
    scene.cycles.use_adaptive_sampling, scene.cycles.adaptive_threshold = True, 0.04
    scene.cycles.use_denoising, scene.cycles.denoiser = True, "OPENIMAGEDENOISE"
    scene.cycles.max_bounces, scene.cycles.transmission_bounces, scene.cycles.transparent_max_bounces = 8, 8, 8
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.cycles.sample_clamp_indirect = 4.0
    scene.render.threads_mode, scene.render.threads = "FIXED", threads
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.film_transparent = False
    scene.view_settings.view_transform, scene.view_settings.look = "AgX", "AgX - Medium High Contrast"
    scene.view_settings.exposure = 0.0
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
