"""Palettes of stored pictures: measured once, whoever asks."""

from pathlib import Path

import numpy as np
import pytest

from catalog.models import ProductImage, Store
from embeddings.colours import PICTURE_SIDE, palettes_of
from embeddings.models import Palette
from embeddings.palettes import measure_palette
from embeddings.services import open_picture
from tests.factories import make_image, make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(store: Store) -> dict[str, str]:
    make_product(store, images=[make_image("red"), make_image("blue")])
    return dict(ProductImage.objects.values_list("sha256", "file"))


def test_each_is_measured_once_and_the_same_from_where_it_is_kept(files: dict[str, str], media_root: Path) -> None:
    told = palettes_of(files)
    assert told.keys() == files.keys()
    assert not np.allclose(*told.values(), atol=0.1)
    for sha, name in files.items():
        assert (told[sha] == measure_palette(open_picture(name, PICTURE_SIDE))).all()
    assert Palette.objects.count() == 2
    for name in files.values():
        (media_root / name).unlink()
    again = palettes_of(files)
    assert all((again[sha] == told[sha]).all() for sha in files)


def test_one_that_cannot_be_read_is_left_out_and_tried_again(files: dict[str, str], media_root: Path) -> None:
    broken, fine = files
    data = (media_root / files[broken]).read_bytes()
    (media_root / files[broken]).write_bytes(b"no picture")
    assert palettes_of(files).keys() == {fine}
    (media_root / files[broken]).write_bytes(data)
    assert palettes_of(files).keys() == {broken, fine}
