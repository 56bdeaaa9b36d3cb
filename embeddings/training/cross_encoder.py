"""Fine-tunes a cross-encoder on labelled pairs of texts, on the CPU.

What is said first does not matter: training shows a pair in either order, by chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import structlog
import torch
from numpy.typing import NDArray
from torch.nn import functional

from embeddings.encoders.cross_encoder import CrossEncoder, Texts
from embeddings.encoders.text_tower import TextTowerConfig
from embeddings.pair_reading import CrossRecipe

logger = structlog.get_logger(__name__)


def train_cross_encoder(
    texts: Sequence[Texts],
    labels: NDArray[np.bool_],
    *,
    held_out: NDArray[np.bool_],
    tower: TextTowerConfig,
    recipe: CrossRecipe,
    dtype: str = "auto",
    begun: Mapping[str, NDArray[np.float16]] | None = None,
) -> CrossEncoder:
    """Fine-tune on what is not held out; the state kept is the one that scored the held-out part best.

    Args:
        held_out: bool[n], pairs that only say when to stop: never trained on.
        begun: what another training's model had `tuned`, to go on from.
    """
    torch.manual_seed(recipe.seed)
    chance = np.random.default_rng(recipe.seed)
    model = CrossEncoder(tower, max_tokens=recipe.max_tokens, frozen_layers=recipe.frozen_layers, dtype=dtype)
    if begun:
        model.take_over(begun)
    trained, judged = np.flatnonzero(~held_out), np.flatnonzero(held_out).tolist()
    steps = recipe.epochs * -(-len(trained) // recipe.batch)
    look_every = max(steps // (recipe.epochs * recipe.looks), 1)
    optimizer, schedule = _optimizer(model, recipe, steps)
    best, kept, worse = -np.inf, _state(model), 0
    for step, rows in enumerate(_batches(trained, recipe, chance, texts), 1):
        model.train()
        shown = [texts[row] if chance.random() < 0.5 else texts[row][::-1] for row in rows]
        loss = functional.binary_cross_entropy_with_logits(model(shown), torch.tensor(labels[rows]).float())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_([value for value in model.parameters() if value.requires_grad], 1.0)
        optimizer.step()
        schedule.step()
        if step % look_every == 0 or step == steps:
            quality = average_precision(labels[judged], model.score([texts[row] for row in judged]))
            logger.info("held-out pairs scored", step=step, steps=steps, average_precision=round(quality, 4))
            worse = 0 if quality > best else worse + 1
            if quality > best:
                best, kept = quality, _state(model)
            if worse == recipe.patience:
                break
    model.load_state_dict(kept, strict=False)
    return model.eval()


def average_precision(labels: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> float:
    """Mean of the precisions at each match's place; 0 without matches."""
    hits = labels[np.argsort(-scores, kind="stable")]
    precisions = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precisions[hits].mean()) if hits.any() else 0.0


def _state(model: CrossEncoder) -> dict[str, torch.Tensor]:
    return {name: value.detach().clone() for name, value in model.named_parameters() if value.requires_grad}


def _optimizer(model: CrossEncoder, recipe: CrossRecipe, steps: int) -> tuple[Any, Any]:
    body = [value for value in model.body.parameters() if value.requires_grad]
    groups = [{"params": body, "lr": recipe.rate}, {"params": model.head.parameters(), "lr": recipe.head_rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)
    warm = max(int(recipe.warmup * steps), 1)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min((step + 1) / warm, max(steps - step, 1) / max(steps - warm, 1))
    )
    return optimizer, schedule


def _batches(
    rows: NDArray[np.int64], recipe: CrossRecipe, chance: np.random.Generator, texts: Sequence[Texts]
) -> Iterator[list[int]]:
    """Every row once an epoch, shuffled; within windows of a few batches those of one length go together."""
    for _ in range(recipe.epochs):
        shuffled = chance.permutation(rows)
        batches = []
        for start in range(0, len(shuffled), recipe.batch * 16):
            window = shuffled[start : start + recipe.batch * 16].tolist()
            window.sort(key=lambda row: len(texts[row][0]) + len(texts[row][1]))
            batches += [window[at : at + recipe.batch] for at in range(0, len(window), recipe.batch)]
        for place in chance.permutation(len(batches)):
            yield batches[place]
