import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.layout import Calibration, Layout, PairStatistics, Part, Term, Weights, compose, unit
from recommender.anchors import Anchor
from recommender.explanations import FALLBACK_REASONS, explain, explain_fallback, split_likeness

LAYOUT = Layout.of(image=4, text=4)
CALIBRATION = Calibration({("image", "image"): PairStatistics(0.4, 0.1, 1.0), ("text", "text"): PairStatistics(0.1)})


def draw(seed: int, count: int) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, 2, 4)).astype(np.float32)
    return unit(rows).reshape(count, 8)


def anchor_to(*rows: np.ndarray, strengths: tuple[float, ...] = (1.0, -0.5)) -> Anchor:
    terms = [
        Term({name: Part(name, row[LAYOUT.slice_of(name)]) for name in LAYOUT.names}, weight)
        for row, weight in zip(rows, strengths, strict=False)
    ]
    return Anchor(compose(LAYOUT, CALIBRATION, terms, Weights(0.5, 0.5)))


@given(seed=st.integers(0, 5_000), share=st.floats(0.01, 1))
def test_blocks_bring_what_likeness_did_and_none_more_than_there_is(seed: int, share: float):
    asked, unlike, product = draw(seed, 3)
    anchor = anchor_to(asked, unlike)
    likeness = share * float(anchor.score(product[None])[0])
    blocks = split_likeness(LAYOUT, [anchor], product, likeness)
    assert sum(blocks.values()) == pytest.approx(likeness, abs=1e-9)
    assert all(abs(value) <= 2 for value in blocks.values())


def test_the_better_block_brings_more():
    (asked,) = draw(1, 1)
    product = asked.copy()
    product[LAYOUT.slice_of("text")] *= -1
    blocks = split_likeness(LAYOUT, [anchor_to(asked)], product, 0.4)
    assert blocks["visual"] > 0 > blocks["textual"]


def test_of_alternatives_the_nearest_tells():
    one, other = draw(2, 2)
    alone = split_likeness(LAYOUT, [anchor_to(other)], other, 0.5)
    assert split_likeness(LAYOUT, [anchor_to(one), anchor_to(other)], other, 0.5) == alone


@pytest.mark.parametrize(("anchors", "vector", "likeness"), [((), 0, 0.5), ((0,), None, 0.5), ((0,), 0, 0.0)])
def test_without_likeness_there_is_nothing_to_split(anchors, vector, likeness):
    (row,) = draw(3, 1)
    given_anchors = [anchor_to(row) for _ in anchors]
    assert split_likeness(LAYOUT, given_anchors, None if vector is None else row, likeness) == {}


def test_the_chief_reason_is_the_largest_contribution():
    told = explain({"likeness": 0.5, "lexical": 0.2, "tired": -0.1}, {"visual": 0.4, "textual": 0.1}, scenario="home")
    assert told.contributions == {"visual": 0.4, "textual": 0.1, "lexical": 0.2, "tired": -0.1}
    assert (told.reason, told.sentence) == ("looks_alike", "Looks like what you looked at.")


@pytest.mark.parametrize("parts", [{}, {"lexical": 0.0}, {"tired": -0.1}])
def test_what_nothing_speaks_for_is_a_weak_match(parts):
    assert explain(parts, {}, scenario="search").reason == "weak_match"


@pytest.mark.parametrize("name", FALLBACK_REASONS)
def test_a_fallback_contributes_nothing_and_says_so(name: str):
    told = explain_fallback(name)
    assert (told.contributions, told.reason, told.sentence) == ({}, *FALLBACK_REASONS[name])
