import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from embeddings.encoders.text_tower import TextTowerConfig
from embeddings.training.cross_encoder import (
    CONFIG_FILE,
    CrossEncoder,
    CrossRecipe,
    average_precision,
    load_cross_encoder,
    save_cross_encoder,
    train_cross_encoder,
)
from tests.embeddings.encoders.tiny_towers import WORDS, save_text_package

RECIPE = CrossRecipe(epochs=12, rate=5e-3, head_rate=2e-2, max_tokens=16, looks=1)


@pytest.fixture(scope="module")
def tower(tmp_path_factory: pytest.TempPathFactory) -> TextTowerConfig:
    folder = tmp_path_factory.mktemp("packages")
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        yield save_text_package(folder, "tiny_cross_bert")


def make_texts(count: int) -> tuple[list[tuple[str, str]], np.ndarray]:
    """A pair is a match when both say lamp: what neither text tells alone."""
    chance = np.random.default_rng(0)
    texts, labels = [], []
    for _ in range(count):
        said = [
            [str(word) for word in chance.choice([w for w in WORDS if w != "lamp"], 3)] + ["lamp"] * chance.integers(2)
            for _ in range(2)
        ]
        texts.append((" ".join(said[0]), " ".join(said[1])))
        labels.append(all("lamp" in words for words in said))
    return texts, np.array(labels)


@pytest.fixture(scope="module")
def trained(tower: TextTowerConfig) -> CrossEncoder:
    texts, labels = make_texts(500)
    return train_cross_encoder(texts, labels, held_out=np.arange(500) % 5 == 0, tower=tower, recipe=RECIPE)


def test_learns_what_only_both_texts_together_tell(trained: CrossEncoder) -> None:
    texts, labels = make_texts(700)
    assert average_precision(labels[500:], trained.score(texts[500:])) > 0.9


def test_scores_do_not_depend_on_their_neighbours(trained: CrossEncoder) -> None:
    texts, _ = make_texts(70)
    alone = np.concatenate([trained.score([pair]) for pair in texts])
    assert trained.score(texts) == pytest.approx(alone, abs=1e-4)
    assert trained.score([]).shape == (0,)


def test_saved_and_loaded_scores_the_same(trained: CrossEncoder, tmp_path: Path) -> None:
    texts, _ = make_texts(50)
    save_cross_encoder(trained, tmp_path)
    assert load_cross_encoder(tmp_path).score(texts) == pytest.approx(trained.score(texts), abs=0.05)


def test_another_format_is_refused(trained: CrossEncoder, tmp_path: Path) -> None:
    save_cross_encoder(trained, tmp_path)
    config = json.loads((tmp_path / CONFIG_FILE).read_text())
    (tmp_path / CONFIG_FILE).write_text(json.dumps(config | {"format": "other"}))
    with pytest.raises(ValueError, match="no cross-encoder"):
        load_cross_encoder(tmp_path)


def test_no_time_leaves_the_untrained_model(tower: TextTowerConfig) -> None:
    texts, labels = make_texts(60)
    held_out = np.arange(60) % 3 == 0
    recipe = CrossRecipe(epochs=50, max_tokens=16, seconds=0)
    model = train_cross_encoder(texts, labels, held_out=held_out, tower=tower, recipe=recipe)
    assert np.isfinite(model.score(texts)).all()


def test_average_precision_is_scikit_learns() -> None:
    chance = np.random.default_rng(1)
    labels, scores = chance.random(50) < 0.3, chance.random(50)
    assert average_precision(labels, scores) == pytest.approx(average_precision_score(labels, scores))
    assert average_precision(labels & ~labels, scores) == 0
