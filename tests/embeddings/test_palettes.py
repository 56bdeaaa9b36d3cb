"""Colours are those of the thing, whatever it stands before."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from embeddings.palettes import QUANTILES, SIDE, SIZE, find_thing, measure_palette, to_oklab

WALLS = ["white", "#c9b18c", "#335577", "#b03a2e"]


def draw(thing: str, wall: str, *, floor: str = "", second: str = "", size: int = 120) -> Image.Image:
    """A box in the middle of a picture, its right half of a `second` colour."""
    picture = Image.new("RGB", (size, size), wall)
    brush = ImageDraw.Draw(picture)
    if floor:
        brush.rectangle((0, size * 0.6, size, size), fill=floor)
    brush.rectangle((size * 0.3, size * 0.3, size * 0.7, size * 0.7), fill=thing)
    if second:
        brush.rectangle((size * 0.5, size * 0.3, size * 0.7, size * 0.7), fill=second)
    return picture


def channels(picture: Image.Image) -> np.ndarray:
    return measure_palette(picture).reshape(3, len(QUANTILES))


@pytest.mark.parametrize("wall", WALLS)
def test_a_thing_of_one_colour_has_it_in_every_quantile(wall: str) -> None:
    teal = to_oklab(np.array([[[0, 128, 128]]], np.uint8))[0, 0]
    assert channels(draw("#008080", wall, floor="#6b4a2b")) == pytest.approx(np.repeat(teal[:, None], 5, 1), abs=0.03)


def test_what_it_stands_before_matters_less_than_its_colour() -> None:
    green = [measure_palette(draw("green", wall)) for wall in WALLS]
    purple = [measure_palette(draw("purple", wall)) for wall in WALLS]
    within = max(np.abs(one - other).mean() for one in green for other in green)
    between = min(np.abs(one - other).mean() for one in green for other in purple)
    assert within < 0.02 < 0.1 < between


def test_black_and_white_is_not_grey() -> None:
    both = channels(draw("black", "#335577", second="white"))[0]
    assert both[0] == pytest.approx(0, abs=0.02) and both[-1] == pytest.approx(1, abs=0.02)
    assert np.ptp(channels(draw("grey", "#335577"))[0]) < 0.02


def test_the_thing_is_found_where_it_is() -> None:
    small = draw("#008080", "white", floor="#6b4a2b").resize((SIDE, SIDE), Image.Resampling.BOX)
    sure = find_thing(to_oklab(np.asarray(small)))
    inner, outer = sure[18:30, 18:30], sure.copy()
    outer[13:35, 13:35] = 0
    assert inner.min() > 0.7
    assert outer.max() < 0.02


def test_lightness_and_hues_are_oklabs() -> None:
    """Ottosson's own table of sRGB's corners."""
    known = {(255, 255, 255): (1, 0, 0), (255, 0, 0): (0.628, 0.225, 0.126), (0, 0, 255): (0.452, -0.032, -0.312)}
    for pixel, lab in known.items():
        assert to_oklab(np.array([pixel], np.uint8))[0] == pytest.approx(lab, abs=1e-3)


@pytest.mark.parametrize("size", [(1, 1), (3, 500), (SIDE, SIDE)])
def test_every_picture_has_one_also_where_nothing_stands_out(size: tuple[int, int]) -> None:
    palette = measure_palette(Image.new("RGB", size, "#c9b18c"))
    assert palette.shape == (SIZE,) and palette.dtype == np.float32
    assert np.ptp(palette.reshape(3, -1), axis=1) == pytest.approx([0, 0, 0])


def test_kept_in_half_precision_it_is_the_same() -> None:
    palette = measure_palette(draw("#123456", "white"))
    assert (palette.astype(np.float16).astype(np.float32) == palette).all()
