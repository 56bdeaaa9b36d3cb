from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.models import Event
from recommender.profile_vectors import HALF_LIFE, STRENGTHS, Touch, decay, interests, interests_of, profile_vector

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


def test_the_half_life_may_be_another():
    assert decay(timedelta(days=120), half_life=timedelta(days=60)) == 0.25


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


def kinds_of_things(*counts: int, spread: float = 0.3, dims: int = 64) -> dict[int, np.ndarray]:
    """Vectors of so many products of each kind, kinds at right angles: ids 100, 101, ... and 200, 201, ..."""
    drawn = np.random.default_rng(7)
    vectors = {}
    for kind, count in enumerate(counts, start=1):
        for number in range(count):
            vector = np.zeros(dims) + spread * drawn.standard_normal(dims) / np.sqrt(dims)
            vector[kind] += 1
            vectors[100 * kind + number] = vector.astype(np.float32)
    return vectors


def test_a_lamp_buyer_who_likes_mugs_gets_both():
    vectors = kinds_of_things(5, 4)
    history = [Touch(pk, "purchase" if pk < 200 else "like", NOW) for pk in vectors]
    lamps, mugs = interests_of(history, vectors, now=NOW)
    assert (lamps.share, mugs.share) == (pytest.approx(25 / 37), pytest.approx(12 / 37))
    assert set(lamps.product_ids) == {100, 101, 102, 103, 104}
    assert set(mugs.product_ids) == {200, 201, 202, 203}
    assert cosine(lamps.vector, sum(vectors[pk] for pk in lamps.product_ids)) == pytest.approx(1, abs=1e-5)
    assert cosine(mugs.vector, vectors[200]) > 0.9 > 0.3 > abs(cosine(mugs.vector, vectors[100]))


def test_three_interests_are_found_and_a_fourth_joins_one_of_them():
    vectors = kinds_of_things(4, 4, 4)
    found = interests_of([Touch(pk, "like", NOW) for pk in vectors], vectors, now=NOW)
    assert {frozenset(pk // 100 for pk in interest.product_ids) for interest in found} == {
        frozenset({1}),
        frozenset({2}),
        frozenset({3}),
    }
    four = kinds_of_things(4, 4, 4, 4)
    assert len(interests_of([Touch(pk, "like", NOW) for pk in four], four, now=NOW)) == 3
    assert len(interests_of([Touch(pk, "like", NOW) for pk in four], four, now=NOW, most=4)) == 4


def test_variants_of_one_thing_are_one_interest():
    vectors = kinds_of_things(6, spread=0.1)
    (only,) = interests_of([Touch(pk, "like", NOW) for pk in vectors], vectors, now=NOW)
    assert (only.share, len(only.product_ids)) == (1, 6)


def test_products_behind_an_interest_come_strongest_first():
    vectors = kinds_of_things(3, spread=0.1)
    history = [Touch(100, "view", NOW), Touch(101, "cart", NOW), Touch(102, "like", NOW)]
    (only,) = interests_of(history, vectors, now=NOW)
    assert only.product_ids == (101, 102, 100)


def test_shares_fade_with_time():
    vectors = kinds_of_things(3, 3)
    history = [Touch(pk, "like", NOW if pk < 200 else NOW - HALF_LIFE) for pk in vectors]
    assert [interest.share for interest in interests_of(history, vectors, now=NOW)] == [
        pytest.approx(2 / 3),
        pytest.approx(1 / 3),
    ]


def test_a_dislike_pushes_away_the_interest_it_is_near_to_and_no_other():
    vectors = kinds_of_things(5, 5)
    liked = [Touch(pk, "like", NOW) for pk in vectors if pk not in (104, 204)]
    before = interests_of(liked, vectors, now=NOW)
    after = interests_of([*liked, Touch(204, "dislike", NOW)], vectors, now=NOW)
    assert [interest.product_ids for interest in after] == [interest.product_ids for interest in before]
    (lamps, mugs), (lamps_after, mugs_after) = before, after
    np.testing.assert_array_equal(lamps.vector, lamps_after.vector)
    np.testing.assert_allclose(mugs_after.vector, mugs.vector - vectors[204], atol=1e-6)


def test_an_interest_that_dislikes_outweigh_is_none():
    vectors = kinds_of_things(3, 2, spread=0.05)
    history = [Touch(pk, "like", NOW) for pk in (100, 101, 102)]
    history += [Touch(200, "view", NOW), Touch(201, "dislike", NOW)]
    (only,) = interests_of(history, vectors, now=NOW)
    assert (only.share, set(only.product_ids)) == (1, {100, 101, 102})


@given(histories)
def test_shares_sum_to_one_and_every_liked_product_is_in_one_interest(history: list[Touch]):
    found = interests_of(history, VECTORS, now=NOW)
    liked = {pk for pk, strength in interests(history, now=NOW).items() if strength > 0 and pk in VECTORS}
    behind = [pk for interest in found for pk in interest.product_ids]
    assert len(behind) == len(set(behind)) and set(behind) <= liked
    if found:
        assert sum(interest.share for interest in found) == pytest.approx(1)
        assert [interest.share for interest in found] == sorted((each.share for each in found), reverse=True)
        assert all(interest.vector.dtype == np.float32 and interest.vector.any() for interest in found)
    if liked and not any(touch.kind == "dislike" for touch in history):
        assert set(behind) == liked
        total = sum(interest.vector for interest in found)
        np.testing.assert_allclose(total, profile_vector(history, VECTORS, now=NOW), atol=1e-4)


@given(histories, st.randoms(use_true_random=False))
def test_interests_are_the_same_in_any_order_of_events(history: list[Touch], random):
    # Without decay strengths are sums of halves, which add up exactly in any order.
    history = [Touch(touch.product_id, touch.kind, NOW) for touch in history]
    shuffled = random.sample(history, len(history))
    one, two = (interests_of(each, VECTORS, now=NOW) for each in (history, shuffled))
    assert [interest.product_ids for interest in one] == [interest.product_ids for interest in two]


def test_products_without_a_direction_are_no_interest():
    assert interests_of([Touch(1, "like", NOW)], {1: np.zeros(6, np.float32)}, now=NOW) == ()
    assert interests_of([Touch(9, "like", NOW)], VECTORS, now=NOW) == ()
    assert interests_of([Touch(1, "dislike", NOW)], VECTORS, now=NOW) == ()


def test_interests_from_the_year_one_are_no_trouble():
    ancient = datetime(1, 1, 1, tzinfo=UTC)
    assert interests_of([Touch(1, "view", ancient)], VECTORS, now=NOW) == ()
    assert (
        interests_of([Touch(1, "view", NOW - timedelta(days=6_000)), Touch(2, "dislike", NOW)], VECTORS, now=NOW) == ()
    )
    (only,) = interests_of([Touch(1, "view", ancient), Touch(2, "view", NOW)], VECTORS, now=NOW)
    assert only.product_ids == (2,)
