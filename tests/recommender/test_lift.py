import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from recommender.lift import Lift, Moments, mismatch_probability, relative_lift

REPETITIONS = 1_500
# Of 1,500 intervals that each hold with 95 %, this many hold but once in ten thousand times (binomial, 3.7 deviations).
BAND = 3.7 * math.sqrt(0.95 * 0.05 / REPETITIONS)


def slow_relative_variance(x, y):
    """Deng, Knoblich and Lu 2018, equation 4, as it stands there."""
    n = len(x)
    ratio = np.mean(x) / np.mean(y)
    covariance = np.cov(x, y)
    variance = (covariance[0, 0] - 2 * ratio * covariance[0, 1] + ratio**2 * covariance[1, 1]) / (n * np.mean(y) ** 2)
    return variance / ratio**2


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), min_size=2, max_size=30))
def test_the_variance_is_the_papers(pairs):
    moments = Moments.of((float(min(x, y)), float(y)) for x, y in pairs)
    x, y = np.array([(min(x, y), y) for x, y in pairs], float).T
    if x.sum() == 0:
        assert moments.relative_variance is None
    else:
        assert moments.relative_variance == pytest.approx(slow_relative_variance(x, y), abs=1e-9)


def test_a_rate_of_shoppers_has_the_variance_of_a_share():
    """Of yes and no: p (1 - p) / n, with n - 1 as for every sample."""
    moments = Moments(n=400, x=100, y=400, xx=100, yy=400, xy=100)
    assert moments.ratio == 0.25
    assert moments.relative_variance == pytest.approx(0.25 * 0.75 / 399 / 0.25**2)


def test_the_lift_and_its_interval():
    control = Moments(n=1000, x=100, y=1000, xx=100, yy=1000, xy=100)
    variant = Moments(n=1000, x=120, y=1000, xx=120, yy=1000, xy=120)
    margin = 1.959964 * math.sqrt(0.9 / 0.1 / 999 + 0.88 / 0.12 / 999)
    lift = relative_lift(variant, control)
    assert lift == Lift(
        pytest.approx(0.2), pytest.approx(1.2 * math.exp(-margin) - 1), pytest.approx(1.2 * math.exp(margin) - 1)
    )


NOTHING = Moments(n=0, x=0, y=0, xx=0, yy=0, xy=0)
SOMETHING = Moments.of([(1.0, 2.0), (0.0, 1.0), (1.0, 1.0)])


@pytest.mark.parametrize("other", [NOTHING, Moments.of([(1.0, 1.0)]), Moments.of([(0.0, 1.0), (0.0, 2.0)])])
def test_too_little_gives_no_lift(other):
    assert relative_lift(SOMETHING, other) is None
    assert relative_lift(other, SOMETHING) is None
    assert NOTHING.ratio is None


def simulate(generator: np.random.Generator, *, shoppers: int, lift: float) -> tuple[Moments, int, int]:
    """Shoppers who differ in how often they come and in how readily they click: their rankings are no independent
    draws. Also the clicks and rankings as if they were."""
    rankings = 1 + generator.poisson(generator.gamma(1.0, 5.0, shoppers))
    readiness = np.minimum(1.0, generator.beta(1.0, 9.0, shoppers) * (1 + lift))
    clicked = generator.binomial(rankings, readiness)
    return Moments.of(zip(clicked.astype(float), rankings.astype(float), strict=True)), clicked.sum(), rankings.sum()


@pytest.mark.parametrize("lift", [0.0, 0.1], ids=["A/A", "A/B"])
def test_95_of_100_intervals_hold_the_truth(lift):
    generator = np.random.default_rng(20_260_504)
    held = excluded_zero = naive = 0
    for _ in range(REPETITIONS):
        control, clicks, views = simulate(generator, shoppers=800, lift=0)
        variant, more_clicks, more_views = simulate(generator, shoppers=800, lift=lift)
        found = relative_lift(variant, control)
        held += found.low <= lift <= found.high
        excluded_zero += not found.low <= 0 <= found.high
        spread = 1.96 * math.sqrt((1 - clicks / views) / clicks + (1 - more_clicks / more_views) / more_clicks)
        naive += abs(math.log(variant.ratio / control.ratio) - math.log1p(lift)) <= spread
    assert held / REPETITIONS == pytest.approx(0.95, abs=BAND)
    # Rankings taken one by one, as if shoppers were alike, give intervals that are far too narrow.
    assert naive / REPETITIONS < 0.9
    if lift == 0:
        assert excluded_zero / REPETITIONS == pytest.approx(0.05, abs=BAND)
    else:
        assert excluded_zero / REPETITIONS > 0.15


def test_intervals_of_purchase_rates_hold_too():
    generator = np.random.default_rng(7)
    held = 0
    for _ in range(REPETITIONS):
        bought, more = generator.binomial(2_000, 0.03), generator.binomial(2_000, 0.036)
        control = Moments(n=2_000, x=bought, y=2_000, xx=bought, yy=2_000, xy=bought)
        variant = Moments(n=2_000, x=more, y=2_000, xx=more, yy=2_000, xy=more)
        found = relative_lift(variant, control)
        held += found.low <= 0.2 <= found.high
    assert held / REPETITIONS == pytest.approx(0.95, abs=BAND)


@given(st.lists(st.tuples(st.integers(0, 10_000), st.floats(0.05, 1)), min_size=2, max_size=5))
def test_the_mismatch_is_pearsons(pairs):
    counts, shares = zip(*pairs, strict=True)
    if sum(counts) == 0:
        assert mismatch_probability(counts, shares) is None
        return
    expected = sum(counts) * np.array(shares) / sum(shares)
    assert mismatch_probability(counts, shares) == pytest.approx(chisquare(counts, expected).pvalue, abs=1e-9)


def test_a_mismatch_stands_out():
    assert mismatch_probability([5_000, 5_100], [0.5, 0.5]) > 0.1
    assert mismatch_probability([5_000, 5_600], [0.5, 0.5]) < 1e-8


def test_mismatches_are_found_by_chance_as_often_as_said():
    generator = np.random.default_rng(11)
    found = [mismatch_probability(generator.multinomial(1_000, [0.5, 0.3, 0.2]), [0.5, 0.3, 0.2]) for _ in range(4_000)]
    assert np.mean(np.array(found) < 0.05) == pytest.approx(0.05, abs=0.013)
