"""A store's settings of its scenarios."""

from collections.abc import Mapping
from typing import Any

from catalog.models import Store
from recommender.models import Scenario, ScenarioSettings
from recommender.scenario_settings import SettingsError, parse_settings
from recommender.scenarios import forget_settings


def save_settings(
    *,
    store: Store,
    scenario: str,
    weights: Mapping[str, float] | None = None,
    diversity: float | None = None,
    policies: Mapping[str, Any] | None = None,
) -> ScenarioSettings:
    """Set them whole: what is not given is as the endpoint has it, again. Answers follow within a second.

    Raises SettingsError.
    """
    if scenario not in Scenario.values:
        raise SettingsError("scenario", "invalid_choice", f"Must be one of {', '.join(Scenario.values)}.")
    settings = parse_settings({"weights": weights or {}, "diversity": diversity, "policies": policies or {}})
    row, _ = ScenarioSettings.objects.update_or_create(
        store=store,
        scenario=scenario,
        defaults={
            "weights": dict(settings.weights),
            "diversity": settings.diversity,
            "policies": dict(settings.policies),
        },
    )
    forget_settings()
    return row
