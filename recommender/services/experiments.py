"""Experiments drafted, started once, stopped once. While one runs, only its share of shoppers may grow."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from catalog.models import Store
from recommender.experiments import forget_running
from recommender.models import Experiment, Scenario, Variant
from recommender.scenario_settings import SettingsError, parse_settings

MAX_VARIANTS = 10
Status = Experiment.Status


class ExperimentError(ValueError):
    """`field` is what is wrong, `variants.1.settings.diversity`."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.code = code
        self.message = message


@dataclass(frozen=True)
class NewVariant:
    """`settings` as `parse_settings` reads them; empty: the control."""

    name: str
    share: float
    settings: Any = field(default_factory=dict)


def create_experiment(
    *, store: Store, name: str, scenario: str, variants: Sequence[NewVariant], share: float = 1.0
) -> Experiment:
    """A draft. Raises ExperimentError."""
    check_experiment(name=name, scenario=scenario, share=share, variants=variants)
    try:
        with transaction.atomic():
            experiment = Experiment.objects.create(store=store, name=name, scenario=scenario, share=share)
            _write_variants(experiment, variants)
    except IntegrityError as error:
        raise _name_taken() from error
    return experiment


def update_experiment(
    experiment: Experiment,
    *,
    name: str | None = None,
    scenario: str | None = None,
    share: float | None = None,
    variants: Sequence[NewVariant] | None = None,
) -> Experiment:
    """Change what is given. A draft may change in everything, a running experiment have its share raised, which leaves
    everybody in the variant they are in; what is stopped is a record. Raises ExperimentError."""
    try:
        with transaction.atomic():
            experiment = _lock(experiment)
            given = {"name": name, "scenario": scenario, "share": share, "variants": variants}
            _refuse_late_changes(experiment, {key: value for key, value in given.items() if value is not None})
            experiment.name = experiment.name if name is None else name
            experiment.scenario = experiment.scenario if scenario is None else scenario
            experiment.share = experiment.share if share is None else share
            planned = variants_of(experiment) if variants is None else variants
            check_experiment(
                name=experiment.name, scenario=experiment.scenario, share=experiment.share, variants=planned
            )
            experiment.save(update_fields=["name", "scenario", "share"])
            if variants is not None:
                experiment.variants.all().delete()
                _write_variants(experiment, variants)
    except IntegrityError as error:
        raise _name_taken() from error
    forget_running()
    return experiment


def start_experiment(experiment: Experiment) -> Experiment:
    """Raises ExperimentError when it is no draft, or when another runs in its scenario."""
    try:
        with transaction.atomic():
            experiment = _lock(experiment)
            if experiment.status != Status.DRAFT:
                raise ExperimentError("status", "not_a_draft", f"A draft can be started; this is {experiment.status}.")
            experiment.status, experiment.started_at = Status.RUNNING, timezone.now()
            experiment.save(update_fields=["status", "started_at"])
    except IntegrityError as error:
        message = "Another experiment of this scenario is running; stop that first."
        raise ExperimentError("status", "another_is_running", message) from error
    forget_running()
    return experiment


def stop_experiment(experiment: Experiment) -> Experiment:
    """For good: a second start would mix two times in one report. Raises ExperimentError when it does not run."""
    with transaction.atomic():
        experiment = _lock(experiment)
        if experiment.status != Status.RUNNING:
            raise ExperimentError("status", "not_running", f"What runs can be stopped; this is {experiment.status}.")
        experiment.status, experiment.stopped_at = Status.STOPPED, timezone.now()
        experiment.save(update_fields=["status", "stopped_at"])
    forget_running()
    return experiment


def delete_experiment(experiment: Experiment) -> None:
    """With its variants; rankings shown by it stay as long as any. Raises ExperimentError while it runs."""
    with transaction.atomic():
        experiment = _lock(experiment)
        if experiment.status == Status.RUNNING:
            raise ExperimentError("status", "running", "Stop the experiment before deleting it.")
        experiment.delete()


def check_experiment(*, name: str, scenario: str, share: float, variants: Sequence[NewVariant]) -> None:
    """Raises ExperimentError."""
    if not name.strip():
        raise ExperimentError("name", "blank", "Must not be empty.")
    if scenario not in Scenario.values:
        raise ExperimentError("scenario", "invalid_choice", f"Must be one of {', '.join(Scenario.values)}.")
    _check_share("share", share)
    if not 2 <= len(variants) <= MAX_VARIANTS:
        raise ExperimentError("variants", "invalid", f"Must be 2 to {MAX_VARIANTS}, one of them the control.")
    for index, variant in enumerate(variants):
        _check_variant(f"variants.{index}", variant)
    if len({variant.name for variant in variants}) < len(variants):
        raise ExperimentError("variants", "duplicate", "Every variant needs a name of its own.")
    if sum(not parse_settings(variant.settings).to_json() for variant in variants) != 1:
        raise ExperimentError("variants", "no_control", "Exactly one variant must be without settings: the control.")
    if not math.isclose(sum(variant.share for variant in variants), 1, abs_tol=1e-6):
        raise ExperimentError("variants", "shares", "The shares must sum to 1.")


def variants_of(experiment: Experiment) -> list[NewVariant]:
    return [NewVariant(variant.name, variant.share, variant.settings) for variant in experiment.variants.all()]


def _check_variant(where: str, variant: NewVariant) -> None:
    if not variant.name.strip():
        raise ExperimentError(f"{where}.name", "blank", "Must not be empty.")
    _check_share(f"{where}.share", variant.share)
    try:
        parse_settings(variant.settings)
    except SettingsError as error:
        place = f"{where}.settings.{error.field}" if error.field else f"{where}.settings"
        raise ExperimentError(place, error.code, error.message) from error


def _check_share(where: str, share: float) -> None:
    if not 0 < share <= 1:
        raise ExperimentError(where, "out_of_range", "Must be above 0, at most 1.")


def _refuse_late_changes(experiment: Experiment, given: dict[str, Any]) -> None:
    if experiment.status == Status.DRAFT:
        return
    for key, value in given.items():
        if not (experiment.status == Status.RUNNING and key == "share" and value >= experiment.share):
            message = "Cannot change once started" + (", but may be raised." if key == "share" else ".")
            raise ExperimentError(key, "started", message)


def _write_variants(experiment: Experiment, variants: Sequence[NewVariant]) -> None:
    Variant.objects.bulk_create(
        Variant(
            experiment=experiment,
            name=variant.name,
            share=variant.share,
            settings=parse_settings(variant.settings).to_json(),
        )
        for variant in variants
    )


def _lock(experiment: Experiment) -> Experiment:
    """As it is now, until the transaction ends."""
    return Experiment.objects.select_for_update(no_key=True).get(pk=experiment.pk)


def _name_taken() -> ExperimentError:
    return ExperimentError("name", "taken", "The store has an experiment of this name.")
