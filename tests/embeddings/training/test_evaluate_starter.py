"""What a model's figures mean, on pictures that are only their place in a space of a few dimensions."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from embeddings.training import evaluate_starter
from embeddings.training.evaluate_starter import Photos, hit_rate, measure_magento, sibling_rate
from embeddings.training.pictures import Picture


def test_siblings_against_a_slow_twin() -> None:
    rng = np.random.default_rng(8)
    labels = rng.permutation([*"aaaaaaaabbbbbbbbcccccccc", *"defghijklmnopqrs"])  # sixteen have no sibling
    photos = Photos(labels, rng.standard_normal((40, 3)).astype(np.float32))
    asked = rng.random(40) < 0.6
    right = []
    for i in np.flatnonzero(asked):
        others = [j for j in range(40) if j != i]
        if any(photos.labels[j] == photos.labels[i] for j in others):
            best = max(others, key=lambda j: float(photos.rows[i] @ photos.rows[j]))
            right.append(photos.labels[best] == photos.labels[i])

    assert 0 < sum(right) < len(right) < asked.sum()
    assert sibling_rate(photos, asked) == pytest.approx(np.mean(right))


# Direction of each picture, in degrees: the red hoodie's back lies nearer to the jacket than to any hoodie.
VIEWS = {"hood-red_main": 0, "hood-red_back": 50, "hood-blue_main": 10, "jacket-red_main": 60, "jacket-red_back": 65}


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Magento of five pictures; view -> split."""
    splits = dict.fromkeys(VIEWS, "train")

    def read(folder: Path) -> list[Picture]:
        labels = {view: view.split("_")[0].replace("-", " ") for view in VIEWS}
        return [Picture("magento", folder / f"{view}.jpg", labels[view], (), splits[view]) for view in VIEWS]

    def encode(encoder: Any, pictures: list[Picture]) -> Photos:
        angles = np.radians([VIEWS[picture.path.stem] for picture in pictures])
        return Photos(np.array([p.label for p in pictures]), np.stack([np.cos(angles), np.sin(angles)], axis=1))

    monkeypatch.setattr(evaluate_starter, "read_magento", read)
    monkeypatch.setattr(evaluate_starter, "encode", encode)
    return splits


def test_another_colour_of_a_style_is_the_same_style(shown: dict[str, str], tmp_path: Path) -> None:
    assert measure_magento(None, tmp_path) == {  # type: ignore[arg-type]
        "magento (trained on) picture -> another of the same style, top 1": 0.8,
        "magento (trained on) back view -> other view of the same style, top 1": 0.5,
    }


def test_pictures_set_aside_are_the_ones_asked(shown: dict[str, str], tmp_path: Path) -> None:
    shown |= {"hood-red_back": "test", "hood-blue_main": "test"}

    assert measure_magento(None, tmp_path) == {  # type: ignore[arg-type]
        "magento (set aside) picture -> another of the same style, top 1": 0.5,
        "magento (set aside) back view -> other view of the same style, top 1": 0.0,
    }


def test_hit_rate_counts_any_right_one_among_the_k_nearest() -> None:
    queries = Photos(np.array(["a", "b"]), np.array([[1.0, 0.0], [0.0, 1.0]]))
    targets = Photos(np.array(["b", "a", "c"]), np.array([[0.9, 0.1], [0.8, 0.0], [0.1, 0.9]]))

    assert [hit_rate(queries, targets, k) for k in (1, 2, 3)] == [0.0, 1.0, 1.0]
