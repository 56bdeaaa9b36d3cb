import uuid

import pytest

from recommender.experiments import assign
from recommender.models import Experiment
from recommender.services.rankings import ShownRanking, write_rankings
from tests.factories import Api
from tests.recommender.conftest import assert_problem

URL = "/api/v1/experiments/"
VARIANTS = [{"name": "control", "share": 0.5}, {"name": "diverse", "share": 0.5, "settings": {"diversity": 0.4}}]


def body(**given):
    return {"name": "e1", "scenario": "home", "variants": VARIANTS} | given


@pytest.fixture
def draft(api):
    """`draft("e1")` drafts an experiment and gives its address."""

    def make(name="e1", *, api=api, **given):
        response = api.post(URL, body(name=name, **given))
        assert response.status_code == 201, response.content
        return f"{URL}{response.json()['id']}/"

    return make


def test_drafted_started_and_stopped(api, store, draft):
    address = draft(share=0.5)
    drafted = api.get(address).json()
    assert (
        drafted
        | {
            "name": "e1",
            "scenario": "home",
            "status": "draft",
            "share": 0.5,
            "started_at": None,
            "stopped_at": None,
            "variants": [{"name": "control", "share": 0.5, "settings": {}}, VARIANTS[1]],
        }
        == drafted
    )
    assert assign(store, "home", "ann") is None
    running = api.patch(address, {"share": 1, "status": "running"}).json()
    assert (running["status"], running["share"], bool(running["started_at"])) == ("running", 1.0, True)
    assert assign(store, "home", "ann").experiment == "e1"
    stopped = api.patch(address, {"status": "stopped"}).json()
    assert (stopped["status"], bool(stopped["stopped_at"])) == ("stopped", True)
    assert assign(store, "home", "ann") is None
    assert api.get(address).json() == stopped


def test_listed_newest_first(api, draft, django_assert_max_num_queries):
    for number in range(5):
        draft(f"e{number}")
    with django_assert_max_num_queries(4):
        listed = api.get(URL).json()["results"]
    assert [each["name"] for each in listed] == ["e4", "e3", "e2", "e1", "e0"]


FAULTS = [
    ({"name": ""}, "name", "blank"),
    ({"name": "x" * 101}, "name", "max_length"),
    ({"name": "a\x00"}, "name", "null_characters_not_allowed"),
    ({"scenario": "checkout"}, "scenario", "invalid_choice"),
    ({"share": 0}, "share", "out_of_range"),
    ({"share": True}, "share", "invalid"),
    ({"share": "much"}, "share", "invalid"),
    ({"share": "nan"}, "share", "invalid"),
    ({"share": 10**400}, "share", "overflow"),
    ({"variants": []}, "variants", "invalid"),
    ({"variants": VARIANTS[:1]}, "variants", "invalid"),
    ({"variants": [VARIANTS[0], VARIANTS[0]]}, "variants", "duplicate"),
    ({"variants": [VARIANTS[0], {"name": "x"}]}, "variants.1.share", "required"),
    ({"variants": [VARIANTS[0], VARIANTS[1] | {"settings": {"a": 1}}]}, "variants.1.settings.a", "unknown_field"),
    ({"variants": [VARIANTS[0], {"name": "x", "share": 0.4, "settings": {"diversity": 1}}]}, "variants", "shares"),
    ({"colour": "red"}, "colour", "unknown_field"),
]


@pytest.mark.parametrize(("fault", "field", "code"), FAULTS, ids=[f"{field}-{code}" for _, field, code in FAULTS])
def test_bad_experiments_are_named_and_not_kept(api, draft, fault, field, code):
    assert_problem(api.post(URL, body() | fault), 400, field=field, code=code)
    assert not Experiment.objects.exists()
    assert_problem(api.patch(draft(), fault), 400, field=field, code=code)
    assert Experiment.objects.get().variants.count() == 2


def test_refusals_of_the_services_are_told(api, draft):
    first, second = draft("e1"), draft("e2")
    assert_problem(api.post(URL, body()), 400, field="name", code="taken")
    assert_problem(api.patch(second, {"name": "e1"}), 400, field="name", code="taken")
    assert_problem(api.patch(first, {"status": "draft"}), 400, field="status", code="invalid_choice")
    assert_problem(api.patch(first, {"status": "stopped"}), 400, field="status", code="not_running")
    api.patch(first, {"status": "running"})
    assert_problem(api.patch(second, {"status": "running"}), 400, field="status", code="another_is_running")
    assert_problem(api.patch(first, {"name": "e3"}), 400, field="name", code="started")
    assert_problem(api.delete(first), 400, field="status", code="running")
    assert [each["status"] for each in api.get(URL).json()["results"]] == ["draft", "running"]


def test_a_patch_that_fails_in_part_changes_nothing(api, draft):
    api.patch(draft("e1"), {"status": "running"})
    second = draft("e2")
    assert_problem(api.patch(second, {"name": "e3", "status": "running"}), 400, field="status")
    assert api.get(second).json()["name"] == "e2"


def test_deleted(api, draft):
    address = draft()
    assert api.delete(address).status_code == 204
    assert_problem(api.get(address), 404)


def test_the_report(api, store, shop, happens, draft):
    address = draft()
    assert api.get(f"{address}report/").json()["variants"][0]["click_through"] == {"value": None, "lift": None}
    api.patch(address, {"status": "running"})
    for number in range(40):
        shopper = f"s-{number}"
        part = assign(store, "home", shopper)
        ranking = ShownRanking(
            uuid.uuid4(), store.pk, "home", [shop["mug-red"].pk], [1.0], shopper=shopper, variant_id=part.variant_id
        )
        write_rankings(rankings=[ranking])
        if number % 2:
            happens(shopper, "click", "mug-red", ranking_id=ranking.id)
    report = api.get(f"{address}report/").json()
    assert (report["experiment"], report["scenario"], report["status"]) == ("e1", "home", "running")
    control, diverse = report["variants"]
    assert control["shoppers"] + diverse["shoppers"] == 40
    assert control["is_control"]
    assert control["click_through"]["lift"] is None
    lift = diverse["click_through"]["lift"]
    assert lift["low"] < lift["relative"] < lift["high"]
    assert diverse["purchase_rate"] == {"value": 0, "lift": None}
    assert 0 < report["mismatch"] <= 1
    assert report["is_mismatched"] is False


def test_stores_do_not_see_each_others(api, other_api, draft):
    address = draft()
    assert other_api.get(URL).json()["results"] == []
    for path in (address, f"{address}report/"):
        assert_problem(other_api.get(path), 404)
    assert_problem(other_api.patch(address, {"name": "x"}), 404)
    assert_problem(other_api.delete(address), 404)
    assert Experiment.objects.get().name == "e1"


@pytest.mark.parametrize("number", [0, 10**30])
def test_an_unknown_number_is_not_found(api, number):
    assert_problem(api.get(f"{URL}{number}/"), 404)


def test_a_key_is_needed_that_administers(stranger, make_key, draft):
    address = draft()
    other = Api(make_key(["read", "events", "catalog", "match"]))
    for client, status in ((stranger, 401), (other, 403)):
        for path in (URL, address, f"{address}report/"):
            assert_problem(client.get(path), status)
        assert_problem(client.post(URL, body(name="e2")), status)
        assert_problem(client.patch(address, {"name": "e2"}), status)
        assert_problem(client.delete(address), status)
    assert Experiment.objects.get().name == "e1"
