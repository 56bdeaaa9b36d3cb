"""All products on one page, both pictures side by side, to look the shop over at a glance."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageDraw

from catalog.demo.render.catalogue import name_pictures
from catalog.demo.render.products.item import Item

CAPTION = 12


def make_contact_sheet(
    items: Iterable[Item], images: Path, path: Path, *, columns: int = 8, cell: int = 128, quality: int = 80
) -> None:
    """Items without a picture are left out."""
    shown = [item for item in items if any((images / name).exists() for name in name_pictures(item))]
    height = cell + CAPTION
    sheet = Image.new("RGB", (columns * 2 * cell, -(-len(shown) // columns) * height), "white")
    draw = ImageDraw.Draw(sheet)
    for number, item in enumerate(shown):
        left, top = number % columns * 2 * cell, number // columns * height
        for place, name in enumerate(name_pictures(item)):
            if (images / name).exists():
                with Image.open(images / name) as picture:
                    sheet.paste(picture.resize((cell, cell), Image.Resampling.LANCZOS), (left + place * cell, top))
        draw.text((left + 3, top + cell), item.sku, fill="#444444")
    sheet.save(path, quality=quality, optimize=True)
