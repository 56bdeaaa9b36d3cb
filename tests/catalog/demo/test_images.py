"""The pictures as shipped: there, readable, the right size, and each a picture of something else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from catalog.demo.render.catalogue import DEMO, IMAGES

PICTURES = sorted(IMAGES.glob("*.jpg"))
MEGABYTE = 1024**2


def test_together_they_stay_small() -> None:
    assert sum(path.stat().st_size for path in IMAGES.iterdir()) <= 17 * MEGABYTE
    assert sum(path.stat().st_size for path in DEMO.glob("contact_sheet*.jpg")) <= 2.5 * MEGABYTE


def test_no_two_pictures_look_alike() -> None:
    """Mean difference of thumbnails of 24 x 24 pixels, in levels of 255."""
    thumbnails = []
    for path in PICTURES:
        with Image.open(path) as picture:
            thumbnails.append(np.asarray(picture.resize((24, 24), Image.Resampling.BOX), dtype=np.float32).ravel())
    stacked = np.stack(thumbnails)
    for number, thumbnail in enumerate(stacked[:-1]):
        apart = np.abs(stacked[number + 1 :] - thumbnail).mean(axis=1)
        nearest = number + 1 + int(apart.argmin())
        assert apart.min() >= 1.0, f"{PICTURES[number].name} and {PICTURES[nearest].name}"


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_picture_shows_something(path: Path) -> None:
    with Image.open(path) as picture:
        assert picture.format == "JPEG"
        assert picture.mode == "RGB"
        assert picture.size == (512, 512)
        pixels = np.asarray(picture, dtype=np.float64)
    corner = pixels[:12, :12].mean(axis=(0, 1))
    differs = np.abs(pixels - corner).max(axis=2) > 24
    assert pixels.mean() > 60, "too dark"
    assert pixels.std() > 8, "blank"
    assert differs.mean() > 0.01, "nothing but backdrop"
