"""The image half of a two-tower encoder: a small convolutional trunk with a visual and a joint head.

    pixels -> trunk -> f [width] -> visual  v = unit(Wv f + bv)                    what it looks like
                                 -> joint   j = unit(unit(Wj f + bj) + unit(p @ L))   what it would be called
                                            p = softmax((C f + c) / t)

L holds the text vectors of the classifier's labels, so p @ L is ConSE (Norouzi et al. 2014, arXiv:1312.5650): the
mean of the label texts, weighted by how likely each label is. It carries what the trunk knew of a thousand everyday
things into the text space; the linear part learns what the training pictures add to it. Both are given the same
length, because the linear part is as sure of itself on pictures unlike any it was trained on, where it knows nothing:
merely added, it took title -> picture recall@1 in a shop that was never trained on from 0.26 to 0.07.
"""

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn
from torch.nn.functional import normalize
from torch.nn.utils.fusion import fuse_conv_bn_eval
from transformers import AutoConfig, AutoModel


@dataclass(frozen=True)
class ImageTowerConfig:
    """Sizes of an image tower; `trunk` is a `transformers` config as a dict with its `model_type`."""

    trunk: dict[str, Any]
    side: int
    visual_dim: int
    joint_dim: int
    labels: int
    label_temperature: float


class ImageTower(nn.Module):
    """Pixels in [-1, 1], [n, 3, side, side], to visual [n, visual_dim] and joint [n, joint_dim], unit rows."""

    label_texts: torch.Tensor

    def __init__(self, config: ImageTowerConfig) -> None:
        super().__init__()
        self.config = config
        settings = dict(config.trunk)
        self.trunk = AutoModel.from_config(AutoConfig.for_model(settings.pop("model_type"), **settings))
        width = _measure_width(self.trunk)
        self.visual = nn.Linear(width, config.visual_dim)
        self.joint = nn.Linear(width, config.joint_dim)
        self.classifier = nn.Linear(width, config.labels)
        self.register_buffer("label_texts", torch.zeros(config.labels, config.joint_dim))

    def pool(self, pixels: torch.Tensor) -> torch.Tensor:
        """The trunk's pooled features, float32[n, width]."""
        pooled = self.trunk(pixels).pooler_output
        return pooled.flatten(1).float()

    def feature_map(self, pixels: torch.Tensor) -> torch.Tensor:
        """What `pool` takes the mean of: float32[n, rows, cols, width], one cell for every 32 pixels."""
        return self.trunk(pixels).last_hidden_state.permute(0, 2, 3, 1).float()

    def heads(self, features: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Visual and joint vectors of pooled features."""
        return normalize(self.visual(features)), self.name(features, self.classifier(features))

    def name(self, features: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Joint vectors of pooled features and their class scores [n, labels]."""
        named = (scores / self.config.label_temperature).softmax(1) @ self.label_texts
        return normalize(normalize(self.joint(features)) + normalize(named))

    def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        return self.heads(self.pool(pixels))


def fold_normalisation(trunk: nn.Module) -> None:
    """Fold batch normalisations into the convolutions before them, in place; for inference only.

    Works on the `convolution` + `normalization` pairs of the `transformers` convolutional models.
    """
    layers: list[Any] = list(trunk.modules())
    for layer in layers:
        convolution, norm = getattr(layer, "convolution", None), getattr(layer, "normalization", None)
        if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            layer.convolution = fuse_conv_bn_eval(convolution.eval(), norm.eval())
            layer.normalization = nn.Identity()


def lay_channels_last(module: nn.Module) -> None:
    """Store convolution weights channels last, in place, the layout depthwise convolutions are fast in on a CPU."""
    for parameter in module.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)


def _measure_width(trunk: nn.Module) -> int:
    with torch.inference_mode():
        return trunk.eval()(torch.zeros(1, 3, 64, 64)).pooler_output.flatten(1).shape[1]
