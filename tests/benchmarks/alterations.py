"""What happens to a picture between a shop's studio and a shopper's screen, one thing at a time."""

from __future__ import annotations

import io
import random
from collections.abc import Callable

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

Alteration = Callable[[Image.Image, random.Random], Image.Image]

# Of the picture's longer side; about severity 2 of 5 of ImageNet-C's Gaussian blur (Hendrycks and Dietterich 2019).
BLUR = 1 / 128
JPEG_QUALITY = 30
CUT = 0.2
BRIGHTNESS = 0.3


def leave(picture: Image.Image, draw: random.Random) -> Image.Image:
    return picture


def blur(picture: Image.Image, draw: random.Random) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(BLUR * max(picture.size)))


def compress(picture: Image.Image, draw: random.Random) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=JPEG_QUALITY)
    return Image.open(file).convert("RGB")


def crop(picture: Image.Image, draw: random.Random) -> Image.Image:
    """Loses a fifth of its width and a fifth of its height, at random edges: 64 % of its area is left."""
    width, height = (round(length * (1 - CUT)) for length in picture.size)
    left, top = draw.randint(0, picture.width - width), draw.randint(0, picture.height - height)
    return picture.crop((left, top, left + width, top + height))


def darken(picture: Image.Image, draw: random.Random) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(1 - BRIGHTNESS)


def brighten(picture: Image.Image, draw: random.Random) -> Image.Image:
    return ImageEnhance.Brightness(picture).enhance(1 + BRIGHTNESS)


def mirror(picture: Image.Image, draw: random.Random) -> Image.Image:
    return ImageOps.mirror(picture)


ALTERATIONS: dict[str, Alteration] = {
    "blur": blur,
    f"JPEG quality {JPEG_QUALITY}": compress,
    f"{CUT:.0%} crop": crop,
    f"brightness -{BRIGHTNESS:.0%}": darken,
    f"brightness +{BRIGHTNESS:.0%}": brighten,
    "horizontal flip": mirror,
}
