"""A scorer that reads two texts together and says whether they are about the same product.

MiniLM (Wang et al. 2020, arXiv:2002.10957) over `[CLS] one [SEP] other [SEP]`, mean pooled, with one logistic output,
all of it fine-tuned: the method of Ditto (Li et al. 2020, arXiv:2004.00584) with a model a sixth of its size, so that
a CPU trains it in minutes and reads a pair in milliseconds. Two towers never see that one text says `upgrade` and the
other does not; a cross-encoder attends from every word to every word.

What is said first does not matter: training shows a pair in either order, by chance.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load_file, save_file
from torch.nn import functional
from transformers import AutoModel, AutoTokenizer

from embeddings.encoders.text_tower import TextTowerConfig, find_text_model

FORMAT = "kindred-cross-encoder-1"
CONFIG_FILE, WEIGHTS_FILE = "config.json", "model.safetensors"
SCORED_TOGETHER = 64

Texts = tuple[str, str]


@dataclass(frozen=True)
class CrossRecipe:
    """How a cross-encoder is fine-tuned."""

    seed: int = 0
    epochs: int = 4
    batch: int = 16
    rate: float = 6e-5
    head_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: float = 0.1
    max_tokens: int = 96
    frozen_layers: int = 0  # of the model's lowest; its word table is always frozen
    seconds: float = 3600.0
    looks: int = 2  # times an epoch that the held-out part is scored


class CrossEncoder(torch.nn.Module):
    """The model with its tokenizer; `score` is what others call."""

    def __init__(self, tower: TextTowerConfig, *, max_tokens: int) -> None:
        super().__init__()
        folder = find_text_model(tower)
        self.tower, self.max_tokens = tower, max_tokens
        self.tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self.body = AutoModel.from_pretrained(
            folder, local_files_only=True, use_safetensors=True, dtype=torch.float32, attn_implementation="sdpa"
        )
        self.head = torch.nn.Linear(tower.dim, 1)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.zeros_(self.head.bias)

    def forward(self, texts: Sequence[Texts]) -> torch.Tensor:
        """Logits float32[n]."""
        inputs = self.tokenizer(
            [one for one, _ in texts],
            [other for _, other in texts],
            truncation="longest_first",
            max_length=self.max_tokens,
            padding=True,
            return_tensors="pt",
        )
        hidden = self.body(**inputs).last_hidden_state.float()
        mask = inputs["attention_mask"].unsqueeze(2).float()
        pooled = (hidden * mask).sum(1) / mask.sum(1)
        logits: torch.Tensor = self.head(pooled).squeeze(1)
        return logits

    @torch.inference_mode()
    def score(self, texts: Sequence[Texts]) -> NDArray[np.float32]:
        """Logits float32[n], texts of about one length run together."""
        self.eval()
        order = sorted(range(len(texts)), key=lambda at: len(texts[at][0]) + len(texts[at][1]))
        scores = np.zeros(len(texts), np.float32)
        for start in range(0, len(order), SCORED_TOGETHER):
            rows = order[start : start + SCORED_TOGETHER]
            scores[rows] = self([texts[row] for row in rows]).numpy()
        return scores


def train_cross_encoder(
    texts: Sequence[Texts], labels: NDArray[np.bool_], *, held_out: NDArray[np.bool_], tower: TextTowerConfig,
    recipe: CrossRecipe,
) -> CrossEncoder:  # fmt: skip
    """Fine-tune on what is not held out; the state kept is the one that scored the held-out part best.

    Args:
        held_out: bool[n], pairs that only say when to stop: never trained on.
    """
    torch.manual_seed(recipe.seed)
    chance = np.random.default_rng(recipe.seed)
    model = CrossEncoder(tower, max_tokens=recipe.max_tokens)
    _freeze(model, recipe.frozen_layers)
    trained, judged = np.flatnonzero(~held_out), np.flatnonzero(held_out).tolist()
    steps = recipe.epochs * -(-len(trained) // recipe.batch)
    look_every = max(steps // (recipe.epochs * recipe.looks), 1)
    optimizer, schedule = _optimizer(model, recipe, steps)
    best, kept, deadline = -np.inf, _state(model), time.monotonic() + recipe.seconds
    for step, rows in enumerate(_batches(trained, recipe, chance, texts), 1):
        model.train()
        shown = [texts[row] if chance.random() < 0.5 else texts[row][::-1] for row in rows]
        loss = functional.binary_cross_entropy_with_logits(model(shown), torch.tensor(labels[rows]).float())
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        schedule.step()
        if step % look_every == 0 or step == steps or time.monotonic() > deadline:
            quality = average_precision(labels[judged], model.score([texts[row] for row in judged]))
            print(f"step {step} of {steps}: average precision {quality:.4f}", flush=True)
            if quality > best:
                best, kept = quality, _state(model)
            if time.monotonic() > deadline:
                break
    model.load_state_dict(kept, strict=False)
    return model.eval()


def average_precision(labels: NDArray[np.bool_], scores: NDArray[np.floating[Any]]) -> float:
    """Mean of the precisions at each match's place; 0 without matches."""
    hits = labels[np.argsort(-scores, kind="stable")]
    precisions = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precisions[hits].mean()) if hits.any() else 0.0


def save_cross_encoder(model: CrossEncoder, folder: Path) -> None:
    """Config and the fine-tuned weights, as float16, without the word table that the packaged model has."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {name: value.to(torch.float16).contiguous() for name, value in _state(model).items()}
    save_file(tensors, folder / WEIGHTS_FILE)
    config = {"format": FORMAT, "max_tokens": model.max_tokens, "tower": vars(model.tower)}
    (folder / CONFIG_FILE).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def load_cross_encoder(folder: Path) -> CrossEncoder:
    """What `save_cross_encoder` wrote. Raises EncoderUnavailable, OSError, ValueError for another format."""
    config = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
    if config.get("format") != FORMAT:
        raise ValueError(f"{folder} holds no cross-encoder of format {FORMAT}.")
    model = CrossEncoder(TextTowerConfig(**config["tower"]), max_tokens=config["max_tokens"])
    model.load_state_dict({k: v.float() for k, v in load_file(folder / WEIGHTS_FILE).items()}, strict=False)
    return model.eval()


def _freeze(model: CrossEncoder, layers: int) -> None:
    model.body.embeddings.requires_grad_(requires_grad=False)
    for layer in model.body.encoder.layer[:layers]:
        layer.requires_grad_(requires_grad=False)


def _state(model: CrossEncoder) -> dict[str, torch.Tensor]:
    return {k: v.detach().clone() for k, v in model.state_dict().items() if not k.startswith("body.embeddings")}


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
