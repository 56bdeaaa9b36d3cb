import json
from datetime import timedelta

import pytest
from django.utils import timezone

from recommender.models import Rule, RuleChange
from tests.recommender.conftest import assert_problem

URL = "/api/v1/rules/"
FJORD = {"brand": "Fjord", "price": {"min": 10}}
BOOST = {"name": "More Fjord", "kind": "boost", "value": 0.3, "condition": FJORD}
PIN = {"name": "Rose first", "kind": "pin", "sku": "mug-rose", "position": 1}


def make(api, **facts) -> dict:
    response = api.post(URL, facts or BOOST)
    assert response.status_code == 201, response.content
    return response.json()


def test_a_rule_is_made_read_changed_and_deleted(api, store, shop):
    made = make(api, **PIN, scenario="search", when_text="pink", starts="2026-05-04T09:30:00Z")
    path = f"{URL}{made['id']}/"
    rule = Rule.objects.get()
    key = store.api_keys.get()
    assert made == {
        "id": rule.pk,
        "name": "Rose first",
        "kind": "pin",
        "scenario": "search",
        "condition": {},
        "value": None,
        "sku": "mug-rose",
        "position": 1,
        "when_text": "pink",
        "starts": "2026-05-04T09:30:00Z",
        "ends": None,
        "is_active": True,
        "state": "live",
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
        "updated_by": f"API key {key}",
    }
    assert api.get(path).json() == made
    changed = api.patch(path, {"position": 3, "starts": None})
    assert changed.status_code == 200
    assert changed.json() == made | {"position": 3, "starts": None, "updated_at": changed.json()["updated_at"]}
    assert api.get(path).json() == changed.json()
    assert api.delete(path).status_code == 204
    assert_problem(api.get(path), 404, code="not_found")
    assert list(RuleChange.objects.order_by("id").values_list("action", "by")) == [
        (action, f"API key {key}") for action in ("created", "changed", "deleted")
    ]


def test_the_condition_comes_back_as_it_was_sent(api):
    tree = {"any": [{"category": "Kitchen/Mugs"}, {"not": {"price": {"max": 12.5}}}], "attributes": {"ø": [True, 3]}}
    made = make(api, **BOOST | {"condition": tree})
    assert api.get(f"{URL}{made['id']}/").json()["condition"] == tree


def test_the_state_is_told(api):
    later = (timezone.now() + timedelta(days=1)).isoformat()
    assert make(api, **BOOST, starts=later)["state"] == "planned"
    assert make(api, **BOOST | {"name": "b", "ends": "2020-01-01T00:00:00Z"})["state"] == "over"
    assert make(api, **BOOST | {"name": "c", "is_active": False})["state"] == "off"


def test_rules_are_listed_newest_first_a_page_at_a_time(api, django_assert_max_num_queries):
    for number in range(5):
        make(api, **BOOST | {"name": f"{number}"})
    with django_assert_max_num_queries(2):
        first = api.get(URL, limit=3).json()
    assert [rule["name"] for rule in first["results"]] == ["4", "3", "2"]
    rest = api.get(first["next"].removeprefix("http://testserver")).json()
    assert [rule["name"] for rule in rest["results"]] == ["1", "0"]


def test_a_retried_post_makes_no_second_rule(api):
    make(api)
    assert_problem(api.post(URL, BOOST), 400, field="name", code="taken")
    assert Rule.objects.count() == 1


FAULTS = [
    ({"name": None}, "name", "null"),
    ({"name": " "}, "name", "blank"),
    ({"name": "x" * 201}, "name", "max_length"),
    ({"name": "a\x00"}, "name", "null_characters_not_allowed"),
    ({"kind": "hide"}, "kind", "invalid_choice"),
    ({"scenario": "checkout"}, "scenario", "invalid_choice"),
    ({"value": None}, "value", "out_of_range"),
    ({"value": "much"}, "value", "invalid"),
    ({"value": True}, "value", "invalid"),
    ({"value": 0}, "value", "out_of_range"),
    ({"value": 1.2}, "value", "out_of_range"),
    ({"value": -1}, "value", "min_value"),
    ({"value": 101}, "value", "max_value"),
    ({"kind": "quota", "value": 2.5}, "value", "out_of_range"),
    ({"kind": "exclude"}, "value", "not_for_kind"),
    ({"condition": None}, "condition", "null"),
    ({"condition": "Fjord"}, "condition", "invalid"),
    ({"condition": []}, "condition", "invalid"),
    ({"condition": {}}, "condition", "required"),
    ({"condition": {"price": {"min": "5"}}}, "condition.price.min", "invalid"),
    ({"condition": {"any": [{"brand": ""}]}}, "condition.any.0.brand", "invalid"),
    ({"condition": {"brand": "\ud800"}}, "condition.brand", "invalid"),
    ({"sku": "mug-red"}, "sku", "not_for_kind"),
    ({"sku": 5 * "x" * 50}, "sku", "max_length"),
    ({"position": 0}, "position", "min_value"),
    ({"position": 10**30}, "position", "max_value"),
    ({"position": 1}, "position", "not_for_kind"),
    ({"when_text": "x" * 201}, "when_text", "max_length"),
    ({"when_text": "?!"}, "when_text", "no_words"),
    ({"when_text": "mug", "scenario": "basket"}, "when_text", "without_text"),
    ({"starts": "soon"}, "starts", "invalid"),
    ({"starts": "2026-05-04T00:00:00Z", "ends": "2026-05-03T00:00:00Z"}, "ends", "before_start"),
    ({"starts": "0001-01-01T00:00:00+14:00"}, "starts", "overflow"),
    ({"is_active": "perhaps"}, "is_active", "invalid"),
    ({"strength": 1}, "strength", "unknown_field"),
]


@pytest.mark.parametrize(("changes", "field", "code"), FAULTS)
def test_bad_input_names_the_field(api, changes, field, code):
    assert_problem(api.post(URL, BOOST | changes), 400, field=field, code=code)
    assert not Rule.objects.exists()
    path = f"{URL}{make(api)['id']}/"
    before = api.get(path).json()
    assert_problem(api.patch(path, changes), 400, field=field, code=code)
    assert api.get(path).json() == before


@pytest.mark.parametrize("missing", ["name", "kind"])
def test_what_is_missing_is_named(api, missing):
    body = {name: value for name, value in BOOST.items() if name != missing}
    assert_problem(api.post(URL, body), 400, field=missing, code="required")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"sku": ""}, "sku", "required"),
        ({"sku": "nothing"}, "sku", "unknown_sku"),
        ({"position": None}, "position", "out_of_range"),
        ({"condition": FJORD}, "condition", "not_for_kind"),
        ({"condition": 0}, "condition", "not_for_kind"),
        ({"value": 1}, "value", "not_for_kind"),
    ],
)
def test_bad_pins_name_the_field(api, shop, changes, field, code):
    assert_problem(api.post(URL, PIN | changes), 400, field=field, code=code)
    assert_problem(api.patch(f"{URL}{make(api, **PIN)['id']}/", changes), 400, field=field, code=code)


@pytest.mark.parametrize("body", ["[]", "3", "null", '{"name": '])
def test_a_body_of_another_shape_is_refused(api, body):
    assert_problem(api._client.post(URL, body, content_type="application/json"), 400)


def test_nesting_without_end_is_refused(api):
    deep: dict = {}
    for _ in range(400):
        deep = {"not": deep}
    assert_problem(api.post(URL, BOOST | {"condition": deep}), 400, code="too_deep", field=f"condition{'.not' * 5}")
    text = json.dumps(BOOST)[:-1] + ', "condition": ' + '{"not": ' * 5_000 + "1" + "}" * 5_001
    assert_problem(api._client.post(URL, text, content_type="application/json"), 400)


def test_another_stores_rules_are_not_there(api, other_api, other_shop):
    theirs = make(other_api)
    path = f"{URL}{theirs['id']}/"
    assert api.get(URL).json()["results"] == []
    for refused in (api.get(path), api.patch(path, {"value": 1}), api.delete(path)):
        assert_problem(refused, 404, code="not_found")
    assert other_api.get(path).json() == theirs
    assert_problem(api.post(URL, PIN | {"sku": "theirs"}), 400, field="sku", code="unknown_sku")
    make(api)  # the name is theirs, too


@pytest.mark.parametrize("number", ["0", "99999999999999999999999999"])
def test_a_number_nobody_has_is_not_found(api, number):
    assert_problem(api.get(f"{URL}{number}/"), 404, code="not_found")
    assert_problem(api.patch(f"{URL}{number}/", {}), 404, code="not_found")


@pytest.mark.parametrize("scope", ["read", "events", "catalog", "match"])
def test_other_scopes_do_not_open_the_door(api, make_key, scope):
    path = f"{URL}{make(api)['id']}/"
    weak = type(api)(make_key([scope]))
    for refused in (weak.get(URL), weak.post(URL, BOOST), weak.get(path), weak.patch(path, {}), weak.delete(path)):
        assert_problem(refused, 403, code="missing_scope")
    assert Rule.objects.count() == 1


def test_a_stranger_sees_nothing(stranger, api):
    path = f"{URL}{make(api)['id']}/"
    for refused in (stranger.get(URL), stranger.post(URL, BOOST), stranger.get(path), stranger.delete(path)):
        assert refused.status_code == 401
    assert Rule.objects.count() == 1
