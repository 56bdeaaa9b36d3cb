"""The one door from web requests and tasks to a model: loads an encoder once per process, when first asked.

torch is imported by that first call and not before; one lock serialises a model's use, because two forward passes on
one CPU are slower side by side than one after the other.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from django.conf import settings

from embeddings.encoders import Encoder, EncoderInfo, EncoderUnavailable, load_encoder
from embeddings.layout import Vector

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["EncoderUnavailable", "Model", "get_model"]


@dataclass
class Model:
    """A loaded encoder with its lock, and counts of the calls and items that went through it in this process."""

    encoder: Encoder
    lock: threading.Lock = field(default_factory=threading.Lock)
    image_calls: int = 0
    text_calls: int = 0
    images_encoded: int = 0
    texts_encoded: int = 0

    @property
    def info(self) -> EncoderInfo:
        return self.encoder.info

    def encode_images(self, images: Sequence[Image]) -> Vector:
        """float32[n, image_dim], rows of unit length."""
        if not images:
            return np.zeros((0, self.info.image_dim), np.float32)
        with self.lock:
            self.image_calls += 1
            self.images_encoded += len(images)
            return self.encoder.encode_images(images)

    def encode_texts(self, texts: Sequence[str]) -> Vector:
        """float32[n, text_dim], rows of unit length."""
        if not texts:
            return np.zeros((0, self.info.text_dim), np.float32)
        with self.lock:
            self.text_calls += 1
            self.texts_encoded += len(texts)
            return self.encoder.encode_texts(texts)


_loading = threading.Lock()


def get_model(name: str) -> Model:
    """The model of this name, loaded at most once per process. Raises EncoderUnavailable."""
    with _loading:
        return _load(name)


@lru_cache(maxsize=2)
def _load(name: str) -> Model:
    options: dict[str, Any] = {"device": settings.KINDRED_ENCODER_DEVICE, "dtype": settings.KINDRED_ENCODER_DTYPE}
    return Model(load_encoder(name, **options))
