"""The pictures as shipped: there, readable, the right size, and each a picture of something."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from catalog.demo.render.catalogue import DEMO, IMAGES

PICTURES = sorted(IMAGES.glob("*.jpg"))
MEGABYTE = 1024**2


def test_together_they_stay_small() -> None:
    assert sum(path.stat().st_size for path in PICTURES) <= 8 * MEGABYTE
    assert (DEMO / "contact_sheet.jpg").stat().st_size <= 600 * 1024


def test_no_picture_appears_twice() -> None:
    assert len({sha256(path.read_bytes()).digest() for path in PICTURES}) == len(PICTURES)


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: path.stem)
def test_picture_shows_a_product_on_a_pale_backdrop(path: Path) -> None:
    with Image.open(path) as picture:
        assert picture.format == "JPEG"
        assert picture.mode == "RGB"
        assert picture.width == picture.height
        assert 384 <= picture.width <= 512
        pixels = np.asarray(picture, dtype=np.float64)
    corner = pixels[:12, :12].mean(axis=(0, 1))
    differs = np.abs(pixels - corner).max(axis=2) > 24
    assert pixels.mean() > 70, "too dark"
    assert pixels.std() > 6, "blank"
    assert differs.mean() > 0.01, "nothing but backdrop"
