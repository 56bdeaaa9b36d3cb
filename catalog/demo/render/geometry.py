"""Meshes as numpy arrays, in metres, z up, the camera looking along +y.

Every form is built from rectangular grids of points (`surface`), so a mesh holds quads only. Faces are ordered so
that their normals point outwards (glass and bump mapping need it). `uv` is measured in metres along the surface, so a
weave or a stripe keeps its true size on every product; `grain` is the position inside the piece with the longest axis
first, which is the direction wood fibres run in.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Points = Sequence[Sequence[float]] | Array

AXES = {"x": 0, "y": 1, "z": 2}
#: Radius left open at the poles of a turned form, so that no quad collapses into a line.
POLE = 1e-4


@dataclass(frozen=True)
class Mesh:
    """vertices (n, 3), faces (f, 4) of vertex numbers, uv (f, 4, 2) per face corner, grain (n, 3)."""

    vertices: Array
    faces: npt.NDArray[np.int64]
    uv: Array
    grain: Array

    def moved(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Mesh:
        return replace(self, vertices=self.vertices + np.array([x, y, z]))

    def turned(self, axis: str, degrees: float) -> Mesh:
        """Rotates about an axis through the origin, counter-clockwise when the axis points at the viewer."""
        first, second = [(1, 2), (2, 0), (0, 1)][AXES[axis]]
        cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        vertices = self.vertices.copy()
        vertices[:, first] = cosine * self.vertices[:, first] - sine * self.vertices[:, second]
        vertices[:, second] = sine * self.vertices[:, first] + cosine * self.vertices[:, second]
        return replace(self, vertices=vertices)

    def scaled(self, x: float = 1.0, y: float = 1.0, z: float = 1.0) -> Mesh:
        return replace(self, vertices=self.vertices * np.array([x, y, z]))

    def shaped(self, move: Callable[[Array], Array]) -> Mesh:
        """Bends the mesh: `move` takes and returns an (n, 3) array of positions."""
        return replace(self, vertices=move(self.vertices.copy()))

    def with_grain_along(self, axis: str) -> Mesh:
        order = [AXES[axis], *(i for i in range(3) if i != AXES[axis])]
        return replace(self, grain=self.vertices[:, order])

    @property
    def area(self) -> float:
        a, b, c, d = (self.vertices[self.faces[:, i]] for i in range(4))
        return float(np.linalg.norm(np.cross(c - a, d - b), axis=1).sum()) / 2

    @property
    def volume(self) -> float:
        """Signed volume; positive when the mesh is closed and its normals point outwards."""
        a, b, c, d = (self.vertices[self.faces[:, i]] for i in range(4))
        return float((np.cross(a, b) * c + np.cross(a, c) * d).sum() / 6)


def join(*meshes: Mesh) -> Mesh:
    starts = np.cumsum([0, *(len(mesh.vertices) for mesh in meshes[:-1])])
    return Mesh(
        np.concatenate([mesh.vertices for mesh in meshes]),
        np.concatenate([mesh.faces + start for mesh, start in zip(meshes, starts, strict=True)]),
        np.concatenate([mesh.uv for mesh in meshes]),
        np.concatenate([mesh.grain for mesh in meshes]),
    )


def surface(points: Array, uv: Array) -> Mesh:
    """A grid of points (rows, columns, 3) as quads; points that coincide are welded so shading runs over seams."""
    rows, columns = points.shape[:2]
    index = np.arange(rows * columns).reshape(rows, columns)

    def corners(grid: Array | npt.NDArray[np.int64]) -> Array | npt.NDArray[np.int64]:
        stacked = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], axis=2)
        return stacked.reshape(-1, 4, *grid.shape[2:])

    flat = points.reshape(-1, 3)
    return _weld(Mesh(flat, np.asarray(corners(index), dtype=np.int64), np.asarray(corners(uv)), _along_longest(flat)))


def _weld(mesh: Mesh) -> Mesh:
    _, kept, renumbered = np.unique(np.round(mesh.vertices * 1e6), axis=0, return_index=True, return_inverse=True)
    return Mesh(mesh.vertices[kept], renumbered.reshape(-1)[mesh.faces], mesh.uv, mesh.grain[kept])


def _along_longest(vertices: Array) -> Array:
    return vertices[:, np.argsort(-np.ptp(vertices, axis=0), kind="stable")]


# Outlines and profiles -----------------------------------------------------------------------------------------------


def spline(points: Points, steps: int = 12) -> Array:
    """A Catmull-Rom curve through the points, in any number of dimensions. A point given twice is a corner."""
    knots = np.asarray(points, dtype=np.float64)
    padded = np.concatenate([[2 * knots[0] - knots[1]], knots, [2 * knots[-1] - knots[-2]]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        if np.allclose(start, end):
            continue
        bend = 2 * before - 5 * start + 4 * end - after
        twist = 3 * (start - end) + after - before
        pieces.append(0.5 * (2 * start + (end - before) * t + bend * t**2 + twist * t**3))
    return np.concatenate([*pieces, knots[-1:]])


def rounded(points: Points, radius: float | Sequence[float], *, closed: bool = False, steps: int = 8) -> Array:
    """A polyline with its corners rounded; `radius` is one figure or one per point."""
    corners = np.asarray(points, dtype=np.float64)
    radii = np.broadcast_to(np.asarray(radius, dtype=np.float64), len(corners))
    pieces = []
    for i, corner in enumerate(corners):
        if not closed and i in (0, len(corners) - 1):
            pieces.append(corner[None])
            continue
        back, ahead = corners[i - 1] - corner, corners[(i + 1) % len(corners)] - corner
        reach = min(radii[i], 0.499 * np.linalg.norm(back), 0.499 * np.linalg.norm(ahead))
        start, end = corner + reach * back / np.linalg.norm(back), corner + reach * ahead / np.linalg.norm(ahead)
        t = np.linspace(0, 1, steps)[:, None]
        pieces.append((1 - t) ** 2 * start + 2 * t * (1 - t) * corner + t**2 * end)
    return np.concatenate(pieces)


def circle(radius: float, count: int = 96, squash: float = 1.0) -> Array:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([radius * np.cos(angle), squash * radius * np.sin(angle)], axis=1)


def rectangle(width: float, height: float, radius: float) -> Array:
    x, y = width / 2, height / 2
    return rounded([(x, -y), (x, y), (-x, y), (-x, -y)], radius, closed=True, steps=12)


def arch(width: float, height: float) -> Array:
    """A doorway: straight sides and foot, a half circle on top, centred on its middle."""
    half = width / 2
    angle = np.linspace(0, np.pi, 48)
    top = np.stack([half * np.cos(angle), height / 2 - half + half * np.sin(angle)], axis=1)
    return np.concatenate([top, [(-half, -height / 2), (half, -height / 2)]])


def _lengths(points: Array) -> Array:
    return np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1))])


# Forms ---------------------------------------------------------------------------------------------------------------


def lathe(profile: Points, *, segments: int = 96) -> Mesh:
    """Turns a profile of (radius, height) about z. Run it from the foot up the outside, so normals point outwards."""
    line = np.asarray(profile, dtype=np.float64)
    radius = np.maximum(line[:, :1], POLE)
    angle = np.pi / 2 + np.linspace(0, 2 * np.pi, segments + 1)
    angle[-1] = angle[0]
    turn = np.linspace(0, 2 * np.pi, segments + 1)
    height = np.repeat(line[:, 1:], segments + 1, axis=1)
    points = np.stack([radius * np.cos(angle), radius * np.sin(angle), height], axis=2)
    along = np.repeat(_lengths(line)[:, None], segments + 1, axis=1)
    around = np.repeat((turn * line[:, 0].max())[None], len(line), axis=0)
    mesh = surface(points, np.stack([around, along], axis=2))
    return mesh.with_grain_along("z")


def wall_profile(outer: Points, thickness: float) -> Array:
    """The outline of a vessel's wall: up the outside, over a rounded rim, down the inside."""
    line = np.asarray(outer, dtype=np.float64)
    length = _lengths(line)
    even = np.linspace(0, length[-1], 200)
    dense = np.stack([np.interp(even, length, line[:, 0]), np.interp(even, length, line[:, 1])], axis=1)
    tangent = np.gradient(dense, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    inner = dense + thickness * np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    # Where a corner is tighter than the wall is thick, the offset line runs back through itself: cut that loop off.
    gap = np.linalg.norm(inner[:, None] - dense[None], axis=2).min(axis=1)
    inner = inner[(inner[:, 0] >= 0) & (gap > 0.97 * thickness)]
    middle, arm = (line[-1] + inner[-1]) / 2, (line[-1] - inner[-1]) / 2
    lift = np.array([-arm[1], arm[0]])
    angle = np.linspace(0, np.pi, 9)[1:-1, None]
    rim = middle + np.cos(angle) * arm + np.sin(angle) * lift
    return np.concatenate([line, rim, inner[::-1]])


def vessel(outer: Points, thickness: float, *, segments: int = 96) -> Mesh:
    """An open vessel from its outer profile, which starts on the axis and ends at the rim."""
    return lathe(wall_profile(outer, thickness), segments=segments)


def tube(
    path: Points,
    radius: float | Sequence[float] | Array,
    *,
    closed: bool = False,
    sides: int = 20,
    section: Array | None = None,
    up: Sequence[float] = (0.0, 0.0, 1.0),
) -> Mesh:
    """Sweeps a section along a path. `radius` is one figure or one per point; `section` (k, 2) replaces the unit
    circle, its first axis lying across the path and level, its second towards `up`. Open ends are rounded off."""
    line = np.asarray(path, dtype=np.float64)
    radii = np.array(np.broadcast_to(np.asarray(radius, dtype=np.float64), len(line)))
    shape = circle(1.0, sides) if section is None else section
    shape = np.concatenate([shape, shape[:1]])
    tangent = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0) if closed else np.gradient(line, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    across, lift = _frames(tangent, np.asarray(up, dtype=np.float64))
    if closed:
        line, radii = np.concatenate([line, line[:1]]), np.append(radii, radii[0])
        across, lift = np.concatenate([across, across[:1]]), np.concatenate([lift, lift[:1]])
    else:
        line, radii, across, lift = _round_ends(
            line, radii, tangent, across, lift, reach=0.35 * float(np.abs(shape).max(axis=0).min())
        )
    offsets = across[:, None] * shape[None, :, :1] + lift[:, None] * shape[None, :, 1:]
    points = line[:, None] + radii[:, None, None] * offsets
    along = np.repeat(_lengths(line)[:, None], len(shape), axis=1)
    around = np.repeat((_lengths(shape) * radii.max())[None], len(line), axis=0)
    mesh = surface(points, np.stack([around, along], axis=2))
    return mesh if mesh.volume >= 0 else replace(mesh, faces=mesh.faces[:, ::-1], uv=mesh.uv[:, ::-1])


def _frames(tangent: Array, up: Array) -> tuple[Array, Array]:
    across = np.cross(tangent, up)
    steep = np.linalg.norm(across, axis=1) < 1e-3
    across[steep] = np.cross(
        tangent[steep], np.array([0.0, 1.0, 1e-3]) if abs(up[1]) < 0.5 else np.array([1.0, 0.0, 0.0])
    )
    across /= np.linalg.norm(across, axis=1, keepdims=True)
    for i in range(1, len(across)):
        # Carry the frame along where `up` would flip it over (a handle that runs through the vertical).
        carried = across[i - 1] - tangent[i] * (across[i - 1] @ tangent[i])
        if carried @ across[i] < 0.7 * np.linalg.norm(carried):
            across[i] = carried / np.linalg.norm(carried)
    return across, np.cross(across, tangent)


def _round_ends(
    line: Array, radii: Array, tangent: Array, across: Array, lift: Array, *, reach: float
) -> tuple[Array, Array, Array, Array]:
    angle = np.linspace(np.pi / 2, 0, 6)[:-1]
    shrink, step = np.maximum(np.cos(angle), 1e-3), reach * np.sin(angle)[:, None]
    head, tail = line[0] - tangent[0] * step * radii[0], line[-1] + tangent[-1] * step[::-1] * radii[-1]
    return (
        np.concatenate([head, line, tail]),
        np.concatenate([shrink * radii[0], radii, shrink[::-1] * radii[-1]]),
        np.concatenate([np.repeat(across[:1], 5, axis=0), across, np.repeat(across[-1:], 5, axis=0)]),
        np.concatenate([np.repeat(lift[:1], 5, axis=0), lift, np.repeat(lift[-1:], 5, axis=0)]),
    )


def bar(start: Sequence[float], end: Sequence[float], radius: float, end_radius: float | None = None) -> Mesh:
    """A straight round rod between two points, tapering when `end_radius` is given."""
    t = np.linspace(0, 1, 12)[:, None]
    line = np.asarray(start) * (1 - t) + np.asarray(end) * t
    return tube(line, np.linspace(radius, radius if end_radius is None else end_radius, 12), sides=32)


def box(size: Sequence[float], radius: float, *, puff: Sequence[float] = (0.0, 0.0, 0.0), cuts: int = 16) -> Mesh:
    """A box about the origin with rounded edges; `puff` swells the faces of each axis outwards, as a filled cushion."""
    half = np.asarray(size, dtype=np.float64) / 2
    reach = min(radius, 0.999 * half.min())
    bevel = reach * np.tan(np.linspace(0, np.pi / 4, 6))[1:]

    def steps(axis: int) -> Array:
        flat = np.linspace(-(half[axis] - reach), half[axis] - reach, cuts)
        return np.concatenate([flat[0] - bevel[::-1], flat, flat[-1] + bevel])

    sides = []
    for axis, (first, second) in enumerate([(1, 2), (2, 0), (0, 1)]):
        for sign in (1.0, -1.0):
            a, b = np.meshgrid(steps(first), steps(second) * sign, indexing="ij")
            points = np.empty((*a.shape, 3))
            points[..., axis], points[..., first], points[..., second] = sign * half[axis], a, b
            core = np.clip(points, -(half - reach), half - reach)
            out = points - core
            points = core + reach * out / np.linalg.norm(out, axis=2, keepdims=True)
            plane = [(1, 2), (0, 2), (0, 1)][axis]
            mesh = surface(points, points[..., plane])
            sides.append(replace(mesh, faces=mesh.faces[:, ::-1], uv=mesh.uv[:, ::-1]))
    mesh = _weld(join(*sides))
    mesh = replace(mesh, grain=_along_longest(mesh.vertices))
    swell = np.asarray(puff, dtype=np.float64)
    return mesh.shaped(lambda points: _swell(points, half, swell)) if swell.any() else mesh


def _swell(points: Array, half: Array, puff: Array) -> Array:
    unit = points / half
    dome = 1 - np.clip(np.abs(unit), 0, 1) ** 2.5
    rise = np.stack([dome[:, 1] * dome[:, 2], dome[:, 2] * dome[:, 0], dome[:, 0] * dome[:, 1]], axis=1)
    return points + puff * unit * rise


def slab(outline: Points, thickness: float, bevel: float = 0.002) -> Mesh:
    """A flat piece with rounded edges lying on z = 0; the outline (n, 2) must be star-shaped about the origin."""
    edge = np.asarray(outline, dtype=np.float64)
    edge = np.concatenate([edge, edge[:1]])
    reach = np.linalg.norm(edge, axis=1).max()
    angle = np.linspace(0, np.pi / 2, 6)
    # One row just inside each edge keeps the shading of the bevel off the flat, which a mirror would show.
    centre, flat = [reach * 0.9999], [1.6 * bevel]
    sides = [bevel * (1 - np.sin(angle)), bevel * (1 - np.cos(angle))]
    inset = np.concatenate([centre, flat, *sides, flat, centre])
    low, high = bevel * (1 - np.cos(angle)), thickness - bevel + bevel * np.sin(angle)
    height = np.concatenate([[0.0, 0.0], low, high, [thickness, thickness]])
    rows = edge[None] * (1 - inset / reach)[:, None, None]
    points = np.concatenate([rows, np.broadcast_to(height[:, None, None], (*rows.shape[:2], 1))], axis=2)
    mesh = surface(points, points[..., :2].copy())
    return mesh if mesh.volume >= 0 else replace(mesh, faces=mesh.faces[:, ::-1], uv=mesh.uv[:, ::-1])


def pillow(width: float, height: float, thickness: float, *, pinch: float = 0.06, seed: int = 0) -> Mesh:
    """A filled cushion standing in the x-z plane, its corners drawn out and its cloth a little uneven."""
    steps = np.sin(np.linspace(-np.pi / 2, np.pi / 2, 61))
    u, v = np.meshgrid(steps, steps, indexing="ij")
    x = 0.5 * width * u * (1 - pinch * (1 - v**2) * np.abs(u))
    z = 0.5 * height * v * (1 - pinch * (1 - u**2) * np.abs(v))
    dome = ((1 - u**2) * (1 - v**2)) ** 0.45
    random = np.random.default_rng(seed)
    folds = sum(
        random.normal() * np.sin(a * u + b * v + random.uniform(0, 6)) for a, b in random.uniform(-7, 7, size=(6, 2))
    )
    depth = 0.5 * thickness * dome * (1 + 0.035 * np.asarray(folds))
    front = surface(np.stack([x, -depth, z], axis=2), np.stack([x, z], axis=2))
    back = surface(np.stack([x[::-1], depth[::-1], z[::-1]], axis=2), np.stack([x[::-1], z[::-1]], axis=2))
    mesh = _weld(join(front, back))
    return mesh if mesh.volume >= 0 else replace(mesh, faces=mesh.faces[:, ::-1], uv=mesh.uv[:, ::-1])
