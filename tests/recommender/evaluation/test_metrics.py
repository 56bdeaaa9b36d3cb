"""Every metric against a slow twin written from its paper, and by hand where a hand can count."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.evaluation import metrics

gains = st.dictionaries(st.integers(1, 30), st.sampled_from([1.0, 1.5, 3.0, 4.0, 5.0]), min_size=1)
pages = st.lists(st.integers(1, 30), unique=True)
cutoffs = st.integers(1, 12)


def slow_dcg(values):
    """Järvelin and Kekäläinen 2002, with the discount log2(place + 1): place by place."""
    total = 0.0
    for place in range(1, len(values) + 1):
        total += values[place - 1] / (math.log(place + 1) / math.log(2))
    return total


@given(page=pages, gains=gains, k=cutoffs)
def test_ndcg_is_its_twin_and_the_best_page_has_1(page, gains, k):
    found = [gains.get(product, 0.0) for product in page][:k]
    best = max(slow_dcg(order) for order in _best_orders(gains, k))
    assert metrics.ndcg(page, gains, k=k) == pytest.approx(slow_dcg(found) / best)
    ideal = sorted(gains, key=lambda product: -gains[product])
    assert metrics.ndcg(ideal, gains, k=k) == pytest.approx(1)


def _best_orders(gains, k):
    """Every order of few, else the one that is known to be best."""
    values = list(gains.values())
    return itertools.permutations(values, min(k, len(values))) if len(values) <= 5 else [sorted(values)[::-1][:k]]


def test_ndcg_by_hand():
    # The best is at place 2, another at 3, one is missed.
    value = metrics.ndcg([9, 1, 2], {1: 5.0, 2: 1.0, 3: 3.0}, k=3)
    assert value == pytest.approx((5 / math.log2(3) + 1 / 2) / (5 + 3 / math.log2(3) + 1 / 2))
    assert metrics.ndcg([], {1: 1.0}, k=3) == 0


@given(page=pages, gains=gains, k=cutoffs)
def test_recall_and_reciprocal_rank_count_the_first_k(page, gains, k):
    hits = sum(1 for place, product in enumerate(page) if place < k and product in gains)
    assert metrics.recall(page, gains, k=k) == pytest.approx(hits / len(gains))
    first = 0.0
    for place in reversed(range(min(k, len(page)))):
        if page[place] in gains:
            first = 1 / (place + 1)
    assert metrics.reciprocal_rank(page, gains, k=k) == first


@given(rows=st.integers(2, 12), seed=st.integers(0, 1000))
def test_distance_is_the_mean_over_all_pairs(rows, seed):
    vectors = np.random.default_rng(seed).normal(size=(rows, 5)).astype(np.float32)
    distances = []
    for one, other in itertools.combinations(vectors.astype(float), 2):
        distances.append(1 - one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
    assert metrics.intra_list_distance(vectors) == pytest.approx(np.mean(distances), abs=1e-5)


def test_distance_of_the_same_of_opposites_and_of_one():
    vector = np.array([[3.0, 4.0]], np.float32)
    assert metrics.intra_list_distance(np.repeat(vector, 4, axis=0)) == pytest.approx(0, abs=1e-6)
    assert metrics.intra_list_distance(np.concatenate([vector, -vector])) == pytest.approx(2, abs=1e-6)
    assert math.isnan(metrics.intra_list_distance(vector))


def test_self_information_in_bits():
    assert metrics.self_information(6, shoppers=12) == 1.0  # 7 of 14
    assert metrics.self_information(0, shoppers=6) == 3.0
    assert metrics.self_information(0, shoppers=0) == 1.0


def test_coverage_counts_each_product_once():
    assert metrics.coverage([1, 1, 2], catalogue=8) == 0.25


def slow_gini(exposure, shares):
    """Half the relative mean difference (Gini 1912) of exposure per product, over all pairs of products."""
    per_product = [e / s for e, s in zip(exposure, shares, strict=True) for _ in range(s)]
    mean = sum(per_product) / len(per_product)
    differences = sum(abs(a - b) for a in per_product for b in per_product)
    return differences / (2 * len(per_product) ** 2 * mean)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), min_size=1, max_size=8))
def test_gini_is_its_twin_over_products(groups):
    exposure, shares = [list(side) for side in zip(*groups, strict=True)]
    expected = slow_gini(exposure, shares) if sum(exposure) else 0.0
    assert metrics.exposure_gini(exposure, shares) == pytest.approx(expected, abs=1e-9)


def test_gini_of_what_is_shown_in_proportion_is_0_and_many_at_once_are_each_alone():
    many = metrics.exposure_gini([[2, 4, 6], [0, 0, 12], [0, 0, 0]], [1, 2, 3])
    assert many == pytest.approx([0, 0.5, 0])
