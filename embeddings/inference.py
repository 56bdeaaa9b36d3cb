"""The one door from web requests and tasks to a model: loads an encoder once per process, when first asked.

torch is imported by that first call and not before; one lock serialises a model's use, because two forward passes on
one CPU are slower side by side than one after the other.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from django.conf import settings

from embeddings.encoders import Encoder, EncoderInfo, EncoderUnavailable, load_encoder, sharing_processors
from embeddings.layout import Vector

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["EncoderUnavailable", "Model", "get_model", "model_of", "sharing_processors"]

# Each takes hundreds of megabytes.
MOST_LOADED = 2


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

    @property
    def identity(self) -> str:
        """What vectors are labelled with: the encoder's id and the revision of its weights."""
        return f"{self.info.id}@{self.info.revision}" if self.info.revision else self.info.id

    def encode_images(self, images: Sequence[Image]) -> Vector:
        """float32[n, image_dim], rows of unit length."""
        if not images:
            return np.zeros((0, self.info.image_dim), np.float32)
        with self.lock:
            self.image_calls += 1
            self.images_encoded += len(images)
            return self.encoder.encode_images(images)

    def encode_patches(self, image: Image) -> Vector:
        """float32[rows, cols, image_dim] of one picture. Raises NoPatches."""
        with self.lock:
            return self.encoder.encode_patches([image])[0]

    def encode_texts(self, texts: Sequence[str]) -> Vector:
        """float32[n, text_dim], rows of unit length."""
        if not texts:
            return np.zeros((0, self.info.text_dim), np.float32)
        with self.lock:
            self.text_calls += 1
            self.texts_encoded += len(texts)
            return self.encoder.encode_texts(texts)


# Name -> what is held while its encoder is loaded, some seconds: those who ask for another do not wait for it.
_loading: dict[str, threading.Lock] = {}


def get_model(name: str) -> Model:
    """The model of this name, loaded at most once per process. Raises EncoderUnavailable."""
    with _loading.setdefault(name, threading.Lock()):
        return _load(name)


class HasEncoder(Protocol):
    """A space, as a row or as a view of one."""

    @property
    def encoder(self) -> str: ...
    @property
    def encoder_id(self) -> str: ...


def model_of(space: HasEncoder) -> Model:
    """The model a space was built with. Raises EncoderUnavailable, also when its weights have changed since."""
    model = get_model(space.encoder)
    if model.identity != space.encoder_id:
        raise EncoderUnavailable(
            f"The space was built with {space.encoder_id}, but {space.encoder} is now {model.identity}.",
            "Vectors of two models can't be compared: build a new space (manage.py spaces create) and activate it.",
        )
    return model


@lru_cache(maxsize=MOST_LOADED)
def _load(name: str) -> Model:
    options: dict[str, Any] = {"device": settings.KINDRED_ENCODER_DEVICE, "dtype": settings.KINDRED_ENCODER_DTYPE}
    return Model(load_encoder(name, **options))
