import numpy as np
import pytest
from scipy import sparse

from recommender.behaviour.factors import LEAST_SHOPPERS, learn_factors, weigh
from recommender.behaviour.matrix import Interactions

GROUPS, EACH, SHOPPERS = 6, 10, 240


def interests(seed: int = 0) -> Interactions:
    """Each shopper is after one group of products and now and then something else; product ids are 100, 101, …"""
    random = np.random.default_rng(seed)
    matrix = np.zeros((SHOPPERS, GROUPS * EACH), np.float32)
    for shopper in range(SHOPPERS):
        group = shopper % GROUPS
        own = group * EACH + random.choice(EACH, 5, replace=False)
        matrix[shopper, own] = random.integers(1, 6, 5)
        matrix[shopper, random.choice(GROUPS * EACH, 2)] += 1
    return of(matrix)


def of(matrix: np.ndarray) -> Interactions:
    return Interactions(np.arange(100, 100 + matrix.shape[1]), sparse.csr_matrix(matrix, dtype=np.float32))


def test_products_of_the_same_shoppers_are_nearer_than_all_others() -> None:
    vectors = learn_factors(interests(), dims=16)
    stacked = np.stack([vectors[pk] for pk in range(100, 100 + GROUPS * EACH)])
    group = np.arange(GROUPS * EACH) // EACH
    cosines = stacked @ stacked.T
    np.fill_diagonal(cosines, -1)
    nearest = np.argsort(-cosines, axis=1)[:, : EACH - 1]
    assert np.mean(group[nearest] == group[:, None]) > 0.95


def test_vectors_have_the_wanted_size_and_unit_length() -> None:
    for dims in (8, 64):
        for vector in learn_factors(interests(), dims=dims).values():
            assert (vector.shape, vector.dtype) == ((dims,), np.float32)
            assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_the_same_interactions_give_the_same_bytes() -> None:
    first, second = (learn_factors(interests(), dims=16) for _ in range(2))
    assert first.keys() == second.keys()
    assert all(np.array_equal(first[pk], second[pk]) for pk in first)


def test_going_on_from_the_last_stays_near_it_and_learns_what_is_new() -> None:
    last = learn_factors(interests(), dims=16)
    matrix = interests().matrix.toarray()
    matrix[0:6, 0] += 2
    forgotten = 100 + GROUPS * EACH - 1
    start = {pk: vector for pk, vector in last.items() if pk != forgotten}
    again = learn_factors(of(matrix), dims=16, start=start)
    assert again.keys() == last.keys()
    assert np.median([float(again[pk] @ last[pk]) for pk in last]) > 0.98
    group = [float(again[forgotten] @ again[forgotten - n]) for n in range(1, EACH)]
    others = [float(again[forgotten] @ again[100 + n]) for n in range(EACH)]
    assert np.mean(group) > np.mean(others) + 0.3


def test_products_of_too_few_shoppers_are_not_learned() -> None:
    matrix = interests().matrix.toarray()
    matrix[:, 0] = 0
    matrix[: LEAST_SHOPPERS - 1, 0] = 5
    matrix[LEAST_SHOPPERS:20, 0] = -3  # that they dislike it does not make it known
    vectors = learn_factors(of(matrix), dims=16)
    assert 100 not in vectors
    matrix[LEAST_SHOPPERS - 1, 0] = 1
    assert 100 in learn_factors(of(matrix), dims=16)


def test_what_the_shoppers_of_a_group_dislike_is_farther_from_it_than_what_they_ignore() -> None:
    matrix = interests().matrix.toarray()
    matrix[::GROUPS, -2:] = 0
    ignored = learn_factors(of(matrix), dims=16)
    matrix[::GROUPS, -2:] = -3
    disliked = learn_factors(of(matrix), dims=16)

    def nearness(vectors: dict[int, np.ndarray]) -> float:
        group = np.mean([vectors[100 + n] for n in range(EACH)], axis=0)
        return float(np.mean([vectors[100 + GROUPS * EACH - n] @ group for n in (1, 2)]))

    assert nearness(disliked) < nearness(ignored)


def test_nothing_happened_or_nothing_often_enough() -> None:
    assert learn_factors(of(np.zeros((0, 0))), dims=16) == {}
    assert learn_factors(of(np.eye(5)), dims=16) == {}


class TestWeigh:
    def test_signs_stay_and_strengths_saturate(self) -> None:
        matrix = np.zeros((50, 9), np.float32)
        matrix[0, :3] = [1, 100, -100]
        matrix[1:10, :3] = 1
        weighed = weigh(sparse.csr_matrix(matrix)).toarray()
        assert weighed[0, 0] > 0 > weighed[0, 2]
        assert weighed[0, 0] < weighed[0, 1] < 100 * weighed[0, 0]
        assert not weighed[10:].any()

    def test_who_looks_at_everything_counts_less(self) -> None:
        matrix = np.zeros((50, 20), np.float32)
        matrix[0] = 1
        matrix[1, 0] = 1
        matrix[2:, 5] = 1
        weighed = weigh(sparse.csr_matrix(matrix)).toarray()
        assert 0 <= weighed[0, 0] < weighed[1, 0]

    def test_an_explicit_zero_is_nothing(self) -> None:
        matrix = sparse.csr_matrix((np.float32([0, 2]), ([0, 1], [0, 1])), (4, 2))
        assert np.isfinite(weigh(matrix).toarray()).all()
