import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalog.models import Scope
from catalog.services.api_keys import create_api_key
from recommender.models import Match, MatchDecision
from recommender.services.matchers import activate_version, add_version
from recommender.services.matching import match_due
from tests.factories import Api, make_product
from tests.recommender.conftest import assert_problem

MATCHES = "/api/v1/matches/"
QUEUE = {
    "A-1": "stoneware mug red new edition",  # 0.6
    "A-2": "stoneware mug red of the very best",  # 0.43
    "A-3": "stoneware mug red deluxe",  # 0.75
}


@pytest.fixture
def queue(store, embedded_shop, offers) -> dict[str, int]:
    """number -> id of the item, all in review; and one that is linked."""
    for number, title in QUEUE.items():
        offers(number, title=title)
    offers("L-1", title="stoneware mug red")
    match_due(store=store)
    found = Match.objects.select_related("offer")
    return {match.offer.supplier_sku: match.pk for match in found}


def numbers(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [match["offer"]["supplier_sku"] for match in response.json()["results"]]


def test_the_queue_shows_the_most_informative_first(api, queue):
    assert numbers(api.get(MATCHES)) == numbers(api.get(MATCHES, status="review")) == ["A-2", "A-1", "A-3"]
    assert numbers(api.get(MATCHES, status="linked")) == ["L-1"]
    assert numbers(api.get(MATCHES, status="failed")) == []
    first = api.get(MATCHES).json()["results"][0]
    assert (first["status"], first["verdict"], first["sku"], first["history"]) == ("review", "review", None, [])
    assert first["candidates"][0]["sku"] == "mug-red"
    assert first["uncertainty"] > 0.98


def test_the_queue_is_paged(api, queue):
    page = api.get(MATCHES, limit=2)
    assert numbers(page) == ["A-2", "A-1"]
    following = page.json()["next"]
    assert numbers(api.get(following)) == ["A-3"]


def test_no_list_fetches_the_model_that_scored_it(api, client, queue, store, admin_user):
    version = add_version(store=store, artifact=b"0.9 0.3", metrics={})
    activate_version(version=version, by="user ann")
    match_due(store=store)
    client.force_login(admin_user)
    with CaptureQueriesContext(connection) as queries:
        first = api.get(MATCHES).json()["results"][0]
        assert first["matcher"] == api.get(f"/api/v1/offers/{first['offer']['id']}/").json()["match"]["matcher"] == 1
        assert client.get(reverse("admin:recommender_matcherversion_changelist")).status_code == 200
        call_command("matchers", "list")
    assert any("recommender_matcherversion" in query["sql"] for query in queries)
    assert not any('"artifact"' in query["sql"] for query in queries)


def test_statements_do_not_grow_with_the_queue(api, queue, store, offers):
    def statements() -> int:
        with CaptureQueriesContext(connection) as queries:
            api.get(MATCHES, limit=200)
        return len(queries)

    before = statements()
    for number in range(10):
        offers(f"B-{number}", title=f"stoneware mug red new x{number}")
    match_due(store=store)
    assert statements() == before


@pytest.mark.parametrize(("query", "field"), [({"status": "x"}, "status"), ({"limit": 0}, "limit"), ({"q": 1}, "q")])
def test_a_bad_query_names_the_field(api, queue, query, field):
    assert_problem(api.get(MATCHES, **query), 400, field=field)


def test_decisions_over_rest_and_back(api, queue):
    item = f"{MATCHES}{queue['A-1']}/"
    rejected = api.post(f"{item}reject/", {"sku": "mug-red", "why": "other handle"}).json()
    assert (rejected["status"], rejected["sku"]) == ("review", None)
    accepted = api.post(f"{item}accept/", {"sku": "mug-blue", "reviewer": "ann"}).json()
    assert (accepted["status"], accepted["sku"]) == ("linked", "mug-blue")
    assert [(e["verdict"], e["sku"], e["why"], e["undone_at"]) for e in accepted["history"]] == [
        ("reject", "mug-red", "other handle", None),
        ("accept", "mug-blue", "", None),
    ]
    assert accepted["history"][1]["by"].endswith(": ann")
    undone = api.post(f"{item}undo/", {"why": "slip"}).json()
    assert (undone["status"], undone["history"][1]["undone_why"]) == ("review", "slip")
    new = api.post(f"{item}new/").json()
    assert (new["status"], new["sku"]) == ("new", None)
    assert numbers(api.get(MATCHES)) == ["A-2", "A-3"]


def test_what_was_rejected_is_accepted_and_back(api, queue):
    """Every request is delivered twice; of an undo that names no decision another takes another back."""
    item = f"{MATCHES}{queue['A-1']}/"

    def told(act: str, **body: str | int) -> tuple[str, str | None, list[tuple[str, bool, bool]]]:
        match = api.post(f"{item}{act}/", body).json()
        history = [(said["verdict"], said["stands"], said["undone_at"] is None) for said in match["history"]]
        return match["status"], match["sku"], history

    rejected = ("review", None, [("reject", True, True)])
    assert told("reject", sku="mug-red") == told("reject", sku="mug-red") == rejected
    accepted = ("linked", "mug-red", [("reject", False, True), ("accept", True, True)])
    assert told("accept", sku="mug-red") == told("accept", sku="mug-red") == accepted
    assert_problem(api.post(f"{item}reject/", {"sku": "mug-red"}), 409, code="already_decided")
    [_, accept] = api.get(MATCHES + "?status=linked").json()["results"][0]["history"]
    undone = ("review", None, [("reject", True, True), ("accept", False, False)])
    assert told("undo", decision=accept["id"]) == told("undo", decision=accept["id"]) == undone
    assert told("undo") == ("review", None, [("reject", False, False), ("accept", False, False)])


def test_what_can_not_be_is_a_conflict(api, queue):
    item = f"{MATCHES}{queue['A-1']}/"
    assert_problem(api.post(f"{item}undo/"), 409, code="nothing_to_undo")
    api.post(f"{item}accept/")
    assert_problem(api.post(f"{item}new/"), 409, code="already_decided")
    assert api.post(f"{item}accept/", {"sku": "mug-red"}).status_code == 200
    assert MatchDecision.objects.filter(offer__supplier_sku="A-1").count() == 1


@pytest.mark.parametrize(
    ("act", "body", "field", "code"),
    [
        ("accept", {"sku": "nothing"}, "sku", "unknown_sku"),
        ("reject", {"sku": "nothing"}, "sku", "unknown_sku"),
        ("reject", {"sku": "never"}, "sku", "not_a_candidate"),
        ("new", {"sku": "mug-red"}, "sku", "unknown_field"),
        ("undo", {"why": "x" * 501}, "why", "max_length"),
        ("undo", {"decision": 0}, "decision", "min_value"),
        ("undo", {"decision": 2**62}, "decision", "unknown_decision"),
    ],
)
def test_a_bad_decision_names_the_field_and_changes_nothing(store, api, queue, act, body, field, code):
    make_product(store, sku="never")
    before = list(Match.objects.values())
    assert_problem(api.post(f"{MATCHES}{queue['A-1']}/{act}/", body), 400, field=field, code=code)
    assert list(Match.objects.values()) == before


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [({"foo": 1}, "foo", "unknown_field"), ([1], "body", "invalid"), ("{", None, "parse_error")],
)
@pytest.mark.parametrize("act", ["accept", "reject", "new", "undo"])
def test_a_body_that_is_none_decides_nothing(api, queue, act, body, field, code):
    assert_problem(api.post(f"{MATCHES}{queue['A-1']}/{act}/", body), 400, field=field, code=code)
    assert not MatchDecision.objects.made_by_people().exists()


def test_a_long_name_of_a_key_leaves_room_for_its_prefix_and_the_reviewer(store, queue):
    key, plain = create_api_key(store=store, scopes=["match"], name="k" * 200)
    reviewer = "r" * 100
    claimed = Api(plain).post(f"{MATCHES}claim/", {"reviewer": reviewer}).json()["results"][0]["claimed_by"]
    assert len(claimed) == 300
    assert claimed.startswith("API key kkkk") and claimed.endswith(f"k ({key.prefix}…): {reviewer}")
    accepted = Api(plain).post(f"{MATCHES}{queue['A-2']}/accept/", {"reviewer": reviewer}).json()
    assert accepted["history"][0]["by"] == claimed
    rejected = Api(plain).post(f"{MATCHES}{queue['A-1']}/reject/").json()
    assert rejected["history"][0]["by"] == f"API key {key}"


def test_two_reviewers_of_one_key_get_items_of_their_own(api, queue):
    ann, bob = ({"reviewer": name} for name in ("ann", "bob"))
    [first] = numbers(api.post(f"{MATCHES}claim/", ann))
    rest = numbers(api.post(f"{MATCHES}claim/", {**bob, "limit": 5}))
    assert (first, rest) == ("A-2", ["A-1", "A-3"])
    refused = api.post(f"{MATCHES}{queue[first]}/accept/", bob)
    assert_problem(refused, 409, code="claimed")
    assert api.post(f"{MATCHES}{queue[first]}/accept/", ann).json()["status"] == "linked"
    assert numbers(api.post(f"{MATCHES}claim/", ann)) == []
    assert api.post(f"{MATCHES}claim/", {**ann, "after": 2**40}).status_code == 404
    assert_problem(api.post(f"{MATCHES}claim/", {"limit": 51}), 400, field="limit")


def test_other_stores_and_keys_without_the_scope_are_kept_out(api, other_api, make_key, stranger, queue):
    before = list(Match.objects.values())
    assert numbers(other_api.get(MATCHES)) == numbers(other_api.post(f"{MATCHES}claim/")) == []
    without = Api(make_key([scope for scope in Scope.values if scope not in {"match", "admin"}]))
    for act in ("accept", "reject", "new", "undo"):
        path = f"{MATCHES}{queue['A-1']}/{act}/"
        assert other_api.post(path).status_code == 404
        assert without.post(path).status_code == 403
        assert stranger.post(path).status_code == 401
    assert other_api.post(f"{MATCHES}claim/", {"after": queue["A-1"]}).status_code == 404
    assert list(Match.objects.values()) == before
