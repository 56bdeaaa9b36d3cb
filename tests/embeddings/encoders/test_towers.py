"""Two towers from config.json + model.safetensors."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from transformers import AutoModel

from embeddings.encoders import STARTER, EncoderUnavailable, load_encoder
from embeddings.encoders.image_tower import ImageTower, fold_normalisation
from embeddings.encoders.text_tower import _bucket_by_length, find_text_model
from embeddings.encoders.towers import TowersEncoder, load_towers, save_towers
from tests.embeddings.encoders.tiny_towers import IMAGE, save_text_package, save_tiny_towers

DEMO = STARTER.parents[1] / "catalog" / "demo" / "images"
TEXTS = ["red lamp", "the wooden chair", "a blue vase", ""]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("towers")
    torch.manual_seed(5)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root))
        save_tiny_towers(root / "model", save_text_package(root, "tiny_text_model"))
        yield root / "model"


@pytest.fixture(scope="module")
def encoder(folder: Path) -> TowersEncoder:
    encoder = load_encoder(str(folder), device="cpu", dtype="float32")
    assert isinstance(encoder, TowersEncoder)
    return encoder


def _pictures(count: int = 5) -> list[Image.Image]:
    rng = np.random.default_rng(3)
    return [Image.fromarray(rng.integers(0, 256, (30 + i, 50, 3), np.uint8)) for i in range(count)]


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    config = {"format": "kindred-towers-1", "id": "x", "visual_share": 0.25}
    tensors = {"a": torch.randn(3, 4).half(), "b": torch.zeros(()).half()}

    save_towers(tmp_path, config, tensors)
    loaded_config, loaded = load_towers(tmp_path)

    assert loaded_config == config and loaded.keys() == tensors.keys()
    for name, value in tensors.items():
        assert torch.equal(loaded[name], value)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.json", "model.safetensors"]


def test_saving_what_was_loaded_changes_no_byte(folder: Path, tmp_path: Path) -> None:
    save_towers(tmp_path, *load_towers(folder))

    for name in ("config.json", "model.safetensors"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_rows_have_unit_length_and_the_promised_shape(encoder: TowersEncoder) -> None:
    images, texts = encoder.encode_images(_pictures()), encoder.encode_texts(TEXTS)

    assert (encoder.info.id, encoder.info.image_dim, encoder.info.text_dim) == ("tiny-1", 20, 12)
    assert images.shape == (5, 20) and texts.shape == (4, 12)
    assert images.dtype == texts.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(images, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(texts, axis=1), 1, atol=1e-5)


def test_a_row_does_not_depend_on_what_it_is_encoded_with(
    encoder: TowersEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, texts = encoder.encode_images(_pictures()), encoder.encode_texts(TEXTS)
    monkeypatch.setattr("embeddings.encoders.towers.BATCH", 2)
    monkeypatch.setattr("embeddings.encoders.text_tower.BATCH_TOKENS", 6)

    np.testing.assert_allclose(encoder.encode_images(_pictures()), images, atol=1e-5)
    np.testing.assert_allclose(encoder.encode_texts(TEXTS), texts, atol=1e-5)
    np.testing.assert_allclose([encoder.encode_images([p])[0] for p in _pictures()], images, atol=1e-5)
    np.testing.assert_allclose([encoder.encode_texts([t])[0] for t in TEXTS], texts, atol=1e-5)


def test_an_image_row_is_a_visual_and_a_joint_part_by_their_shares(encoder: TowersEncoder) -> None:
    rows = encoder.encode_images(_pictures())

    np.testing.assert_allclose((rows[:, :8] ** 2).sum(1), 0.4, atol=1e-5)
    np.testing.assert_allclose(encoder.to_text_space(rows), rows[:, 8:] / np.sqrt(0.6), atol=1e-5)


def test_the_mean_of_the_feature_map_gives_the_row_of_the_picture(encoder: TowersEncoder) -> None:
    with torch.inference_mode():
        cells = encoder._image.feature_map(encoder._pixels(_pictures(), side=48))
        rows = encoder._rows(cells.mean((1, 2)))

    assert cells.shape[1:3] == (2, 2)
    np.testing.assert_allclose(rows, encoder.encode_images(_pictures()), atol=1e-4)


def test_a_patch_is_its_cell_through_the_heads(encoder: TowersEncoder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Against a slow twin of one cell at a time; in a picture of twice the side, 96."""
    monkeypatch.setattr("embeddings.encoders.towers.BATCH", 2)
    patches = encoder.encode_patches(_pictures(3))

    assert encoder.info.has_patches and patches.shape == (3, 3, 3, 20) and patches.dtype == np.float32
    with torch.inference_mode():
        for picture, grid in zip(_pictures(3), patches, strict=True):
            pixels = np.asarray(picture.resize((96, 96), Image.Resampling.BICUBIC, reducing_gap=2.0), np.float32)
            trunk = encoder._image.trunk(torch.from_numpy(pixels / 127.5 - 1).permute(2, 0, 1)[None])
            for row in range(3):
                for column in range(3):
                    visual, joint = encoder._image.heads(trunk.last_hidden_state[:, :, row, column])
                    expected = np.append(np.sqrt(0.4) * visual.numpy(), np.sqrt(0.6) * joint.numpy())
                    np.testing.assert_allclose(grid[row, column], expected, atol=1e-4)


def test_no_pictures_have_no_patches(encoder: TowersEncoder) -> None:
    assert encoder.encode_patches([]).shape == (0, 0, 0, 20)


def test_a_text_asks_pictures_by_their_joint_part_alone(encoder: TowersEncoder) -> None:
    images, texts = encoder.encode_images(_pictures()), encoder.encode_texts(TEXTS)
    asking = encoder.to_image_space(texts)

    assert asking.shape == (4, 20) and asking.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(asking, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(asking @ images.T, np.sqrt(0.6) * texts @ encoder.to_text_space(images).T, atol=1e-5)


def test_crossing_keeps_absent_rows_absent(encoder: TowersEncoder) -> None:
    assert not encoder.to_text_space(np.zeros((1, 20), np.float32)).any()
    assert not encoder.to_image_space(np.zeros((1, 12), np.float32)).any()


def test_text_rows_are_mean_pooled_and_centred(encoder: TowersEncoder) -> None:
    """Against a slow twin that runs one text at a time and pools by hand."""
    tower = encoder._text
    model = AutoModel.from_pretrained(find_text_model(tower.config), dtype=torch.float32).eval()
    for text, row in zip(TEXTS, encoder.encode_texts(TEXTS), strict=True):
        with torch.inference_mode():
            inputs = tower._tokenizer([text], return_tensors="pt")
            pooled = model(**inputs).last_hidden_state[0].mean(0).numpy()
        centred = pooled / np.linalg.norm(pooled) - np.float16(0.05)
        np.testing.assert_allclose(row, centred / np.linalg.norm(centred), atol=1e-5)


def test_nothing_in_nothing_out(encoder: TowersEncoder) -> None:
    assert encoder.encode_images([]).shape == (0, 20)
    assert encoder.encode_texts([]).shape == (0, 12)


def test_overlong_texts_are_cut(encoder: TowersEncoder) -> None:
    cut, whole = encoder.encode_texts(["red lamp " * 99, "red lamp " * 7])

    np.testing.assert_allclose(cut, whole, atol=1e-6)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "1", "I;16"])
def test_pictures_of_any_mode_and_size_are_read(encoder: TowersEncoder, mode: str) -> None:
    picture = Image.new("I;16", (1, 7), 9000) if mode == "I;16" else Image.new("L", (1, 7), 90).convert(mode)

    np.testing.assert_allclose(np.linalg.norm(encoder.encode_images([picture])), 1, atol=1e-5)


def test_folding_normalisations_changes_no_answer() -> None:
    torch.manual_seed(1)
    tower = ImageTower(IMAGE).eval()
    for module in tower.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            torch.nn.init.uniform_(module.running_mean, -0.1, 0.1)
            torch.nn.init.uniform_(module.running_var, 0.5, 2)
            torch.nn.init.uniform_(module.weight, 0.5, 2)
            torch.nn.init.uniform_(module.bias, -0.5, 0.5)
    pixels = torch.rand(3, 3, 48, 48) * 2 - 1
    with torch.inference_mode():
        before = tower(pixels)
        fold_normalisation(tower.trunk)
        after = tower(pixels)

    assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in tower.modules())
    for first, second in zip(before, after, strict=True):
        torch.testing.assert_close(first, second, atol=1e-4, rtol=0)


def test_the_linear_and_the_label_part_of_a_name_weigh_the_same() -> None:
    torch.manual_seed(2)
    tower = ImageTower(IMAGE).eval()
    torch.nn.init.normal_(tower.label_texts)
    with torch.inference_mode():
        features = torch.randn(3, tower.joint.in_features)
        _, joint = tower.heads(features)
        linear, scores = tower.joint(features), tower.classifier(features)
        for row, line, score in zip(joint, linear, scores, strict=True):
            odds = torch.exp(score / 0.7)
            named = sum(p * text for p, text in zip(odds / odds.sum(), tower.label_texts, strict=True))
            total = line / line.norm() + named / named.norm()
            torch.testing.assert_close(row, total / total.norm(), atol=1e-5, rtol=0)


def test_buckets_hold_every_text_once_and_stay_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("embeddings.encoders.text_tower.BATCH_TOKENS", 20)
    lengths = [3, 9, 1, 30, 4, 4, 9]
    batches = list(_bucket_by_length(lengths))

    assert sorted(i for batch in batches for i in batch) == list(range(7))
    assert all(len(batch) == 1 or len(batch) * max(lengths[i] for i in batch) <= 20 for batch in batches)


def _change_config(folder: Path, target: Path, **changes: object) -> Path:
    config, tensors = load_towers(folder)
    save_towers(target, config | changes, tensors)
    return target


def test_another_format_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="kindred-towers-9"):
        load_encoder(str(_change_config(folder, tmp_path, format="kindred-towers-9")))


def test_weights_of_another_shape_of_tower_are_refused(folder: Path, tmp_path: Path) -> None:
    config, tensors = load_towers(folder)
    tensors.pop("image.visual.bias")
    save_towers(tmp_path, config, tensors)

    with pytest.raises(EncoderUnavailable, match="do not fit"):
        load_encoder(str(tmp_path))


def test_another_text_model_is_refused_with_both_hashes(folder: Path, tmp_path: Path) -> None:
    text = load_towers(folder)[0]["text"]
    wrong = _change_config(folder, tmp_path, text=text | {"sha256": "0" * 64})

    with pytest.raises(EncoderUnavailable) as refused:
        load_encoder(str(wrong))

    assert "0" * 64 in refused.value.reason and text["sha256"] in refused.value.reason


def test_a_missing_text_package_says_what_to_install(folder: Path, tmp_path: Path) -> None:
    text = load_towers(folder)[0]["text"] | {"package": "no_such_package", "distribution": "no-such-package"}

    with pytest.raises(EncoderUnavailable) as refused:
        load_encoder(str(_change_config(folder, tmp_path, text=text)))

    assert "pip install no-such-package" in refused.value.hint


@pytest.mark.model
def test_the_starter_fits_the_repository() -> None:
    assert sum(path.stat().st_size for path in STARTER.iterdir()) <= 15 * 2**20
    assert json.loads((STARTER / "config.json").read_text())["id"] == "starter-4"


@pytest.mark.model
def test_the_starter_loads_and_knows_that_sneakers_are_shoes() -> None:
    encoder = load_encoder("starter")
    yellow = Image.new("RGB", (96, 64), "yellow")
    rows, texts = encoder.encode_images([yellow]), encoder.encode_texts(["running shoes", "sneakers", "sour milk"])

    assert encoder.info.joint and encoder.info.image_dim <= 640 and encoder.info.text_dim == 384
    assert encoder.to_text_space(rows).shape == (1, 384)
    assert texts[0] @ texts[1] > texts[0] @ texts[2] + 0.2


@pytest.mark.model
def test_the_mean_of_the_starters_feature_map_gives_the_row_of_the_picture() -> None:
    encoder = load_encoder("starter", dtype="float32")
    assert isinstance(encoder, TowersEncoder)
    pictures = [Image.open(DEMO / f"{sku}.jpg").convert("RGB") for sku in ("LMP-001", "SOF-003")]
    with torch.inference_mode():
        cells = encoder._image.feature_map(encoder._pixels(pictures, side=128))
        rows = encoder._rows(cells.mean((1, 2)))

    np.testing.assert_allclose(rows, encoder.encode_images(pictures), atol=1e-4)


@pytest.mark.model
@pytest.mark.parametrize(
    ("upper", "lower", "texts"),
    [
        ("LMP-001", "MUG-001", ("table lamp", "mug")),
        ("SOF-003", "PLA-003", ("sofa", "plant")),
        ("CSH-001", "VAS-001", ("cushion", "vase")),
    ],
)
def test_the_starter_sees_things_where_they_are(upper: str, lower: str, texts: tuple[str, str]) -> None:
    """Of two demo pictures, one above the other, each is hottest where it is."""
    encoder = load_encoder("starter")
    both = Image.new("RGB", (512, 1024))
    for top, sku in ((0, upper), (512, lower)):
        both.paste(Image.open(DEMO / f"{sku}.jpg"), (0, top))
    patches = encoder.encode_patches([both])[0]
    for text, is_upper in zip(texts, (True, False), strict=True):
        likeness = patches @ encoder.to_image_space(encoder.encode_texts([text]))[0]
        hottest = np.argsort(likeness, axis=None)[-6:] // likeness.shape[1]
        assert ((hottest < likeness.shape[0] / 2) == is_upper).sum() >= 5


@pytest.mark.model
@pytest.mark.parametrize(("text", "is_upper"), [("plant", True), ("wooden stand", False)])
def test_the_starter_sees_large_parts_of_another_kind(text: str, is_upper: bool) -> None:
    """The planter shows one above the other."""
    encoder = load_encoder("starter")
    patches = encoder.encode_patches([Image.open(DEMO / "PLA-003.jpg")])[0]
    likeness = patches @ encoder.to_image_space(encoder.encode_texts([text]))[0]
    hottest = np.argsort(likeness, axis=None)[-6:] // likeness.shape[1]
    assert ((hottest < likeness.shape[0] / 2) == is_upper).sum() >= 5
