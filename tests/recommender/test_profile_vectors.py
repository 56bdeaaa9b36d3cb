from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.models import Event
from recommender.profile_vectors import HALF_LIFE, STRENGTHS, Touch, decay, interests, profile_vector

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
VECTORS = {pk: np.random.default_rng(pk).standard_normal(6).astype(np.float32) for pk in range(6)}

touches = st.builds(
    Touch,
    product_id=st.integers(0, 7),  # 6 and 7 have no vector
    kind=st.sampled_from(sorted(STRENGTHS)),
    at=st.timedeltas(timedelta(0), timedelta(days=400)).map(lambda age: NOW - age),
)
histories = st.lists(touches, max_size=12)


def slow_twin(history: list[Touch]) -> np.ndarray:
    """The formula of the module's docstring, event by event."""
    total = np.zeros(6)
    for touch in history:
        if touch.product_id in VECTORS:
            age = (NOW - touch.at) / HALF_LIFE
            total += STRENGTHS[touch.kind] * 2.0**-age * VECTORS[touch.product_id].astype(np.float64)
    return total


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def test_every_kind_of_event_has_a_strength():
    assert set(STRENGTHS) == set(Event.Kind.values)


def test_only_dislikes_push_away():
    assert [kind for kind, strength in STRENGTHS.items() if strength <= 0] == ["dislike"]


def test_an_event_counts_half_after_the_half_life():
    assert decay(timedelta(0)) == 1
    assert decay(HALF_LIFE) == 0.5
    assert decay(2 * HALF_LIFE) == 0.25


def test_a_clock_that_runs_ahead_gains_nothing():
    assert decay(-timedelta(minutes=5)) == 1


def test_events_of_one_product_add_up():
    history = [Touch(1, "view", NOW), Touch(1, "view", NOW - HALF_LIFE), Touch(1, "dislike", NOW)]
    assert interests(history, now=NOW) == {1: pytest.approx(1 + 0.5 - 3)}


@given(histories)
def test_points_where_the_formula_points(history: list[Touch]):
    profile = profile_vector(history, VECTORS, now=NOW)
    expected = slow_twin(history)
    if profile is not None and np.linalg.norm(expected) > 1e-6:
        assert cosine(profile, expected) == pytest.approx(1, abs=1e-3)


@given(histories, st.randoms(use_true_random=False))
def test_order_does_not_matter(history: list[Touch], random):
    shuffled = random.sample(history, len(history))
    one, two = profile_vector(history, VECTORS, now=NOW), profile_vector(shuffled, VECTORS, now=NOW)
    assert (one is None) == (two is None)
    if one is not None and two is not None:
        np.testing.assert_allclose(one, two, atol=1e-4)


@given(histories, st.timedeltas(timedelta(0), timedelta(days=3_000)))
def test_time_passing_changes_no_proportion(history: list[Touch], later: timedelta):
    one, two = profile_vector(history, VECTORS, now=NOW), profile_vector(history, VECTORS, now=NOW + later)
    assert (one is None) == (two is None)
    if one is not None and two is not None and np.linalg.norm(one) > 1e-2:
        assert cosine(one, two) == pytest.approx(1, abs=1e-3)


@given(histories)
def test_is_finite_and_never_zero(history: list[Touch]):
    profile = profile_vector(history, VECTORS, now=NOW)
    if profile is not None:
        assert profile.dtype == np.float32
        assert np.isfinite(profile).all()
        assert profile.any()


@given(st.lists(touches.filter(lambda touch: touch.kind == "dislike" or touch.product_id > 5)))
def test_nothing_liked_with_a_vector_is_no_profile(history: list[Touch]):
    assert profile_vector(history, VECTORS, now=NOW) is None


def test_a_dislike_turns_the_profile_away():
    liked = [Touch(1, "like", NOW)]
    turned = profile_vector([*liked, Touch(2, "dislike", NOW)], VECTORS, now=NOW)
    assert cosine(turned, VECTORS[2]) < cosine(profile_vector(liked, VECTORS, now=NOW), VECTORS[2])


def test_events_from_the_year_one_are_no_trouble():
    ancient = datetime(1, 1, 1, tzinfo=UTC)
    assert profile_vector([Touch(1, "view", ancient)], VECTORS, now=NOW) is None
    mixed = profile_vector([Touch(1, "view", ancient), Touch(2, "view", NOW)], VECTORS, now=NOW)
    assert cosine(mixed, VECTORS[2]) == pytest.approx(1, abs=1e-5)
