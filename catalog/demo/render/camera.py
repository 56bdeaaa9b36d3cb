"""Where the camera stands: it frames whatever it is given, at any turn and height. Imports no bpy."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from catalog.demo.render.geometry import Array
from catalog.demo.render.model import View
from catalog.demo.render.scenes import Scene

#: Millimetres of film each way, which `View.lens` refers to.
SENSOR = 36.0


def aim_view(view: View, scene: Scene) -> View:
    """The product's own view as the scene changes it. A wall is never seen from behind, nor a thing from below."""
    turn, elevation = view.turn + scene.turn, view.elevation + scene.elevation
    hangs = view.setting == "wall"
    return replace(
        view,
        turn=float(np.clip((turn + 180) % 360 - 180, -48, 48)) if hangs else turn,
        elevation=float(np.clip(elevation, -8, 22) if hangs else np.clip(elevation, 4, 68)),
        lens=view.lens if scene.lens is None else scene.lens,
        fill=view.fill if scene.fill is None else scene.fill,
    )


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
