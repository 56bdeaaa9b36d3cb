import json
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from catalog.services.products import delete_product
from recommender.models import Rule, RuleChange
from recommender.rule_facts import RuleFacts, facts_of
from recommender.services.rules import create_rule, update_rule

LIST, ADD = reverse("admin:recommender_rule_changelist"), reverse("admin:recommender_rule_add")
PREVIEW = reverse("admin:recommender_rule_preview")
FJORD = {"brand": "Fjord"}
BOOST = RuleFacts(name="More Fjord", kind="boost", condition=FJORD, value=0.3)
NO_INLINES = {"changes-TOTAL_FORMS": 0, "changes-INITIAL_FORMS": 0}


def change_url(rule: Rule) -> str:
    return reverse("admin:recommender_rule_change", args=[rule.pk])


@pytest.fixture
def make(store):
    def make(name="More Fjord", **facts) -> Rule:
        return create_rule(store=store, facts=RuleFacts(**(vars(BOOST) | {"name": name} | facts)), by="ann")

    return make


def filled(**changes) -> dict:
    form = {
        "name": "More Fjord",
        "kind": "boost",
        "scenario": "any",
        "value": "0.3",
        "condition": '{"brand": "Fjord"}',
        "product": "",
        "position": "",
        "when_text": "",
        "starts_0": "",
        "starts_1": "",
        "ends_0": "",
        "ends_1": "",
        "is_active": "on",
        **NO_INLINES,
    }
    return form | changes


def errors(page) -> dict[str, list[str]]:
    return page.context["adminform"].form.errors


def test_a_rule_is_added_changed_and_deleted_through_the_services(admin_client, store, shop):
    assert admin_client.post(ADD, filled(store=store.pk)).status_code == 302
    rule = Rule.objects.get()
    assert facts_of(rule) == BOOST
    changed = filled(value="0.5", ends_0="2030-01-01", ends_1="00:00:00")
    assert admin_client.post(change_url(rule), changed).status_code == 302
    assert Rule.objects.get().value == 0.5
    delete = reverse("admin:recommender_rule_delete", args=[rule.pk])
    assert admin_client.post(delete, {"post": "yes"}).status_code == 302
    assert not Rule.objects.exists()
    kept = RuleChange.objects.order_by("id").values_list("action", "by")
    assert list(kept) == [("created", "admin"), ("changed", "admin"), ("deleted", "admin")]


def test_a_pin_is_added_by_its_product(admin_client, store, shop):
    form = filled(store=store.pk, kind="pin", product=shop["mug-rose"].pk, position="2", value="", condition="")
    assert admin_client.post(ADD, form).status_code == 302
    rule = Rule.objects.get()
    assert (rule.product, rule.position, rule.condition) == (shop["mug-rose"], 2, {})


def test_products_are_found_by_a_part_of_their_sku(admin_client, shop):
    query = {"app_label": "recommender", "model_name": "rule", "field_name": "product", "term": "p-red"}
    found = admin_client.get(reverse("admin:autocomplete"), query).json()["results"]
    assert [result["text"] for result in found] == ["desk lamp red [lamp-red]"]


def test_what_the_kind_has_no_use_for_is_dropped(admin_client, store, shop, make):
    """Fields that the form hides keep what was typed before the kind was chosen."""
    rule = make()
    form = filled(kind="pin", product=shop["mug-red"].pk, position="1", value="nonsense", condition="{nonsense")
    assert admin_client.post(change_url(rule), form).status_code == 302
    assert facts_of(Rule.objects.get()) == RuleFacts(name="More Fjord", kind="pin", sku="mug-red", position=1)
    assert admin_client.post(change_url(rule), filled(product="9999", position="1")).status_code == 302
    assert facts_of(Rule.objects.get()) == BOOST


@pytest.mark.parametrize(
    ("changes", "field", "told"),
    [
        ({"name": ""}, "name", "required"),
        ({"kind": ""}, "kind", "required"),
        ({"value": ""}, "value", "above 0"),
        ({"value": "2"}, "value", "above 0"),
        ({"kind": "quota", "value": "1.5"}, "value", "whole number"),
        ({"condition": ""}, "condition", "Say which products"),
        ({"condition": "{"}, "condition", "valid JSON"),
        ({"condition": '{"any": [{"brand": "x"}, {"colour": "red"}]}'}, "condition", "any.1.colour: There are"),
        ({"kind": "pin", "position": "1"}, "product", "names the product"),
        ({"kind": "pin", "position": "0"}, "position", "position"),
        ({"when_text": "mug", "scenario": "home"}, "when_text", "search"),
        ({"starts_0": "2030-01-02", "starts_1": "0:00", "ends_0": "2030-01-01", "ends_1": "0:00"}, "ends", "after"),
    ],
)
def test_mistakes_are_told_at_their_field(admin_client, store, shop, make, changes, field, told):
    if field == "position":
        changes = changes | {"product": shop["mug-red"].pk}
    rule = make()
    for path, store_field in [(ADD, {"store": store.pk, "name": "Another"}), (change_url(rule), {})]:
        page = admin_client.post(path, filled(**store_field) | changes)
        assert page.status_code == 200
        assert list(errors(page)) == [field]
        assert told in " ".join(errors(page)[field])
    assert [facts_of(kept) for kept in Rule.objects.all()] == [BOOST]


def test_another_stores_product_and_a_taken_name_are_refused(admin_client, store, shop, other_shop, make):
    make("Taken")
    pin = filled(store=store.pk, kind="pin", position="1")
    page = admin_client.post(ADD, pin | {"product": other_shop["mug-red"].pk})
    assert errors(page) == {"product": ["The product belongs to another store."]}
    page = admin_client.post(ADD, filled(store=store.pk, name="Taken"))
    assert list(errors(page)) == ["name"]
    assert Rule.objects.count() == 1


def test_the_list_tells_the_state_and_what_a_rule_does(admin_client, shop, make):
    now = timezone.now()
    make("live one")
    make("planned one", starts=now + timedelta(days=1), kind="bury")
    make("over one", ends=now - timedelta(days=1), kind="quota", value=2)
    make("off one", is_active=False, kind="exclude", value=None)
    make("gone one", kind="pin", condition={}, value=None, sku="bare", position=3)
    delete_product(product=shop["bare"])
    text = admin_client.get(LIST).content.decode()
    for told in (
        "30% of the way up",
        "30% of the way down",
        "at most 2 a page",
        "never shown",
        "gone",
        "{&quot;brand&quot;: ",
    ):
        assert told in text
    for state, name in [("planned", "planned one"), ("over", "over one"), ("off", "off one")]:
        page = admin_client.get(LIST, {"state": state})
        assert [rule.name for rule in page.context["cl"].result_list] == [name]
    live = admin_client.get(LIST, {"state": "live"}).context["cl"].result_list
    assert [rule.name for rule in live] == ["gone one", "live one"]


@pytest.mark.parametrize("name", ["rule", "rulechange"])
def test_lists_cost_the_same_for_any_number_of_rows(admin_client, shop, make, name):
    counts = []
    for number in range(3):
        make(f"a{number}")
        make(f"b{number}", kind="pin", condition={}, value=None, sku="mug-red", position=number + 1)
        with CaptureQueriesContext(connection) as queries:
            assert admin_client.get(reverse(f"admin:recommender_{name}_changelist")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 12


def test_rules_are_switched_from_the_list(admin_client, store, shop, make):
    rules = [make("a"), make("b"), make("c", kind="pin", condition={}, value=None, sku="bare", position=1)]
    chosen = [rule.pk for rule in rules]
    admin_client.post(LIST, {"action": "deactivate", "_selected_action": chosen})
    assert not Rule.objects.active().exists()
    delete_product(product=shop["bare"])
    page = admin_client.post(LIST, {"action": "activate", "_selected_action": chosen}, follow=True)
    assert set(Rule.objects.active().values_list("name", flat=True)) == {"a", "b"}
    assert "A pin names the product" in page.content.decode()
    admin_client.post(LIST, {"action": "delete_selected", "_selected_action": chosen, "post": "yes"})
    actions = RuleChange.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["created"] * 3 + ["deactivated"] * 3 + ["activated"] * 2 + ["deleted"] * 3


def test_a_rule_is_offered_its_own_stores_products(admin_client, store, other_shop, shop, make):
    page = admin_client.get(change_url(make())).content.decode()
    asked = {"of_store": store.pk, "app_label": "recommender", "model_name": "rule", "field_name": "product"}
    address = reverse("admin:autocomplete")
    assert f"{address}?of_store={store.pk}" in page
    offered = admin_client.get(address, asked | {"term": "stoneware mug red"}).json()["results"]
    assert [each["id"] for each in offered] == [str(shop["mug-red"].pk)]


def test_the_form_shows_the_history(admin_client, store, make):
    rule = make()
    update_rule(store=store, rule_id=rule.pk, changes={"value": 0.7}, by="bob")
    text = admin_client.get(change_url(rule)).content.decode()
    assert "<b>value</b>: 0.3 → 0.7" in text
    assert "bob" in text


def test_the_history_is_kept_and_never_edited(admin_client, store, make):
    rule = make("<b>bold</b>")
    admin_client.post(reverse("admin:recommender_rule_delete", args=[rule.pk]), {"post": "yes"})
    change = RuleChange.objects.get(action="deleted")
    page = admin_client.get(reverse("admin:recommender_rulechange_change", args=[change.pk]))
    assert page.status_code == 200
    assert "<b>bold</b>" not in page.content.decode()
    for action, arguments in [("add", []), ("change", [change.pk]), ("delete", [change.pk])]:
        path = reverse(f"admin:recommender_rulechange_{action}", args=arguments)
        assert admin_client.post(path, {"post": "yes", "by": "nobody"}).status_code == 403
    assert RuleChange.objects.count() == 2


def test_the_history_in_the_form_takes_no_edits(admin_client, make):
    rule = make()
    change = RuleChange.objects.get()
    inline = {
        "changes-TOTAL_FORMS": 1,
        "changes-INITIAL_FORMS": 1,
        "changes-0-id": change.pk,
        "changes-0-rule": rule.pk,
        "changes-0-by": "nobody",
        "changes-0-DELETE": "on",
    }
    assert admin_client.post(change_url(rule), filled() | inline).status_code == 302
    assert RuleChange.objects.get().by == "ann"


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (json.dumps(FJORD), "3 of 8 published products"),
        ("", "8 of 8"),
        ('{"category": "Nowhere"}', "0 of 8"),
        ("{", "no JSON"),
        ('{"price": {"min": "5"}}', "price.min: Must be a number"),
        ('{"<i>": 1}', "&lt;i&gt;"),
        ("[" * 100_000, "no JSON"),
    ],
)
def test_the_preview_tells_how_many_products_match(admin_client, store, shop, other_shop, condition, told):
    page = admin_client.post(PREVIEW, {"store": store.pk, "condition": condition})
    assert page.status_code == 200
    assert told in page.content.decode()


def test_the_preview_shows_pictures_of_what_matches(admin_client, store, shop):
    text = admin_client.post(PREVIEW, {"store": store.pk, "condition": json.dumps(FJORD)}).content.decode()
    assert text.count("<img") == 3
    assert 'title="frying pan iron [pan-red]"' in text


@pytest.mark.parametrize("number", ["", "x", "999999", "9" * 30, "²"])
def test_the_preview_needs_a_store(admin_client, number):
    assert "Choose a store" in admin_client.post(PREVIEW, {"store": number, "condition": "{}"}).content.decode()


def test_the_preview_is_for_those_who_may_see_rules(store, shop):
    client = Client()
    assert client.post(PREVIEW, {"store": store.pk}).status_code == 302
    clerk = User.objects.create_user("clerk", is_staff=True)
    client.force_login(clerk)
    assert client.post(PREVIEW, {"store": store.pk}).status_code == 403
    clerk.user_permissions.add(Permission.objects.get(codename="view_rule"))
    assert client.post(PREVIEW, {"store": store.pk}).status_code == 200
    assert client.get(PREVIEW).status_code == 405
    assert Client(enforce_csrf_checks=True).post(PREVIEW, {}).status_code == 403


def test_who_may_only_look_changes_nothing(store, shop, make):
    rule = make()
    client = Client()
    clerk = User.objects.create_user("clerk", is_staff=True)
    clerk.user_permissions.add(Permission.objects.get(codename="view_rule"))
    client.force_login(clerk)
    assert client.get(change_url(rule)).status_code == 200
    assert client.post(change_url(rule), filled(value="0.9")).status_code == 403
    assert facts_of(Rule.objects.get()) == BOOST
