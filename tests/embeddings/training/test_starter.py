"""The training recipe: its math against slow twins, and a whole small run, interrupted and resumed."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from embeddings.encoders.towers import load_towers
from embeddings.training import looks, starter
from embeddings.training.bank import TextBank
from embeddings.training.evaluate_starter import Photos, hit_rate
from embeddings.training.looks import CROP_SIDE, load_looks, random_crop
from embeddings.training.pictures import read_products
from tests.embeddings.encoders.tiny_towers import save_text_package
from tests.embeddings.training.sample import look_without_processes, write_sample_data

RECIPE = replace(starter.Recipe(), rounds=2, train_side=48, side=48, visual_dim=6, steps=6, batch=8, warmup=2)


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    """A small world: stub teachers, a tiny text model, a narrow trunk, plain coloured pictures."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(starter, "TEXT", save_text_package(tmp_path, f"tiny_text_{tmp_path.name.replace('-', '_')}"))
    monkeypatch.setattr(starter, "MobileNetV2Config", lambda **_: _NarrowConfig())
    monkeypatch.setattr(starter, "inherit_weights", _wake)
    monkeypatch.setattr(starter, "read_classifier", lambda _: (torch.zeros(1001, 1280), torch.zeros(1001)))
    monkeypatch.setattr(starter, "read_labels", lambda _: [f"thing {i}, a thing" for i in range(1000)])
    monkeypatch.setattr(looks, "_make_round", look_without_processes)
    data = write_sample_data(tmp_path / "data")
    parser = argparse.ArgumentParser()
    starter.add_arguments(parser)
    args = parser.parse_args(["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")])
    args.data = data
    return args


def _wake(model: torch.nn.Module, path: Path) -> None:
    """Random weights large enough for a picture to get through to the pooled features."""
    for parameter in model.parameters():
        if parameter.dim() > 1:
            torch.nn.init.kaiming_normal_(parameter)


class _NarrowConfig:
    def to_diff_dict(self) -> dict[str, object]:
        return {"depth_multiplier": 0.1, "min_depth": 4, "finegrained_output": True}


def test_a_run_exports_a_model_that_says_how_it_was_made(arguments: argparse.Namespace) -> None:
    config, tensors = load_towers(starter.train(arguments, RECIPE))

    assert config["training"]["steps"] == 6 and config["training"]["recipe"]["seed"] == 0
    assert config["training"]["pictures"] == 3 + 15 + _count_clothing(arguments.data) + 2 + 2
    assert tensors["image.visual.weight"].shape == (6, 1280) and tensors["text.mean"].shape == (12,)
    assert all(torch.isfinite(value).all() for value in tensors.values())


def test_an_interrupted_run_ends_where_an_unbroken_one_does(
    arguments: argparse.Namespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _, whole = load_towers(starter.train(arguments, RECIPE))
    arguments.work, learn = tmp_path / "second", starter.Run.learn

    def stop_at_three(run: starter.Run, indices: np.ndarray, progress: float) -> dict[str, float]:
        if run.step == 3:
            run.save()
            raise KeyboardInterrupt
        return learn(run, indices, progress)

    monkeypatch.setattr(starter.Run, "learn", stop_at_three)
    with pytest.raises(KeyboardInterrupt):
        starter.train(arguments, RECIPE)
    monkeypatch.setattr(starter.Run, "learn", learn)
    _, resumed = load_towers(starter.train(arguments, RECIPE))

    for name, value in whole.items():
        torch.testing.assert_close(resumed[name], value, atol=2e-3, rtol=0)


def test_held_out_pictures_are_not_in_the_lesson(arguments: argparse.Namespace) -> None:
    arguments.hold_out = True
    config, _ = load_towers(starter.train(arguments, replace(RECIPE, steps=1)))

    assert config["training"]["held_out"] is True
    assert config["training"]["pictures"] == 3 + 12 + _count_clothing(arguments.data) + 2


def test_a_second_phase_starts_from_an_exported_model(arguments: argparse.Namespace, tmp_path: Path) -> None:
    arguments.start_from = starter.train(arguments, RECIPE)
    arguments.out, arguments.fresh, arguments.minutes = tmp_path / "second", True, 0

    _, first = load_towers(arguments.start_from)
    _, second = load_towers(starter.train(arguments, RECIPE))

    torch.testing.assert_close(first["image.visual.weight"], second["image.visual.weight"])


@pytest.mark.parametrize("rows", [50, 5])
def test_principal_components_are_those_of_a_singular_value_decomposition(rows: int) -> None:
    x = np.random.default_rng(2).standard_normal((rows, 7)) * np.arange(1, 8)
    centre, basis = starter.principal_components(x, 3)
    _, _, rows = np.linalg.svd(x - x.mean(0), full_matrices=False)

    np.testing.assert_allclose(centre, x.mean(0))
    np.testing.assert_allclose(np.abs(np.sum(basis * rows[:3].T, axis=0)), 1, atol=1e-9)


def test_contrast_texts_against_a_slow_twin() -> None:
    torch.manual_seed(0)
    joint = torch.nn.functional.normalize(torch.randn(4, 5), dim=1)
    texts = torch.nn.functional.normalize(torch.randn(6, 5), dim=1)
    texts[2] = texts[1]  # a twin of the right text of picture 0: no candidate
    labels, sources = torch.tensor([1, 0, 4, 5]), torch.tensor([0, 0, 0, 0, 1, 1])
    bank = TextBank([], np.array([]), sources, texts, np.array([]), np.array([]), texts, np.array([]))

    total = 0.0
    for j, right in zip(joint, labels.tolist(), strict=True):
        candidates = [
            k for k in range(6)
            if k == right or (sources[k] == sources[right] and texts[k] @ texts[right] <= 0.8)
        ]  # fmt: skip
        scores = {k: float(torch.exp(j @ texts[k] / 0.1)) for k in candidates}
        total += -np.log(scores[right] / sum(scores.values())) + 0.5 * (1 - float(j @ texts[right]))

    loss = starter.contrast_texts(joint, texts, labels, bank, 0.1)
    assert float(loss) == pytest.approx(total / 4, abs=1e-5)


def test_looks_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def make(*args: object, round_: int, **kwargs: object) -> None:
        calls.append(round_)
        look_without_processes(*args, round_=round_, **kwargs)

    monkeypatch.setattr(looks, "_make_round", make)
    pictures = read_products(write_sample_data(tmp_path) / "eshop", source="eshop")
    options = {"teacher": tmp_path, "work": tmp_path / "work", "seed": 0, "workers": 1}
    load_looks(pictures, rounds=1, **options)  # type: ignore[arg-type]
    made = load_looks(pictures, rounds=2, **options)  # type: ignore[arg-type]

    assert calls == [0, 1]
    assert made.crops[1].shape == (2, CROP_SIDE, CROP_SIDE, 3) and made.features[0].shape == (2, 2304)


def test_crops_stay_inside_and_keep_their_size_in_bounds() -> None:
    from PIL import Image

    picture = Image.new("RGB", (200, 100))
    areas = [np.prod(random_crop(picture, np.random.default_rng(i)).size) / 20_000 for i in range(200)]

    assert 0.3 < min(areas) < 0.4 and 0.9 < max(areas) <= 1


def test_hit_rate_counts_any_right_one_among_the_k_nearest() -> None:
    queries = Photos(np.array(["a", "b"]), np.array([[1.0, 0.0], [0.0, 1.0]]))
    targets = Photos(np.array(["b", "a", "c"]), np.array([[0.9, 0.1], [0.8, 0.0], [0.1, 0.9]]))

    assert [hit_rate(queries, targets, k) for k in (1, 2, 3)] == [0.0, 1.0, 1.0]


def _count_clothing(data: Path) -> int:
    from embeddings.training.pictures import read_clothing

    return sum(p.split == "train" for p in read_clothing(data / "clothing"))


def test_early_blocks_stay_as_they_were(arguments: argparse.Namespace, tmp_path: Path) -> None:
    arguments.minutes = 0
    _, before = load_towers(starter.train(arguments, RECIPE))
    arguments.out, arguments.minutes, arguments.fresh = tmp_path / "trained", 9, True
    _, after = load_towers(starter.train(arguments, replace(RECIPE, frozen_blocks=2)))
    changed = {
        name.split(".")[3] for name in before if ".layer." in name and not torch.equal(before[name], after[name])
    }

    assert changed == {str(i) for i in range(2, 16)}
    assert torch.equal(
        before["image.trunk.conv_stem.conv_3x3.convolution.weight"],
        after["image.trunk.conv_stem.conv_3x3.convolution.weight"],
    )
