"""Shoots a model in a scene: builds stage, light and camera in Blender and renders a PNG."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Vector

from catalog.demo.render import geometry
from catalog.demo.render.camera import SENSOR, aim_view, frame
from catalog.demo.render.geometry import Array, Mesh
from catalog.demo.render.graph import Graph
from catalog.demo.render.materials import make_material
from catalog.demo.render.model import Finish, Model, Part, View
from catalog.demo.render.scenes import Scene

VIEW_TRANSFORM = ("Khronos PBR Neutral", "None")
SKIRTING = Finish("painted", "white")


def shoot(model: Model, path: Path, *, scene: Scene, size: int, samples: int, threads: int, seed: int) -> None:
    """Renders one model to a PNG."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    view = aim_view(model.view, scene)
    standing = replace(model, view=view).turned()
    corners = standing.corners()
    low, high = corners.min(axis=0), corners.max(axis=0)
    for part in [*standing.parts, *_build_stage(scene, view, corners, radius=model.radius)]:
        _add_part(part)
    if view.setting == "wall":
        _add_reflected_room(radius=model.radius, turn=view.turn)
    _add_lights(scene, centre=(low + high) / 2, radius=model.radius)
    _add_ambience(scene, view=view)
    _add_camera(scene, view, corners)
    _render(path, exposure=scene.exposure, size=size, samples=samples, threads=threads, seed=seed)


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


def _build_stage(scene: Scene, view: View, corners: Array, *, radius: float) -> list[Part]:
    if view.setting == "wall":
        return [_wall(scene.wall, corners, radius=radius, gap=0.0, turn=view.turn, foot=-14 * radius)]
    if scene.stage == "sweep":
        return [Part(_sweep(radius), scene.ground)]
    if scene.stage == "table":
        edge = _behind(corners, scene.skew) + max(1.5 * radius, 0.12)
        top = geometry.box((60 * radius, 30 * radius, 0.04), 0.004).moved(y=edge - 15 * radius, z=-0.02)
        wall = _wall(scene.wall, corners, radius=radius, gap=5 * radius, turn=scene.skew, foot=-20 * radius)
        return [Part(top.turned("z", scene.skew), scene.ground), wall]
    gap = 0.55 * radius
    floor = _sheet([(-40 * radius, -25 * radius), (40 * radius, 30 * radius)])
    back = _behind(corners, scene.skew) + gap
    skirting = geometry.box((80 * radius, 0.016, 0.09), 0.003).moved(y=back - 0.008, z=0.045).turned("z", scene.skew)
    return [
        Part(floor.turned("z", scene.skew), scene.ground),
        _wall(scene.wall, corners, radius=radius, gap=gap, turn=scene.skew, foot=0.0),
        Part(skirting, SKIRTING),
    ]


def _behind(corners: Array, turn: float) -> float:
    """How far the product reaches towards a wall that is turned by so many degrees."""
    angle = math.radians(turn)
    return float((corners[:, 1] * math.cos(angle) - corners[:, 0] * math.sin(angle)).max())


def _wall(finish: Finish, corners: Array, *, radius: float, gap: float, turn: float, foot: float) -> Part:
    flat = _sheet([(-40 * radius, foot), (40 * radius, 20 * radius)])
    upright = flat.shaped(lambda points: np.column_stack([points[:, 0], np.zeros(len(points)), points[:, 1]]))
    return Part(upright.moved(y=_behind(corners, turn) + gap).turned("z", turn), finish)


def _sheet(span: list[tuple[float, float]]) -> Mesh:
    """A flat rectangle at z = 0, its uv in metres."""
    (left, near), (right, far) = span
    flat = np.array([[(left, near), (left, far)], [(right, near), (right, far)]])
    return geometry.surface(np.concatenate([flat, np.zeros((2, 2, 1))], axis=2), flat)


def _sweep(radius: float) -> Mesh:
    wide, back, bend = 30 * radius, 4.5 * radius, 3 * radius
    angle = np.linspace(-np.pi / 2, 0, 24)
    curve = [(back - bend + bend * math.cos(a), bend + bend * math.sin(a)) for a in angle]
    line = [(-14 * radius, 0.0), *curve, (back, 16 * radius)]
    points = np.array([[(x, y, z) for y, z in line] for x in (-wide, wide)])
    return geometry.surface(points, points[:, :, [0, 2]])


def _add_reflected_room(*, radius: float, turn: float) -> None:
    """What a mirror sees: the other side of the room, with a window. It glows by itself, shows in reflections only and
    neither lights the product nor shades it."""
    for centre, size, colour, strength in [
        ((0.0, -14.0, 0.0), (60.0, 0.1, 30.0), (0.76, 0.73, 0.68), 0.75),
        ((0.0, -10.0, -5.0), (60.0, 8.0, 0.1), (0.62, 0.44, 0.27), 0.6),
        ((0.0, -10.0, 7.0), (60.0, 8.0, 0.1), (0.88, 0.87, 0.85), 0.85),
        *[
            ((x + dx, -13.8, z), (1.7, 0.1, 2.3), (0.86, 0.94, 1.0), 1.0)
            for x in (-11.0, -4.6, 4.6, 11.0)
            for dx in (-0.95, 0.95)
            for z in (-1.2, 1.4)
        ],
        *[((x, -13.4, -3.8), (3.6, 1.0, 2.0), (0.34, 0.2, 0.11), 0.7) for x in (-7.8, 0.0, 7.8)],
        *[((x, -13.7, 0.4), (1.8, 0.1, 2.4), (0.22, 0.36, 0.33), 0.8) for x in (-7.8, 0.0, 7.8)],
    ]:
        block = geometry.box(size, 0.02, cuts=2).moved(*centre).scaled(radius, radius, radius).turned("z", turn)
        mesh = bpy.data.meshes.new("reflected")
        mesh.from_pydata(block.vertices.tolist(), [], block.faces.tolist())
        material = bpy.data.materials.new("reflected")
        material.use_nodes = True
        graph = Graph(material.node_tree)
        graph.finish(graph.node("Emission", {0: (*colour, 1.0), 1: strength}).outputs[0])
        mesh.materials.append(material)
        thing = bpy.data.objects.new("reflected", mesh)
        thing.visible_camera = thing.visible_diffuse = thing.visible_shadow = False
        bpy.context.scene.collection.objects.link(thing)


def _add_lights(scene: Scene, *, centre: Array, radius: float) -> None:
    for light in scene.lamps:
        lamp = bpy.data.lights.new("softbox", "AREA")
        lamp.shape, lamp.size, lamp.size_y = "RECTANGLE", light.width * radius, light.height * radius
        lamp.energy, lamp.color = light.watts * radius**2, light.colour
        _aim(bpy.data.objects.new("softbox", lamp), centre + radius * np.array(light.direction), centre)


def _add_ambience(scene: Scene, *, view: View) -> None:
    """A dim light from everywhere; around a wall it has a bright side, so that polished metal has something to show."""
    world = bpy.data.worlds.new("room")
    world.use_nodes = True
    graph = Graph(world.node_tree)
    dim, bright = scene.ambient
    hangs = view.setting == "wall"
    uphill, low, high = ((0.75, -0.15, 0.65), -0.9, 0.6) if hangs else ((0.0, 0.0, 1.0), -0.4, 1.0)
    if hangs:
        dim, bright = 2.4 * dim, 2.5 * bright
    toward = graph.node("TexCoord").outputs["Generated"]
    height = graph.node("VectorMath", {0: toward, 1: uphill}, operation="DOT_PRODUCT").outputs["Value"]
    strength = graph.range(height, low, high, dim, bright)
    light = graph.node("Background", {0: (*scene.tint, 1.0), 1: strength}).outputs[0]
    graph.node("OutputWorld", {0: light})
    bpy.context.scene.world = world


def _aim(thing: Any, place: Array, target: Array, roll: float = 0.0) -> None:
    thing.location = place.tolist()
    turned = Vector((target - place).tolist()).to_track_quat("-Z", "Y").to_euler()
    turned.rotate_axis("Z", math.radians(roll))
    thing.rotation_euler = turned
    bpy.context.scene.collection.objects.link(thing)


def _add_camera(scene: Scene, view: View, corners: Array) -> None:
    lens = bpy.data.cameras.new("camera")
    lens.lens, lens.sensor_width, lens.clip_start, lens.clip_end = view.lens, SENSOR, 0.001, 1000.0
    # Blender shifts the film, so the product moves the other way.
    lens.shift_x, lens.shift_y = -scene.shift[0], -scene.shift[1]
    camera = bpy.data.objects.new("camera", lens)
    eye, target = frame(view, corners)
    _aim(camera, eye, target, scene.roll)
    bpy.context.scene.camera = camera


def _render(path: Path, *, exposure: float, size: int, samples: int, threads: int, seed: int) -> None:
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.device, scene.cycles.samples, scene.cycles.seed = "CPU", samples, seed
    scene.cycles.use_adaptive_sampling, scene.cycles.adaptive_threshold = True, 0.04
    scene.cycles.use_denoising, scene.cycles.denoiser = True, "OPENIMAGEDENOISE"
    # The accurate prefilter takes 2 s of a picture's 7 and shows no difference at this size.
    scene.cycles.denoising_prefilter = "FAST"
    scene.cycles.diffuse_bounces = 3
    scene.cycles.max_bounces, scene.cycles.transmission_bounces, scene.cycles.transparent_max_bounces = 8, 8, 8
    scene.cycles.diffuse_bounces = 3
    scene.cycles.caustics_reflective = scene.cycles.caustics_refractive = False
    scene.cycles.sample_clamp_indirect = 4.0
    scene.render.threads_mode, scene.render.threads = "FIXED", threads
    scene.render.resolution_x = scene.render.resolution_y = size
    scene.render.film_transparent = False
    scene.view_settings.view_transform, scene.view_settings.look = VIEW_TRANSFORM
    scene.view_settings.exposure = exposure
    scene.render.image_settings.file_format = "PNG"
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
