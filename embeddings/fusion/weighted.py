from embeddings.layout import Vector, unit


class WeightedFusion:
    """Late fusion by a weighted mean in the joint space: normalise(w * image + (1 - w) * text).

    A missing modality leaves the other alone, so that nothing is invisible for lack of a picture. Needs a joint
    encoder: a mean of directions from unrelated spaces says nothing, and the layout then has no fused block.
    """

    def __init__(self, image_weight: float = 0.5) -> None:
        self.image_weight = image_weight

    def size(self, *, shared_dim: int, joint: bool) -> int:
        return shared_dim if joint else 0

    def fuse(self, image: Vector | None, text: Vector | None) -> Vector | None:
        if image is None or text is None:
            return text if image is None else image
        return unit(self.image_weight * unit(image) + (1 - self.image_weight) * unit(text))
