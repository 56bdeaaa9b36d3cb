import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pytest import MonkeyPatch, approx
from scipy import sparse

from recommender.behaviour import companions
from recommender.behaviour.companions import SHRINKAGE, Pair, find_companions
from recommender.behaviour.matrix import Interactions

baskets = st.tuples(st.integers(1, 12), st.integers(1, 9)).flatmap(
    lambda shape: arrays(np.float32, shape, elements=st.sampled_from([0.0, 0.0, 0.5, 1.0]))
)


def of(matrix: np.ndarray) -> Interactions:
    products = np.arange(matrix.shape[1]) * 7 + 100
    return Interactions(products, sparse.csr_matrix(matrix))


def slow(matrix: np.ndarray, at_most: int) -> list[Pair]:
    """The definition, pair by pair."""
    found = []
    for i in range(matrix.shape[1]):
        pairs = []
        for j in range(matrix.shape[1]):
            a, b = matrix[:, i].astype(float), matrix[:, j].astype(float)
            n = int(np.sum((a > 0) & (b > 0)))
            if i != j and n:
                score = n / (n + SHRINKAGE) * float(a @ b) / math.sqrt(np.sum(a > 0) * np.sum(b > 0))
                pairs.append(Pair(i * 7 + 100, j * 7 + 100, score, n))
        found += sorted(pairs, key=lambda pair: (-round(pair.score, 5), pair.other))[:at_most]
    return found


@given(baskets, st.integers(1, 4), st.integers(1, 5))
def test_pairs_are_those_of_the_definition_however_they_are_chunked(
    matrix: np.ndarray, chunk: int, at_most: int
) -> None:
    with MonkeyPatch.context() as patch:
        patch.setattr(companions, "CHUNK", chunk)
        found = list(find_companions(of(matrix), at_most=at_most))
    expected = slow(matrix, at_most)
    assert [pair.product for pair in found] == [pair.product for pair in expected]
    assert [pair.score for pair in found] == approx([pair.score for pair in expected], abs=1e-5)
    whole = {(pair.product, pair.other): pair for pair in slow(matrix, 100)}
    for pair in found:
        assert pair.score == approx(whole[pair.product, pair.other].score, abs=1e-5)
        assert pair.baskets == whole[pair.product, pair.other].baskets
        assert 0 < pair.score <= 1


def test_often_together_beats_once_together_and_a_bestseller() -> None:
    """Cup 0 goes with saucer 1 in ten baskets; with spoon 2 once, which was never sold else; bread 3 is in all."""
    matrix = np.zeros((60, 4), np.float32)
    matrix[:10, [0, 1]] = 1
    matrix[0, 2] = 1
    matrix[:, 3] = 1
    order = [pair.other for pair in find_companions(of(matrix)) if pair.product == 100]
    assert order == [107, 121, 114]


def test_bought_counts_more_than_left_in_the_basket() -> None:
    matrix = np.zeros((12, 3), np.float32)
    matrix[:6] = [1, 1, 0]
    matrix[6:] = [1, 0, 0.5]
    scores = {pair.other: pair.score for pair in find_companions(of(matrix)) if pair.product == 100}
    assert scores[114] == approx(scores[107] / 2)


def test_no_baskets_no_companions() -> None:
    assert list(find_companions(of(np.zeros((0, 0), np.float32)))) == []
    assert list(find_companions(of(np.eye(3, dtype=np.float32)))) == []
