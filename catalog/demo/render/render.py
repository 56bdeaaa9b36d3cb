"""Renders the pictures of the demo shop, two per product, and writes products.jsonl and the contact sheet.

python -m catalog.demo.render.render [--only SKU ...] [--size 512] [--samples 6] [--output DIR] [--force]
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

from PIL import Image

from catalog.demo.render.catalogue import DEMO, IMAGES, list_rendered, name_pictures, write_rows
from catalog.demo.render.contact_sheet import make_contact_sheet
from catalog.demo.render.model import Model
from catalog.demo.render.products import list_items
from catalog.demo.render.products.item import Item
from catalog.demo.render.scenes import Scene, room, studio
from catalog.demo.render.shapes import build

QUALITY = 87


def main() -> None:
    options = parse_options()
    items = [item for item in list_items() if not options.only or item.sku.startswith(tuple(options.only))]
    rendering = {"size": options.size, "samples": options.samples, "threads": options.threads}
    options.output.mkdir(parents=True, exist_ok=True)
    for number, item in enumerate(items, start=1):
        started = time.monotonic()
        if render_item(item, options.output, force=options.force, **rendering):
            print(f"{number}/{len(items)} {item.sku} {time.monotonic() - started:.1f} s", flush=True)
    if options.output == IMAGES:
        make_contact_sheet(list_rendered(), IMAGES, DEMO / "contact_sheet.jpg")
        print(f"{write_rows()} rows in products.jsonl")


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="SKU", help="SKUs or their beginnings (MUG renders all mugs)")
    parser.add_argument("--size", type=int, default=512, help="pixels each way")
    parser.add_argument("--samples", type=int, default=6, help="rays per pixel, before denoising")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--output", type=Path, default=IMAGES)
    parser.add_argument("--force", action="store_true", help="render again what exists")
    return parser.parse_args()


def render_item(item: Item, folder: Path, *, size: int, samples: int, threads: int, force: bool = False) -> int:
    """Both pictures of an item, unless they exist; how many were rendered."""
    names = [name for name in name_pictures(item) if force or not (folder / name).exists()]
    if not names:
        return 0
    model, seed = build(item.shape, item.look), crc32(item.sku.encode()) % 2**31
    for name in names:
        scene = room(model, seed=seed, stage=item.stage) if name.endswith("-2.jpg") else studio(item.backdrop)
        render_model(model, folder / name, scene=scene, size=size, samples=samples, threads=threads, seed=seed)
    return len(names)


def render_model(
    model: Model,
    path: Path,
    *,
    scene: Scene,
    size: int,
    samples: int,
    threads: int,
    seed: int,
    quality: int = QUALITY,
) -> None:
    """One model in one scene as a JPEG."""
    from catalog.demo.render.studio import shoot

    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "shot.png"
        with _quiet():
            shoot(model, raw, scene=scene, size=size, samples=samples, threads=threads, seed=seed)
        with Image.open(raw) as picture:
            picture.convert("RGB").save(raw.with_suffix(".jpg"), quality=quality, optimize=True)
        # Through a rename, so that a killed run leaves no half-written picture behind.
        part = path.with_suffix(".part")
        part.write_bytes(raw.with_suffix(".jpg").read_bytes())
        part.replace(path)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Blender reports every sample from C; send it to the void."""
    sys.stdout.flush()
    kept, void = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(void, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(void)


if __name__ == "__main__":
    main()
