import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from recommender import rules
from recommender.models import Rule
from recommender.rule_facts import RuleFacts
from recommender.rules import active_rules
from recommender.services.rules import create_rule, delete_rule, update_rule

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Rules are read anew each time."""
    monkeypatch.setattr(rules, "REMEMBERED_SECONDS", 1e-9)


@pytest.fixture
def add(store):
    def add(name: str, *, store=store, **facts) -> Rule:
        given = {"kind": "boost", "condition": {"brand": "Fjord"}, "value": 0.3} | facts
        return create_rule(store=store, facts=RuleFacts(name=name, **given), by="ann")

    return add


def names(store, scenario="home", *, text="", now=NOON) -> list[str]:
    return [rule.name for rule in active_rules(store, scenario, text=text, now=now)]


def test_rules_of_the_scenario_and_of_any(store, add):
    add("any")
    add("home", scenario="home")
    add("search", scenario="search")
    assert names(store, "home") == ["home", "any"]
    assert names(store, "search") == ["search", "any"]
    assert names(store, "basket") == ["any"]


def test_another_stores_rules_never_apply(store, other_store, add):
    add("theirs", store=other_store)
    assert names(store) == []
    assert names(other_store) == ["theirs"]


@pytest.mark.parametrize(
    ("facts", "applies"),
    [
        ({}, True),
        ({"starts": NOON}, True),
        ({"starts": NOON + HOUR}, False),
        ({"ends": NOON}, False),
        ({"starts": NOON - HOUR, "ends": NOON + HOUR}, True),
        ({"is_active": False}, False),
    ],
)
def test_rules_have_their_time(store, add, facts, applies):
    add("rule", **facts)
    assert names(store) == ["rule"] * applies


@pytest.mark.parametrize(
    ("text", "applies"),
    [
        ("gift mug", True),
        ("A MUG, as a gift!", True),
        ("mug", False),
        ("gifts and mugs", False),
        ("", False),
        ("\uff27ift mug", True),
    ],
)
def test_search_words_are_all_there_as_whole_words(store, add, text, applies):
    add("rule", scenario="search", when_text="Mug gift")
    assert names(store, "search", text=text) == ["rule"] * applies


def test_those_made_for_words_prevail_then_for_the_scenario_then_the_latest(store, add):
    for name, facts in [
        ("words, any", {"when_text": "mug"}),
        ("old", {}),
        ("new", {}),
        ("search", {"scenario": "search"}),
        ("words, search", {"scenario": "search", "when_text": "mug"}),
    ]:
        add(name, **facts)
    assert names(store, "search", text="a mug") == ["words, search", "words, any", "search", "new", "old"]


def test_a_rule_carries_what_answers_need(store, shop, add):
    rule = add("pin", kind="pin", condition={}, value=None, sku="mug-red", position=4, scenario="search")
    (read,) = active_rules(store, "search", now=NOON)
    assert (read.id, read.kind, read.product_id, read.position) == (rule.pk, "pin", shop["mug-red"].pk, 4)
    assert read.condition is None
    quota = add("quota", kind="quota", value=2)
    (read,) = active_rules(store, "home", now=NOON)
    assert (read.id, read.kind, read.value) == (quota.pk, "quota", 2)


def test_read_in_one_query_and_one_for_all_categories(store, shop, add):
    for number in range(5):
        add(f"brand {number}")
    with CaptureQueriesContext(connection) as queries:
        assert len(names(store)) == 5
    assert len(queries) == 1
    for number, path in enumerate(["Kitchen", "Kitchen/Mugs", "Lighting", "Nowhere"]):
        add(f"category {number}", condition={"any": [{"category": path}, {"brand": "Lumo"}]})
    with CaptureQueriesContext(connection) as queries:
        assert len(names(store)) == 9
    assert len(queries) == 2


def test_within_a_second_nothing_is_read_again(store, add, monkeypatch):
    add("rule")
    monkeypatch.setattr(rules, "REMEMBERED_SECONDS", 1e6)
    assert names(store) == ["rule"]
    with CaptureQueriesContext(connection) as queries:
        assert names(store) == names(store, "search") == ["rule"]
        assert names(store, now=NOON + HOUR) == ["rule"]
    assert not queries


def test_a_change_is_live_after_a_second(store, add, monkeypatch):
    monkeypatch.undo()
    began = time.monotonic()

    def names_after(seconds: int) -> list[str]:
        monkeypatch.setattr(rules, "time", SimpleNamespace(monotonic=lambda: began + seconds))
        return names(store, now=timezone.now())

    assert names_after(0) == []
    rule = add("rule")
    assert names_after(1) == ["rule"]
    update_rule(store=store, rule_id=rule.pk, changes={"name": "renamed"}, by="ann")
    assert names_after(2) == ["renamed"]
    delete_rule(store=store, rule_id=rule.pk, by="ann")
    assert names_after(3) == []


def test_a_stored_condition_that_is_no_longer_understood_is_left_out(store, add):
    rule = add("strange")
    add("sound")
    Rule.objects.filter(pk=rule.pk).update(condition={"colour": "red"})
    assert names(store) == ["sound"]
