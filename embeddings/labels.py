"""What a thing may be called, as texts and as vectors.

A label is the mean of what several texts say it is: prompt ensembling (Radford et al. 2021, arXiv:2103.00020, section
3.1.4). "Mugs" alone is a word among words; "a photo of Mugs" lies nearer to where captions lie; "Kitchen & Dining Mugs"
tells it from the mugs of another department.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from embeddings.inference import Model
from embeddings.layout import Vector, unit

PLACEHOLDER = "{label}"
TEMPLATES = (PLACEHOLDER, f"a photo of {PLACEHOLDER}")
# Ways to say the labels of one request: the encoder reads a few hundred a second on a CPU.
MAX_PHRASES = 600
# Label vectors kept per process: 6 MB with the starter, 19 MB at 1,152 dimensions.
REMEMBERED = 4_096

Phrasing = tuple[str, ...]


@dataclass(frozen=True)
class Label:
    """`texts` are what the encoder reads; `category_id` and `category`, the path, are set for a store's own."""

    name: str
    texts: Phrasing
    category_id: int | None = None
    category: str | None = None


@dataclass(frozen=True)
class LabelVectors:
    """`text` float32[n, text_dim]; `image`, how labels ask pictures, float32[n, image_dim], if the encoder is joint."""

    text: Vector
    image: Vector | None


def phrase(name: str, templates: Sequence[str] = TEMPLATES) -> Phrasing:
    """The name in every template. Plain replacement: a template comes from outside and formats nothing else."""
    return tuple(dict.fromkeys(template.replace(PLACEHOLDER, name) for template in templates))


def category_labels(paths: Mapping[int, str], templates: Sequence[str] | None = None) -> list[Label]:
    """id -> path as labels: the last name in every template; unless these are given, the last two names as well."""
    return [Label(_last(path), _phrase_path(path, templates), pk, path) for pk, path in paths.items()]


def encode_labels(model: Model, labels: Iterable[Label]) -> LabelVectors:
    """One call of the encoder for all labels that this process has not met lately; none if it has met them all."""
    phrasings = [label.texts for label in labels]
    known = _memory.recall(model.identity, phrasings)
    new = [texts for texts in dict.fromkeys(phrasings) if texts not in known]
    rows = iter(model.encode_texts([text for texts in new for text in texts]))
    made = {texts: unit(np.mean([next(rows) for _ in texts], axis=0, dtype=np.float32)) for texts in new}
    _memory.keep(model.identity, made)
    known |= made
    stacked = np.stack([known[texts] for texts in phrasings])
    return LabelVectors(stacked, model.encoder.to_image_space(stacked) if model.info.joint else None)


def _last(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _phrase_path(path: str, templates: Sequence[str] | None) -> Phrasing:
    if templates is not None:
        return phrase(_last(path), templates)
    return tuple(dict.fromkeys([*phrase(_last(path)), " ".join(path.split("/")[-2:])]))


class _Memory:
    """The label vectors asked for last, for threads to share."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._kept: OrderedDict[tuple[str, Phrasing], Vector] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, identity: str, phrasings: Iterable[Phrasing]) -> dict[Phrasing, Vector]:
        with self._lock:
            known = {texts: self._kept[identity, texts] for texts in phrasings if (identity, texts) in self._kept}
            for texts in known:
                self._kept.move_to_end((identity, texts))
            return known

    def keep(self, identity: str, vectors: Mapping[Phrasing, Vector]) -> None:
        with self._lock:
            self._kept |= {(identity, texts): vector for texts, vector in vectors.items()}
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)


_memory = _Memory(REMEMBERED)
