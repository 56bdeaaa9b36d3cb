"""Pictures and texts as an encoder sees them."""

from __future__ import annotations

from collections.abc import Sequence

from embeddings.layout import Vector
from recommender.matching.features.pair import MISSING, Pair


def measure_looks(pair: Pair) -> Sequence[float]:
    """Cosine of the pictures."""
    return (cosine(pair.left.item.image_vector, pair.right.item.image_vector),)


def measure_meaning(pair: Pair) -> Sequence[float]:
    """Cosine of the texts as the encoder reads them."""
    return (cosine(pair.left.item.text_vector, pair.right.item.text_vector),)


def cosine(one: Vector | None, other: Vector | None) -> float:
    """Cosine of two unit rows; below 0 says no more than 0."""
    if one is None or other is None or not one.any() or not other.any():
        return MISSING
    return min(max(float(one @ other), 0.0), 1.0)
