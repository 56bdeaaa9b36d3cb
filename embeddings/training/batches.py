"""What the tower sees in one step: cached crops, changed a little each time, with their targets."""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import conv2d, interpolate, normalize, pad, softmax

from embeddings.training.lesson import Lesson
from embeddings.training.recipe import Recipe


@dataclass
class Batch:
    """Tensors of one step: pixels [n, 3, s, s], visual targets [n, 256], class scores [n, 1000], labels [n]."""

    pixels: torch.Tensor
    visual: torch.Tensor
    names: torch.Tensor
    labels: torch.Tensor


def load_batch(lesson: Lesson, indices: np.ndarray, recipe: Recipe, rng: np.random.Generator) -> Batch:
    """Draw a cached crop of each picture, shift, flip and recolour it a little, and look up what to learn from it."""
    crops, features, logits = [], [], []
    for i in indices:
        looks, row = lesson.looks[i]
        r = int(rng.integers(recipe.rounds))
        crops.append(_augment(looks.crops[r][row], rng))
        features.append(looks.features[r][row])
        logits.append(looks.logits[r][row][1:])
    pixels = torch.from_numpy(np.stack(crops)).permute(0, 3, 1, 2).float().div_(127.5).sub_(1)
    pixels = interpolate(pixels, (recipe.train_side,) * 2, mode="bilinear", antialias=True)
    pixels = _blur(_jitter(pixels, rng), rng).contiguous(memory_format=torch.channels_last)
    visual = (np.stack(features).astype(np.float32) - lesson.centre) @ lesson.basis
    names = torch.from_numpy(np.stack(logits).astype(np.float32))
    return Batch(pixels, normalize(torch.from_numpy(visual)), names, torch.from_numpy(lesson.bank.label_of[indices]))


def _augment(crop: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Up to a ninth off each side, and perhaps mirrored."""
    side = len(crop) - len(crop) // 9
    top, left = rng.integers(0, len(crop) - side + 1, 2)
    crop = crop[top : top + side, left : left + side]
    return crop[:, ::-1] if rng.random() < 0.5 else crop


def _jitter(pixels: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Contrast and saturation up to a fifth, exposure up to a third; hue is left alone, colour matters in a shop."""
    drawn = rng.uniform(-1, 1, (3, len(pixels), 1, 1, 1)).astype(np.float32)
    contrast, exposure, colour = torch.from_numpy(drawn).unbind(0)
    grey = pixels.mean(1, keepdim=True)
    pixels = (grey + (pixels - grey) * (1 + 0.2 * colour)) * (1 + 0.2 * contrast)
    return ((pixels + 1) * (1 + 0.35 * exposure) - 1).clamp_(-1, 1)


def _blur(pixels: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """A fifth of the pictures out of focus: a Gaussian of 0.5 to 1.5 pixels."""
    chosen = torch.from_numpy(rng.random(len(pixels)) < 0.2)
    if not chosen.any():
        return pixels
    reach = torch.arange(-3, 4, dtype=torch.float32)
    line = softmax(-(reach**2) / (2 * rng.uniform(0.5, 1.5) ** 2), 0)
    kernel = torch.outer(line, line).expand(3, 1, 7, 7)
    soft = conv2d(pad(pixels[chosen], (3, 3, 3, 3), mode="replicate"), kernel, groups=3)
    return pixels.index_put((chosen,), soft)
