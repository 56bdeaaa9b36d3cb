"""The numbers by which the starter is trained."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """Everything that decides what comes out, besides the data."""

    seed: int = 0
    rounds: int = 4  # cached crops per picture
    train_side: int = 112
    side: int = 128  # at inference: crops make things look larger (Touvron et al. 2019, arXiv:1906.06423)
    visual_dim: int = 256
    steps: int = 2400
    batch: int = 64
    frozen_blocks: int = 6  # of 16: edges and textures stay the teacher's, and a step costs half as much
    trunk_rate: float = 5e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.02
    warmup: int = 100
    ema: float = 0.998
    label_weight: float = 0.3
    joint_weight: float = 0.3
    names_weight: float = 0.3
    prototype_scale: float = 16.0
    text_temperature: float = 0.05
    label_temperature: float = 0.7
    repeats: tuple[tuple[str, int], ...] = (("grocery", 2), ("eshop", 4))  # others once an epoch
    renders_share: float = 1 / 3  # of an epoch, however many renders there are, about
