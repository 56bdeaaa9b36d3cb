"""What a shape builder hands to the studio: parts with a finish each, and how to look at them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from catalog.demo.render.geometry import Array, Mesh


@dataclass(frozen=True)
class Finish:
    """A surface: a row of `materials.MATERIALS` in a colour of `palette.COLOURS`, perhaps with one of
    `patterns.PATTERNS` in an accent colour.

    `period` is the size of one repeat of the pattern in metres, `level` the height a dipped glaze ends at,
    `grain` the size of the weave, fibre or stone chips as a factor of the material's own.
    """

    kind: str
    colour: str
    pattern: str | None = None
    accent: str = "white"
    period: float = 0.02
    level: float = 0.05
    grain: float = 1.0


@dataclass(frozen=True)
class Part:
    mesh: Mesh
    finish: Finish


@dataclass(frozen=True)
class View:
    """Angles in degrees. `turn` rotates the product about z; `fill` is the share of the frame its longer side takes."""

    elevation: float = 18.0
    turn: float = 25.0
    fill: float = 0.72
    setting: str = "floor"
    lens: float = 85.0


@dataclass(frozen=True)
class Model:
    parts: list[Part]
    view: View = field(default_factory=View)

    def turned(self) -> Model:
        """The model as the camera meets it: rotated, and standing on the floor at z = 0."""
        turned = [replace(part, mesh=part.mesh.turned("z", self.view.turn)) for part in self.parts]
        lowest = min(float(part.mesh.vertices[:, 2].min()) for part in turned)
        lift = 0.0 if self.view.setting == "wall" else -lowest
        return Model([replace(part, mesh=part.mesh.moved(z=lift)) for part in turned], self.view)

    def corners(self) -> Array:
        """All vertices (n, 3), for framing."""
        return np.concatenate([part.mesh.vertices for part in self.parts])

    @property
    def radius(self) -> float:
        """Half the diagonal of the bounding box."""
        return float(np.linalg.norm(np.ptp(self.corners(), axis=0))) / 2
