import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ranking.diversity import diversify, likeness_of

CASES = st.integers(0, 10_000), st.integers(1, 12), st.integers(1, 15), st.floats(0, 1)
HEADS = st.integers(0, 16)


def draw(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.random(n), likeness_of(rng.normal(size=(n, 3)).astype(np.float32))


@given(*CASES, HEADS)
def test_chooses_as_the_formula_says(seed: int, n: int, limit: int, diversity: float, head: int):
    """The head by scores alone."""
    scores, likeness = draw(seed, n)
    chosen = sorted(range(n), key=lambda i: (-scores[i], i))[: min(head, limit)]
    while len(chosen) < min(n, limit):
        margins = {
            i: (1 - diversity) * scores[i]
            - diversity * (sum(float(likeness[i, j]) for j in chosen) / max(len(chosen), 1))
            for i in range(n)
            if i not in chosen
        }
        chosen.append(max(margins, key=lambda i: (margins[i], -i)))
    assert diversify(scores, likeness, diversity=diversity, limit=limit, head=head) == chosen


@given(*CASES[:3], HEADS)
def test_without_diversity_it_is_the_order_of_scores(seed: int, n: int, limit: int, head: int):
    scores, likeness = draw(seed, n)
    chosen = diversify(scores, likeness, diversity=0, limit=limit, head=head)
    assert chosen == list(np.argsort(-scores, kind="stable")[:limit])


def test_a_twin_waits_for_something_else():
    likeness = likeness_of(np.array([[1, 0], [1, 0.01], [0, 1]], np.float32))
    assert diversify(np.array([0.9, 0.89, 0.5]), likeness, diversity=0.5, limit=2, head=0) == [0, 2]


def test_what_follows_the_head_keeps_away_from_it():
    """Of five the first two stay, alike as they are; then come the others, the like last."""
    likeness = likeness_of(np.array([[1, 0], [1, 0.01], [1, 0.02], [0, 1], [-1, 0]], np.float32))
    assert diversify(np.array([0.9, 0.8, 0.7, 0.2, 0.1]), likeness, diversity=0.8, limit=5, head=2) == [0, 1, 4, 3, 2]


def test_nothing_is_like_a_product_without_a_vector():
    assert likeness_of(np.array([[0, 0], [3, 4]], np.float32)).tolist() == [[0, 0], [0, pytest.approx(1)]]


def test_no_candidates_make_an_empty_page():
    assert diversify(np.zeros(0), np.zeros((0, 0), np.float32), diversity=0.5, limit=5, head=2) == []
