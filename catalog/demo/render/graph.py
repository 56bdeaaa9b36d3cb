"""A few words for writing shader graphs: sockets in, sockets out."""

from __future__ import annotations

from typing import Any

#: A shader socket (no stubs exist for bpy) or a constant.
Socket = Any


class Graph:
    def __init__(self, tree: Any) -> None:
        self.tree = tree
        tree.nodes.clear()

    def node(self, kind: str, inputs: dict[str | int, Socket] | None = None, **settings: Any) -> Any:
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        for name, value in settings.items():
            setattr(node, name, value)
        for key, value in (inputs or {}).items():
            self.plug(node.inputs[key], value)
        return node

    def plug(self, socket: Any, value: Socket) -> None:
        if hasattr(value, "is_output"):
            self.tree.links.new(value, socket)
        else:
            socket.default_value = value

    def math(self, operation: str, a: Socket, b: Socket = 0.0, c: Socket = 0.0) -> Socket:
        return self.node("Math", {0: a, 1: b, 2: c}, operation=operation).outputs[0]

    def mix(self, factor: Socket, a: Socket, b: Socket) -> Socket:
        return self.node("Mix", {0: factor, 6: a, 7: b}, data_type="RGBA").outputs[2]

    def shade(self, colour: Socket, amount: Socket) -> Socket:
        """The colour times a grey amount (1 leaves it)."""
        rgb = colour[:3] if isinstance(colour, tuple) else colour
        grey = (amount,) * 3 if isinstance(amount, float) else amount
        return self.node("VectorMath", {0: rgb, 1: grey}, operation="MULTIPLY").outputs[0]

    def range(self, value: Socket, low: float, high: float, to_low: float = 0.0, to_high: float = 1.0) -> Socket:
        return self.node("MapRange", {0: value, 1: low, 2: high, 3: to_low, 4: to_high}).outputs[0]

    def uv(self) -> tuple[Socket, Socket]:
        """Metres across and along the surface."""
        node = self.node("SeparateXYZ", {0: self.node("UVMap", uv_map="uv").outputs[0]})
        return node.outputs[0], node.outputs[1]

    def position(self) -> Socket:
        """The place in the room, in metres."""
        return self.node("NewGeometry").outputs["Position"]

    def grain(self, stretch: float = 1.0) -> Socket:
        """The place inside the piece, fibres along x, shortened by `stretch` so noise draws out into fibres."""
        place = self.node("Attribute", attribute_name="grain").outputs["Vector"]
        return self.node("VectorMath", {0: place, 1: (1 / stretch, 1.0, 1.0)}, operation="MULTIPLY").outputs[0]

    def noise(self, vector: Socket, scale: float, detail: float = 3.0, rough: float = 0.5) -> Socket:
        inputs: dict[str | int, Socket] = {"Vector": vector, "Scale": scale, "Detail": detail, "Roughness": rough}
        return self.node("TexNoise", inputs).outputs[0]

    def cells(self, vector: Socket, scale: float, feature: str = "F1") -> Any:
        return self.node("TexVoronoi", {"Vector": vector, "Scale": scale}, feature=feature)

    def bump(self, height: Socket, depth: float) -> Socket:
        """A normal from a height map of 0 to 1 that is `depth` metres deep."""
        return self.node("Bump", {"Height": height, "Distance": depth, "Strength": 1.0}).outputs[0]

    def principled(self, **inputs: Socket) -> Socket:
        named = {name.replace("_", " ").title().replace("Ior", "IOR"): value for name, value in inputs.items()}
        return self.node("BsdfPrincipled", dict(named)).outputs[0]

    def finish(self, shader: Socket) -> None:
        self.node("OutputMaterial", {"Surface": shader})
