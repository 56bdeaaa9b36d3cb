"""Altered pictures are what their names say."""

import random

import numpy as np
import pytest
from PIL import Image

from tests.benchmarks.alterations import ALTERATIONS, brighten, crop, darken, mirror


@pytest.fixture
def picture() -> Image.Image:
    """Noise between 40 and 160, so that nothing saturates."""
    values = np.random.default_rng(5).integers(40, 160, (120, 200, 3), dtype=np.uint8)
    return Image.fromarray(values)


def test_none_leaves_the_picture_as_it_is(picture: Image.Image) -> None:
    altered = {name: alter(picture, random.Random(1)) for name, alter in ALTERATIONS.items()}

    assert [name for name, other in altered.items() if other.tobytes() == picture.tobytes()] == []
    assert {name for name, other in altered.items() if other.size != picture.size} == {"20% crop"}


def test_brightness_is_a_third_less_or_more(picture: Image.Image) -> None:
    mean = np.asarray(picture, float).mean()

    assert np.asarray(darken(picture, random.Random(1)), float).mean() == pytest.approx(0.7 * mean, rel=0.01)
    assert np.asarray(brighten(picture, random.Random(1)), float).mean() == pytest.approx(1.3 * mean, rel=0.01)


def test_a_crop_is_a_part_and_seeded(picture: Image.Image) -> None:
    whole, part = np.asarray(picture), np.asarray(crop(picture, random.Random(1)))
    places = [
        (top, left)
        for top in range(25)
        for left in range(41)
        if np.array_equal(whole[top : top + 96, left : left + 160], part)
    ]

    assert part.shape == (96, 160, 3) and len(places) == 1
    assert np.array_equal(part, np.asarray(crop(picture, random.Random(1))))


def test_mirroring_twice_changes_nothing(picture: Image.Image) -> None:
    assert mirror(mirror(picture, random.Random(1)), random.Random(1)).tobytes() == picture.tobytes()
