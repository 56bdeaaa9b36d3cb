"""What an encoder is shown of a product, and the hash that tells when that changes.

Price, stock, identifiers and publication are facts an encoder never sees: changing them makes no vector stale.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.colours import colours_of

# MiniLM reads 256 word pieces, about 1,000 characters; longer encoders still gain little past this.
DESCRIPTION_LIMIT = 2_000


@dataclass(frozen=True)
class ProductContent:
    """One product as encoders see it. `image_hashes` are the sha256 of the ready pictures in their order."""

    text: str
    image_hashes: tuple[str, ...]

    @property
    def text_hash(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def content_hash(self) -> str:
        return hashlib.sha256(json.dumps([self.text, self.image_hashes]).encode()).hexdigest()


def compose_text(
    *,
    title: str,
    description: str = "",
    brand: str = "",
    category_path: str = "",
    attributes: Mapping[str, Any] | None = None,
) -> str:
    """The product's text: what it is first, then who makes it, where it stands, what it is like."""
    leaf = category_path.rsplit("/", 1)[-1]
    facts = [f"{key} {_spell(value)}" for key, value in sorted((attributes or {}).items()) if _spell(value)]
    colours = " ".join(colours_of(attributes or {}))
    parts = [title, leaf, brand, ", ".join([*facts, colours] if colours else facts), description[:DESCRIPTION_LIMIT]]
    return ". ".join(part.strip().rstrip(".") for part in parts if part.strip())


def compose_content(
    *,
    title: str,
    description: str = "",
    brand: str = "",
    category_path: str = "",
    attributes: Mapping[str, Any] | None = None,
    image_hashes: Sequence[str] = (),
) -> ProductContent:
    text = compose_text(
        title=title, description=description, brand=brand, category_path=category_path, attributes=attributes
    )
    return ProductContent(text=text, image_hashes=tuple(image_hashes))


def _spell(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, list):
        return " ".join(filter(None, (_spell(item) for item in value)))
    return ""
