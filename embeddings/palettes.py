"""The colours of the thing in a picture, apart from what it stands before. Pure: numbers and Pillow alone.

An encoder's row mixes the thing with its background and is the same under any light; two things that differ in colour
alone are nearly one to it. Here what resembles the picture's rim is background, and of the rest the spread of each
channel of OKLab (Ottosson 2020, bottosson.github.io/posts/oklab) is told: five quantiles of lightness, of green to
red, of blue to yellow. Differences of sorted values are what it costs to turn one spread into the other (the earth
mover's distance of one dimension, Rubner et al. 2000), so a thing half white and half black is not like a grey one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from embeddings.layout import Vector

QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
SIZE = 3 * len(QUANTILES)
SIDE = 48
RIM = 3
# Wall, floor and what divides them, with their light and shadow.
BACKGROUNDS = 5
ROUNDS = 5
# In OKLab with lightness counting less, as shadows are background too: from where on a colour is another one, and
# within what this is unsure. Looked at, 80 pictures of four suppliers.
APART, UNSURE = 0.05, 0.012
LIGHTNESS_COUNTS = 0.45
# The thing stands in the middle: a bell over the picture, as a share of its side.
MIDDLE = 0.27
_TO_CONES = np.array(
    [
        (0.4122214708, 0.5363325363, 0.0514459929),
        (0.2119034982, 0.6806995451, 0.1073969566),
        (0.0883024619, 0.2817188376, 0.6299787005),
    ]
)
_TO_LAB = np.array(
    [
        (0.2104542553, 0.7936177850, -0.0040720468),
        (1.9779984951, -2.4285922050, 0.4505937099),
        (0.0259040371, 0.7827717662, -0.8086757660),
    ]
)
_LIGHT = np.arange(256) / 255
_LINEAR = np.where(_LIGHT <= 0.04045, _LIGHT / 12.92, ((_LIGHT + 0.055) / 1.055) ** 2.4)
_IS_RIM = np.ones((SIDE, SIDE), bool)
_IS_RIM[RIM:-RIM, RIM:-RIM] = False
_OFF_MIDDLE = (np.arange(SIDE) - (SIDE - 1) / 2) / (MIDDLE * SIDE)
_BELL = np.exp(-(_OFF_MIDDLE[:, None] ** 2 + _OFF_MIDDLE**2) / 2)


def measure_palette(picture: Image.Image) -> Vector:
    """float32[SIZE]: lightness's quantiles, then green to red's, then blue to yellow's; not of unit length."""
    small = picture.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    lab = to_oklab(np.asarray(small))
    spread = _spread(lab.reshape(-1, 3), find_thing(lab).ravel())
    # Of half precision, as it is kept: the same to the bit, remembered or not.
    return spread.astype(np.float16).astype(np.float32)


def to_oklab(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB [..., 3] to lightness in 0..1, green to red and blue to yellow about 0."""
    return np.asarray(np.cbrt(_LINEAR[pixels] @ _TO_CONES.T) @ _TO_LAB.T)


def find_thing(lab: NDArray[np.float64]) -> NDArray[np.float64]:
    """How surely each pixel of [SIDE, SIDE, 3] is of the thing; nowhere 0, so that there is something to tell."""
    seen = lab * (LIGHTNESS_COUNTS, 1, 1)
    backgrounds = _cluster(seen[_IS_RIM])
    apart = np.sqrt(_nearest(seen.reshape(-1, 3), backgrounds)).reshape(SIDE, SIDE)
    return np.asarray(_BELL / (1 + np.exp((APART - apart) / UNSURE)))


def _cluster(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """BACKGROUNDS centres, by Lloyd's k-means from the points farthest apart (Gonzalez 1985): no chance in it."""
    centres = points[[int(np.argmin(((points - points.mean(0)) ** 2).sum(1)))]]
    while len(centres) < BACKGROUNDS:
        centres = np.vstack([centres, points[int(np.argmax(_nearest(points, centres)))]])
    for _ in range(ROUNDS):
        belongs = _squares(points, centres).argmin(1)
        counts = np.bincount(belongs, minlength=BACKGROUNDS)[:, None]
        sums = np.stack([np.bincount(belongs, points[:, axis], BACKGROUNDS) for axis in range(3)], axis=1)
        centres = np.where(counts, sums / np.maximum(counts, 1), centres)
    return centres


def _nearest(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(_squares(points, centres).min(1))


def _squares(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.float64]:
    apart = (points**2).sum(1)[:, None] - 2 * points @ centres.T + (centres**2).sum(1)
    return np.asarray(np.maximum(apart, 0))


def _spread(values: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """The QUANTILES of each column of [n, 3], one column after the other."""
    order = np.argsort(values, axis=0)
    reached = np.cumsum(weights[order], axis=0) / weights.sum()
    places = [np.searchsorted(reached[:, axis], QUANTILES).clip(max=len(values) - 1) for axis in range(3)]
    return np.concatenate([values[order[at, axis], axis] for axis, at in enumerate(places)])
