from pathlib import Path

import numpy as np
import pytest
import torch

from embeddings.encoders import STARTER
from embeddings.encoders.cross_encoder import CrossEncoder, find_tower, open_cross_encoder
from tests.embeddings.encoders.cross_pairs import make_texts


def make_model(encoder: Path, *, frozen_layers: int = 1) -> CrossEncoder:
    """With random weights where it would be fine-tuned."""
    torch.manual_seed(0)
    tower = find_tower(str(encoder))
    model = CrossEncoder(tower, max_tokens=16, frozen_layers=frozen_layers, dtype="float32")
    with torch.no_grad():
        for value in model.parameters():
            if value.requires_grad:
                value.normal_(0, 0.3)
    return model


def test_scores_do_not_depend_on_their_neighbours(tiny_encoder: Path) -> None:
    model, (texts, _) = make_model(tiny_encoder), make_texts(70)
    alone = np.concatenate([model.score([pair]) for pair in texts])
    assert np.ptp(alone) > 0.01  # a hundred times what neighbours may change
    assert model.score(texts) == pytest.approx(alone, abs=1e-4)
    assert model.score([]).shape == (0,)


def test_what_was_tuned_opens_to_a_model_that_scores_the_same(tiny_encoder: Path) -> None:
    model, (texts, _) = make_model(tiny_encoder), make_texts(40)
    tower = find_tower(str(tiny_encoder))
    settings = {"tower": vars(tower), "max_tokens": 16, "frozen_layers": 1}
    again = open_cross_encoder(settings, model.tuned())
    assert again.score(texts) == pytest.approx(model.score(texts), abs=0.05)
    assert all((again.tuned()[name] == value).all() for name, value in model.tuned().items())


def test_what_is_frozen_is_shared_and_never_drops_out(tiny_encoder: Path) -> None:
    one, other = make_model(tiny_encoder), make_model(tiny_encoder)
    one.train()
    assert one.body.embeddings is other.body.embeddings
    assert one.body.encoder.layer[0] is other.body.encoder.layer[0]
    assert one.body.encoder.layer[1] is not other.body.encoder.layer[1]
    assert not one.body.encoder.layer[0].training
    assert one.body.encoder.layer[1].training
    assert not other.body.encoder.layer[1].training


def test_a_layer_frozen_here_can_be_tuned_there(tiny_encoder: Path) -> None:
    make_model(tiny_encoder, frozen_layers=2)
    names = set(make_model(tiny_encoder, frozen_layers=0).tuned())
    assert {name.split(".")[3] for name in names if name.startswith("body")} == {"0", "1"}
    assert {name for name in names if not name.startswith("body")} == {"head.weight", "head.bias"}


def test_long_texts_are_cut(tiny_encoder: Path) -> None:
    model = make_model(tiny_encoder)
    assert model.score([("red " * 900, "lamp")]) == pytest.approx(model.score([("red " * 20, "lamp")]), abs=1e-5)


def test_no_more_layers_are_frozen_than_there_are(tiny_encoder: Path) -> None:
    with pytest.raises(ValueError, match="3 layers"):
        make_model(tiny_encoder, frozen_layers=3)


def test_an_encoder_without_a_text_model_of_its_own_takes_the_starters() -> None:
    assert find_tower("fake") == find_tower(str(STARTER))
