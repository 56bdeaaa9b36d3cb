"""What is pressed, cut or pulled into a turned piece: each takes a mesh standing on z and returns it reshaped."""

from __future__ import annotations

import numpy as np

from catalog.demo.render.geometry import Array, Mesh


def _polar(points: Array) -> tuple[Array, Array]:
    return np.hypot(points[:, 0], points[:, 1]), np.arctan2(points[:, 1], points[:, 0])


def _with_radius(points: Array, radius: Array) -> Array:
    old = np.maximum(np.hypot(points[:, 0], points[:, 1]), 1e-9)
    points[:, :2] *= (radius / old)[:, None]
    return points


def flute(mesh: Mesh, count: int, depth: float, *, low: float, high: float) -> Mesh:
    """`count` upright ribs between two heights, fading out over a tenth of the way at either end."""
    fade = 0.1 * (high - low)

    def press(points: Array) -> Array:
        radius, angle = _polar(points)
        share = np.clip(np.minimum(points[:, 2] - low, high - points[:, 2]) / fade, 0, 1)
        inward = np.minimum(depth, 0.1 * radius) * share * 0.5 * (1 - np.cos(count * angle))
        return _with_radius(points, radius - inward)

    return mesh.shaped(press)


def cut_diamonds(mesh: Mesh, count: int, depth: float, *, low: float, high: float) -> Mesh:
    """A net of lozenges, as on cut crystal."""
    fade = 0.06 * (high - low)

    def cut(points: Array) -> Array:
        radius, angle = _polar(points)
        share = np.clip(np.minimum(points[:, 2] - low, high - points[:, 2]) / fade, 0, 1)
        rise = count * (points[:, 2] - low) / float(radius.max())
        net = np.minimum(np.abs(np.sin((count * angle + rise) / 2)), np.abs(np.sin((count * angle - rise) / 2)))
        return _with_radius(points, radius - np.minimum(depth, 0.1 * radius) * share * (1 - np.minimum(1, 2.2 * net)))

    return mesh.shaped(cut)


def facet(mesh: Mesh, sides: int) -> Mesh:
    """A round piece as a prism of as many sides; its corners keep the radius."""
    step = 2 * np.pi / sides

    def flatten(points: Array) -> Array:
        radius, angle = _polar(points)
        off = np.mod(angle - np.pi / 2, step) - step / 2
        return _with_radius(points, radius * np.cos(step / 2) / np.cos(off))

    return mesh.shaped(flatten)


def square_off(mesh: Mesh, power: float = 6.0) -> Mesh:
    """A round piece with four flat sides and rounded corners (a superellipse)."""

    def press(points: Array) -> Array:
        radius, angle = _polar(points)
        reach = (np.abs(np.cos(angle)) ** power + np.abs(np.sin(angle)) ** power) ** (-1 / power)
        return _with_radius(points, radius * reach)

    return mesh.shaped(press)


def pull_spout(mesh: Mesh, *, low: float, high: float, reach: float, width: float = 0.42) -> Mesh:
    """A pouring lip on the -x side, drawn out between two heights; `width` is its half angle in radians."""

    def pull(points: Array) -> Array:
        angle = np.arctan2(points[:, 1], -points[:, 0])
        rise = np.clip((points[:, 2] - low) / (high - low), 0, 1) ** 2
        lip = np.exp(-((angle / width) ** 2)) * rise
        pinch = 0.4 * np.exp(-(((np.abs(angle) - 1.7 * width) / width) ** 2)) * rise
        points[:, 0] -= reach * lip
        points[:, 1] *= 1 - 0.25 * lip - 0.12 * pinch
        points[:, 2] += 0.35 * reach * lip
        return points

    return mesh.shaped(pull)
