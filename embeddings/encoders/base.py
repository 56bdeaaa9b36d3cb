"""What every encoder offers: pictures and texts in, rows of unit length out."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import numpy as np
from PIL import Image


@dataclass(frozen=True)
class EncoderInfo:
    """Facts about an encoder that decide whether two vectors can be compared."""

    id: str  # stable name, "starter-4" or "google/siglip2-base-patch16-224"; changes when the weights change
    revision: str  # sha256 (short) of the weights or a hub commit; "" if unknown
    image_dim: int
    text_dim: int
    joint: bool  # do image and text share a space?
    picture_side: int = 384  # pixels each way beyond which a picture need not be decoded
    has_patches: bool = False  # does `encode_patches` answer?


class EncoderUnavailable(Exception):  # noqa: N818 - reads as what it says
    """An encoder cannot be loaded. `reason` says what is wrong, `hint` what to do about it."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(f"{reason} {hint}")
        self.reason = reason
        self.hint = hint


class NotJoint(ValueError):  # noqa: N818
    """A query was to cross from one modality to the other in an encoder whose modalities share no space."""


class NoPatches(ValueError):  # noqa: N818
    """The encoder sees pictures as a whole, or its pictures and texts share no space: no part can be compared."""


_is_sharing = ContextVar("is_sharing", default=False)


@contextmanager
def sharing_processors() -> Iterator[None]:
    """Within, this thread's calls of an encoder take one thread of the processors: its neighbours need the others."""
    before = _is_sharing.set(True)
    try:
        yield
    finally:
        _is_sharing.reset(before)


def is_sharing_processors() -> bool:
    return _is_sharing.get()


class Encoder(ABC):
    """Turns pictures and texts into feature rows.

    All arrays are float32 and C-contiguous. Rows are unit length; an empty sequence gives an array of no rows.
    """

    info: EncoderInfo

    @abstractmethod
    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        """Features of pictures in any Pillow mode: float32[n, image_dim]."""

    @abstractmethod
    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        """Features of texts of any length, also empty: float32[n, text_dim]."""

    def encode_patches(self, images: Sequence[Image.Image]) -> np.ndarray:
        """What each part of the pictures looks like: float32[n, rows, cols, image_dim], unit length, top left first.

        The grid covers the whole picture, whatever its shape, and its rows are asked by `to_image_space(texts)`.

        Raises:
            NoPatches: `info.has_patches` is False.
        """
        raise NoPatches(f"{self.info.id} does not say what the parts of a picture look like")

    def to_text_space(self, image_features: np.ndarray) -> np.ndarray:
        """How pictures ask for texts: float32[n, image_dim] -> float32[n, text_dim], rows unit length or zero.

        The default is the identity, for encoders that put both modalities in one space.

        Raises:
            NotJoint: the modalities share no space.
        """
        self._require_joint()
        return np.asarray(image_features, np.float32)

    def to_image_space(self, text_features: np.ndarray) -> np.ndarray:
        """How texts ask for pictures: float32[n, text_dim] -> float32[n, image_dim], rows unit length or zero.

        Raises:
            NotJoint: the modalities share no space.
        """
        self._require_joint()
        return np.asarray(text_features, np.float32)

    def _require_joint(self) -> None:
        if not self.info.joint:
            raise NotJoint(f"{self.info.id} has no space shared by images and texts")


def as_rgb(image: Image.Image) -> Image.Image:
    """The picture in RGB; what is transparent becomes white, as on a shop's page."""
    if image.mode == "RGB":
        return image
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        page = Image.new("RGBA", layer.size, "white")
        return Image.alpha_composite(page, layer).convert("RGB")
    if image.mode.startswith("I;16"):  # Pillow clips 16 bits to 8 instead of scaling them
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    return image.convert("RGB")


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """Rows scaled to unit length, float32; zero rows stay zero."""
    rows = np.ascontiguousarray(rows, np.float32)
    norms = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(norms > 0, norms, 1)
