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
        "image": f"images/{item.sku}.jpg",
    }
    return row if item.family is None else row | {"variant_group": item.family}


def write_rows(path: Path = ROWS, images: Path = IMAGES) -> int:
    """Writes the rows whose picture exists, and says how many."""
    items = [item for item in list_items() if (images / f"{item.sku}.jpg").exists()]
    lines = [json.dumps(make_row(item), ensure_ascii=False) + "\n" for item in items]
    path.write_text("".join(lines), encoding="utf-8")
    return len(lines)
