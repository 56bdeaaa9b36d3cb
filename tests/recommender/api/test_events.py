import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from recommender.models import Event, Shopper
from tests.factories import Api
from tests.recommender.conftest import assert_problem

URL = "/api/v1/events/"


def event(event_id="e1", **more):
    return {"event_id": event_id, "shopper": "ann", "sku": "mug-red", "kind": "click"} | more


def tell(api, *events):
    response = api.post(URL, {"events": list(events)})
    assert response.status_code == 200, response.content
    return response.json()


def test_events_are_stored(api, store, shop):
    ranking = str(uuid4())
    body = tell(api, event(at="2026-05-04T09:30:00+02:00", ranking_id=ranking), event("e2", kind="purchase"))
    assert body == {"accepted": 2, "duplicate": 0, "rejected": 0, "errors": []}
    first, second = Event.objects.order_by("event_id")
    assert (first.store, first.product, first.kind) == (store, shop["mug-red"], "click")
    assert first.shopper.external_id == "ann"
    assert first.at == datetime(2026, 5, 4, 7, 30, tzinfo=UTC)
    assert str(first.ranking) == ranking
    assert (second.kind, second.ranking) == ("purchase", None)
    assert timezone.now() - second.at < timedelta(minutes=1)


def test_telling_again_stores_nothing(api, shop):
    tell(api, event(), event("e2"))
    assert tell(api, event(), event("e2"), event("e3")) == {"accepted": 1, "duplicate": 2, "rejected": 0, "errors": []}
    assert Event.objects.count() == 3


def test_a_time_without_an_offset_is_utc(api, shop):
    tell(api, event(at="2026-05-04T09:30:00"))
    assert Event.objects.get().at == datetime(2026, 5, 4, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("kind", Event.Kind.values)
def test_every_kind_is_taken(api, shop, kind):
    assert tell(api, event(kind=kind))["accepted"] == 1


NEXT_YEAR = (timezone.now() + timedelta(days=365)).isoformat()
FAULTS = [
    ({"event_id": None}, "event_id", "null"),
    ({"event_id": ""}, "event_id", "blank"),
    ({"event_id": "x" * 129}, "event_id", "max_length"),
    ({"event_id": "a\x00b"}, "event_id", "null_characters_not_allowed"),
    ({"shopper": ""}, "shopper", "blank"),
    ({"shopper": "x" * 129}, "shopper", "max_length"),
    ({"shopper": ["ann"]}, "shopper", "invalid"),
    ({"sku": "nothing"}, "sku", "unknown_sku"),
    ({"sku": "theirs"}, "sku", "unknown_sku"),
    ({"sku": "x" * 129}, "sku", "max_length"),
    ({"kind": "stare"}, "kind", "invalid_choice"),
    ({"kind": "\ud800"}, "kind", "invalid_choice"),
    ({"shopper": "\ud800"}, "shopper", "surrogate_characters_not_allowed"),
    ({"\ud800": 1}, "?", "unknown_field"),
    ({"kind": None}, "kind", "null"),
    ({"kind": {"a": 1}}, "kind", "invalid_choice"),
    ({"at": "yesterday"}, "at", "invalid"),
    ({"at": 1_700_000_000}, "at", "invalid"),
    ({"at": NEXT_YEAR}, "at", "in_the_future"),
    ({"at": "0001-01-01T00:00:00+14:00"}, "at", "overflow"),
    ({"ranking_id": "mine"}, "ranking_id", "invalid"),
    ({"ranking_id": -1}, "ranking_id", "invalid"),
    ({"ranking": str(uuid4())}, "ranking", "unknown_field"),
]


@pytest.mark.parametrize(("fault", "field", "code"), FAULTS, ids=[f"{field}-{code}" for _, field, code in FAULTS])
def test_one_bad_event_is_named_and_never_loses_the_others(api, shop, other_shop, fault, field, code):
    body = tell(api, event("a"), event("bad") | fault, event("b"))
    assert (body["accepted"], body["duplicate"], body["rejected"]) == (2, 0, 1)
    [error] = body["errors"]
    assert (error["index"], error["field"], error["code"]) == (1, field, code)
    assert error["message"]
    assert set(Event.objects.values_list("event_id", flat=True)) == {"a", "b"}


@pytest.mark.parametrize("item", [None, "click", 1, [], {}])
def test_an_item_that_is_no_event_is_rejected(api, shop, item):
    body = tell(api, item, event())
    assert (body["accepted"], body["rejected"]) == (1, 1)
    assert {error["index"] for error in body["errors"]} == {0}


def test_an_event_with_several_faults_is_one_rejection_with_several_errors(api, shop):
    body = tell(api, event(kind="stare", shopper=""))
    assert body["rejected"] == 1
    assert sorted(error["field"] for error in body["errors"]) == ["kind", "shopper"]


def test_errors_come_in_the_order_of_the_events(api, shop):
    body = tell(api, event("a", sku="nothing"), event("b", kind="stare"), event("c", sku="nothing"))
    assert [error["index"] for error in body["errors"]] == [0, 1, 2]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "events"),
        ({"events": []}, "events"),
        ({"events": None}, "events"),
        ({"events": "e1"}, "events"),
        ({"events": {"0": event()}}, "events"),
        ({"events": [event(f"e{n}") for n in range(1_001)]}, "events"),
        ({"events": [event()], "dry_run": True}, "dry_run"),
        ([event()], "body"),
        (None, "body"),
    ],
    ids=["missing", "empty", "null", "text", "object", "too-many", "unknown", "list", "no-body"],
)
def test_a_body_that_is_no_batch_is_refused_and_nothing_stored(api, shop, body, field):
    response = api._client.post(URL, json.dumps(body), content_type="application/json")
    assert_problem(response, 400, field=field)
    assert not Event.objects.exists()


def test_only_json_is_read(api, shop):
    assert_problem(api.upload(URL, events="[]"), 415)
    assert api._client.post(URL, "{", content_type="application/json").status_code == 400


def test_a_thousand_events_cost_a_fixed_number_of_queries(api, shop, django_assert_max_num_queries):
    batch = [event(f"e{number}", shopper=f"s{number}") for number in range(1_000)]
    with django_assert_max_num_queries(8):
        assert tell(api, *batch)["accepted"] == 1_000


def test_stores_do_not_meet(api, other_api, shop, other_shop):
    tell(api, event())
    assert tell(other_api, event(sku="theirs"))["accepted"] == 1
    assert Shopper.objects.filter(external_id="ann").count() == 2
    assert Event.objects.get(product=other_shop["theirs"]).store == other_shop["theirs"].store


def test_a_key_is_needed_and_must_write_events(stranger, make_key, shop):
    assert_problem(stranger.post(URL, {"events": [event()]}), 401)
    assert_problem(Api(make_key(["read"])).post(URL, {"events": [event()]}), 403)
    assert not Event.objects.exists()
    assert tell(Api(make_key(["events"])), event())["accepted"] == 1


def test_it_is_only_told_never_asked(api):
    assert_problem(api.get(URL), 405)
