from datetime import UTC, datetime

import pytest

from catalog.models import Product
from catalog.services.products import delete_product
from recommender.models import Rule, RuleChange
from recommender.rule_facts import RuleFacts, facts_of
from recommender.services import rules
from recommender.services.rules import RuleRefused, create_rule, delete_rule, update_rule

FJORD = {"brand": "Fjord"}
BOOST = RuleFacts(name="More Fjord", kind="boost", condition=FJORD, value=0.3)
PIN = RuleFacts(name="Rose first", kind="pin", sku="mug-rose", position=1)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)

SAID = {
    "name": "More Fjord",
    "kind": "boost",
    "scenario": "any",
    "condition": {"brand": "Fjord"},
    "value": 0.3,
    "sku": "",
    "position": None,
    "when_text": "",
    "starts": None,
    "ends": None,
    "is_active": True,
}


def faults(refusal) -> list[tuple[str, str]]:
    return [(fault.field, fault.code) for fault in refusal.value.faults]


def history() -> list[tuple]:
    return list(RuleChange.objects.order_by("id").values_list("action", "by", "before", "after"))


def test_a_rule_is_stored_as_said(store, shop):
    facts = RuleFacts(
        **(vars(PIN) | {"scenario": "search", "when_text": "pink mug", "starts": NOON, "is_active": False})
    )
    rule = create_rule(store=store, facts=facts, by="ann")
    stored = Rule.objects.get(pk=rule.pk)
    assert facts_of(stored) == facts
    assert (stored.product, stored.updated_by) == (shop["mug-rose"], "ann")


def test_every_change_is_kept_with_who_and_what(store, shop):
    rule = create_rule(store=store, facts=BOOST, by="ann")
    update_rule(store=store, rule_id=rule.pk, changes={"value": 0.5, "ends": NOON}, by="bob")
    update_rule(store=store, rule_id=rule.pk, changes={"is_active": False}, by="cyd")
    update_rule(store=store, rule_id=rule.pk, changes={"is_active": True}, by="ann")
    delete_rule(store=store, rule_id=rule.pk, by="bob")
    changed = SAID | {"value": 0.5, "ends": "2026-05-04T12:00:00Z"}
    off = changed | {"is_active": False}
    assert history() == [
        ("created", "ann", None, SAID),
        ("changed", "bob", SAID, changed),
        ("deactivated", "cyd", changed, off),
        ("activated", "ann", off, changed),
        ("deleted", "bob", changed, None),
    ]
    assert not Rule.objects.exists()
    assert set(RuleChange.objects.values_list("store", "rule_id", "name")) == {(store.pk, rule.pk, "More Fjord")}


def test_saying_the_same_again_changes_nothing(store):
    rule = create_rule(store=store, facts=BOOST, by="ann")
    before = Rule.objects.values().get()
    update_rule(store=store, rule_id=rule.pk, changes=vars(BOOST), by="bob")
    assert Rule.objects.values().get() == before
    assert len(history()) == 1


def test_a_pin_of_a_deleted_product_stays_and_can_only_be_switched_off_or_mended(store, shop):
    rule = create_rule(store=store, facts=PIN, by="ann")
    delete_product(product=shop["mug-rose"])
    with pytest.raises(RuleRefused) as refusal:
        update_rule(store=store, rule_id=rule.pk, changes={"position": 2}, by="ann")
    assert faults(refusal) == [("sku", "required")]
    assert not update_rule(store=store, rule_id=rule.pk, changes={"is_active": False}, by="ann").is_active
    with pytest.raises(RuleRefused):
        update_rule(store=store, rule_id=rule.pk, changes={"is_active": True}, by="ann")
    mended = update_rule(store=store, rule_id=rule.pk, changes={"sku": "mug-red", "is_active": True}, by="ann")
    assert (mended.product, mended.is_active) == (shop["mug-red"], True)


def test_a_pin_becomes_a_boost_and_back(store, shop):
    rule = create_rule(store=store, facts=PIN, by="ann")
    boost = {"kind": "boost", "condition": FJORD, "value": 0.2, "sku": "", "position": None}
    assert update_rule(store=store, rule_id=rule.pk, changes=boost, by="ann").product is None
    pin = {"kind": "pin", "condition": {}, "value": None, "sku": "mug-red", "position": 3}
    assert update_rule(store=store, rule_id=rule.pk, changes=pin, by="ann").product == shop["mug-red"]


@pytest.mark.parametrize(
    ("facts", "changes", "expected"),
    [
        (BOOST, {"value": None}, [("value", "out_of_range")]),
        (BOOST, {"value": 0.0}, [("value", "out_of_range")]),
        (BOOST, {"value": 1.01}, [("value", "out_of_range")]),
        (BOOST, {"value": float("nan")}, [("value", "out_of_range")]),
        (BOOST, {"kind": "bury", "value": -1.0}, [("value", "out_of_range")]),
        (BOOST, {"kind": "quota", "value": 1.5}, [("value", "out_of_range")]),
        (BOOST, {"kind": "quota", "value": 0}, [("value", "out_of_range")]),
        (BOOST, {"kind": "quota", "value": float("inf")}, [("value", "out_of_range")]),
        (BOOST, {"kind": "exclude"}, [("value", "not_for_kind")]),
        (BOOST, {"condition": {}}, [("condition", "required")]),
        (BOOST, {"condition": {"any": [{"brand": "x"}, {"cost": 3}]}}, [("condition.any.1.cost", "unknown_field")]),
        (BOOST, {"condition": []}, [("condition", "invalid")]),
        (BOOST, {"condition": {"brand": ["x" * 500] * 30}}, [("condition", "max_length")]),
        (BOOST, {"sku": "mug-red"}, [("sku", "not_for_kind")]),
        (BOOST, {"position": 1}, [("position", "not_for_kind")]),
        (PIN, {"sku": ""}, [("sku", "required")]),
        (PIN, {"sku": "theirs"}, [("sku", "unknown_sku")]),
        (PIN, {"position": None}, [("position", "out_of_range")]),
        (PIN, {"position": 0}, [("position", "out_of_range")]),
        (PIN, {"position": 1_001}, [("position", "out_of_range")]),
        (PIN, {"condition": FJORD}, [("condition", "not_for_kind")]),
        (PIN, {"condition": []}, [("condition", "not_for_kind")]),
        (PIN, {"value": 1.0}, [("value", "not_for_kind")]),
        (PIN, {"when_text": " !? "}, [("when_text", "no_words")]),
        (PIN, {"when_text": "mug", "scenario": "home"}, [("when_text", "without_text")]),
        (PIN, {"starts": NOON, "ends": NOON}, [("ends", "before_start")]),
        (BOOST, {"value": 2.0, "position": 1}, [("value", "out_of_range"), ("position", "not_for_kind")]),
    ],
)
def test_faults_are_named_and_nothing_is_stored(store, shop, other_shop, facts, changes, expected):
    with pytest.raises(RuleRefused) as refusal:
        create_rule(store=store, facts=RuleFacts(**(vars(facts) | changes)), by="ann")
    assert faults(refusal) == expected
    rule = create_rule(store=store, facts=facts, by="ann")
    with pytest.raises(RuleRefused) as refusal:
        update_rule(store=store, rule_id=rule.pk, changes=changes, by="ann")
    assert faults(refusal) == expected
    assert facts_of(Rule.objects.get()) == facts
    assert len(history()) == 1


def test_a_name_is_taken_once_in_a_store(store, other_store):
    rule = create_rule(store=store, facts=BOOST, by="ann")
    create_rule(store=other_store, facts=BOOST, by="ann")
    with pytest.raises(RuleRefused) as refusal:
        create_rule(store=store, facts=BOOST, by="ann")
    assert faults(refusal) == [("name", "taken")]
    update_rule(store=store, rule_id=rule.pk, changes={"value": 0.9}, by="ann")


def test_active_rules_are_bounded(store, monkeypatch):
    monkeypatch.setattr(rules, "MAX_ACTIVE", 2)
    for number in range(2):
        create_rule(store=store, facts=RuleFacts(**(vars(BOOST) | {"name": f"{number}"})), by="ann")
    resting = RuleFacts(**(vars(BOOST) | {"is_active": False}))
    rule = create_rule(store=store, facts=resting, by="ann")
    with pytest.raises(RuleRefused) as refusal:
        update_rule(store=store, rule_id=rule.pk, changes={"is_active": True}, by="ann")
    assert faults(refusal) == [("is_active", "too_many")]
    update_rule(store=store, rule_id=Rule.objects.get(name="0").pk, changes={"value": 0.9}, by="ann")


def test_another_stores_rule_is_out_of_reach(store, other_store):
    rule = create_rule(store=other_store, facts=BOOST, by="ann")
    with pytest.raises(Rule.DoesNotExist):
        update_rule(store=store, rule_id=rule.pk, changes={"value": 0.9}, by="bob")
    with pytest.raises(Rule.DoesNotExist):
        delete_rule(store=store, rule_id=rule.pk, by="bob")
    assert Rule.objects.get().value == 0.3
    assert len(history()) == 1


def test_the_record_is_of_the_same_transaction(store, monkeypatch):
    def fail(*args, **options):
        raise OSError("disk full")

    monkeypatch.setattr(RuleChange.objects, "create", fail)
    with pytest.raises(OSError):
        create_rule(store=store, facts=BOOST, by="ann")
    assert not Rule.objects.exists()


def test_a_deleted_store_takes_its_rules_and_their_record_along(other_store):
    create_rule(store=other_store, facts=BOOST, by="ann")
    Product.objects.of(other_store).delete()
    other_store.delete()
    assert not Rule.objects.exists()
    assert not RuleChange.objects.exists()
