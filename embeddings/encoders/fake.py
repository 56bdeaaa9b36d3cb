"""A deterministic encoder for tests: no torch, no weights, a few hundred microseconds a picture.

Pictures are described by their colours in a 4 x 4 grid, texts by their words, and both are projected by seeded
matrices; so similar pictures are close, texts that share words are close, and the same input gives the same row on any
machine. The two modalities share no space (`joint` is False), unless the encoder is made with `joint=True`, as
`load_encoder("fake:64:joint")` does: then they have one dimension and the crossings are the identity, which makes
cross-modal scores well defined but says nothing about meaning. Such an encoder also has patches, the 4 x 4 cells.
"""

import re
import zlib
from collections.abc import Sequence

import numpy as np
from PIL import Image

from embeddings.encoders.base import Encoder, EncoderInfo, EncoderUnavailable, as_rgb, unit_rows

GRID = 4
SEED = 20


class FakeEncoder(Encoder):
    """Counts what it was asked to do: calls and items, per modality."""

    def __init__(self, dim: int = 32, *, joint: bool = False) -> None:
        self.info = EncoderInfo(
            id=f"fake-{dim}{'-joint' if joint else ''}",
            revision="1",
            image_dim=dim,
            text_dim=dim,
            joint=joint,
            has_patches=joint,
        )
        self.image_calls = self.text_calls = self.images_encoded = self.texts_encoded = 0
        self._projection = np.random.default_rng(SEED).standard_normal((GRID * GRID * 3 + 1, dim), np.float32)

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        self.image_calls += 1
        self.images_encoded += len(images)
        return self._rows([_describe_picture(image) @ self._projection for image in images])

    def encode_patches(self, images: Sequence[Image.Image]) -> np.ndarray:
        """Each cell as a picture that has nothing but this cell, where it has it."""
        if not self.info.has_patches:
            return super().encode_patches(images)
        cells = [np.kron(np.eye(GRID * GRID), np.ones(3)) * _describe_picture(image)[:-1] for image in images]
        rows = [unit_rows(cell @ self._projection[:-1]) for cell in cells]
        return np.array(rows, np.float32).reshape(-1, GRID, GRID, self.info.image_dim)

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        self.text_calls += 1
        self.texts_encoded += len(texts)
        return self._rows([self._describe_text(text) for text in texts])

    def _describe_text(self, text: str) -> np.ndarray:
        words = re.findall(r"\w+", text.lower()) or [""]
        return np.sum([_draw_word(word, self.info.text_dim) for word in words], axis=0)

    def _rows(self, rows: list[np.ndarray]) -> np.ndarray:
        return unit_rows(np.stack(rows)) if rows else np.zeros((0, self.info.image_dim), np.float32)


def load_fake(argument: str, *, device: str, dtype: str) -> FakeEncoder:
    """`argument` is "", a dimension, or a dimension and ":joint"; device and precision mean nothing here."""
    dim, _, joint = argument.partition(":")
    if not re.fullmatch(r"[1-9]\d*|", dim) or joint not in {"", "joint"}:
        raise EncoderUnavailable(f"No such fake encoder: {argument!r}.", "Use fake, fake:64 or fake:64:joint.")
    return FakeEncoder(int(dim or 32), joint=bool(joint))


def _describe_picture(image: Image.Image) -> np.ndarray:
    """Mean colours of a 4 x 4 grid around grey, and a constant so that a grey picture has a direction too."""
    cells = np.asarray(as_rgb(image).resize((GRID, GRID), Image.Resampling.BOX), np.float32)
    return np.append(cells.ravel() / 127.5 - 1, np.float32(0.1)).astype(np.float32)


def _draw_word(word: str, dim: int) -> np.ndarray:
    return np.random.default_rng((SEED, zlib.crc32(word.encode()))).standard_normal(dim, np.float32)
