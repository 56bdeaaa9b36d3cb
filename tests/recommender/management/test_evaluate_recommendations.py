import json
import math
import re
import subprocess
import sys
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from PIL import Image

from recommender.models import Event, ScenarioSettings, Shopper
from recommender.services.scenarios import save_settings
from tests.recommender.evaluation.conftest import END, weeks  # noqa: F401  (a fixture)

FILE = [
    "event_id,shopper,sku,kind,at",
    "e1,ann,lamp-blue,like,2024-01-01T10:00:00Z",
    "e2,zoe,lamp-red,like,2024-01-02T10:00:00Z",
    "e3,zoe,unheard,like,2024-01-02T11:00:00Z",
    "e4,ann,mug-blue,view,2024-01-20T10:00:00Z",
    "e5,yan,mug-blue,cart,2024-01-21T10:00:00Z",
]


@pytest.fixture
def evaluate(capsys):
    def run(*arguments):
        call_command("evaluate_recommendations", "-k", "3", *arguments)
        return capsys.readouterr()

    return run


@pytest.mark.usefixtures("weeks")
def test_the_table_names_the_split_the_seed_and_every_recommender(evaluate):
    out = evaluate("--seed", "7").out
    assert "Known: before 2025-09-15 12:00:00 UTC" in out
    assert "shoppers asked about 4" in out and "seed 7" in out
    assert "Headline: nDCG@3 of `any`" in out
    # Two tables for each of three audiences.
    for name in ("pipeline", "visual only", "textual only", "co-occurrence", "most recent", "popularity", "random"):
        assert len(re.findall(rf"^  {name} +[\d-]", out, re.MULTILINE)) == 6, (
            name
        )  # two tables for each of three audiences
    for title in ("recall@3", "MRR@3", "coverage", "distance", "novelty, bits", "Gini, brands", "Gini, prices"):
        assert out.count(title) == 3
    assert "pipeline over popularity, nDCG@3: +" in out
    assert "nan" not in out  # of one newcomer no interval can be told


@pytest.mark.usefixtures("weeks")
def test_json_has_every_number_with_its_interval(evaluate, tmp_path):
    path = tmp_path / "found.json"
    evaluate("--json", str(path), "--diversity-curve")
    found = json.loads(path.read_text())
    assert (found["store"], found["seed"], found["k"], found["split"]) == ("main", 1, 3, "2025-09-15T12:00:00+00:00")
    assert found["scenario"] == "home"
    assert set(found["audiences"]) == {"any", "new", "cold"}
    pipeline = found["audiences"]["any"]["recommenders"]["pipeline"]
    assert set(pipeline) == {
        *("ndcg", "ndcg_binary", "recall", "mrr", "novelty", "distance", "coverage", "gini_brand", "gini_price")
    }
    for estimate in pipeline.values():
        assert set(estimate) == {"value", "low", "high", "n"}
        assert all(value is None or math.isfinite(value) for value in estimate.values())
    assert 0 < pipeline["ndcg"]["value"] <= 1
    assert [point["diversity"] for point in found["diversity_curve"]][:2] == [0.0, 0.1]
    assert found["tuning"] is None
    again = tmp_path / "again.json"
    evaluate("--json", str(again), "--diversity-curve")
    assert json.loads(again.read_text()) == found


@pytest.mark.usefixtures("weeks")
def test_the_plot_is_a_picture(evaluate, tmp_path):
    path = tmp_path / "found.png"
    evaluate("--plot", str(path), "--diversity-curve")
    with Image.open(path) as picture:
        assert picture.format == "PNG"
        assert picture.width > picture.height > 300
        assert len(picture.convert("RGB").getcolors(1 << 20)) > 20  # more than an empty canvas


@pytest.mark.usefixtures("weeks")
def test_tuning_prints_what_it_found_and_the_evaluation_uses_it(evaluate, tmp_path):
    path = tmp_path / "found.json"
    out = evaluate("--tune", "--trials", "6", "--json", str(path)).out
    found = json.loads(path.read_text())["tuning"]
    assert found["end"] == "2025-09-15T12:00:00+00:00"
    assert f"diversity {found['diversity']:g}" in out
    assert all(f"{name} {weight:g}" in out for name, weight in found["weights"].items())


@pytest.mark.usefixtures("weeks")
def test_a_file_of_events_stands_in_for_the_store_s_own(evaluate, tmp_path):
    before = sorted(Event.objects.values_list("event_id", "at")), Shopper.objects.count()
    path = tmp_path / "events.csv"
    path.write_text("\n".join(FILE) + "\n")
    printed = evaluate("--events", str(path))
    assert f"{path}: 4 events, 1 rejected" in printed.out
    assert "row 4: sku" in printed.err
    assert "Known: before 2024-01-14 10:00:00 UTC" in printed.out
    assert "shoppers before 2, shoppers asked about 2, asked, any 1, asked, new 1, asked, cold 1" in printed.out
    assert (sorted(Event.objects.values_list("event_id", "at")), Shopper.objects.count()) == before


@pytest.fixture
def visits(embedded_shop, happens):
    """ann knows the shop; then in each of two weeks she looks at a pan, puts a mug in the basket and a lamp."""
    happens("ann", "like", "mug-blue", at=END - timedelta(days=20))
    for day in (END - timedelta(days=8), END):
        for minutes, (kind, sku) in enumerate([("view", "pan-red"), ("cart", "mug-red"), ("cart", "lamp-blue")]):
            happens("ann", kind, sku, at=day - timedelta(minutes=10 - minutes))
    happens("zoe", "view", "mug-red", at=END)


@pytest.mark.usefixtures("visits")
@pytest.mark.parametrize("scenario", ["product", "basket"])
def test_pages_of_another_scenario(evaluate, tmp_path, scenario):
    path, picture = tmp_path / "found.json", tmp_path / "found.png"
    out = evaluate("--scenario", scenario, "--diversity-curve", "--json", str(path), "--plot", str(picture)).out
    assert f"Scenario {scenario}: pages " in out
    assert "shoppers asked about 1, asked, any 1, asked, new 0, asked, cold 0" in out
    assert "change of distance" in out
    found = json.loads(path.read_text())
    assert (found["scenario"], list(found["audiences"]), len(found["diversity_curve"])) == (scenario, ["any"], 9)
    with Image.open(picture) as drawn:
        assert drawn.format == "PNG"


@pytest.mark.usefixtures("visits")
@pytest.mark.parametrize("scenario", ["home", "product", "basket"])
def test_tuning_stores_settings_of_its_scenario_alone_and_leaves_its_policies(evaluate, store, tmp_path, scenario):
    save_settings(store=store, scenario=scenario, policies={"bought": "keep"})
    path = tmp_path / "found.json"
    out = evaluate("--scenario", scenario, "--tune", "--trials", "4", "--json", str(path)).out
    assert f"Stored as the settings of scenario {scenario}." in out
    [stored] = ScenarioSettings.objects.of(store)
    found = json.loads(path.read_text())["tuning"]
    assert (stored.scenario, stored.weights, stored.diversity) == (scenario, found["weights"], found["diversity"])
    assert stored.policies == {"bought": "keep"}


@pytest.mark.usefixtures("visits")
def test_settings_that_nothing_tried_beats_stay(evaluate, store):
    """Looks alone put the rest of these visits first; even weights, all that is tried but for one draw, don't."""
    save_settings(store=store, scenario="product", weights={"visual": 1.0})
    out = evaluate("--scenario", "product", "--tune", "--trials", "1").out
    assert "Nothing was better than the settings of scenario product, which stay." in out
    [stored] = ScenarioSettings.objects.of(store)
    assert (stored.scenario, stored.weights) == ("product", {"visual": 1.0})


@pytest.mark.parametrize(
    ("scenario", "message"),
    [
        ("home", "Nobody did anything with a published product in the last 7 days"),
        ("product", "In no visit did anybody do anything with a second published product in the last 7 days"),
        ("basket", "In no visit did anybody put a second published product in the basket, or buy it, in the last 7"),
    ],
)
def test_nothing_to_score(evaluate, store, shop, happens, scenario, message):
    happens("ann", "dislike" if scenario == "home" else "cart", "mug-red")
    with pytest.raises(CommandError, match=message):
        evaluate("--scenario", scenario)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--store", "nowhere"], "no store 'nowhere'"),
        ([], "has no events"),
        (["--days", "0"], "--days must be above 0"),
        (["--shoppers", "-1"], "--shoppers must be above 0"),
        (["--scenario", "search"], "argument --scenario: invalid choice: 'search'"),
        (["--json", "/nowhere/found.json"], "--json: there is no folder /nowhere"),
        (["--events", "/nowhere/events.csv"], "/nowhere/events.csv can't be read"),
    ],
)
def test_what_is_wrong_is_said(evaluate, store, arguments, message):
    with pytest.raises(CommandError, match=message):
        evaluate(*arguments)


def test_a_file_that_holds_no_events_is_refused_and_changes_nothing(evaluate, store, shop, happens, tmp_path):
    happens("ann", "like", "mug-red")
    path = tmp_path / "events.csv"
    path.write_text("who,what\nann,mug\n")
    with pytest.raises(CommandError, match="The header has no column"):
        evaluate("--events", str(path))
    assert Event.objects.count() == 1


def test_nobody_else_pays_for_the_plotting_library():
    script = (
        "import django, sys; django.setup(); import config.urls, config.celery, recommender.evaluation.trials;"
        "import recommender.management.commands.evaluate_recommendations; print('matplotlib' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
