"""What matching knows of a thing for sale, be it a supplier's offer, a shop's product or a line of a pair file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from embeddings.layout import Vector


@dataclass(frozen=True, eq=False)
class Item:
    """Facts as they were said, empty where nobody said anything. Equal only to itself: vectors have no truth value.

    `gtin` is one whose check digit is right, or empty; prices in two stated currencies are not compared. `supplier` is
    whose offer it is, empty for a product. Vectors are of unit length, zero or None when absent, and of one encoder;
    `image_vector` stands for all of the `pictures`, `imagined_vector` is what the text would look like among them.
    `palettes` are the colours of what the pictures show (`embeddings.palettes`), of one picture where it is an offer.
    """

    title: str
    description: str = ""
    brand: str = ""
    gtin: str = ""
    mpn: str = ""
    price: float | None = None
    currency: str = ""
    category: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    variant_group: str = ""
    text_vector: Vector | None = None
    image_vector: Vector | None = None
    imagined_vector: Vector | None = None
    pictures: tuple[Vector, ...] = ()
    palettes: tuple[Vector, ...] = ()
    supplier: str = ""
