"""All pictures on one page, to look the shop over at a glance."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw


def make_contact_sheet(images: Path, path: Path, *, columns: int = 12, cell: int = 128, quality: int = 80) -> None:
    files = sorted(images.glob("*.jpg"))
    rows = -(-len(files) // columns)
    sheet = Image.new("RGB", (columns * cell, rows * (cell + 12)), "white")
    draw = ImageDraw.Draw(sheet)
    for i, file in enumerate(files):
        left, top = i % columns * cell, i // columns * (cell + 12)
        with Image.open(file) as picture:
            sheet.paste(picture.resize((cell, cell), Image.Resampling.LANCZOS), (left, top))
        draw.text((left + 3, top + cell), file.stem, fill="#444444")
    sheet.save(path, quality=quality, optimize=True)
