"""A whole small run, interrupted, resumed and gone on from."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from embeddings.encoders.towers import load_towers
from embeddings.training import initial, lesson, looks, starter
from embeddings.training.pictures import read_clothing
from embeddings.training.recipe import Recipe
from embeddings.training.run import Run
from tests.embeddings.encoders.tiny_towers import save_text_package
from tests.embeddings.training.sample import look_without_processes, write_sample_data

RECIPE = replace(Recipe(), rounds=2, train_side=48, side=48, visual_dim=6, steps=6, batch=8, warmup=2)


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    """A small world: stub teachers, a tiny text model, a narrow trunk, plain coloured pictures."""
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(starter, "TEXT", save_text_package(tmp_path, f"tiny_text_{tmp_path.name.replace('-', '_')}"))
    monkeypatch.setattr(initial, "MobileNetV2Config", lambda **_: _NarrowConfig())
    monkeypatch.setattr(initial, "inherit_weights", _wake)
    monkeypatch.setattr(initial, "read_classifier", lambda _: (torch.zeros(1001, 1280), torch.zeros(1001)))
    monkeypatch.setattr(lesson, "read_labels", lambda _: [f"thing {i}, a thing" for i in range(1000)])
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
    arguments.work, learn = tmp_path / "second", Run.learn

    def stop_at_three(run: Run, indices: np.ndarray, progress: float) -> dict[str, float]:
        if run.step == 3:
            run.save()
            raise KeyboardInterrupt
        return learn(run, indices, progress)

    monkeypatch.setattr(Run, "learn", stop_at_three)
    with pytest.raises(KeyboardInterrupt):
        starter.train(arguments, RECIPE)
    monkeypatch.setattr(Run, "learn", learn)
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


def _count_clothing(data: Path) -> int:
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
