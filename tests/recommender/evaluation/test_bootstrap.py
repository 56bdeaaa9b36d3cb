import math
from statistics import NormalDist

import numpy as np
import pytest

from recommender.evaluation import bootstrap
from recommender.evaluation.bootstrap import estimate, jackknife, relative_lift

DRAWS = 400


def test_the_interval_is_the_paper_s():
    """Efron 1987: the same resamples drawn one by one, quantiles moved by bias and acceleration."""
    values = np.random.default_rng(0).exponential(size=40)
    generator, normal, means = np.random.default_rng(3), NormalDist(), []
    for _ in range(2_000):
        counts = generator.multinomial(40, [1 / 40] * 40)
        means.append(sum(value * times for value, times in zip(values, counts, strict=True)) / 40)
    bias = normal.inv_cdf(sum(mean < values.mean() for mean in means) / 2_000)
    left_out = [np.delete(values, place).mean() for place in range(40)]
    spread = [np.mean(left_out) - one for one in left_out]
    acceleration = sum(one**3 for one in spread) / (6 * sum(one**2 for one in spread) ** 1.5)
    ends = []
    for level in (0.025, 0.975):
        z = bias + normal.inv_cdf(level)
        ends.append(float(np.quantile(means, normal.cdf(bias + z / (1 - acceleration * z)))))
    found = estimate(values, seed=3, rounds=2_000)
    assert (found.value, found.n) == (pytest.approx(values.mean()), 40)
    assert [found.low, found.high] == pytest.approx(ends)


@pytest.mark.parametrize("share_of_zeros", [0.0, 0.6])
def test_it_holds_the_truth_as_often_as_it_says(share_of_zeros):
    """Skewed values, many of them 0, as nDCG is: 95 % intervals of 100 shoppers."""
    generator, held = np.random.default_rng(11), 0
    truth = (1 - share_of_zeros) * 2 / 7
    for draw in range(DRAWS):
        values = generator.beta(2, 5, size=100) * (generator.random(100) >= share_of_zeros)
        found = estimate(values, seed=draw, rounds=600)
        held += found.low <= truth <= found.high
    # Within four binomial deviations of 0.95.
    assert held / DRAWS == pytest.approx(0.95, abs=0.045)


def test_pairs_tell_more_than_two_samples():
    """A recommender a tenth better for everyone: hidden between shoppers, plain within each."""
    worse = np.random.default_rng(5).beta(1, 4, size=80)
    lift = estimate(np.stack([1.1 * worse + 0.001, worse], axis=1), relative_lift, seed=1)
    assert lift.value == pytest.approx(0.1, abs=0.02)
    assert lift.is_above_zero and lift.high < 0.12
    unpaired = estimate(np.stack([1.1 * np.sort(worse), np.sort(worse)[::-1]], axis=1), relative_lift, seed=1)
    assert not unpaired.is_above_zero


def test_the_same_seed_gives_the_same_interval():
    values = np.random.default_rng(2).random(30)
    assert estimate(values, seed=4) == estimate(values, seed=4)
    assert estimate(values, seed=4) != estimate(values, seed=5)


def test_memory_is_bounded_and_chunks_make_no_difference(monkeypatch):
    values = np.random.default_rng(2).random(50)
    whole = estimate(values, seed=4, rounds=300)
    monkeypatch.setattr(bootstrap, "_CELLS", 50 * 7)
    assert estimate(values, seed=4, rounds=300) == whole


def test_too_few_to_tell():
    none, one, same = estimate(np.array([]), seed=1), estimate(np.array([0.5]), seed=1), estimate(np.ones(9), seed=1)
    assert (none.n, math.isnan(none.value)) == (0, True)
    assert (one.value, math.isnan(one.low), math.isnan(one.high)) == (0.5, True, True)
    assert (same.value, same.low, same.high) == (1, 1, 1)


def test_a_lift_over_nothing_is_infinite_and_says_so():
    lift = estimate(np.array([[1.0, 0.0], [2.0, 0.0]]), relative_lift, seed=1)
    assert lift.value == math.inf


def test_jackknife_of_a_mean_is_the_standard_error():
    values = np.random.default_rng(1).normal(size=25)
    left_out = np.array([np.delete(values, place).mean() for place in range(25)])
    found = jackknife(float(values.mean()), left_out)
    width = NormalDist().inv_cdf(0.975) * values.std(ddof=1) / 5
    assert [found.low, found.high] == pytest.approx([values.mean() - width, values.mean() + width])
