"""From patches to a picture: where the heat lies, how hot it is, and that it can be read."""

import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from embeddings.encoders.base import unit_rows
from embeddings.heatmap import COLOURS, FULL_HEAT, MAX_SIDE, draw_heatmap, measure_heat, paint

TEXT = np.array([1, 0], np.float32)


def patches_like(likeness: np.ndarray) -> np.ndarray:
    """Patches of unit length that have these cosines with TEXT."""
    return np.stack([likeness, np.sqrt(1 - likeness**2)], axis=-1).astype(np.float32)


def drawn(heat: np.ndarray, *, size: tuple[int, int] = (80, 60), colour: str = "grey") -> np.ndarray:
    with Image.open(io.BytesIO(draw_heatmap(Image.new("RGB", size, colour), heat.astype(np.float32)))) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture)


class TestMeasuring:
    def test_heat_is_what_stands_above_the_middle_patch(self) -> None:
        likeness = np.array([[0.1, 0.1, 0.1], [0.1, 0.1, 0.3], [0.0, 0.3, 0.5]])
        heat = measure_heat(patches_like(likeness), TEXT, deviation=0.0)
        full = np.percentile(likeness - 0.1, 98)
        np.testing.assert_allclose(heat, np.clip((likeness - 0.1) / full, 0, 1), atol=1e-5)
        assert heat[2, 2] == 1 and heat[0, 0] == heat[2, 0] == 0

    def test_the_length_of_the_text_says_nothing(self) -> None:
        patches = patches_like(np.random.default_rng(1).uniform(-1, 1, (4, 5)))
        np.testing.assert_allclose(
            measure_heat(patches, 7 * TEXT, deviation=0.1), measure_heat(patches, TEXT, deviation=0.1), atol=1e-6
        )

    def test_words_that_are_nowhere_stay_lukewarm(self) -> None:
        """The hottest of noise is hot only as far as it stands out from random pairs."""
        likeness = np.zeros((8, 8))
        likeness[2, 3] = likeness[2, 4] = 0.05
        heat = measure_heat(patches_like(likeness), TEXT, deviation=0.1)
        assert heat.max() == pytest.approx(0.05 / (FULL_HEAT * 0.1), abs=1e-5)
        assert measure_heat(patches_like(likeness), TEXT, deviation=0.0).max() == 1

    def test_a_picture_that_is_the_same_everywhere_is_cold(self) -> None:
        for deviation in (0.0, 0.1):
            assert not measure_heat(patches_like(np.full((3, 3), 0.4)), TEXT, deviation=deviation).any()

    @given(
        arrays(np.float64, (3, 4), elements=st.floats(-1, 1)),
        st.floats(0, 1),
    )
    def test_heat_is_always_between_0_and_1_in_the_order_of_likeness(
        self, likeness: np.ndarray, deviation: float
    ) -> None:
        patches = patches_like(likeness)
        heat = measure_heat(patches, TEXT, deviation=deviation)
        assert heat.shape == (3, 4) and np.isfinite(heat).all() and 0 <= heat.min() <= heat.max() <= 1
        assert (np.diff(heat.ravel()[np.argsort((patches @ TEXT).ravel())]) >= 0).all()

    def test_texts_that_are_asked_of_their_own_patch(self) -> None:
        rows = unit_rows(np.random.default_rng(3).standard_normal((12, 64)))
        for at in range(12):
            heat = measure_heat(rows.reshape(3, 4, 64), rows[at], deviation=0.05)
            assert heat.argmax() == at and heat.max() == 1


class TestDrawing:
    def test_heat_lies_where_the_patch_is(self) -> None:
        heat = np.zeros((4, 4))
        heat[3, 1] = 1
        picture = drawn(heat, size=(84, 60)).astype(int)  # a patch is 21 x 15 pixels
        hot, cold = picture[52, 31], picture[10, 70]
        assert picture.shape == (60, 84, 3)
        np.testing.assert_allclose(hot, 0.4 * 128 + 0.6 * COLOURS[-1], atol=2)
        np.testing.assert_allclose(cold, 0.4 * 128 + 0.6 * COLOURS[0], atol=2)

    def test_between_patches_heat_is_linear(self) -> None:
        green = drawn(np.array([[0.0, 1.0]]), size=(400, 10))[5, :, 1].astype(int)
        assert (np.diff(green) >= 0).all()
        np.testing.assert_allclose(green[200], 0.4 * 128 + 0.6 * COLOURS[2, 1], atol=3)

    def test_the_picture_is_seen_through_it(self) -> None:
        cold = np.zeros((2, 2))
        light, dark = (int(drawn(cold, colour=colour).sum()) for colour in ("white", "black"))
        assert light - dark == pytest.approx(0.4 * 255 * 80 * 60 * 3, rel=0.02)

    def test_large_pictures_are_drawn_small(self) -> None:
        assert drawn(np.zeros((2, 2)), size=(1600, 400)).shape == (MAX_SIDE // 4, MAX_SIDE, 3)

    def test_lightness_rises_with_heat(self) -> None:
        """Without telling colours apart, and to the eye that lacks one kind of cone alike."""
        colours = paint(np.linspace(0, 1, 101, dtype=np.float32)[None])[0] / 255
        linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
        luminance = linear @ [0.2126, 0.7152, 0.0722]
        assert (np.diff(luminance) > 0).all() and luminance[-1] > 20 * luminance[0]
