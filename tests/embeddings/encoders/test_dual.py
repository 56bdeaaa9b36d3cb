"""Any Hugging Face dual encoder, from a folder, through one code path."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from embeddings.encoders import EncoderUnavailable, NoPatches, load_encoder
from embeddings.encoders.base import unit_rows
from embeddings.encoders.dual import DualEncoder
from embeddings.encoders.patches import see_align
from tests.embeddings.encoders.tiny import SAVERS

TEXTS = ["red lamp", "blue vase", "the wooden chair", "a"]


@pytest.fixture(scope="module", params=list(SAVERS))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    torch.manual_seed(7)
    path = tmp_path_factory.mktemp(request.param)
    SAVERS[request.param](path)
    return path


@pytest.fixture(scope="module")
def encoder(folder: Path) -> DualEncoder:
    encoder = load_encoder(str(folder), device="cpu", dtype="float32")
    assert isinstance(encoder, DualEncoder)
    return encoder


def _pictures(count: int = 5) -> list[Image.Image]:
    rng = np.random.default_rng(3)
    return [
        Image.fromarray(rng.integers(0, 256, (20 + 9 * i, 40 - 3 * i, 3), np.uint8)).resize((48, 40 + i))
        for i in range(count)
    ]


def test_both_modalities_give_unit_rows_of_one_space(encoder: DualEncoder) -> None:
    images, texts = encoder.encode_images(_pictures()), encoder.encode_texts(TEXTS)

    assert encoder.info.joint and encoder.info.image_dim == encoder.info.text_dim
    assert images.shape == (5, encoder.info.image_dim) and images.dtype == np.float32
    assert texts.shape == (4, encoder.info.text_dim) and texts.dtype == np.float32
    for rows in (images, texts):
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
        assert np.unique(rows.round(4), axis=0).shape == rows.shape


def test_the_same_input_gives_the_same_rows(encoder: DualEncoder, folder: Path) -> None:
    again = load_encoder(str(folder), device="cpu", dtype="float32")

    assert again.info == encoder.info
    np.testing.assert_array_equal(again.encode_images(_pictures()), encoder.encode_images(_pictures()))
    np.testing.assert_array_equal(again.encode_texts(TEXTS), encoder.encode_texts(TEXTS))


def test_a_row_does_not_depend_on_what_it_is_encoded_with(
    encoder: DualEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = encoder.encode_images(_pictures()), encoder.encode_texts(TEXTS)
    alone = [encoder.encode_images([p])[0] for p in _pictures()], [encoder.encode_texts([x])[0] for x in TEXTS]
    monkeypatch.setattr("embeddings.encoders.dual.TEXT_BATCH", 3)
    monkeypatch.setattr(encoder, "_image_batch", 2)
    in_parts = encoder.encode_images(_pictures()), encoder.encode_texts(TEXTS)

    for rows, singles, parts in zip(together, alone, in_parts, strict=True):
        np.testing.assert_allclose(rows, singles, atol=1e-5)
        np.testing.assert_allclose(rows, parts, atol=1e-5)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "CMYK", "1", "I;16"])
def test_pictures_of_any_mode_are_read(encoder: DualEncoder, mode: str) -> None:
    grey = Image.new("L", (40, 30), 90)
    picture = Image.new("I;16", (40, 30), 90 << 8) if mode == "I;16" else grey.convert(mode)

    assert np.isfinite(encoder.encode_images([picture])).all()


def test_a_transparent_picture_is_seen_on_white(encoder: DualEncoder) -> None:
    rows = encoder.encode_images([Image.new("RGBA", (40, 40), (200, 0, 0, 0)), Image.new("RGB", (40, 40), "white")])

    np.testing.assert_allclose(rows[0], rows[1], atol=1e-6)


def test_nothing_in_nothing_out(encoder: DualEncoder) -> None:
    assert encoder.encode_images([]).shape == (0, encoder.info.image_dim)
    assert encoder.encode_texts([]).shape == (0, encoder.info.text_dim)


def test_empty_and_overlong_texts_are_encoded(encoder: DualEncoder) -> None:
    rows = encoder.encode_texts(["", "red lamp " * 200])

    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_one_space_is_crossed_by_the_identity(encoder: DualEncoder) -> None:
    rows = encoder.encode_texts(TEXTS)

    np.testing.assert_array_equal(encoder.to_image_space(rows), rows)
    np.testing.assert_array_equal(encoder.to_text_space(rows), rows)


def test_bfloat16_stays_close_to_float32(encoder: DualEncoder, folder: Path) -> None:
    half = load_encoder(str(folder), device="cpu", dtype="bfloat16")

    assert half.encode_images(_pictures()).dtype == np.float32
    assert ((half.encode_images(_pictures()) * encoder.encode_images(_pictures())).sum(1) > 0.97).all()
    assert ((half.encode_texts(TEXTS) * encoder.encode_texts(TEXTS)).sum(1) > 0.97).all()


def test_other_weights_are_another_encoder(tmp_path: Path) -> None:
    ids = set()
    for seed in (1, 2):
        torch.manual_seed(seed)
        SAVERS["clip"](tmp_path)
        ids.add(load_encoder(str(tmp_path), dtype="float32").info.id)

    assert len(ids) == 2


def test_siglip_reads_lower_case_without_a_mask(tmp_path: Path) -> None:
    SAVERS["siglip2-fixed"](tmp_path)
    encoder = load_encoder(str(tmp_path), dtype="float32")

    np.testing.assert_array_equal(encoder.encode_texts(["Red LAMP"]), encoder.encode_texts(["red lamp"]))


@pytest.mark.parametrize(
    ("prepare", "reason"),
    [
        (Path.exists, "cannot be loaded"),
        (lambda folder: (folder / "config.json").write_text('{"model_type": "no-such"}'), "cannot be loaded"),
        (lambda folder: folder.rmdir(), "no model folder"),
    ],
    ids=["empty folder", "unknown model", "no folder"],
)
def test_what_cannot_be_loaded_says_why(tmp_path: Path, prepare, reason: str) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "model"
    folder.mkdir()
    prepare(folder)

    with pytest.raises(EncoderUnavailable) as refused:
        load_encoder(str(folder))

    assert reason in refused.value.reason and refused.value.hint


def test_a_model_of_one_modality_is_refused(tmp_path: Path) -> None:
    from transformers import BertConfig, BertModel

    config = BertConfig(vocab_size=9, hidden_size=8, num_hidden_layers=1, num_attention_heads=1, intermediate_size=8)
    BertModel(config).save_pretrained(tmp_path)

    with pytest.raises(EncoderUnavailable, match="does not encode both"):
        load_encoder(str(tmp_path))


def test_pickled_weights_are_refused(tmp_path: Path) -> None:
    SAVERS["clip"](tmp_path)
    (tmp_path / "model.safetensors").unlink()
    torch.save({}, tmp_path / "pytorch_model.bin")

    with pytest.raises(EncoderUnavailable, match="cannot be loaded"):
        load_encoder(str(tmp_path))


@pytest.mark.parametrize(("argument", "value"), [("device", "toaster"), ("dtype", "int3")])
def test_a_wrong_setting_is_named(tmp_path: Path, argument: str, value: str) -> None:
    SAVERS["clip"](tmp_path)

    with pytest.raises(EncoderUnavailable, match=value) as refused:
        load_encoder(str(tmp_path), **{argument: value})

    assert f"KINDRED_ENCODER_{argument.upper()}" in refused.value.hint


class TestPatches:
    def test_the_grid_covers_a_picture_of_any_shape(self, encoder: DualEncoder, folder: Path) -> None:
        if not encoder.info.has_patches:
            assert folder.name.startswith("siglip2-naflex")
            with pytest.raises(NoPatches, match="siglip2-naflex"):
                encoder.encode_patches(_pictures())
            return
        patches = encoder.encode_patches(_pictures())

        assert patches.ndim == 4 and patches.shape[0] == 5 and patches.shape[3] == encoder.info.image_dim
        assert patches.shape[1] == patches.shape[2] > 1
        np.testing.assert_allclose(np.linalg.norm(patches, axis=3), 1, atol=1e-5)
        assert len(encoder.encode_patches([])) == 0

    def test_the_ends_of_a_long_picture_are_seen(self, encoder: DualEncoder) -> None:
        """Processors that crop to a square would leave them out."""
        if not encoder.info.has_patches:
            pytest.skip("no patches")
        plain = Image.new("RGB", (160, 32), "white")
        marked = plain.copy()
        marked.paste("black", (0, 0, 30, 32))
        change = np.abs(encoder.encode_patches([marked]) - encoder.encode_patches([plain])).max()

        assert change > 1e-3

    @pytest.mark.parametrize("family", ["clip", "align", "siglip2-fixed"])
    def test_against_a_slow_twin(self, family: str, tmp_path: Path) -> None:
        torch.manual_seed(11)
        SAVERS[family](tmp_path)
        encoder = load_encoder(str(tmp_path), device="cpu", dtype="float32")
        picture = _pictures(1)[0].resize((32, 32))
        pixels = encoder._processor.image_processor([picture], return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            rows = TWINS[family](encoder._model, pixels)

        grid = encoder.encode_patches([picture])[0]
        np.testing.assert_allclose(grid.reshape(len(rows), -1), unit_rows(rows.numpy()), atol=1e-4)

    def test_the_mean_of_aligns_patches_is_the_picture(self, tmp_path: Path) -> None:
        SAVERS["align"](tmp_path)
        encoder = load_encoder(str(tmp_path), device="cpu", dtype="float32")
        picture = _pictures(1)[0].resize((32, 32))
        pixels = encoder._processor.image_processor([picture], return_tensors="pt")["pixel_values"]
        with torch.inference_mode():
            cells = see_align(encoder._model, pixels)

        pooled = unit_rows(cells.mean((1, 2)).numpy())
        np.testing.assert_allclose(pooled, encoder.encode_images([picture]), atol=1e-4)


def _clip_values(model, pixels):  # type: ignore[no-untyped-def]
    """The value path of MaskCLIP, written out."""
    vision = model.vision_model
    tokens = vision.pre_layrnorm(vision.embeddings(pixels))
    *others, last = vision.encoder.layers
    for layer in others:
        tokens = layer(tokens, None)
    tokens = tokens[0, 1:]
    tokens = tokens + last.self_attn.out_proj(last.self_attn.v_proj(last.layer_norm1(tokens)))
    tokens = tokens + last.mlp(last.layer_norm2(tokens))
    return model.visual_projection(vision.post_layernorm(tokens))


def _siglip_values(model, pixels):  # type: ignore[no-untyped-def]
    """One patch at a time: attention over one token is its value, whatever the probe asks."""
    tokens, head = model.vision_model(pixel_values=pixels).last_hidden_state[0], model.vision_model.head
    size = tokens.shape[1]
    weight, bias = head.attention.in_proj_weight[2 * size :], head.attention.in_proj_bias[2 * size :]
    rows = [head.attention.out_proj(weight @ token + bias) for token in tokens]
    return torch.stack([row + head.mlp(head.layernorm(row)) for row in rows])


def _align_cells(model, pixels):  # type: ignore[no-untyped-def]
    cells = model.vision_model(pixel_values=pixels).last_hidden_state[0]
    return torch.stack([cells[:, r, c] for r in range(cells.shape[1]) for c in range(cells.shape[2])])


TWINS = {"clip": _clip_values, "siglip2-fixed": _siglip_values, "align": _align_cells}
