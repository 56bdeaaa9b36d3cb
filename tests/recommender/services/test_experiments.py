from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from recommender.models import Experiment, Variant
from recommender.services.experiments import (
    ExperimentError,
    NewVariant,
    create_experiment,
    delete_experiment,
    start_experiment,
    stop_experiment,
    update_experiment,
)

pytestmark = pytest.mark.django_db

CONTROL = NewVariant("control", 0.5)
DIVERSE = NewVariant("diverse", 0.5, {"diversity": 0.4})


@pytest.fixture
def draft(store):
    """`draft("e1", scenario="home")` drafts an experiment."""

    def make(name="e1", *, store=store, scenario="home", variants=(CONTROL, DIVERSE), **given):
        return create_experiment(store=store, name=name, scenario=scenario, variants=variants, **given)

    return make


def test_a_draft_is_kept_as_given(draft, store):
    experiment = Experiment.objects.get(pk=draft(share=0.4).pk)
    assert (experiment.store, experiment.name, experiment.scenario) == (store, "e1", "home")
    assert (experiment.status, experiment.share, experiment.started_at) == ("draft", 0.4, None)
    assert list(experiment.variants.values_list("name", "share", "settings")) == [
        ("control", 0.5, {}),
        ("diverse", 0.5, {"diversity": 0.4}),
    ]


def test_every_experiment_has_a_salt_of_its_own(draft):
    assert draft("e1").salt != draft("e2").salt
    assert len(draft("e3").salt) == 32


FAULTS = [
    ({"name": " "}, "name", "blank"),
    ({"scenario": "checkout"}, "scenario", "invalid_choice"),
    ({"share": 0}, "share", "out_of_range"),
    ({"share": 1.01}, "share", "out_of_range"),
    ({"share": float("nan")}, "share", "out_of_range"),
    ({"variants": [CONTROL]}, "variants", "invalid"),
    (
        {"variants": [NewVariant(f"v{n}", 1 / 11, {"diversity": 0.1} if n else {}) for n in range(11)]},
        "variants",
        "invalid",
    ),
    ({"variants": [CONTROL, NewVariant("x", 0.4, {"diversity": 1})]}, "variants", "shares"),
    ({"variants": [CONTROL, NewVariant("control", 0.5, {"diversity": 1})]}, "variants", "duplicate"),
    ({"variants": [CONTROL, NewVariant("x", 0.5)]}, "variants", "no_control"),
    ({"variants": [DIVERSE, NewVariant("x", 0.5, {"diversity": 1})]}, "variants", "no_control"),
    ({"variants": [CONTROL, NewVariant("x", 0.5, {"diversity": 2})]}, "variants.1.settings.diversity", "out_of_range"),
    ({"variants": [CONTROL, NewVariant("x", 0.5, [])]}, "variants.1.settings", "invalid"),
    ({"variants": [CONTROL, NewVariant("", 0.5, {"diversity": 1})]}, "variants.1.name", "blank"),
    ({"variants": [NewVariant("x", -0.5, {}), NewVariant("y", 1.5, {})]}, "variants.0.share", "out_of_range"),
]


@pytest.mark.parametrize(("fault", "field", "code"), FAULTS)
def test_a_refusal_names_the_field_and_keeps_nothing(draft, fault, field, code):
    with pytest.raises(ExperimentError) as refused:
        draft(**fault)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert not Experiment.objects.exists()


@pytest.mark.parametrize(("fault", "field", "code"), FAULTS)
def test_a_draft_is_not_changed_into_what_could_not_be_drafted(draft, fault, field, code):
    experiment = draft()
    with pytest.raises(ExperimentError) as refused:
        update_experiment(experiment, **fault)
    assert (refused.value.field, refused.value.code) == (field, code)
    assert [variant.name for variant in Experiment.objects.get().variants.all()] == ["control", "diverse"]


def test_names_are_taken_by_store(draft, other_store):
    draft("e1")
    other = draft("e2")
    assert draft("e1", store=other_store).pk
    for attempt in (lambda: draft("e1"), lambda: update_experiment(other, name="e1")):
        with pytest.raises(ExperimentError) as refused, transaction.atomic():
            attempt()
        assert (refused.value.field, refused.value.code) == ("name", "taken")


def test_a_draft_may_change_in_everything(draft):
    experiment = draft()
    variants = [NewVariant("a", 0.2), NewVariant("b", 0.8, {"weights": {"popular": 1}})]
    update_experiment(experiment, name="e9", scenario="search", share=0.5, variants=variants)
    changed = Experiment.objects.get()
    assert (changed.name, changed.scenario, changed.share) == ("e9", "search", 0.5)
    assert [variant.settings for variant in changed.variants.all()] == [{}, {"weights": {"popular": 1.0}}]


def test_started_once_and_stopped_once(draft):
    experiment = start_experiment(draft())
    assert (experiment.status, experiment.stopped_at) == ("running", None)
    assert timezone.now() - experiment.started_at < timedelta(minutes=1)
    with pytest.raises(ExperimentError, match="this is running") as refused:
        start_experiment(experiment)
    assert (refused.value.field, refused.value.code) == ("status", "not_a_draft")
    stopped = stop_experiment(experiment)
    assert stopped.stopped_at >= stopped.started_at
    with pytest.raises(ExperimentError) as refused:
        start_experiment(stopped)
    assert (refused.value.field, refused.value.code) == ("status", "not_a_draft")
    for service in (start_experiment, stop_experiment):
        with pytest.raises(ExperimentError, match="this is stopped"):
            service(stopped)


def test_a_draft_cannot_be_stopped(draft):
    with pytest.raises(ExperimentError, match="this is draft"):
        stop_experiment(draft())


def test_one_runs_in_a_scenario_of_a_store(draft, other_store):
    first, second = draft("e1"), draft("e2")
    start_experiment(first)
    start_experiment(draft("e3", scenario="search"))
    start_experiment(draft("e1", store=other_store))
    with pytest.raises(ExperimentError) as refused, transaction.atomic():
        start_experiment(second)
    assert (refused.value.field, refused.value.code) == ("status", "another_is_running")
    assert Experiment.objects.get(pk=second.pk).status == "draft"
    stop_experiment(first)
    assert start_experiment(second).status == "running"


@pytest.mark.parametrize(
    "given", [{"name": "x"}, {"scenario": "search"}, {"share": 0.3}, {"variants": [CONTROL, DIVERSE]}]
)
def test_what_runs_is_not_changed(draft, given):
    experiment = start_experiment(draft(share=0.5))
    with pytest.raises(ExperimentError) as refused:
        update_experiment(experiment, **given)
    assert (refused.value.field, refused.value.code) == (next(iter(given)), "started")


def test_the_share_of_what_runs_may_be_raised_until_it_is_stopped(draft):
    experiment = start_experiment(draft(share=0.5))
    assert update_experiment(experiment, share=0.8).share == 0.8
    stop_experiment(experiment)
    with pytest.raises(ExperimentError):
        update_experiment(experiment, share=0.9)


def test_what_runs_is_not_deleted(draft):
    experiment = start_experiment(draft())
    with pytest.raises(ExperimentError) as refused:
        delete_experiment(experiment)
    assert refused.value.code == "running"
    stop_experiment(experiment)
    delete_experiment(experiment)
    delete_experiment(draft("e2"))
    assert not Variant.objects.exists()


@pytest.mark.parametrize(
    "given",
    [
        {"status": "running"},
        {"status": "stopped", "started_at": timezone.now()},
        {"started_at": timezone.now()},
        {"status": "paused"},
        {"share": 0},
        {"share": 1.5},
        {"share": float("nan")},
        {"scenario": "checkout"},
    ],
)
def test_the_database_refuses_what_no_service_would_write(store, given):
    with pytest.raises(IntegrityError), transaction.atomic():
        Experiment.objects.create(**{"store": store, "name": "e", "scenario": "home"} | given)


@pytest.mark.parametrize("given", [{"share": 0}, {"share": 2}, {"settings": []}, {"name": "control"}])
def test_the_database_refuses_variants_that_are_none(draft, given):
    experiment = draft()
    with pytest.raises(IntegrityError), transaction.atomic():
        Variant.objects.create(**{"experiment": experiment, "name": "x", "share": 0.5} | given)
