"""Items of pair files with the vectors that a shop's products and offers have: each text and picture encoded once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from catalog.content import compose_text
from embeddings.inference import Model
from embeddings.layout import Vector
from recommender.matching.items import Item
from recommender.matching.pair_files import LabelledPair, Side

PICTURES_AT_ONCE = 32


def add_vectors(pairs: Iterable[LabelledPair], model: Model) -> list[tuple[Item, Item]]:
    """The pairs' items with vectors. A picture that can't be read counts as none."""
    pairs = list(pairs)
    sides = {side.key: side for pair in pairs for side in (pair.left, pair.right)}
    texts = {key: _text_of(side.item) for key, side in sides.items()}
    distinct = sorted(set(texts.values()))
    encoded = dict(zip(distinct, model.encode_texts(distinct), strict=True))
    pictures = _encode_pictures(sides.values(), model)
    items = {
        key: replace(
            side.item,
            text_vector=encoded[texts[key]],
            image_vector=pictures.get(side.picture) if side.picture else None,
        )
        for key, side in sides.items()
    }
    return [(items[pair.left.key], items[pair.right.key]) for pair in pairs]


def _text_of(item: Item) -> str:
    return compose_text(
        title=item.title,
        description=item.description,
        brand=item.brand,
        category_path=item.category,
        attributes=item.attributes,
    )


def _encode_pictures(sides: Iterable[Side], model: Model) -> dict[Path, Vector]:
    paths = sorted({side.picture for side in sides if side.picture})
    vectors: dict[Path, Vector] = {}
    for start in range(0, len(paths), PICTURES_AT_ONCE):
        opened = {path: picture for path in paths[start : start + PICTURES_AT_ONCE] if (picture := _open(path))}
        vectors.update(zip(opened, model.encode_images(list(opened.values())), strict=True))
    return vectors


def _open(path: Path) -> Image.Image | None:
    try:
        with Image.open(path) as picture:
            return picture.convert("RGB")
    except (OSError, UnidentifiedImageError, Image.DecompressionBombError):
        return None
