import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load, save

from recommender.matching.choosing import (
    Chooser,
    digest_group,
    is_chooser,
    line_up,
    read_chooser,
    save_chooser,
    taught_groups,
    weigh_rivals,
)
from recommender.matching.choosing_training import train_chooser
from recommender.matching.contract import Candidate, SideBySide
from recommender.matching.items import Item
from recommender.matching.scoring import GENERIC, MatcherUnusable, save_matcher
from recommender.matching.scoring import load_matcher as load_generic
from recommender.matching.trained import TrainedMatcher, load_matcher
from recommender.matching.training import Recipe
from tests.recommender.matching.lineups import make_catalogue, make_lineups

LINEUPS = make_lineups()
CATALOGUE = [product for family in make_catalogue(40) for product in family]
QUICK = Recipe(rounds=20, rate=0.2, leaves=6, ensembles=1)


@pytest.fixture(scope="module")
def chooser() -> Chooser:
    return train_chooser(LINEUPS, catalogue=CATALOGUE, recipe=QUICK)


def test_contributions_and_base_sum_to_the_log_odds(chooser):
    for scored in chooser.score(LINEUPS[0].pairs):
        log_odds = math.log(scored.probability / (1 - scored.probability))
        assert sum(scored.contributions.values()) + scored.base == pytest.approx(log_odds, abs=1e-6)
        sizes = [abs(value) for value in scored.contributions.values()]
        assert sizes == sorted(sizes, reverse=True)


def test_a_file_says_what_its_matcher_was_taught(chooser):
    assert len(chooser.taught) == 40
    data = save_chooser(chooser)
    assert taught_groups(data) == read_chooser(data).taught == {digest_group(each.group) for each in LINEUPS}
    assert taught_groups(GENERIC.read_bytes()) == taught_groups(b"junk") == frozenset()


def test_candidates_compete_and_none_of_them_is_an_answer(chooser):
    for lineup in LINEUPS[:12]:
        shares = [scored.probability for scored in chooser.score(lineup.pairs)]
        assert 0 < sum(shares) <= 1
    assert weigh_rivals(np.log([1.0, 2.0])) == pytest.approx([-math.log(3), -math.log(2)])
    assert weigh_rivals(np.array([5.0])) == pytest.approx([0])


def test_offers_are_scored_together_as_alone(chooser):
    pairs = [pair for lineup in LINEUPS[:3] for pair in lineup.pairs]
    alone = [scored.probability for lineup in LINEUPS[:3] for scored in chooser.score(lineup.pairs)]
    assert [scored.probability for scored in chooser.score(pairs)] == pytest.approx(alone)
    assert [len(lineup.products) for lineup in line_up(pairs)] == [5, 5, 5]
    assert chooser.score([]) == []


def test_a_verdict_follows_from_the_best(chooser):
    chooser = replace(chooser, limits=replace(chooser.limits, accept=0.9, reject=0.1))

    def verdict(*probabilities: float) -> tuple[str, int | None]:
        told = chooser.decide([Candidate(pk, share, {}) for pk, share in enumerate(probabilities)])
        return told.kind, told.product_id

    assert verdict(0.9, 0.1) == ("accept", 0)
    assert verdict(0.89, 0.1) == ("review", None)
    assert verdict(0.09) == ("new", None)
    assert verdict() == ("new", None)


def test_saved_and_read_again_answers_the_same(chooser, tmp_path: Path):
    path = tmp_path / "m.safetensors"
    path.write_bytes(save_chooser(chooser))
    again = load_matcher(path)
    assert isinstance(again, Chooser)
    assert isinstance(again, SideBySide)
    for one, other in zip(chooser.score(LINEUPS[1].pairs), again.score(LINEUPS[1].pairs), strict=True):
        assert other.probability == pytest.approx(one.probability, abs=1e-3)
    assert (again.limits, again.version, again.translate("becher")) == (chooser.limits, chooser.version, "mug")


def test_a_matcher_of_pairs_is_told_from_one_of_line_ups(tmp_path: Path):
    path = tmp_path / "pairs.safetensors"
    path.write_bytes(save_matcher(load_generic()))
    assert isinstance(load_matcher(path), TrainedMatcher)
    assert not isinstance(load_matcher(path), SideBySide)
    assert not is_chooser(b"") and not is_chooser(b"\x00" * 40)


def _reshape(chooser: Chooser, **settings: object) -> bytes:
    data = save_chooser(chooser)
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    told = json.loads(header["__metadata__"]["matcher"]) | settings
    return save(load(data), metadata={"matcher": json.dumps(told)})


def test_one_learned_before_there_were_lights_is_as_good_as_it_was(chooser):
    told = {name: value for name, value in chooser.senses.habits.to_json().items() if name != "lights"}
    old = read_chooser(_reshape(chooser, habits=told))
    assert old.senses.habits.lights == {}
    assert all(0 <= scored.probability <= 1 for scored in old.score(LINEUPS[0].pairs))


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"columns": ["horoscope"]}, "horoscope"),
        ({"slope": float("nan")}, "no numbers"),
        ({"habits": {"prices": {"nord": [0, 0]}, "gtins": {}}}, "no deviation"),
        ({"habits": {"prices": {"nord": [0]}, "gtins": {}}}, "no matcher"),
        ({"habits": {"prices": {}, "gtins": {}, "lights": {"nord": [0.1]}}}, "no palettes"),
        ({"habits": {"prices": {}, "gtins": {}, "lights": {"nord": [float("nan")] * 15}}}, "no palettes"),
        ({"dictionary": {}}, "no matcher"),
        ({"dictionary": {"products": 1, "documents": {}, "meanings": {"a": 3}, "values": {}}}, "no matcher"),
    ],
)
def test_what_is_no_matcher_is_refused(chooser, settings, why):
    with pytest.raises(MatcherUnusable, match=why):
        read_chooser(_reshape(chooser, **settings))


def test_an_offer_of_nothing_gets_an_answer(chooser):
    [scored] = chooser.score([(Item(""), Item(""))])
    assert 0 <= scored.probability < 0.5
