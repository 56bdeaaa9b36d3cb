"""What matching knows of a thing for sale, be it a supplier's offer, a shop's product or a line of a pair file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from embeddings.layout import Vector


@dataclass(frozen=True, eq=False)
class Item:
    """Facts as they were said, empty where nobody said anything. Equal only to itself: vectors have no truth value.

    `gtin` is one whose check digit is right, or empty; `price` is in the one currency of a pair, or None.
    Vectors are of unit length, zero or None when absent, and of one encoder.
    """

    title: str
    description: str = ""
    brand: str = ""
    gtin: str = ""
    mpn: str = ""
    price: float | None = None
    category: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    variant_group: str = ""
    text_vector: Vector | None = None
    image_vector: Vector | None = None
