"""What the database refuses, whoever writes."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from recommender.models import Rule

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
RED = {"attributes": {"colour": "red"}}
FITTING = {
    "boost": {"value": 0.5, "condition": RED},
    "bury": {"value": 1.0, "condition": RED},
    "exclude": {"condition": RED},
    "quota": {"value": 2, "condition": RED},
    "pin": {"position": 1},
}


@pytest.mark.parametrize("kind", Rule.Kind.values)
def test_takes_what_fits(store, kind):
    Rule.objects.create(store=store, name="A", kind=kind, **FITTING[kind])


@pytest.mark.parametrize(
    ("kind", "changes", "constraint"),
    [
        ("boost", {"value": 0}, "rule_value_fits_kind"),
        ("boost", {"value": 1.1}, "rule_value_fits_kind"),
        ("boost", {"value": None}, "rule_value_fits_kind"),
        ("bury", {"value": -0.1}, "rule_value_fits_kind"),
        ("bury", {"value": float("nan")}, "rule_value_fits_kind"),
        ("quota", {"value": None}, "rule_value_fits_kind"),
        ("quota", {"value": 0}, "rule_value_fits_kind"),
        ("quota", {"value": 1.5}, "rule_value_fits_kind"),
        ("quota", {"value": 101}, "rule_value_fits_kind"),
        ("exclude", {"value": 1}, "rule_value_fits_kind"),
        ("pin", {"value": 1}, "rule_value_fits_kind"),
        ("exclude", {"kind": "hide"}, "rule_value_fits_kind"),
        ("pin", {"position": None}, "rule_names_products_as_its_kind_does"),
        ("pin", {"position": 0}, "rule_names_products_as_its_kind_does"),
        ("pin", {"position": 1_001}, "rule_names_products_as_its_kind_does"),
        ("pin", {"condition": RED}, "rule_names_products_as_its_kind_does"),
        ("boost", {"position": 1}, "rule_names_products_as_its_kind_does"),
        ("exclude", {"condition": {}}, "rule_names_products_as_its_kind_does"),
        ("boost", {"scenario": "nowhere"}, "rule_scenario_known"),
        ("boost", {"starts": NOON, "ends": NOON}, "rule_ends_after_it_starts"),
    ],
)
def test_refuses(store, kind, changes, constraint):
    facts = {"store": store, "name": "A", "kind": kind} | FITTING[kind] | changes
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Rule.objects.create(**facts)


def test_a_name_is_used_once_in_a_store(store, other_store):
    Rule.objects.create(store=store, name="A", kind="pin", position=1)
    Rule.objects.create(store=other_store, name="A", kind="pin", position=1)
    with pytest.raises(IntegrityError, match="rule_name_once_per_store"), transaction.atomic():
        Rule.objects.create(store=store, name="A", kind="pin", position=2)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        ({}, "live"),
        ({"starts": NOON}, "live"),
        ({"starts": NOON + HOUR}, "planned"),
        ({"starts": NOON - HOUR, "ends": NOON + HOUR}, "live"),
        ({"starts": NOON - HOUR, "ends": NOON}, "over"),
        ({"ends": NOON - HOUR}, "over"),
        ({"is_active": False}, "off"),
        ({"is_active": False, "ends": NOON - HOUR}, "off"),
    ],
)
def test_the_state_of_one_is_the_state_it_is_listed_under(store, facts, state):
    rule = Rule.objects.create(store=store, name="A", kind="pin", position=1, **facts)
    assert rule.state_at(NOON) == state
    assert [name for name in Rule.State.values if Rule.objects.in_state(name, NOON).exists()] == [state]
