from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import structlog
import torch
from sklearn.metrics import average_precision_score

from embeddings.encoders.cross_encoder import CrossEncoder, find_tower
from embeddings.encoders.text_tower import TextTowerConfig
from embeddings.training.cross_encoder import average_precision, train_cross_encoder
from tests.embeddings.encoders.cross_pairs import RECIPE, make_texts


@pytest.fixture
def tower(tiny_encoder: Path) -> TextTowerConfig:
    return find_tower(str(tiny_encoder))


def train(tower: TextTowerConfig, count: int, **changed: object) -> CrossEncoder:
    texts, labels = make_texts(count)
    held_out = np.arange(count) % 4 == 0
    recipe = replace(RECIPE, **changed)
    return train_cross_encoder(texts, labels, held_out=held_out, tower=tower, recipe=recipe, dtype="float32")


def test_learns_what_only_both_texts_together_tell(tower: TextTowerConfig) -> None:
    texts, labels = make_texts(700)
    model = train(tower, 500)
    assert average_precision(labels[500:], model.score(texts[500:])) > 0.9


def test_stops_when_the_held_out_part_gains_no_more(tower: TextTowerConfig) -> None:
    with structlog.testing.capture_logs() as logs:
        train(tower, 60, epochs=40, rate=0.0, head_rate=0.0, patience=2)
    assert len(logs) == 3


def test_frozen_layers_stay_as_they_were(tower: TextTowerConfig) -> None:
    before = CrossEncoder(tower, max_tokens=16, frozen_layers=1).body.state_dict()
    before = {name: value.clone() for name, value in before.items()}
    after = train(tower, 60, epochs=1, frozen_layers=1, rate=1e-2).body.state_dict()
    moved = {name for name, value in after.items() if not torch.equal(value, before[name])}
    assert moved
    assert all(name.startswith("encoder.layer.1.") for name in moved)


def test_goes_on_from_what_another_training_left(tower: TextTowerConfig) -> None:
    texts, labels = make_texts(700)
    first = train(tower, 500).tuned()
    held_out = np.arange(40) % 4 == 0
    still = replace(RECIPE, epochs=1, rate=0.0, head_rate=0.0)
    begun = train_cross_encoder(
        texts[:40], labels[:40], held_out=held_out, tower=tower, recipe=still, dtype="float32", begun=first
    )
    assert all((begun.tuned()[name] == tensor).all() for name, tensor in first.items())
    assert average_precision(labels[500:], begun.score(texts[500:])) > 0.9


def test_average_precision_is_scikit_learns() -> None:
    chance = np.random.default_rng(1)
    labels, scores = chance.random(50) < 0.3, chance.random(50)
    assert average_precision(labels, scores) == pytest.approx(average_precision_score(labels, scores))
    assert average_precision(labels & ~labels, scores) == 0
