import json
import uuid

import pytest
from django.core.management import CommandError, call_command

from recommender.services.experiments import NewVariant, create_experiment, start_experiment
from recommender.services.rankings import ShownRanking, write_rankings


@pytest.fixture
def experiment(store, shop):
    variants = [NewVariant("control", 0.5), NewVariant("diverse", 0.5, {"diversity": 0.4})]
    return create_experiment(store=store, name="e1", scenario="home", variants=variants)


@pytest.fixture
def tell(capsys):
    def run(*arguments):
        call_command("experiment_report", *arguments)
        return capsys.readouterr().out

    return run


def expose(experiment, shop, happens, *, per_variant=50, clicked=(10, 30), also=()):
    """Shoppers of each variant with one ranking each, the first ones click."""
    for variant, clicks in zip(experiment.variants.all(), clicked, strict=True):
        for number in range(per_variant):
            ranking = ShownRanking(
                *(uuid.uuid4(), experiment.store_id, "home", [shop["mug-red"].pk], [1.0], f"{variant.name}-{number}"),
                variant_id=variant.pk,
            )
            write_rankings(rankings=[ranking])
            if number < clicks:
                for kind in ("click", *also):
                    happens(ranking.shopper, kind, "mug-red", ranking_id=ranking.id)


def test_a_draft_says_so(tell, experiment):
    assert tell("e1") == "e1 (home): draft\nIt was not started yet.\n"


def test_what_runs_without_shoppers_says_so(tell, experiment):
    start_experiment(experiment)
    assert tell("e1").endswith("Nobody was shown anything yet.\n")


def test_the_table(tell, experiment, shop, happens):
    expose(start_experiment(experiment), shop, happens, also=["purchase"])
    lines = tell("e1").splitlines()
    assert lines[0] == "e1 (home): running"
    assert lines[4].split() == ["control", "*", "50.0%", "50", "50"]
    at = lines.index("click-through")
    assert lines[at + 1].split() == ["control", "*", "20.00%"]
    assert lines[at + 2].split()[:3] == ["diverse", "60.00%", "+200.0%"]
    at = lines.index("revenue a shopper")
    assert lines[at + 1].split()[-1] == "2.00"
    assert lines[-1].startswith("* is the control")


def test_a_mismatch_is_the_last_word(tell, experiment, shop, happens):
    start_experiment(experiment)
    expose(experiment, shop, happens, clicked=(0, 0), per_variant=3)
    control = experiment.variants.first()
    for number in range(60):
        ranking = ShownRanking(
            *(uuid.uuid4(), experiment.store_id, "home", [shop["mug-red"].pk], [1.0], f"more-{number}"),
            variant_id=control.pk,
        )
        write_rankings(rankings=[ranking])
    assert tell("e1").splitlines()[-1].startswith("Trust no figure")


def test_as_json(tell, experiment, shop, happens):
    expose(start_experiment(experiment), shop, happens)
    report = json.loads(tell("e1", "--json"))
    assert [variant["shoppers"] for variant in report["variants"]] == [50, 50]
    assert report["variants"][1]["click_through"]["value"] == 0.6


def test_what_is_not_there_is_named(tell, experiment, other_store):
    with pytest.raises(CommandError, match="no experiment 'e9'; it has: e1"):
        tell("e9")
    with pytest.raises(CommandError, match="Store 'other' has no experiment 'e1'; it has: none"):
        tell("e1", "--store", "other")
    with pytest.raises(CommandError, match="no store 'nowhere'"):
        tell("e1", "--store", "nowhere")
