from collections import Counter

import pytest

from recommender.assignment import choose_variant
from recommender.experiments import Assignment, assign, forget_running
from recommender.models import Experiment
from recommender.scenario_settings import Settings
from recommender.services.experiments import NewVariant, create_experiment, start_experiment, stop_experiment

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(store):
    """`run("e1", scenario="home")` starts an experiment of a control and `diverse`, half and half."""

    def make(name="e1", *, store=store, scenario="home", **given):
        variants = [NewVariant("control", 0.5), NewVariant("diverse", 0.5, {"diversity": 0.4})]
        return start_experiment(
            create_experiment(store=store, name=name, scenario=scenario, variants=variants, **given)
        )

    return make


def test_a_shopper_is_assigned_by_the_hash(store, run):
    experiment = run(share=0.6)
    variants = list(experiment.variants.all())
    names: Counter[str | None] = Counter()
    for number in range(200):
        shopper = f"s-{number}"
        chosen = choose_variant((0.5, 0.5), share=0.6, salt=experiment.salt, shopper=shopper)
        found = assign(store, "home", shopper)
        assert (found.variant_id if found else None) == (None if chosen is None else variants[chosen].pk)
        names[found.variant if found else None] += 1
    assert set(names) == {"control", "diverse", None}


def test_an_assignment_says_what_is_to_be_set(store, run):
    experiment = run()
    by_name = {each.variant: each for each in (assign(store, "home", f"s-{number}") for number in range(50)) if each}
    control, diverse = experiment.variants.all()
    assert by_name["control"] == Assignment("e1", "control", control.pk, Settings())
    assert by_name["diverse"] == Assignment("e1", "diverse", diverse.pk, Settings(diversity=0.4))


def test_only_what_runs_and_only_in_its_scenario_and_store(store, other_store, run):
    variants = [NewVariant("a", 0.5), NewVariant("b", 0.5, {"diversity": 1})]
    create_experiment(store=store, name="draft", scenario="basket", variants=variants)
    experiment = run()
    assert assign(store, "home", "ann") is not None
    assert assign(store, "basket", "ann") is None
    assert assign(other_store, "home", "ann") is None
    stop_experiment(experiment)
    assert assign(store, "home", "ann") is None


def test_an_experiment_of_any_scenario_takes_those_without_their_own(store, run):
    run("general", scenario="any")
    run("special", scenario="home")
    assert assign(store, "home", "ann").experiment == "special"
    assert assign(store, "basket", "ann").experiment == "general"


def test_who_has_no_name_takes_no_part(store, run, django_assert_num_queries):
    run()
    with django_assert_num_queries(0):
        assert assign(store, "home", "") is None


def test_asking_again_costs_no_query(store, run, clock, django_assert_num_queries):
    run()
    forget_running()
    with django_assert_num_queries(1):
        for number in range(50):
            assign(store, "home", f"s-{number}")


def test_what_another_process_stopped_ends_after_a_second(store, run, clock):
    run()
    assert assign(store, "home", "ann") is not None
    Experiment.objects.all().delete()
    clock.seconds += 1
    assert assign(store, "home", "ann") is None
