"""A scorer that reads two texts together and says whether they are about the same product.

MiniLM (Wang et al. 2020, arXiv:2002.10957) over `[CLS] one [SEP] other [SEP]`, mean pooled, with one logistic output:
the method of Ditto (Li et al. 2020, arXiv:2004.00584) with a model a sixth of its size, so that a CPU trains it in
minutes and reads a pair in milliseconds. Two towers never see that one text says `upgrade` and the other does not; a
cross-encoder attends from every word to every word.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging as transformers_logging

from embeddings.encoders import STARTER
from embeddings.encoders.devices import pick_dtype
from embeddings.encoders.text_tower import TextTowerConfig, find_text_model
from embeddings.encoders.towers import load_towers

SCORED_TOGETHER = 64

Texts = tuple[str, str]


class CrossEncoder(torch.nn.Module):
    """The model with its tokenizer; `score` is what others call. What is frozen is shared by all of one text model."""

    def __init__(self, tower: TextTowerConfig, *, max_tokens: int, frozen_layers: int, dtype: str = "auto") -> None:
        super().__init__()
        self.max_tokens = min(max_tokens, tower.max_tokens)
        self.dtype = pick_dtype(dtype, torch.device("cpu"))
        self.tokenizer, base = _open_base(tower)
        if frozen_layers > len(base.encoder.layer):
            raise ValueError(f"{frozen_layers} layers can't be frozen, there are {len(base.encoder.layer)}.")
        frozen = [base.embeddings, *base.encoder.layer[:frozen_layers]]
        self.body = copy.deepcopy(base, {id(part): part for part in frozen})
        self.head = torch.nn.Linear(tower.dim, 1)
        torch.nn.init.zeros_(self.head.weight)
        torch.nn.init.zeros_(self.head.bias)
        self._tuned_layers = self.body.encoder.layer[frozen_layers:].requires_grad_(requires_grad=True)
        self.eval()

    def train(self, mode: bool = True) -> CrossEncoder:
        """Only what is fine-tuned drops out: the rest may be at work in another thread."""
        self.training = mode
        for part in (self._tuned_layers, self.head):
            part.train(mode)
        return self

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
        with torch.autocast("cpu", self.dtype, enabled=self.dtype != torch.float32):
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

    def tuned(self) -> dict[str, NDArray[np.float16]]:
        """What was fine-tuned, as it is kept."""
        return {
            name: value.detach().to(torch.float16).numpy()
            for name, value in self.named_parameters()
            if value.requires_grad
        }

    @torch.no_grad()
    def take_over(self, tensors: Mapping[str, NDArray[np.float16]]) -> None:
        """What `tuned` gave. Raises ValueError where it doesn't fit."""
        known = {name: value for name, value in self.named_parameters() if value.requires_grad}
        if {name: value.shape for name, value in known.items()} != {name: each.shape for name, each in tensors.items()}:
            raise ValueError("its arrays are of other names or shapes.")
        for name, value in known.items():
            value.copy_(torch.from_numpy(tensors[name].astype(np.float32)))


def open_cross_encoder(settings: Mapping[str, Any], tensors: Mapping[str, NDArray[np.float16]]) -> CrossEncoder:
    """The model of what `tuned` gave. Raises EncoderUnavailable, and ValueError where the arrays don't fit it."""
    model = CrossEncoder(
        TextTowerConfig(**settings["tower"]),
        max_tokens=settings["max_tokens"],
        frozen_layers=settings["frozen_layers"],
    )
    model.take_over(tensors)
    return model


def find_tower(encoder: str) -> TextTowerConfig:
    """The text model of an encoder of two towers; the starter's for others. Raises EncoderUnavailable."""
    folder = Path(encoder) if Path(encoder).is_dir() else STARTER
    config, _ = load_towers(folder)
    return TextTowerConfig(**config["text"])


@lru_cache(maxsize=1)
def _open_base(tower: TextTowerConfig) -> tuple[Any, Any]:
    """Tokenizer and model, all of it frozen. Raises EncoderUnavailable."""
    folder = find_text_model(tower)
    transformers_logging.disable_progress_bar()
    tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
    body = AutoModel.from_pretrained(
        folder,
        local_files_only=True,
        use_safetensors=True,
        dtype=torch.float32,
        attn_implementation="sdpa",
    )
    body.pooler = None  # pairs are pooled by their mean
    return tokenizer, body.eval().requires_grad_(requires_grad=False)
