import math

import pytest

from embeddings.layout import LayoutError, Weights
from recommender.mix import BLOCK_WEIGHTS, WEIGHT_NAMES, Mix


def test_what_is_given_replaces_and_the_rest_stays():
    mix = Mix(visual=0.4, textual=0.6, lexical=0.5).over({"visual": 1.0, "popular": 0.2})
    assert (mix.visual, mix.textual, mix.lexical, mix.popular) == (1.0, 0.6, 0.5, 0.2)


def test_nothing_given_is_the_same():
    mix = Mix(visual=1)
    assert mix.over({}) is mix


@pytest.mark.parametrize("name", WEIGHT_NAMES)
def test_any_one_weight_is_enough(name: str):
    mix = Mix(**{name: 0.1})
    assert (mix.blocks is None) == (name not in BLOCK_WEIGHTS)
    assert mix.likeness == pytest.approx(0.1 if name in BLOCK_WEIGHTS else 0.0)


def test_no_weight_at_all_is_refused():
    with pytest.raises(LayoutError):
        Mix(visual=1).over({"visual": 0.0})


def test_blocks_are_those_of_the_vector():
    assert Mix(visual=0.1, textual=0.2, fused=0.3, behaviour=0.4, personal=5).blocks == Weights(0.1, 0.2, 0.3, 0.4)


@pytest.mark.parametrize("value", [-1.0, math.inf, 1001.0])
def test_a_block_that_cannot_be_weighed_is_refused_by_name(value: float):
    with pytest.raises(LayoutError) as refusal:
        assert Mix(visual=value, textual=1.0).blocks
    assert refusal.value.field == "visual"
