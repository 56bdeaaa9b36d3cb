import pytest

from embeddings.layout import LayoutError
from recommender.mix import Mix
from recommender.models import Ranking
from recommender.policies import KEEP, NEVER, Policy
from recommender.questions import Question
from recommender.rankings import flush
from recommender.services.experiments import NewVariant, create_experiment, start_experiment
from recommender.services.scenarios import save_settings
from recommender.setup import Setup

pytestmark = pytest.mark.django_db

DEFAULT = Mix(visual=0.5, textual=0.5)


@pytest.fixture
def run(store):
    def run(settings: dict, *, scenario: str = "home") -> None:
        """Everybody is in the variant that has these settings."""
        variants = [NewVariant("control", 0.0001), NewVariant("tried", 0.9999, settings)]
        start_experiment(create_experiment(store=store, name="e", scenario=scenario, variants=variants))

    return run


def home(store, **given) -> Setup:
    return Setup.of(Question(store, scenario="home", **given), DEFAULT)


def test_nothing_set_is_the_endpoints_default(store):
    setup = home(store, shopper_id="ann")
    assert (setup.mix, setup.question.diversity, setup.variant_id) == (DEFAULT, 0.0, None)
    assert setup.policy == Policy(rotation=0.05, tired=True)
    assert Setup.of(Question(store, scenario="basket"), DEFAULT).policy == Policy(carted=7.0)


def test_each_is_over_the_one_before_weight_by_weight(store, run):
    save_settings(store=store, scenario="any", weights={"visual": 1.0, "textual": 1.0}, diversity=0.1)
    save_settings(store=store, scenario="home", weights={"textual": 2.0, "personal": 2.0}, policies={"seen": "never"})
    run({"weights": {"personal": 3.0, "popular": 3.0}, "policies": {"bought": "keep"}})
    setup = home(store, shopper_id="ann", weights={"popular": 4.0})
    assert setup.mix == Mix(visual=1.0, textual=2.0, personal=3.0, popular=4.0)
    assert (setup.policy.seen, setup.policy.bought, setup.policy.rotation) == (NEVER, KEEP, 0.05)
    assert setup.question.diversity == 0.1
    assert setup.variant_id is not None


@pytest.mark.parametrize(("given", "diversity"), [({}, 0.7), ({"diversity": 0.2}, 0.2), ({"diversity": 0.0}, 0.0)])
def test_the_requests_diversity_wins_even_none_at_all(store, run, given, diversity):
    save_settings(store=store, scenario="home", diversity=0.4)
    run({"diversity": 0.7})
    assert home(store, shopper_id="ann", **given).question.diversity == diversity


def test_an_experiment_is_for_its_scenario_and_for_those_with_a_name(store, run):
    run({"diversity": 0.7}, scenario="home")
    assert home(store).variant_id is None
    assert Setup.of(Question(store, scenario="similar", shopper_id="ann"), DEFAULT).question.diversity == 0.0


def test_another_stores_settings_are_its_own(store, other_store, run):
    save_settings(store=store, scenario="any", weights={"visual": 9.0}, diversity=0.9)
    run({"weights": {"textual": 9.0}})
    setup = home(other_store, shopper_id="ann")
    assert (setup.mix, setup.question.diversity, setup.variant_id) == (DEFAULT, 0.0, None)


def test_weights_that_leave_nothing_are_refused(store):
    with pytest.raises(LayoutError):
        home(store, weights={"visual": 0.0, "textual": 0.0})


def test_the_ranking_remembers_scenario_and_variant_and_the_answer_follows(api, store, embedded_shop, happens, run):
    happens("ann", "view", "mug-red")
    path = "/api/v1/recommendations/"
    by_looks = {"weights": {"visual": 1, "textual": 0, "behaviour": 0, "again": 0, "popular": 0}}
    before = api.get(path, shopper="ann", explain="true").json()
    run({**by_looks, "policies": {"rotation": 0, "tired": False}})
    after = api.get(path, shopper="ann", explain="true").json()
    asked = api.get(path, shopper="ann", explain="true", visual=0, textual=1).json()
    flush()
    told = {
        key: set().union(*(result["explanation"]["contributions"] for result in answer["results"]))
        for key, answer in {"before": before, "after": after, "asked": asked}.items()
    }
    assert {"visual", "textual", "again"} <= told["before"]
    assert told["after"] == {"visual"}
    assert told["asked"] == {"textual"}
    rankings = {str(ranking.pk): ranking for ranking in Ranking.objects.of(store)}
    assert rankings[before["ranking_id"]].variant_id is None
    for answer in (after, asked):
        assert rankings[answer["ranking_id"]].scenario == "home"
        assert rankings[answer["ranking_id"]].variant.name == "tried"
