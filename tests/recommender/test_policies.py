from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recommender.policies import KEEP, MAX_DAYS, NEVER, REPLENISHABLE, Past, Policy, PolicyError, default_policy

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)

days = st.one_of(st.just(KEEP), st.just(NEVER), st.floats(0.01, MAX_DAYS), st.integers(1, MAX_DAYS).map(float))
policies = st.builds(
    Policy,
    bought=st.one_of(st.just(REPLENISHABLE), days),
    seen=days,
    carted=days,
    replenishable=st.lists(st.sampled_from(["Pantry", "Pantry/Coffee", "Tea & Cocoa"]), max_size=3).map(tuple),
)


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def bought(*days: float, **more: Any) -> Past:
    return Past(1, bought_at=ago(min(days)), bought_on=[ago(each).date() for each in days], **more)


def hides(policy: Policy, past: Past) -> bool:
    return policy.hides(past, now=NOW)


def test_keep_never_and_after_days():
    for name, past in (
        ("bought", bought(10)),
        ("seen", Past(1, seen_at=ago(10))),
        ("carted", Past(1, carted_at=ago(10))),
    ):
        assert not hides(Policy(**{"bought": KEEP, name: KEEP}), past)
        assert hides(Policy(**{"bought": KEEP, name: NEVER}), past)
        assert hides(Policy(**{"bought": KEEP, name: 11.0}), past)
        assert not hides(Policy(**{"bought": KEEP, name: 10.0}), past)


def test_what_was_bought_is_in_the_basket_no_more():
    policy = Policy(bought=KEEP, carted=NEVER)
    assert hides(policy, Past(1, carted_at=ago(1), bought_at=ago(2)))
    assert not hides(policy, Past(1, carted_at=ago(2), bought_at=ago(1)))
    assert not hides(policy, Past(1, carted_at=ago(2), bought_at=ago(2)))


@given(policies)
def test_what_was_disliked_stays_away_until_it_is_liked_again(policy: Policy):
    assert hides(policy, Past(1, disliked_at=ago(900)))
    assert hides(policy, Past(1, disliked_at=ago(900), liked_at=ago(901)))
    assert not hides(policy, Past(1, disliked_at=ago(901), liked_at=ago(900)))


def test_comes_back_when_due_by_the_shoppers_own_rhythm():
    policy = Policy(bought=REPLENISHABLE)
    assert hides(policy, bought(9, 19, 29))
    assert not hides(policy, bought(10, 20, 30))
    assert not hides(policy, bought(10, 20, 30, 31, 95, 170)), "the median of 10, 10, 1, 64 and 75 is 10"
    assert hides(policy, bought(9, 19, 29, gap_days=1.0))


def test_comes_back_by_everybodys_rhythm_while_there_is_no_own():
    policy = Policy(bought=REPLENISHABLE)
    assert hides(policy, bought(4, gap_days=5.0))
    assert not hides(policy, bought(5, gap_days=5.0))
    assert not hides(policy, bought(5, 10, gap_days=50.0))


def test_what_has_no_rhythm_stays_away():
    assert hides(Policy(bought=REPLENISHABLE), bought(3_000))


@pytest.mark.parametrize("default", [NEVER, KEEP, 90.0, REPLENISHABLE])
def test_a_category_named_replenishable_comes_back_whatever_is_said_of_the_rest(default: Any):
    policy = Policy(bought=default, replenishable=("Pantry",))
    for category in ("Pantry", "Pantry/Coffee"):
        assert hides(policy, bought(29, category=category))
        assert not hides(policy, bought(31, category=category))
        assert not hides(policy, bought(6, 11, category=category))
    for category in ("Pantry2", "", "Kitchen/Pantry"):
        assert hides(policy, bought(31, category=category)) == (default != KEEP)


def test_home_keeps_what_was_seen_and_basket_leaves_out_what_is_in_it():
    home, basket = default_policy("home"), default_policy("basket")
    assert hides(home, bought(500)) and hides(basket, bought(500))
    assert not hides(home, Past(1, seen_at=NOW)) and not hides(basket, Past(1, seen_at=NOW))
    assert not hides(home, Past(1, carted_at=NOW)) and hides(basket, Past(1, carted_at=NOW))
    assert default_policy("product") == Policy()


@given(policies)
def test_json_and_back(policy: Policy):
    assert Policy.from_json(policy.to_json()) == policy


def test_reads_what_the_docstring_says():
    data = {
        "bought": "replenishable",
        "seen": "keep",
        "carted": {"after_days": 7},
        "replenishable": ["Pantry/Coffee"],
        "rotation": 0.1,
        "tired": True,
    }
    assert Policy.from_json(data) == Policy(REPLENISHABLE, KEEP, 7.0, ("Pantry/Coffee",), 0.1, True)
    assert Policy.from_json(data).to_json() == data


def test_what_is_not_said_is_as_in_the_default():
    assert Policy.from_json({}, default=default_policy("basket")) == default_policy("basket")
    assert Policy.from_json({"seen": "never"}, default=Policy(carted=3.0)) == Policy(seen=NEVER, carted=3.0)
    assert Policy.from_json({}) == Policy()


@pytest.mark.parametrize(
    ("data", "field", "code"),
    [
        (None, "", "invalid"),
        ([], "", "invalid"),
        ({"buy": "never"}, "buy", "unknown_field"),
        ({3: "never"}, "3", "unknown_field"),
        ({"bought": "sometimes"}, "bought", "invalid_choice"),
        ({"bought": None}, "bought", "invalid_choice"),
        ({"bought": 30}, "bought", "invalid_choice"),
        ({"seen": "replenishable"}, "seen", "invalid_choice"),
        ({"seen": ["never"]}, "seen", "invalid_choice"),
        ({"seen": {}}, "seen.after_days", "required"),
        ({"seen": {"days": 3}}, "seen.days", "unknown_field"),
        ({"carted": {"after_days": 0}}, "carted.after_days", "invalid"),
        ({"carted": {"after_days": True}}, "carted.after_days", "invalid"),
        ({"carted": {"after_days": "7"}}, "carted.after_days", "invalid"),
        ({"carted": {"after_days": float("nan")}}, "carted.after_days", "invalid"),
        ({"carted": {"after_days": MAX_DAYS + 1}}, "carted.after_days", "invalid"),
        ({"carted": {"after_days": 10**400}}, "carted.after_days", "invalid"),
        ({"replenishable": "Pantry"}, "replenishable", "invalid"),
        ({"replenishable": ["a"] * 101}, "replenishable", "invalid"),
        ({"replenishable": ["Pantry", " "]}, "replenishable.1", "invalid"),
        ({"replenishable": ["Pantry", 3]}, "replenishable.1", "invalid"),
        ({"replenishable": ["x" * 601]}, "replenishable.0", "invalid"),
        ({"replenishable": ["a\x00"]}, "replenishable.0", "invalid"),
    ],
)
def test_refusals_name_the_field(data: Any, field: str, code: str):
    with pytest.raises(PolicyError) as refused:
        Policy.from_json(data)
    assert (refused.value.field, refused.value.code) == (field, code)
