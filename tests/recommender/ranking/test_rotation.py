from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ranking.rotation import TIRED_AFTER, rotate, seed_of, tire

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
SCORES = {pk: 1 - pk / 100 for pk in range(20)}

score_maps = st.dictionaries(st.integers(1, 50), st.floats(0, 1), max_size=20)


def test_shown_in_vain_counts_half_after_so_many_times():
    tired = tire({1: 0.8, 2: 0.6, 3: 0.5}, {1: TIRED_AFTER, 2: 2 * TIRED_AFTER}, ())
    assert tired == pytest.approx({3: 0.5, 1: 0.4, 2: 0.15})
    assert list(tired) == [3, 1, 2]


def test_what_was_clicked_or_never_shown_does_not_tire():
    assert tire({1: 0.8, 2: 0.6}, {1: 100}, {1}) == {1: 0.8, 2: 0.6}


@given(score_maps, st.dictionaries(st.integers(1, 50), st.integers(0, 10**6)), st.sets(st.integers(1, 50)))
def test_tiring_only_takes_and_orders(scores, shown, clicked):
    tired = tire(scores, shown, clicked)
    assert tired.keys() == scores.keys()
    assert all(0 <= tired[pk] <= scores[pk] for pk in scores)
    assert list(tired.values()) == sorted(tired.values(), reverse=True)


@given(st.floats(0, 1), st.integers(0, 100), st.integers(0, 100))
def test_more_showings_never_help(score, one, two):
    tired = [tire({1: score}, {1: shown}, ())[1] for shown in sorted((one, two))]
    assert tired[1] <= tired[0]


def test_the_same_seed_gives_the_same_page_on_every_machine():
    assert rotate({1: 1.0, 2: 0.9}, seed="ann", strength=0.5) == rotate({2: 0.9, 1: 1.0}, seed="ann", strength=0.5)
    assert rotate({7: 1.0}, seed="2026-05-04/ann", strength=1) == pytest.approx({7: 0.2845394772958372}, abs=1e-12)


def test_visits_differ_by_day_and_by_shopper():
    seeds = [seed_of(who, now=NOW + timedelta(days=day)) for who in ("ann", "bob") for day in range(5)]
    pages = {tuple(rotate(SCORES, seed=seed, strength=0.2))[:10] for seed in seeds}
    assert len(pages) == len(seeds)


def test_a_visit_is_of_one_piece():
    assert seed_of("ann", now=NOW) == seed_of("ann", now=NOW + timedelta(hours=2))


@given(score_maps, st.text(max_size=8), st.floats(0, 1))
def test_only_what_is_near_trades_places(scores, seed, strength):
    rotated = rotate(scores, seed=seed, strength=strength)
    assert rotated.keys() == scores.keys()
    assert list(rotated.values()) == sorted(rotated.values(), reverse=True)
    assert all(scores[pk] * (1 - strength) <= rotated[pk] <= scores[pk] for pk in scores)
    for ahead, behind in combinations(rotated, 2):
        assert scores[behind] * (1 - strength) <= scores[ahead]


@given(score_maps, st.text(max_size=8))
def test_no_strength_changes_nothing(scores, seed):
    assert rotate(scores, seed=seed, strength=0) == scores


def test_draws_are_even():
    drawn = sorted(1 - value for value in rotate(dict.fromkeys(range(10_000), 1.0), seed="s", strength=1).values())
    # Kolmogorov-Smirnov, 1.95 / sqrt(n) is passed by one honest draw in a thousand; the seed is fixed.
    assert max(abs(value - rank / 10_000) for rank, value in enumerate(drawn)) < 0.0195
