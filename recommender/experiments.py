"""The experiment a shopper is part of, if any: at most a second after it was started or stopped, without a write.

That a shopper was exposed is told by the ranking they were shown, which names the variant.
"""

import time
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from catalog.models import Store
from recommender.assignment import choose_variant
from recommender.models import Scenario, Variant
from recommender.scenario_settings import Settings


@dataclass(frozen=True)
class Assignment:
    """`settings` go over the scenario's own (`Settings.under`); the control's are empty."""

    experiment: str
    variant: str
    variant_id: int
    settings: Settings


@dataclass(frozen=True)
class _Running:
    salt: str
    share: float
    shares: tuple[float, ...]
    assignments: tuple[Assignment, ...]


def assign(store: Store, scenario: str, shopper_external_id: str) -> Assignment | None:
    """The shopper's part in the scenario's running experiment, else in that of `any`; the same as long as it runs.

    None for who takes no part, and for shoppers without a name: who cannot be known again cannot be shown the same.
    """
    if not shopper_external_id:
        return None
    running = _read_running(store.pk, int(time.monotonic()))
    experiment = running.get(scenario) or running.get(Scenario.ANY)
    if experiment is None:
        return None
    chosen = choose_variant(
        experiment.shares, share=experiment.share, salt=experiment.salt, shopper=shopper_external_id
    )
    return None if chosen is None else experiment.assignments[chosen]


def forget_running() -> None:
    """So that the process which started or stopped an experiment sees it at once."""
    _read_running.cache_clear()


@lru_cache(maxsize=1024)
def _read_running(store_id: int, second: int) -> dict[str, _Running]:
    """scenario -> its experiment. `second` is the one it is asked in."""
    variants = Variant.objects.filter(experiment__store_id=store_id, experiment__status="running")
    by_experiment: dict[int, list[Variant]] = defaultdict(list)
    for variant in variants.select_related("experiment").order_by("pk"):
        by_experiment[variant.experiment_id].append(variant)
    return {members[0].experiment.scenario: _describe(members) for members in by_experiment.values()}


def _describe(members: list[Variant]) -> _Running:
    experiment = members[0].experiment
    return _Running(
        salt=experiment.salt,
        share=experiment.share,
        shares=tuple(variant.share for variant in members),
        assignments=tuple(
            Assignment(experiment.name, variant.name, variant.pk, _settings_of(variant)) for variant in members
        ),
    )


def _settings_of(variant: Variant) -> Settings:
    given = variant.settings
    return Settings(given.get("weights", {}), given.get("diversity"), given.get("policies", {}))
