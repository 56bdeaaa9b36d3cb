"""A scenario's settings as answers need them: remembered in the process, at most a second old."""

import time
from functools import lru_cache

from catalog.models import Store
from recommender.models import Scenario, ScenarioSettings
from recommender.scenario_settings import Settings


def scenario_settings(store: Store, scenario: str) -> Settings | None:
    """The store's settings of the scenario, over those of `any`; None where there are neither."""
    settings = _read_settings(store.pk, int(time.monotonic()))
    general, own = settings.get(Scenario.ANY), settings.get(scenario)
    return general.under(own) if general and own else own or general


def forget_settings() -> None:
    """So that the process which saved them sees them at once."""
    _read_settings.cache_clear()


@lru_cache(maxsize=1024)
def _read_settings(store_id: int, second: int) -> dict[str, Settings]:
    """`second` is the one it is asked in."""
    rows = ScenarioSettings.objects.filter(store_id=store_id).values_list(
        "scenario", "weights", "diversity", "policies"
    )
    return {scenario: Settings(*values) for scenario, *values in rows}
