from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
from django.utils import timezone

from catalog.models import Product
from recommender.models import Event, Shopper
from tests.factories import Api
from tests.recommender.conftest import assert_problem

URL = "/api/v1/shoppers"


def names(store) -> set[str]:
    return set(Shopper.objects.of(store).values_list("external_id", flat=True))


def test_a_session_that_logs_in_keeps_its_taste(api, store, embedded_shop, happens):
    happens("s-1", "like", "lamp-red")
    response = api.post(f"{URL}/s-1/merge/", {"into": "ann"})
    assert (response.status_code, response.json()) == (200, {"shopper": "ann", "moved": 1})
    body = api.get("/api/v1/recommendations/", shopper="ann", visual=0, textual=1, limit=1).json()
    assert body["results"][0]["sku"] == "lamp-red"
    assert api.post(f"{URL}/s-1/merge/", {"into": "ann"}).json() == {"shopper": "ann", "moved": 0}
    assert names(store) == {"ann"}


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "into", "required"),
        ({"into": ""}, "into", "blank"),
        ({"into": "x" * 129}, "into", "max_length"),
        ({"into": None}, "into", "null"),
        ({"into": ["ann"]}, "into", "invalid"),
        ({"into": "a\x00b"}, "into", "null_characters_not_allowed"),
        ({"into": "s-1"}, "into", "same_shopper"),
        ({"into": "ann", "from": "s-1"}, "from", "unknown_field"),
        (["ann"], "body", "invalid"),
    ],
)
def test_a_merge_that_says_nonsense_changes_nothing(api, store, shop, happens, body, field, code):
    happens("s-1", "view", "mug-red")
    assert_problem(api.post(f"{URL}/s-1/merge/", body), 400, field=field, code=code)
    assert names(store) == {"s-1"}


def test_forgetting_deletes_the_shopper_and_their_events(api, store, shop, happens):
    happens("ann", "view", "mug-red")
    happens("bob", "view", "mug-red")
    assert api.delete(f"{URL}/ann/").status_code == 204
    assert (names(store), Event.objects.count()) == ({"bob"}, 1)
    assert api.delete(f"{URL}/ann/").status_code == 204
    assert_problem(api.get(f"{URL}/ann/profile/"), 404)


def test_a_profile_names_interests_dislikes_and_the_latest_events(api, embedded_shop, happens):
    now = timezone.now()
    happens("ann", "like", "lamp-red", "lamp-blue", "lamp-gone", at=now - timedelta(minutes=3))
    happens("ann", "view", "mug-red", at=now - timedelta(minutes=2))
    happens("ann", "dislike", "bare", at=now - timedelta(minutes=1))
    happens("bob", "like", "pan-red")
    body = api.get(f"{URL}/ann/profile/").json()
    assert set(body) == {"shopper", "interests", "disliked", "latest"}
    assert body["shopper"] == "ann"
    assert sum(interest["share"] for interest in body["interests"]) == pytest.approx(1, abs=1e-5)
    behind = {product["sku"]: product["strength"] for each in body["interests"] for product in each["products"]}
    assert behind == pytest.approx({"lamp-red": 3, "lamp-blue": 3, "lamp-gone": 3, "mug-red": 1}, abs=1e-3)
    first = body["interests"][0]["products"][0]
    assert (first["title"], first["category"], first["price"]) == ("desk lamp red", "Lighting", "60.00")
    assert [(product["sku"], round(product["strength"])) for product in body["disliked"]] == [("bare", -3)]
    assert [(each["kind"], each["sku"]) for each in body["latest"]][:2] == [("dislike", "bare"), ("view", "mug-red")]
    assert datetime.fromisoformat(body["latest"][1]["at"]) == now - timedelta(minutes=2)


def test_a_profile_without_a_space_still_tells_the_latest(api, shop, happens):
    happens("ann", "view", "mug-red")
    body = api.get(f"{URL}/ann/profile/").json()
    assert body["interests"] == []
    assert [each["sku"] for each in body["latest"]] == ["mug-red"]


def test_a_profile_leaves_out_what_is_not_published(api, embedded_shop, happens):
    happens("ann", "view", "mug-red", "lamp-red")
    Product.objects.filter(sku="lamp-red").update(is_published=False)
    body = api.get(f"{URL}/ann/profile/").json()
    assert [product["sku"] for each in body["interests"] for product in each["products"]] == ["mug-red"]
    assert [each["sku"] for each in body["latest"]] == ["mug-red"]


def test_a_profile_costs_a_fixed_number_of_queries(api, embedded_shop, happens, django_assert_max_num_queries):
    happens("ann", "view", *list(embedded_shop) * 10)
    # key, shopper, history, cards; space and vectors go their own way
    with django_assert_max_num_queries(4):
        assert len(api.get(f"{URL}/ann/profile/").json()["latest"]) == 20


@pytest.mark.parametrize("name", ["a/b", "ann@example.org", "a b", "ümlaut", "merge", "a%2Fb", "profile/x"])
def test_a_shopper_may_have_any_name(api, store, shop, happens, name):
    happens(name, "view", "mug-red")
    address = f"{URL}/{quote(name, safe='')}"
    assert api.get(f"{address}/profile/").json()["shopper"] == name
    assert api.post(f"{address}/merge/", {"into": "ann"}).json()["moved"] == 1
    happens(name, "view", "lamp-red")
    assert api.delete(f"{address}/").status_code == 204
    assert names(store) == {"ann"}


def test_other_stores_know_nothing_of_a_shopper(api, other_api, store, other_store, shop, happens):
    happens("ann", "view", "mug-red")
    assert_problem(other_api.get(f"{URL}/ann/profile/"), 404)
    assert other_api.post(f"{URL}/ann/merge/", {"into": "eve"}).json()["moved"] == 0
    assert other_api.delete(f"{URL}/ann/").status_code == 204
    assert (names(store), names(other_store)) == ({"ann"}, set())


def test_scopes(stranger, make_key, shop, happens):
    happens("ann", "view", "mug-red")
    reader, teller = Api(make_key(["read"])), Api(make_key(["events"]))
    assert_problem(stranger.get(f"{URL}/ann/profile/"), 401)
    assert_problem(stranger.delete(f"{URL}/ann/"), 401)
    assert_problem(teller.get(f"{URL}/ann/profile/"), 403)
    assert_problem(reader.delete(f"{URL}/ann/"), 403)
    assert_problem(reader.post(f"{URL}/ann/merge/", {"into": "eve"}), 403)
    assert reader.get(f"{URL}/ann/profile/").status_code == 200
    assert teller.delete(f"{URL}/ann/").status_code == 204
    assert_problem(reader.get(f"{URL}/ann/"), 405)
