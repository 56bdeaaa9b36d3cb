"""Pictures to train on: every product from any side, in any light and place, half of them in other colours.

python -m catalog.demo.render.practice N DIR [--only SKU ...] [--size 128] [--samples 4]

Writes `DIR/<sku>-<n>.jpg` and a products.jsonl that `embeddings.training` reads. A stopped run continues.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from catalog.demo.render.products import list_items
from catalog.demo.render.products.item import Item
from catalog.demo.render.recolour import vary
from catalog.demo.render.render import render_model
from catalog.demo.render.scenes import practice
from catalog.demo.render.shapes import build


@dataclass(frozen=True)
class Sitting:
    """One product, or one that does not exist, and the pictures to take of it."""

    row: dict[str, Any]
    shape: str
    look: dict[str, Any]


def main() -> None:
    options = parse_options()
    items = [item for item in list_items() if not options.only or item.sku.startswith(tuple(options.only))]
    options.folder.mkdir(parents=True, exist_ok=True)
    sittings = [sitting for item in items for sitting in plan_sittings(item, count=options.count)]
    for number, sitting in enumerate(sittings, start=1):
        taken = take_pictures(
            sitting, options.folder, size=options.size, samples=options.samples, threads=options.threads
        )
        if taken:
            print(f"{number}/{len(sittings)} {sitting.row['sku']}: {taken}", flush=True)
    print(f"{write_practice_rows(sittings, options.folder)} rows in products.jsonl")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, metavar="N", help="pictures per product, its recoloured ones included")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--only", nargs="+", metavar="SKU", help="SKUs or their beginnings")
    parser.add_argument("--size", type=int, default=128, help="pixels each way")
    parser.add_argument("--samples", type=int, default=4, help="rays per pixel, before denoising")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def plan_sittings(item: Item, *, count: int) -> list[Sitting]:
    """`count` pictures: half of them show one made-up recolouring each, as far as the look allows."""
    if not item.photographed:
        return []
    variations = vary(item, np.random.default_rng(crc32(item.sku.encode())), count=count // 2)
    own = {
        "sku": item.sku,
        "title": item.title,
        "description": item.description,
        "category": item.category,
        "attributes": item.attributes,
        "images": [f"{item.sku}-{number}.jpg" for number in range(1, count - len(variations) + 1)],
    }
    others = [
        {
            "sku": variation.sku,
            "title": variation.title,
            "description": "",
            "category": item.category,
            "attributes": variation.attributes,
            "images": [f"{variation.sku}-1.jpg"],
        }
        for variation in variations
    ]
    looks = [item.look, *(variation.look for variation in variations)]
    return [Sitting(row, item.shape, look) for row, look in zip([own, *others], looks, strict=True)]


def take_pictures(sitting: Sitting, folder: Path, *, size: int, samples: int, threads: int) -> int:
    """Renders what is missing and says how many that were. The seed is the picture's name."""
    missing = [name for name in sitting.row["images"] if not (folder / name).exists()]
    model = build(sitting.shape, sitting.look) if missing else None
    for name in missing:
        assert model is not None
        seed = crc32(name.encode()) % 2**31
        scene = practice(np.random.default_rng(seed))
        render_model(model, folder / name, scene=scene, size=size, samples=samples, threads=threads, seed=seed)
    return len(missing)


def write_practice_rows(sittings: Iterable[Sitting], folder: Path) -> int:
    """Writes products.jsonl with what is rendered, and says how many rows."""
    rows = []
    for sitting in sittings:
        images = [name for name in sitting.row["images"] if (folder / name).exists()]
        if images:
            rows.append(sitting.row | {"images": images})
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
    (folder / "products.jsonl").write_text("".join(lines), encoding="utf-8")
    return len(rows)


if __name__ == "__main__":
    main()
