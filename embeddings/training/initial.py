"""The weights training starts from: the teacher's layers under heads fitted by ridge regression, or another model."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import MobileNetV2Config

from embeddings.encoders.image_tower import ImageTower, ImageTowerConfig, lay_channels_last
from embeddings.encoders.towers import load_towers
from embeddings.training.bank import TextBank
from embeddings.training.batches import load_batch
from embeddings.training.lesson import Lesson
from embeddings.training.recipe import Recipe
from embeddings.training.teacher import V2_FILE, inherit_weights, read_classifier


def build_tower(recipe: Recipe, teacher: Path, bank: TextBank) -> ImageTower:
    """An image tower with the teacher's layers and classifier, and the label texts."""
    trunk = MobileNetV2Config(tf_padding=True).to_diff_dict() | {"model_type": "mobilenet_v2"}
    config = ImageTowerConfig(
        trunk, recipe.side, recipe.visual_dim, bank.label_texts.shape[1], 1000, recipe.label_temperature
    )
    tower = ImageTower(config)
    inherit_weights(tower.trunk, teacher / V2_FILE)
    weight, bias = read_classifier(teacher / V2_FILE)
    with torch.no_grad():
        tower.classifier.weight.copy_(weight[1:])
        tower.classifier.bias.copy_(bias[1:])
        tower.label_texts.copy_(torch.from_numpy(bank.label_texts))
    lay_channels_last(tower)
    return tower


def freeze_early_blocks(tower: ImageTower, count: int) -> None:
    """Leave the stem and the first blocks of the trunk as they are."""
    trunk: Any = tower.trunk
    for module in [trunk.conv_stem, *trunk.layer[:count]] if count else []:
        module.requires_grad_(False)


def load_weights(tower: ImageTower, folder: Path) -> None:
    """Start from an exported model instead of from the teacher; label texts stay those of the present bank."""
    _, tensors = load_towers(folder)
    weights = {n.removeprefix("image."): v for n, v in tensors.items() if n.startswith("image.")}
    weights.pop("label_texts")
    _, unexpected = tower.load_state_dict(weights, strict=False)
    if unexpected:
        raise ValueError(f"{folder} holds a tower of another shape: {unexpected[:3]}")


@torch.no_grad()
def fit_heads(tower: ImageTower, lesson: Lesson, recipe: Recipe, sample: int = 4096, ridge: float = 0.1) -> None:
    """Set the visual and joint heads by ridge regression on pictures as they come, a good place to start from."""
    chosen = np.random.default_rng(recipe.seed).permutation(len(lesson.pictures))[:sample]
    features, visual, joint = [], [], []
    for indices in np.array_split(chosen, max(1, len(chosen) // 64)):
        batch = load_batch(lesson, indices, recipe, np.random.default_rng(recipe.seed))
        with torch.autocast("cpu", torch.bfloat16):
            pooled = tower.eval().pool(batch.pixels)
        features.append(pooled)
        visual.append(batch.visual)
        joint.append(lesson.bank.mean_texts[batch.labels])
    x = torch.cat(features).double()
    mean = x.mean(0)
    gram = (x - mean).T @ (x - mean) / len(x)
    gram += (ridge * gram.diagonal().mean() + 1e-6) * torch.eye(len(gram))
    for head, target in ((tower.visual, torch.cat(visual).double()), (tower.joint, torch.cat(joint).double())):
        weight = torch.linalg.solve(gram, (x - mean).T @ (target - target.mean(0)) / len(x)).T
        head.weight.copy_(weight)
        head.bias.copy_(target.mean(0) - weight @ mean)
