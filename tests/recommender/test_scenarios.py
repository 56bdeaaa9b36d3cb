import pytest

from recommender.models import ScenarioSettings
from recommender.scenario_settings import Settings
from recommender.scenarios import forget_settings, scenario_settings
from recommender.services.scenarios import save_settings

pytestmark = pytest.mark.django_db


def test_none_where_nothing_is_set(store):
    assert scenario_settings(store, "home") is None


def test_a_scenarios_own_lie_over_those_of_any(store):
    save_settings(store=store, scenario="any", weights={"visual": 1, "popular": 2}, diversity=0.5)
    assert scenario_settings(store, "home") == Settings({"visual": 1.0, "popular": 2.0}, 0.5)
    save_settings(store=store, scenario="home", weights={"visual": 3}, policies={"bought": "never"})
    assert scenario_settings(store, "home") == Settings({"visual": 3.0, "popular": 2.0}, 0.5, {"bought": "never"})
    assert scenario_settings(store, "basket") == scenario_settings(store, "any")


def test_another_stores_do_not_hold_here(store, other_store):
    save_settings(store=other_store, scenario="home", diversity=0.9)
    assert scenario_settings(store, "home") is None


def test_what_another_process_saved_holds_after_a_second(store, clock):
    save_settings(store=store, scenario="home", diversity=0.1)
    assert scenario_settings(store, "home").diversity == 0.1
    ScenarioSettings.objects.update(diversity=0.2)
    clock.seconds += 1
    assert scenario_settings(store, "home").diversity == 0.2


def test_asking_again_costs_no_query(store, clock, django_assert_num_queries):
    forget_settings()
    with django_assert_num_queries(1):
        for _ in range(20):
            scenario_settings(store, "home")
            scenario_settings(store, "basket")
