from typing import Protocol

from embeddings.layout import Vector


class Fusion(Protocol):
    """Makes the fused block of one product or query from vectors in one shared space."""

    def size(self, *, shared_dim: int, joint: bool) -> int:
        """Dimensions of the fused block; 0 when this fusion makes none for such an encoder."""

    def fuse(self, image: Vector | None, text: Vector | None) -> Vector | None:
        """float32[d] of unit length from float32[d] each; None when there is nothing to fuse."""
