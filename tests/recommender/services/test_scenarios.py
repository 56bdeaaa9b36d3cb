import pytest
from django.db import IntegrityError, transaction

from recommender.models import Scenario, ScenarioSettings
from recommender.scenario_settings import SettingsError
from recommender.services.scenarios import save_settings

pytestmark = pytest.mark.django_db


def test_settings_are_set_whole(store):
    save_settings(store=store, scenario="home", weights={"visual": 1}, diversity=0.5, policies={"seen": "never"})
    row = save_settings(store=store, scenario="home", weights={"personal": 2})
    assert ScenarioSettings.objects.get() == row
    assert (row.weights, row.diversity, row.policies) == ({"personal": 2.0}, None, {})


@pytest.mark.parametrize("scenario", Scenario.values)
def test_every_scenario_can_be_set(store, other_store, scenario):
    for owner in (store, other_store):
        save_settings(store=owner, scenario=scenario, diversity=0.5)
    assert ScenarioSettings.objects.count() == 2


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"scenario": "checkout"}, "scenario"),
        ({"weights": {"visual": -1}}, "weights.visual"),
        ({"weights": {"colour": 1}}, "weights.colour"),
        ({"diversity": 2}, "diversity"),
        ({"policies": {"seen": "\x00"}}, "policies.seen"),
    ],
)
def test_a_refusal_names_the_field_and_changes_nothing(store, given, field):
    save_settings(store=store, scenario="home", weights={"visual": 1})
    with pytest.raises(SettingsError) as refused:
        save_settings(**{"store": store, "scenario": "home"} | given)
    assert refused.value.field == field
    assert ScenarioSettings.objects.get().weights == {"visual": 1.0}


@pytest.mark.parametrize(
    "given",
    [
        {"scenario": "checkout"},
        {"weights": {"visual": -1}},
        {"weights": {"visual": 1001}},
        {"weights": {"visual": "1"}},
        {"weights": {"visual": [1]}},
        {"weights": [1]},
        {"weights": 1},
        {"diversity": 1.5},
        {"diversity": float("nan")},
        {"policies": []},
    ],
)
def test_the_database_refuses_what_no_service_would_write(store, given):
    with pytest.raises(IntegrityError), transaction.atomic():
        ScenarioSettings.objects.create(**{"store": store, "scenario": "home"} | given)


def test_once_per_store_and_scenario(store):
    save_settings(store=store, scenario="home")
    with pytest.raises(IntegrityError), transaction.atomic():
        ScenarioSettings.objects.create(store=store, scenario="home")
