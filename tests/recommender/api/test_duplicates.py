import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Product, Scope
from recommender.models import DuplicateDecision, DuplicatePair
from recommender.services.duplicates import find_duplicates, stores_to_search
from tests.factories import Api, make_image, make_products
from tests.recommender.conftest import assert_problem

DUPLICATES = "/api/v1/duplicates/"
ROWS = [
    {"sku": "a", "title": "walnut chest with drawers", "price": 90, "category": "Storage/Chests"},
    {"sku": "b", "title": "walnut chest with drawers wide", "brand": "Fjord", "description": "Wide.", "price": 95},
    {"sku": "c", "title": "walnut chest with shelves"},
    {"sku": "hose", "title": "garden hose"},
]


@pytest.fixture
def queue(store) -> dict[str, int]:
    """`ab`, `ac` and `bc` -> id, all in review; `b` says most, `a` is the oldest."""
    make_products(store, [{**row, "images": [make_image("red")] if row["sku"] == "b" else []} for row in ROWS])
    find_duplicates(store=store)
    return {pair.one.sku + pair.other.sku: pair.pk for pair in DuplicatePair.objects.select_related("one", "other")}


def names(response) -> list[str]:
    assert response.status_code == 200, response.content
    return ["".join(product["sku"] for product in pair["products"]) for pair in response.json()["results"]]


def test_the_queue_shows_the_most_informative_first(api, queue):
    assert names(api.get(DUPLICATES)) == names(api.get(DUPLICATES, status="review")) == ["bc", "ac", "ab"]
    assert names(api.get(DUPLICATES, status="merged")) == names(api.get(DUPLICATES, status="rejected")) == []
    last = api.get(DUPLICATES).json()["results"][-1]
    assert (last["id"], last["status"], last["why"], last["probability"]) == (queue["ab"], "review", "alike", 0.8)
    assert (last["keep"], last["history"], last["matcher"]) == ("b", [], None)
    assert (last["contributions"], last["sources"]) == ({"words": 0.8}, ["words"])
    assert last["thresholds"] == {"accept": 0.9, "reject": 0.5}
    one, other = last["products"]
    assert (one["sku"], one["price"], one["category"], one["image"]) == ("a", "90.00", "Storage/Chests", None)
    assert (other["brand"], other["is_published"]) == ("Fjord", True) and other["image"].endswith(".jpg")


def test_a_group_is_asked_for_by_its_number(api, queue, store):
    group = api.get(DUPLICATES).json()["results"][0]["group"]
    assert group == Product.objects.get(sku="a").pk
    assert len(names(api.get(DUPLICATES, group=group))) == 3
    assert names(api.get(DUPLICATES, group=group + 1)) == []


def test_the_queue_is_paged(api, queue):
    page = api.get(DUPLICATES, limit=2)
    assert names(page) == ["bc", "ac"]
    assert names(api.get(page.json()["next"])) == ["ab"]


def test_statements_do_not_grow_with_the_queue(api, queue, store):
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            api.get(DUPLICATES, limit=200)
        return len(queries)

    before = statements()
    make_products(store, [{"sku": f"x{n}", "title": "tall oak lamp"} for n in range(5)])
    find_duplicates(store=store)
    assert len(names(api.get(DUPLICATES, limit=200))) == 13
    assert statements() == before


@pytest.mark.parametrize(
    ("query", "field"),
    [({"status": "new"}, "status"), ({"group": "x"}, "group"), ({"limit": 0}, "limit"), ({"q": 1}, "q")],
)
def test_a_bad_query_names_the_field(api, queue, query, field):
    assert_problem(api.get(DUPLICATES, **query), 400, field=field)


def test_a_worker_looks_for_more(api, queue, store, django_capture_on_commit_callbacks):
    make_products(store, [{"sku": "hose-2", "title": "garden hose"}])
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.delete("match")
        with django_capture_on_commit_callbacks(execute=True):
            for _ in range(2):
                assert api.post(DUPLICATES).status_code == 202
            assert client.llen("match") == 0
        assert client.llen("match") == 1
    assert stores_to_search() == [store.pk]


@pytest.mark.django_db(transaction=True)
def test_a_search_is_asked_for_also_while_redis_is_away(api, store, settings, tmp_path):
    settings.CACHES = {
        **settings.CACHES,
        "default": {**settings.CACHES["default"], "LOCATION": f"unix://{tmp_path}/no"},
    }
    assert api.post(DUPLICATES).status_code == 202
    assert stores_to_search() == [store.pk]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [({"foo": 1}, "foo", "unknown_field"), ([1], "body", "invalid"), ("{", None, "parse_error")],
)
def test_what_has_nothing_to_say_is_refused_anything_else(
    api, queue, body, field, code, django_capture_on_commit_callbacks
):
    before = list(DuplicatePair.objects.values())
    with django_capture_on_commit_callbacks() as calls:
        for path in (DUPLICATES, *(f"{DUPLICATES}{queue['ab']}/{act}/" for act in ("accept", "reject", "undo"))):
            assert_problem(api.post(path, body), 400, field=field, code=code)
    assert calls == stores_to_search() == [] and list(DuplicatePair.objects.values()) == before


def test_decisions_over_rest_and_back(api, queue):
    merged = api.post(f"{DUPLICATES}{queue['ab']}/accept/", {"keep": "a", "why": "same", "reviewer": "ann"}).json()
    assert (merged["status"], merged["keep"]) == ("merged", "a")
    assert merged["history"][0]["by"].endswith(": ann")
    assert names(api.get(DUPLICATES)) == ["ac"]
    product = api.get("/api/v1/products/b/").json()
    assert (product["merged_into"], product["is_published"]) == ("a", False)
    assert api.get("/api/v1/products/a/").json()["merged_into"] is None
    undone = api.post(f"{DUPLICATES}{queue['ab']}/undo/", {"why": "slip"}).json()
    assert (undone["status"], undone["keep"], undone["history"][0]["undone_why"]) == ("review", "b", "slip")
    assert api.get("/api/v1/products/b/").json()["merged_into"] is None
    rejected = api.post(f"{DUPLICATES}{queue['ac']}/reject/").json()
    assert (rejected["status"], rejected["history"][0]["verdict"]) == ("rejected", "reject")
    assert names(api.get(DUPLICATES, status="rejected")) == ["ac"]
    assert names(api.get(DUPLICATES)) == ["bc", "ab"]


def test_the_more_complete_one_stays_unless_told_otherwise(api, queue):
    assert api.post(f"{DUPLICATES}{queue['ab']}/accept/").json()["keep"] == "b"
    assert api.get("/api/v1/products/a/").json()["merged_into"] == "b"


def test_said_twice_nothing_happens_and_another_word_is_a_conflict(api, queue):
    item = f"{DUPLICATES}{queue['ab']}/"
    assert_problem(api.post(f"{item}undo/"), 409, code="nothing_to_undo")
    for body in ({}, {}, {"keep": "b"}):
        assert api.post(f"{item}accept/", body).status_code == 200
    assert_problem(api.post(f"{item}accept/", {"keep": "a"}), 409, code="already_decided")
    assert_problem(api.post(f"{item}reject/"), 409, code="already_decided")
    assert_problem(api.post(f"{DUPLICATES}{queue['ac']}/accept/"), 409, code="merged_since")
    assert DuplicateDecision.objects.count() == 1
    for _ in range(2):
        assert api.post(f"{DUPLICATES}{queue['bc']}/reject/").status_code == 200
    assert_problem(api.post(f"{DUPLICATES}{queue['bc']}/accept/"), 409, code="already_decided")


def test_the_one_kept_is_not_deleted_before_the_merger_is_undone(api, queue):
    item = f"{DUPLICATES}{queue['ab']}/"
    api.post(f"{item}accept/", {"keep": "a"})
    assert_problem(api.delete("/api/v1/products/a/"), 409, code="others_merged")
    assert api.get("/api/v1/products/b/").json()["merged_into"] == "a"
    api.post(f"{item}undo/")
    assert api.delete("/api/v1/products/a/").status_code == 204


@pytest.mark.parametrize(
    ("act", "body", "field", "code"),
    [
        ("accept", {"keep": "c"}, "keep", "unknown_sku"),
        ("accept", {"keep": "nothing"}, "keep", "unknown_sku"),
        ("accept", {"sku": "a"}, "sku", "unknown_field"),
        ("reject", {"keep": "a"}, "keep", "unknown_field"),
        ("undo", {"why": "x" * 501}, "why", "max_length"),
    ],
)
def test_a_bad_decision_names_the_field_and_changes_nothing(api, queue, act, body, field, code):
    before = list(DuplicatePair.objects.values())
    assert_problem(api.post(f"{DUPLICATES}{queue['ab']}/{act}/", body), 400, field=field, code=code)
    assert list(DuplicatePair.objects.values()) == before
    assert not Product.objects.exclude(merged_into=None).exists()


def test_two_reviewers_of_one_key_get_pairs_of_their_own(api, queue):
    ann, bob = ({"reviewer": name} for name in ("ann", "bob"))
    assert names(api.post(f"{DUPLICATES}claim/", ann)) == ["bc"]
    assert names(api.post(f"{DUPLICATES}claim/", {**bob, "limit": 5})) == ["ac", "ab"]
    assert_problem(api.post(f"{DUPLICATES}{queue['bc']}/accept/", bob), 409, code="claimed")
    assert api.post(f"{DUPLICATES}{queue['bc']}/reject/", ann).json()["claimed_by"] == ""
    assert api.post(f"{DUPLICATES}claim/", {**ann, "after": 2**40}).status_code == 404
    assert_problem(api.post(f"{DUPLICATES}claim/", {"limit": 51}), 400, field="limit")


def test_a_merged_sku_is_written_by_nobody(api, queue):
    api.post(f"{DUPLICATES}{queue['ab']}/accept/", {"keep": "a"})
    for write in (api.put, api.patch):
        assert_problem(write("/api/v1/products/b/", {"title": "back"}), 400, field="sku", code="merged_sku")
    rows = api.post("/api/v1/products/bulk/", {"products": [{"sku": "b", "title": "back"}, {"sku": "c", "title": "c"}]})
    assert [row["status"] for row in rows.json()["results"]] == ["failed", "updated"]
    assert rows.json()["results"][0]["errors"][0]["code"] == "merged_sku"


def test_other_stores_and_keys_without_the_scope_are_kept_out(api, other_api, make_key, stranger, queue):
    before = list(DuplicatePair.objects.values())
    assert names(other_api.get(DUPLICATES)) == names(other_api.post(f"{DUPLICATES}claim/")) == []
    without = Api(make_key([scope for scope in Scope.values if scope not in {"match", "admin"}]))
    for act in ("accept", "reject", "undo"):
        path = f"{DUPLICATES}{queue['ab']}/{act}/"
        assert other_api.post(path).status_code == 404
        assert without.post(path).status_code == 403
        assert stranger.post(path).status_code == 401
    assert without.post(DUPLICATES).status_code == without.get(DUPLICATES).status_code == 403
    assert other_api.post(f"{DUPLICATES}claim/", {"after": queue["ab"]}).status_code == 404
    assert list(DuplicatePair.objects.values()) == before
