"""Turning a request's inputs, words and photos, into query terms of a space."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from embeddings import inference
from embeddings.layout import FUSED, IMAGE, TEXT, Part, Term, Vector
from embeddings.query_cache import encode_query
from embeddings.selectors import SpaceView

if TYPE_CHECKING:
    from PIL.Image import Image


def text_term(space: SpaceView, text: str, *, weight: float = 1.0) -> Term:
    """Ask with words: the text block directly, the image and fused blocks where the encoder is joint."""
    model = inference.model_of(space)
    features = encode_query(model, text)
    parts = {TEXT: Part(TEXT, features[0])}
    if model.info.joint:
        parts[IMAGE] = Part(TEXT, model.encoder.to_image_space(features)[0])
        parts[FUSED] = Part(TEXT, features[0])
    return _keep_known(space, parts, weight)


def image_term(space: SpaceView, images: Sequence[Image], *, weight: float = 1.0) -> Term:
    """Ask with a photo (or several, pooled): the image block directly, the others where the encoder is joint."""
    model = inference.model_of(space)
    features: Vector = model.encode_images(images).mean(axis=0, keepdims=True)
    parts = {IMAGE: Part(IMAGE, features[0])}
    if model.info.joint:
        translated = model.encoder.to_text_space(features)[0]
        parts[TEXT] = parts[FUSED] = Part(IMAGE, translated)
    return _keep_known(space, parts, weight)


def _keep_known(space: SpaceView, parts: dict[str, Part], weight: float) -> Term:
    return Term({name: part for name, part in parts.items() if name in space.layout.names}, weight)
