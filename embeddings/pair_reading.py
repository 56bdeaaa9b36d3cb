"""The door to a model that reads two texts together: trained here, kept as arrays, opened when first asked.

What is kept are the layers that were fine-tuned, as float16; the rest is the packaged text model, which all readers
of a process share. torch is imported by the first call that needs it.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

if TYPE_CHECKING:
    from embeddings.encoders.cross_encoder import CrossEncoder

__all__ = ["CrossRecipe", "PairReader", "ReaderUnusable", "Texts", "read_reader", "save_reader", "train_reader"]

Texts = tuple[str, str]

# MiniLM's six layers are 21 MB; a model of twice the width and depth still passes.
LARGEST = 200_000_000
LONGEST = 512  # tokens: what BERT has places for
OPENED = 2  # models a process holds, some 30 MB each beside what they share

_TENSOR = re.compile(r"body\.encoder\.layer\.\d{1,2}(\.[A-Za-z]{1,20}){2,4}|head\.(weight|bias)")
_TOWER = {
    "package": re.compile(r"[A-Za-z_]\w{0,99}"),
    "folder": re.compile(r"\w[\w-]{0,99}(/\w[\w-]{0,99})*"),
    "distribution": re.compile(r"[A-Za-z][\w.-]{0,99}"),
    "sha256": re.compile(r"[0-9a-f]{64}"),
}


class ReaderUnusable(ValueError):  # noqa: N818 - reads as what it says
    """Settings and arrays are no reader of pairs; says why."""


@dataclass(frozen=True)
class CrossRecipe:
    """How a reader is fine-tuned."""

    seed: int = 0
    epochs: int = 4
    batch: int = 16
    rate: float = 8e-5
    head_rate: float = 1e-3
    weight_decay: float = 0.01
    warmup: float = 0.1
    max_tokens: int = 64
    frozen_layers: int = 2  # of the model's lowest; its word table is always frozen
    looks: int = 2  # times an epoch that the held-out part is scored
    patience: int = 3  # looks in a row without a better one that end the training


@dataclass(frozen=True, eq=False)
class PairReader:
    """`settings` are the text model it is built on, `max_tokens` and `frozen_layers`; `tensors` what was fine-tuned."""

    settings: Mapping[str, Any]
    tensors: Mapping[str, NDArray[np.float16]]

    def probabilities(self, texts: Sequence[Texts]) -> NDArray[np.float32]:
        """float32[n], not calibrated, that two texts are about one thing. Raises EncoderUnavailable, ReaderUnusable."""
        if not texts:
            return np.zeros(0, np.float32)
        opened = self._open()
        with opened.lock:
            return np.asarray(1 / (1 + np.exp(-opened.model.score(texts))))

    def check(self) -> None:
        """Raises EncoderUnavailable, ReaderUnusable where `probabilities` would."""
        self._open()

    @cached_property
    def digest(self) -> str:
        return hashlib.sha256(save_reader(self)).hexdigest()

    def _open(self) -> _Opened:
        with _opening:
            return _open(_Key(self))


def train_reader(
    texts: Sequence[Texts],
    labels: NDArray[np.bool_],
    *,
    held_out: NDArray[np.bool_],
    encoder: str,
    recipe: CrossRecipe,
    taught: PairReader | None = None,
) -> PairReader:
    """Fine-tune the text model of an encoder, the starter's where it has none of its own, on pairs of texts.

    Args:
        held_out: bool[n], pairs that only say when to stop.
        taught: a reader of the same text model to go on from.

    Raises:
        EncoderUnavailable: the text model can't be had.
        ReaderUnusable: `taught` is of another text model, or has other layers frozen.
    """
    from embeddings.encoders.cross_encoder import find_tower
    from embeddings.training.cross_encoder import train_cross_encoder

    tower = find_tower(encoder)
    settings = {"tower": vars(tower), "max_tokens": recipe.max_tokens, "frozen_layers": recipe.frozen_layers}
    if taught:
        if taught.settings != settings:
            raise ReaderUnusable("What was taught first is built on another text model, or has other layers frozen.")
        taught.check()
    begun = taught.tensors if taught else None
    model = train_cross_encoder(texts, labels, held_out=held_out, tower=tower, recipe=recipe, begun=begun)
    return PairReader(settings, model.tuned())


def save_reader(reader: PairReader) -> bytes:
    """A safetensors file's bytes."""
    return save(dict(reader.tensors), metadata={"reader": json.dumps(reader.settings, sort_keys=True)})


def read_reader(data: bytes) -> PairReader:
    """What `save_reader` gave. Raises ReaderUnusable."""
    try:
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        return build_reader(json.loads(header["__metadata__"]["reader"]), load(data))
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise ReaderUnusable(f"This is no reader of pairs: {error}") from error


def build_reader(settings: Any, tensors: Mapping[str, NDArray[Any]]) -> PairReader:
    """The reader of settings and arrays that may come from anywhere. Raises ReaderUnusable."""
    try:
        _check_settings(settings)
    except (KeyError, TypeError, AttributeError) as error:
        raise ReaderUnusable(f"The reader's settings are not what they should be: {error!r}") from error
    odd = [name for name, tensor in tensors.items() if not _TENSOR.fullmatch(name) or tensor.dtype != np.float16]
    if odd or not tensors:
        raise ReaderUnusable(f"The reader holds other arrays than its own ({odd[0] if odd else 'none'}).")
    if sum(tensor.nbytes for tensor in tensors.values()) > LARGEST:
        raise ReaderUnusable(f"The reader is larger than {LARGEST // 1_000_000} MB.")
    if not all(np.isfinite(tensor).all() for tensor in tensors.values()):
        raise ReaderUnusable("The reader holds values that are no numbers.")
    return PairReader(settings, dict(tensors))


def _check_settings(settings: Any) -> None:
    if set(settings) != {"tower", "max_tokens", "frozen_layers"}:
        raise ReaderUnusable("The reader's settings are tower, max_tokens and frozen_layers.")
    tower = settings["tower"]
    wrong = [name for name, pattern in _TOWER.items() if not pattern.fullmatch(tower[name])]
    ranges = [
        (settings, "max_tokens", LONGEST), (settings, "frozen_layers", 48), (tower, "dim", 4096),
        (tower, "max_tokens", LONGEST),
    ]  # fmt: skip
    wrong += [name for part, name, highest in ranges if type(part[name]) is not int or not 0 <= part[name] <= highest]
    if wrong or len(tower) != len(_TOWER) + 2:
        raise ReaderUnusable(f"The reader's settings say what can't be: {', '.join(wrong) or 'more than they should'}.")


@dataclass(frozen=True, eq=False)
class _Opened:
    """A model, and the lock that serialises its use: a tokenizer serves one thread at a time."""

    model: CrossEncoder
    lock: threading.Lock


@dataclass(frozen=True, eq=False)
class _Key:
    """A reader that equals another of the same content."""

    reader: PairReader

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and other.reader.digest == self.reader.digest

    def __hash__(self) -> int:
        return hash(self.reader.digest)


_opening = threading.Lock()


@lru_cache(maxsize=OPENED)
def _open(key: _Key) -> _Opened:
    from embeddings.encoders.cross_encoder import open_cross_encoder

    try:
        return _Opened(open_cross_encoder(key.reader.settings, key.reader.tensors), threading.Lock())
    except (RuntimeError, ValueError) as error:
        raise ReaderUnusable(f"The reader does not fit its text model: {error}") from error
