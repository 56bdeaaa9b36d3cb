"""The product list as rows of products.jsonl. Imports no bpy, so tests and importers can read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zlib import crc32

from catalog.demo.render.products import list_items
from catalog.demo.render.products.item import Item

DEMO = Path(__file__).resolve().parent.parent
ROWS = DEMO / "products.jsonl"
IMAGES = DEMO / "images"


def make_gtin(sku: str) -> str:
    """An EAN-13 in the 20 range, which is set aside for use inside one shop, so it belongs to nobody's product."""
    body = f"20{crc32(sku.encode()) % 10**10:010d}"
    return body + check_digit(body)


def check_digit(body: str) -> str:
    """GS1 modulo 10: weights 1 and 3 from the left for twelve digits."""
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(body))
    return str(-total % 10)


def name_pictures(item: Item) -> list[str]:
    """The studio shot and the one in a room; nothing for an item that was never photographed."""
    return [f"{item.sku}.jpg", f"{item.sku}-2.jpg"] if item.photographed else []


def make_row(item: Item) -> dict[str, Any]:
    row = {
        "sku": item.sku,
        "title": item.title,
        "description": item.description,
        "brand": item.brand,
        "category": item.category,
        "price": item.price,
        "currency": "EUR",
        "gtin": make_gtin(item.sku),
        "attributes": item.attributes,
        "images": [f"images/{name}" for name in name_pictures(item)],
    }
    return row if item.family is None else row | {"variant_group": item.family}


def list_rendered(images: Path = IMAGES) -> list[Item]:
    """The items whose pictures are all there; those that never get one are among them."""
    return [item for item in list_items() if all((images / name).exists() for name in name_pictures(item))]


def write_rows(path: Path = ROWS, images: Path = IMAGES) -> int:
    """Writes the rows of what is rendered, and says how many."""
    lines = [json.dumps(make_row(item), ensure_ascii=False) + "\n" for item in list_rendered(images)]
    path.write_text("".join(lines), encoding="utf-8")
    return len(lines)
