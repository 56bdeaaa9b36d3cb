import json

import pytest
from django.urls import reverse

from recommender.models import ScenarioSettings
from recommender.scenario_settings import Settings
from recommender.scenarios import scenario_settings
from recommender.services.scenarios import save_settings

ADD = reverse("admin:recommender_scenariosettings_add")


def form(store, **given):
    facts = {"store": store.pk, "scenario": "home", "weights": {"visual": 1}, "diversity": "0.5", "policies": {}}
    return {key: json.dumps(value) if isinstance(value, dict) else value for key, value in (facts | given).items()}


def test_settings_made_here_hold(admin_client, store):
    assert admin_client.post(ADD, form(store)).status_code == 302
    assert scenario_settings(store, "home") == Settings({"visual": 1.0}, 0.5)


def test_settings_changed_here_hold(admin_client, store):
    row = save_settings(store=store, scenario="home", diversity=0.1)
    path = reverse("admin:recommender_scenariosettings_change", args=[row.pk])
    assert admin_client.get(path).status_code == 200
    given = form(store, diversity="", weights={"popular": 2})
    assert admin_client.post(path, given).status_code == 302
    assert scenario_settings(store, "home") == Settings({"popular": 2.0}, None)
    assert ScenarioSettings.objects.count() == 1


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"weights": {"visual": -1}}, "weights"),
        ({"weights": {"colour": 1}}, "weights"),
        ({"weights": "[1]"}, "weights"),
        ({"weights": "{"}, "weights"),
        ({"policies": "[1]"}, "policies"),
        ({"diversity": "2"}, "diversity"),
        ({"diversity": "nan"}, "diversity"),
        ({"scenario": "checkout"}, "scenario"),
    ],
)
def test_bad_settings_are_named_and_not_kept(admin_client, store, given, field):
    page = admin_client.post(ADD, form(store, **given))
    assert page.status_code == 200
    assert list(page.context["adminform"].form.errors) == [field]
    assert not ScenarioSettings.objects.exists()


def test_set_once(admin_client, store):
    save_settings(store=store, scenario="home")
    assert admin_client.post(ADD, form(store)).status_code == 200
    assert ScenarioSettings.objects.get().diversity is None


def test_the_list(admin_client, store, other_store, django_assert_max_num_queries):
    for owner in (store, other_store):
        for scenario in ("home", "search", "any"):
            save_settings(store=owner, scenario=scenario, weights={"personal": 3})
    with django_assert_max_num_queries(8):
        page = admin_client.get(reverse("admin:recommender_scenariosettings_changelist"))
    assert page.content.decode().count("personal") >= 6
