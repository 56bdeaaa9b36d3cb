import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.layout import Calibration, Layout, PairStatistics, Part, Query, Term, Weights, compose, unit
from recommender.anchors import Anchor, score_by

LAYOUT = Layout.of(image=4, text=4)
CALIBRATION = Calibration(
    {("image", "image"): PairStatistics(0.5, 0.1, 1.0), ("text", "text"): PairStatistics(0.2, 0.3, 0.9)}
)


def draw(seed: int, count: int) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, 2, 4)).astype(np.float32)
    return unit(rows).reshape(count, 8)


def anchor_to(row: np.ndarray, *, factor: float = 1.0) -> Anchor:
    parts = {name: Part(name, row[LAYOUT.slice_of(name)]) for name in LAYOUT.names}
    return Anchor(compose(LAYOUT, CALIBRATION, [Term(parts)], Weights(0.3, 0.7)), factor)


@given(seed=st.integers(0, 1_000))
def test_a_score_is_the_weighed_mean_of_calibrated_cosines(seed: int):
    rows = draw(seed, 6)
    shares = {"image": 0.3 / 0.1, "text": 0.7 / 0.3}
    span = {"image": 1.0 - 0.5, "text": 0.9 - 0.2}
    mean = {"image": 0.5, "text": 0.2}
    whole = sum(shares[name] * span[name] for name in shares)
    for row, score in zip(rows, anchor_to(rows[0]).score(rows), strict=True):
        cosines = {name: float(rows[0][LAYOUT.slice_of(name)] @ row[LAYOUT.slice_of(name)]) for name in shares}
        expected = sum(shares[name] * (cosines[name] - mean[name]) for name in shares) / whole
        assert score == pytest.approx(min(1.0, max(0.0, expected)), abs=5e-3)


def test_the_same_row_scores_the_same_wherever_it_stands():
    random = np.random.default_rng(1)
    rows = random.standard_normal((40, 256)).astype(np.float32)
    rows[1::3] = rows[1]
    anchor = Anchor(Query(random.standard_normal(256).astype(np.float32), mean=-100.0, top=100.0))
    scores = set[float]()
    for start in range(7):
        shown = rows[start:]
        scores |= set(anchor.score(shown)[(shown == rows[1]).all(axis=1)].tolist())
    assert len(scores) == 1


def test_a_factor_is_what_a_perfect_match_scores():
    row = draw(3, 1)
    assert anchor_to(row[0], factor=0.6).score(row) == pytest.approx(0.6, abs=1e-3)


def test_of_alternatives_the_best_counts():
    rows = draw(4, 9)
    one, other = anchor_to(rows[0]), anchor_to(rows[1], factor=0.8)
    np.testing.assert_array_equal(score_by([one, other], rows), np.maximum(one.score(rows), other.score(rows)))


def test_nothing_to_be_near_to_scores_nothing():
    np.testing.assert_array_equal(score_by([], draw(5, 3)), np.zeros(3))


def test_a_query_that_tells_nothing_apart_scores_nothing():
    flat = Anchor(Query(np.ones(8, np.float32), mean=0.5, top=0.5))
    np.testing.assert_array_equal(flat.score(draw(6, 3)), np.zeros(3))
