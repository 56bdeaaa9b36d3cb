"""The frozen text side of the starter's training: every phrasing of every product as a vector."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import torch

from embeddings.encoders.base import unit_rows
from embeddings.encoders.text_tower import TextTower
from embeddings.training.pictures import Picture


@dataclass
class TextBank:
    """Text vectors are centred (their common mean taken off, then unit length again): sentence encoders crowd into
    a cone, and what all texts share says nothing about a picture (Mu and Viswanath 2018, arXiv:1702.01417)."""

    labels: list[tuple[str, str]]  # (source, label), the classes
    label_of: np.ndarray  # int64[pictures], the class of each
    source_of: torch.Tensor  # int64[labels]
    mean_texts: torch.Tensor  # float32[labels, d]
    label_texts: np.ndarray  # float32[1000, d], ImageNet's words
    centre: np.ndarray  # float32[d]
    _vectors: torch.Tensor  # float32[texts, d]
    _starts: np.ndarray  # int64[labels + 1], the texts of a label are _starts[i] to _starts[i + 1]

    def draw(self, rng: np.random.Generator) -> torch.Tensor:
        """One phrasing of each label, float32[labels, d]."""
        chosen = rng.integers(self._starts[:-1], self._starts[1:])
        return self._vectors[torch.from_numpy(chosen)]


def build_text_bank(pictures: list[Picture], names: list[str], text: TextTower) -> TextBank:
    """Encode all texts of the pictures and ImageNet's class names."""
    texts_of: dict[tuple[str, str], list[str]] = {}
    for picture in pictures:
        known = texts_of.setdefault((picture.source, picture.label), [])
        known += picture.texts if not known else ()
    labels = list(texts_of)
    place = {label: i for i, label in enumerate(labels)}
    starts = np.cumsum([0, *(len(texts_of[label]) for label in labels)])
    raw = text.encode([t for label in labels for t in texts_of[label]])
    raw_names = text.encode([name.split(",")[0] for name in names])
    raw_wide = text.encode(names)
    centre = (raw.mean(0) + raw_names.mean(0)) / 2
    vectors = torch.from_numpy(unit_rows(raw - centre))
    means = torch.stack([vectors[a:b].mean(0) for a, b in pairwise(starts)])
    sources = sorted({source for source, _ in labels})
    return TextBank(
        labels=labels,
        label_of=np.array([place[(p.source, p.label)] for p in pictures]),
        source_of=torch.tensor([sources.index(source) for source, _ in labels]),
        mean_texts=torch.nn.functional.normalize(means),
        label_texts=unit_rows(unit_rows(raw_names - centre) + unit_rows(raw_wide - centre)),
        centre=centre,
        _vectors=vectors,
        _starts=starts,
    )
