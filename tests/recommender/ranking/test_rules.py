from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.ranking.rules import RuledScore, boosted, place, quotas_of


@dataclass(frozen=True)
class Ruling:
    """What the pure functions look at of an active rule."""

    id: int
    kind: str
    value: float = 0.0


def test_boost_and_bury_move_part_of_the_way():
    scores = {7: 0.4, 8: 0.4, 9: 0.4}
    rules = [Ruling(1, "boost", 0.5), Ruling(2, "bury", 0.5), Ruling(3, "pin"), Ruling(4, "quota", 2)]
    moved = boosted(scores, {1: {7}, 2: {8}, 4: {7, 8, 9}}, rules)
    assert moved == {
        7: RuledScore(pytest.approx(0.7), pytest.approx(0.3), (1,)),
        8: RuledScore(pytest.approx(0.2), pytest.approx(-0.2), (2,)),
        9: RuledScore(0.4),
    }


def test_all_boosts_come_before_all_buries_whatever_the_order_given():
    rules = [Ruling(1, "bury", 0.5), Ruling(2, "boost", 0.5), Ruling(3, "boost", 0.2)]
    expected = (0.4 + 0.5 * 0.6 + 0.2 * (1 - 0.7)) * 0.5
    for given_order in (rules, rules[::-1]):
        moved = boosted({7: 0.4}, {1: {7}, 2: {7}, 3: {7}}, given_order)[7]
        assert moved.score == pytest.approx(expected)
        assert moved.rule_ids == (2, 3, 1)


def test_a_match_that_is_not_among_the_scores_is_nobody():
    assert boosted({7: 0.4}, {1: {8}}, [Ruling(1, "boost", 1.0)]) == {7: RuledScore(0.4)}


unit = st.floats(0, 1)
moving = st.builds(Ruling, st.integers(1, 6), st.sampled_from(["boost", "bury"]), st.floats(0, 1, exclude_min=True))


@given(
    st.dictionaries(st.integers(1, 9), unit),
    st.lists(moving, max_size=6, unique_by=lambda rule: rule.id),
    st.dictionaries(st.integers(1, 6), st.sets(st.integers(1, 9))),
)
def test_scores_stay_in_range_and_changes_sum(scores, rules, matches):
    moved = boosted(scores, matches, rules)
    assert list(moved) == list(scores)
    for pk, ruled in moved.items():
        assert 0 <= ruled.score <= 1
        assert scores[pk] + ruled.change == pytest.approx(ruled.score, abs=1e-12)
        kinds = {rule.kind for rule in rules if pk in matches.get(rule.id, ())}
        assert (ruled.change >= 0 or "bury" in kinds) and (ruled.change <= 0 or "boost" in kinds)


@given(unit, unit, st.lists(moving, max_size=6, unique_by=lambda rule: rule.id))
def test_what_is_moved_alike_keeps_its_order(low, high, rules):
    low, high = sorted([low, high])
    moved = boosted({1: low, 2: high}, {rule.id: {1, 2} for rule in rules}, rules)
    assert moved[1].score <= moved[2].score + 1e-12


def test_quotas_are_numbers_and_whom_they_count():
    rules = [Ruling(1, "quota", 2.0), Ruling(2, "boost", 0.5), Ruling(3, "quota", 1.0)]
    assert quotas_of(rules, {1: {7}, 2: {8}}) == [(2, {7}), (1, ())]


def test_a_pin_stands_at_its_position():
    assert place([1, 2, 3, 4], pins={2: 9}, quotas=[], start=0, limit=3) == [1, 9, 2]


def test_positions_count_over_all_pages():
    assert place([4, 5, 6, 7], pins={5: 9, 1: 8}, quotas=[], start=3, limit=3) == [4, 9, 5]


def test_a_pinned_product_does_not_stand_where_its_likeness_would_put_it():
    assert place([9, 1, 2, 3], pins={3: 9}, quotas=[], start=0, limit=3) == [1, 2, 9]
    assert place([9, 1, 2, 3], pins={8: 9}, quotas=[], start=0, limit=3) == [1, 2, 3]


def test_pins_move_up_rather_than_leave_a_hole():
    assert place([1], pins={4: 9}, quotas=[], start=0, limit=5) == [1, 9]
    assert place([1], pins={30: 8, 20: 9}, quotas=[], start=0, limit=5) == [1, 9, 8]


def test_a_product_pinned_twice_has_the_first_place():
    assert place([1, 2, 3], pins={3: 9, 2: 9}, quotas=[], start=0, limit=3) == [1, 9, 2]


def test_a_quota_lets_the_first_few_in():
    assert place([1, 2, 3, 4, 5], pins={}, quotas=[(2, {1, 2, 3, 4})], start=0, limit=4) == [1, 2, 5]
    assert place([3, 4, 5], pins={}, quotas=[(2, {1, 2, 3, 4})], start=3, limit=4) == [3, 4, 5]


def test_pins_count_towards_quotas_before_what_stands_above_them():
    assert place([1, 2, 5, 6], pins={4: 9}, quotas=[(1, {1, 2, 9})], start=0, limit=4) == [5, 6, 9]


def test_pins_win_over_a_quota():
    assert place([1, 2, 5], pins={1: 8, 2: 9}, quotas=[(1, {1, 8, 9})], start=0, limit=4) == [8, 9, 2, 5]


products = st.integers(1, 30)
cases = {
    "order": st.lists(products, unique=True, max_size=30),
    "pins": st.dictionaries(st.integers(1, 25), st.integers(20, 40), max_size=5),
    "quotas": st.lists(st.tuples(st.integers(1, 4), st.frozensets(st.integers(1, 40))), max_size=3),
    "start": st.sampled_from([0, 5, 10]),
    "limit": st.integers(1, 12),
}


@given(**cases)
def test_a_page_keeps_every_promise(order, pins, quotas, start, limit):
    page = place(order, pins=pins, quotas=quotas, start=start, limit=limit)
    coming: dict[int, int] = {}
    for at in sorted(pins):
        if at > start and pins[at] not in coming.values():
            coming[at] = pins[at]
    here = {at: pk for at, pk in coming.items() if at <= start + limit}

    assert len(page) == len(set(page)) <= limit
    assert set(page) <= {*order, *coming.values()}
    assert set(here.values()) <= set(page)
    for at, pk in here.items():
        stands_at = start + 1 + page.index(pk)
        assert stands_at == at or (stands_at < at and len(page) < limit)
    for most, counted in quotas:
        assert len(counted & set(page)) <= max(most, len(counted & set(here.values())))
    rest = [pk for pk in page if pk in order and pk not in coming.values()]
    assert rest == [pk for pk in order if pk in rest]
    if len(page) < limit:
        full = [counted for most, counted in quotas if len(counted & set(page)) >= most]
        for pk in {*order, *coming.values()} - set(page):
            assert any(pk in counted for counted in full)


@given(**{**cases, "start": st.just(0)})
def test_paging_shows_everything_once(order, pins, quotas, start, limit):
    shown: list[int] = []
    while True:
        page = place(
            [pk for pk in order if pk not in shown],
            pins={at: pk for at, pk in pins.items() if pk not in shown},
            quotas=quotas,
            start=len(shown),
            limit=limit,
        )
        if not page:
            break
        shown += page
    assert len(shown) == len(set(shown))
    assert set(shown) == {*order, *pins.values()}
