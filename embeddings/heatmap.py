"""Where in a picture words are seen: patch likeness as a layer of colour over the picture. Numbers and Pillow alone."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from embeddings.layout import Vector, unit

# Longer side of a drawn map.
MAX_SIDE = 800
# The hottest patch is at full heat when it stands this many deviations of random text-picture pairs above the middle
# one. Words that are nowhere in the picture stay lukewarm instead of being found somewhere.
FULL_HEAT = 2.0
OPACITY = 0.6
# Viridis (van der Walt and Smith 2015, CC0) at 0, 1/4, 1/2, 3/4, 1: lightness rises throughout, so it is read without
# telling colours apart.
COLOURS = np.array([(68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37)], np.float32)


def measure_heat(patches: Vector, text: Vector, *, deviation: float) -> Vector:
    """How much more of the text is seen in each patch than in the middle one: [rows, cols] in 0..1.

    The middle one is the background, mostly. Taking off the picture's mean direction instead
    made no difference; the mean warms the background where the words are absent (looked at, 24 pictures).

    Args:
        patches: [rows, cols, dims], unit length.
        text: [dims], as it asks pictures.
        deviation: of the cosines of random texts and pictures; 0 if unknown, then something is always hot.
    """
    likeness = patches @ unit(text)
    above = likeness - np.median(likeness)
    full = max(float(np.percentile(above, 98)), FULL_HEAT * deviation)
    return np.clip(above / full, 0, 1) if full > 0 else np.zeros_like(above)


def draw_heatmap(picture: Image.Image, heat: Vector) -> bytes:
    """PNG of the picture, within MAX_SIDE, in grey under the colours of the heat."""
    shown = picture.convert("L")
    shown.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    layer = Image.fromarray(heat.astype(np.float32)).resize(shown.size, Image.Resampling.BILINEAR)
    drawn = Image.blend(shown.convert("RGB"), Image.fromarray(paint(np.asarray(layer))), OPACITY)
    file = io.BytesIO()
    drawn.save(file, "PNG")
    return file.getvalue()


def paint(heat: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Heat in 0..1, [rows, cols], in colours: uint8 [rows, cols, 3]."""
    stops = np.linspace(0, 1, len(COLOURS))
    channels = [np.interp(heat, stops, COLOURS[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)
