"""What all encoders share, and how they are found by name."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from embeddings.encoders import ENCODERS, EncoderUnavailable, NoPatches, NotJoint, load_encoder
from embeddings.encoders.base import as_rgb, unit_rows


def test_unit_rows_leaves_zero_rows_at_zero() -> None:
    rows = unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]]))

    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, [[0.6, 0.8], [0, 0]], atol=1e-7)


@pytest.mark.parametrize(
    ("picture", "colour"),
    [
        (Image.new("RGBA", (2, 2), (10, 20, 30, 0)), (255, 255, 255)),
        (Image.new("RGBA", (2, 2), (10, 20, 30, 255)), (10, 20, 30)),
        (Image.new("L", (2, 2), 77), (77, 77, 77)),
        (Image.new("I;16", (2, 2), 77 << 8), (77, 77, 77)),
    ],
)
def test_any_picture_becomes_rgb_on_white(picture: Image.Image, colour: tuple[int, int, int]) -> None:
    assert as_rgb(picture).mode == "RGB"
    assert as_rgb(picture).getpixel((0, 0)) == colour


def test_importing_the_package_does_not_import_torch() -> None:
    code = "import sys, embeddings.encoders; load = embeddings.encoders.load_encoder; load('fake'); "
    code += "print([m for m in ('torch', 'transformers') if m in sys.modules])"

    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert out.stdout.strip() == "[]"


def test_every_name_in_the_table_can_be_imported() -> None:
    from importlib import import_module

    for path in ENCODERS.values():
        module, _, function = path.rpartition(".")
        assert callable(getattr(import_module(module), function))


def test_an_encoder_of_two_spaces_refuses_to_cross() -> None:
    encoder = load_encoder("fake")
    rows = encoder.encode_texts(["lamp"])

    with pytest.raises(NotJoint, match="fake-32"):
        encoder.to_image_space(rows)
    with pytest.raises(NotJoint, match="fake-32"):
        encoder.to_text_space(rows)


def test_an_encoder_without_patches_refuses_to_give_them() -> None:
    encoder = load_encoder("fake")

    assert not encoder.info.has_patches
    with pytest.raises(NoPatches, match="fake-32"):
        encoder.encode_patches([Image.new("RGB", (8, 8))])


@pytest.mark.parametrize("name", ["fake:zero", "fake:0", "fake:8:loose", "starter:2", "./no/such/folder"])
def test_a_name_that_means_nothing_is_refused_with_a_hint(name: str) -> None:
    with pytest.raises(EncoderUnavailable) as refused:
        load_encoder(name)

    assert refused.value.reason and refused.value.hint


def test_a_folder_without_weights_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"format": "kindred-towers-1"}')

    with pytest.raises(EncoderUnavailable, match=r"model\.safetensors"):
        load_encoder(str(tmp_path))
