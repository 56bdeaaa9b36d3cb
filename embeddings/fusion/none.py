from embeddings.layout import Vector


class NoFusion:
    """No fused block: mixing happens at request time alone, and a row is smaller by it."""

    def size(self, *, shared_dim: int, joint: bool) -> int:
        return 0

    def fuse(self, image: Vector | None, text: Vector | None) -> Vector | None:
        return None
