"""The encoder other tests stand on: deterministic, and near things are near."""

import numpy as np
from PIL import Image, ImageDraw

from embeddings.encoders import load_encoder
from embeddings.encoders.fake import FakeEncoder


def _disc(colour: str, radius: int = 20) -> Image.Image:
    picture = Image.new("RGB", (64, 64), "white")
    ImageDraw.Draw(picture).ellipse((32 - radius, 32 - radius, 32 + radius, 32 + radius), fill=colour)
    return picture


def test_rows_are_unit_length_and_the_same_every_time() -> None:
    first, second = load_encoder("fake:48"), load_encoder("fake:48")
    pictures, texts = [_disc("red"), _disc("blue")], ["red lamp", "", "!?"]

    assert first.info == second.info and first.info.image_dim == first.info.text_dim == 48
    np.testing.assert_array_equal(first.encode_images(pictures), second.encode_images(pictures))
    np.testing.assert_array_equal(first.encode_texts(texts), second.encode_texts(texts))
    np.testing.assert_allclose(np.linalg.norm(first.encode_images(pictures), axis=1), 1, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(first.encode_texts(texts), axis=1), 1, atol=1e-6)


def test_similar_pictures_are_closer_than_others() -> None:
    red, nearly, blue = FakeEncoder().encode_images([_disc("red"), _disc("red", 22), _disc("blue")])

    assert red @ nearly > 0.95 > red @ blue


def test_texts_that_share_words_are_closer_than_others() -> None:
    lamp, other_lamp, chair = FakeEncoder(64).encode_texts(["red table lamp", "Table lamp, blue", "garden chair"])

    assert lamp @ other_lamp > 0.4 > lamp @ chair


def test_a_patch_looks_like_what_lies_in_its_cell() -> None:
    encoder = FakeEncoder(64, joint=True)
    picture = Image.new("RGB", (64, 64), (128, 128, 128))
    ImageDraw.Draw(picture).rectangle((16, 48, 31, 63), fill="red")  # the last row, the second column
    patches = encoder.encode_patches([picture, Image.new("RGB", (64, 64), "red")])

    assert patches.shape == (2, 4, 4, 64) and patches.dtype == np.float32
    likeness = patches[0] @ encoder.encode_images([picture])[0]
    assert np.unravel_index(likeness.argmax(), likeness.shape) == (3, 1) and likeness[3, 1] > 0.9
    np.testing.assert_allclose(patches[1, 3, 1], patches[0, 3, 1], atol=1e-5)
    assert encoder.encode_patches([]).shape == (0, 4, 4, 64)


def test_it_counts_calls_and_items() -> None:
    encoder = FakeEncoder()
    encoder.encode_images([_disc("red")] * 3)
    encoder.encode_images([])
    encoder.encode_texts(["a", "b"])

    assert (encoder.image_calls, encoder.images_encoded) == (2, 3)
    assert (encoder.text_calls, encoder.texts_encoded) == (1, 2)


def test_joint_is_a_choice() -> None:
    encoder = load_encoder("fake:16:joint")
    rows = encoder.encode_texts(["lamp"])

    assert encoder.info.joint and not load_encoder("fake:16").info.joint
    np.testing.assert_array_equal(encoder.to_image_space(rows), rows)
