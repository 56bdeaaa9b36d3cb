"""Renders the pictures of the offers; those that show what they should are kept, those that no offer names are removed.

A picture carries a fingerprint of what it shows in a comment, so a product that changed its form, or a look-alike that
had to change because the shop now sells it, gets a new one.

python -m catalog.demo.render.offers.render [--only SUPPLIER ...] [--size 256] [--samples 6] [--threads N] [--force]
python -m catalog.demo.render.offers.render --seed 1 --output DIR
"""

from __future__ import annotations

import argparse
import os
import time
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import numpy as np

from catalog.demo.render.model import Model
from catalog.demo.render.offers.generate import parse_series
from catalog.demo.render.offers.plan import PlannedOffer, plan_offers
from catalog.demo.render.palette import measure_difference
from catalog.demo.render.products import list_items
from catalog.demo.render.render import render_model
from catalog.demo.render.scenes import Scene, main_colours, snapshot

QUALITY = 82
#: Colours this near to the white of the paper (CIE76) are lost on it.
PALE = 22.0


def main() -> None:
    options = parse_options()
    offers = [offer for offer in plan_offers(list_items(), seed=options.seed) if offer.is_pictured]
    remove_strays(offers, options.output)
    offers.sort(key=lambda offer: not offer.sku)  # look-alikes last: they change when the shop begins to sell one
    if options.only:
        offers = [offer for offer in offers if offer.image.removeprefix("images/").startswith(tuple(options.only))]
    for number, offer in enumerate(offers, start=1):
        started = time.monotonic()
        path = options.output / offer.image
        if render_offer(
            offer, path, size=options.size, samples=options.samples, threads=options.threads, force=options.force
        ):
            print(f"{number}/{len(offers)} {offer.image} {time.monotonic() - started:.1f} s", flush=True)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="SUPPLIER", help="suppliers, or supplier/number")
    parser.add_argument("--size", type=int, default=256, help="pixels each way")
    parser.add_argument("--samples", type=int, default=6, help="rays per pixel, before denoising")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--force", action="store_true", help="render again what exists")
    return parse_series(parser)


def remove_strays(offers: list[PlannedOffer], folder: Path) -> None:
    named = {folder / offer.image for offer in offers}
    for path in folder.glob("images/*/*.jpg"):
        if path not in named:
            path.unlink()


def render_offer(
    offer: PlannedOffer, path: Path, *, size: int, samples: int, threads: int, force: bool = False
) -> bool:
    """Whether it had to be rendered."""
    model = offer.build()
    scene = stage(model, offer)
    mark = f"{fingerprint(model, scene)} {size} {samples}".encode()
    if not force and path.exists() and read_comment(path.read_bytes()) == mark:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    render_model(
        model, path, scene=scene, size=size, samples=samples, threads=threads, seed=offer.seed, quality=QUALITY
    )
    part = path.with_suffix(".part")
    part.write_bytes(with_comment(path.read_bytes(), mark))
    part.replace(path)
    return True


def stage(model: Model, offer: PlannedOffer) -> Scene:
    """The supplier's kind of picture; with less light where something pale would vanish on white."""
    scene = snapshot(offer.habit.scene, np.random.default_rng(offer.seed))
    is_pale = any(measure_difference(name, "pure white") < PALE for name in main_colours(model))
    if offer.habit.scene == "cutout" and is_pale:
        low, high = scene.ambient
        return replace(scene, exposure=scene.exposure - 0.5, ambient=(0.4 * low, 0.6 * high))
    return scene


def fingerprint(model: Model, scene: Scene) -> str:
    """Of the form to a tenth of a millimetre, the surfaces and the scene."""
    seen = sha256(repr((model.view, scene)).encode())
    for part in model.parts:
        seen.update(np.round(part.mesh.vertices * 1e4).astype(np.int64).tobytes())
        seen.update(repr(part.finish).encode())
    return seen.hexdigest()[:16]


def with_comment(jpeg: bytes, comment: bytes) -> bytes:
    """The picture with a comment segment behind its start marker."""
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2) + comment + jpeg[2:]


def read_comment(jpeg: bytes) -> bytes:
    """The comment that `with_comment` wrote, or nothing."""
    if jpeg[2:4] != b"\xff\xfe":
        return b""
    return jpeg[6 : 4 + int.from_bytes(jpeg[4:6])]


if __name__ == "__main__":
    main()
