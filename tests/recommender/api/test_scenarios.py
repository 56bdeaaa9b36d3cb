import pytest

from recommender.models import Scenario, ScenarioSettings
from recommender.scenario_settings import Settings
from recommender.scenarios import scenario_settings
from tests.factories import Api
from tests.recommender.conftest import assert_problem

URL = "/api/v1/scenarios/home/"


@pytest.mark.parametrize("scenario", Scenario.values)
def test_nothing_is_set_at_first(api, scenario):
    body = api.get(f"/api/v1/scenarios/{scenario}/").json()
    assert body == {"scenario": scenario, "weights": {}, "diversity": None, "policies": {}, "updated_at": None}


def test_what_is_put_is_read_and_holds(api, store):
    given = {"weights": {"visual": 0.5, "personal": 2}, "diversity": 0.25, "policies": {"bought": "never"}}
    put = api.put(URL, given)
    assert put.status_code == 200
    assert put.json() == api.get(URL).json()
    assert put.json() | given == put.json()
    assert put.json()["updated_at"]
    assert scenario_settings(store, "home") == Settings({"visual": 0.5, "personal": 2.0}, 0.25, {"bought": "never"})


def test_a_put_sets_everything(api):
    api.put(URL, {"weights": {"visual": 0.5}, "diversity": 0.25})
    body = api.put(URL, {"weights": {"textual": 1}}).json()
    assert (body["weights"], body["diversity"]) == ({"textual": 1.0}, None)
    assert ScenarioSettings.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"weights": {"visual": -1}}, "weights.visual", "out_of_range"),
        ({"weights": {"visual": 10**400}}, "weights.visual", "out_of_range"),
        ({"weights": {"visual": "1"}}, "weights.visual", "invalid"),
        ({"weights": {"colour": 1}}, "weights.colour", "unknown_field"),
        ({"weights": {"\ud800": 1}}, "weights.?", "unknown_field"),
        ({"diversity": 1.1}, "diversity", "out_of_range"),
        ({"diversity": [1]}, "diversity", "invalid"),
        ({"policies": 1}, "policies", "invalid"),
        ({"policies": {"a": "\x00"}}, "policies.a", "unknown_field"),
        ({"policies": {"bought": "\x00"}}, "policies.bought", "invalid_choice"),
        ({"scenario": "home"}, "scenario", "unknown_field"),
        ([], "body", "invalid"),
    ],
)
def test_bad_settings_are_named_and_change_nothing(api, body, field, code):
    api.put(URL, {"diversity": 0.5})
    assert_problem(api.put(URL, body), 400, field=field, code=code)
    assert ScenarioSettings.objects.get().diversity == 0.5


def test_there_are_no_other_scenarios(api):
    assert_problem(api.get("/api/v1/scenarios/checkout/"), 404)
    assert_problem(api.put("/api/v1/scenarios/checkout/", {}), 404)


def test_stores_have_their_own(api, other_api):
    api.put(URL, {"diversity": 0.5})
    assert other_api.get(URL).json()["diversity"] is None
    other_api.put(URL, {"diversity": 0.1})
    assert api.get(URL).json()["diversity"] == 0.5


def test_a_key_is_needed_that_administers(stranger, make_key):
    other = Api(make_key(["read", "events", "catalog", "match"]))
    for client, status in ((stranger, 401), (other, 403)):
        assert_problem(client.get(URL), status)
        assert_problem(client.put(URL, {"diversity": 0.5}), status)
    assert not ScenarioSettings.objects.exists()
    assert Api(make_key(["admin"])).put(URL, {"diversity": 0.5}).status_code == 200
