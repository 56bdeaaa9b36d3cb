from dataclasses import replace

import numpy as np
import pytest

from recommender.matching.features import FEATURES, measure_pairs
from recommender.matching.frequencies import count_words
from recommender.matching.items import Item
from recommender.matching.measures import calibration_error, count_at
from recommender.matching.scoring import save_matcher
from recommender.matching.training import (
    READ_FROM,
    Examples,
    Recipe,
    TooFewPairs,
    boost,
    choose_gate,
    choose_thresholds,
    columns_of,
    fit,
    fit_curve,
    group_pairs,
    merge,
    train_matcher,
)
from recommender.matching.trees import base_of, check_trees, contributions_of
from tests.recommender.matching.synthetic import QUICK, make_pairs


def test_learns_what_decides_and_is_calibrated_on_unseen_offers() -> None:
    matcher = train_matcher(*make_pairs(600, seed=1), recipe=replace(QUICK, rounds=60))
    unseen, truth = make_pairs(300, seed=2)
    given = np.array([scored.probability for scored in matcher.score(unseen)])
    assert count_at(np.array(truth), given, matcher.limits.even).f1 > 0.97
    assert calibration_error(np.array(truth), given) < 0.03


def test_the_same_pairs_give_the_same_bytes() -> None:
    first, second = (save_matcher(train_matcher(*make_pairs(150), recipe=QUICK)) for _ in range(2))
    assert first == second


def test_versions_tell_matchers_apart() -> None:
    first, second = (train_matcher(*make_pairs(150, seed=seed), recipe=QUICK) for seed in (0, 5))
    assert first.version != second.version


def test_merged_trees_are_the_mean_of_scikit_learns_ensembles() -> None:
    pairs, labels = make_pairs(300)
    rows = measure_pairs(pairs, count_words(item for pair in pairs for item in pair))
    ensembles = boost(rows, np.array(labels), Recipe(ensembles=2, rounds=30))
    trees = merge(ensembles)
    check_trees(trees, features=len(FEATURES))
    expected = np.mean([ensemble.decision_function(rows) for ensemble in ensembles], axis=0)
    assert contributions_of(trees, rows).sum(axis=1) + base_of(trees) == pytest.approx(expected)


def test_only_the_named_columns_matter() -> None:
    pairs, labels = make_pairs(200)
    matcher = train_matcher(pairs, labels, columns=columns_of(["looks"]), recipe=QUICK)
    assert matcher.columns == ("image_cosine",)
    (plain,) = matcher.score([(replace(pairs[0][0], title="other", price=None), pairs[0][1])])
    assert set(plain.contributions) == {"image_cosine"}
    assert plain.probability == matcher.score(pairs[:1])[0].probability


def test_pairs_of_one_offer_are_one_group() -> None:
    lamp, again, vase = Item("lamp", price=1.0), Item("lamp", price=1.0), Item("vase")
    assert group_pairs([(lamp, vase), (vase, lamp), (again, again)]).tolist() == [0, 1, 0]


@pytest.mark.parametrize(("matches", "others"), [(19, 100), (100, 19), (0, 0)])
def test_too_little_to_learn_from(matches: int, others: int) -> None:
    labels = np.array([True] * matches + [False] * others)
    rows = np.zeros((len(labels), len(FEATURES)), np.float32)
    with pytest.raises(TooFewPairs, match=f"{matches} matches and {others} others"):
        fit(Examples(rows, labels, np.arange(len(labels))), recipe=Recipe())


def test_too_few_offers_to_hold_some_out() -> None:
    labels = np.arange(100) % 2 == 0
    rows = np.zeros((100, len(FEATURES)), np.float32)
    with pytest.raises(TooFewPairs, match="fewer than 5 offers"):
        fit(Examples(rows, labels, np.arange(100) % 4), recipe=Recipe())


def test_the_logistic_curve_restores_true_odds() -> None:
    chance = np.random.default_rng(0)
    odds = chance.normal(0, 2, 20_000)
    labels = chance.random(20_000) < 1 / (1 + np.exp(-odds))
    slope, offset = fit_curve((odds - 1) / 2, labels)
    assert (slope, offset) == pytest.approx((2, 1), abs=0.1)


def calibrated(count: int = 4000) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(4)
    given = chance.beta(0.3, 0.6, count)
    return chance.random(count) < given, given


def test_thresholds_reach_what_the_recipe_asks() -> None:
    labels, given = calibrated()
    recipe = Recipe(precision=0.97, recall=0.95)
    limits = choose_thresholds(labels, given, recipe)
    accepted, kept = given >= limits.accept, given >= limits.reject
    assert labels[accepted].mean() >= 0.97
    assert labels[given >= limits.accept - 0.02].mean() < 0.97
    assert labels[kept].sum() / labels.sum() >= 0.95
    assert labels[given >= limits.reject + 0.02].sum() / labels.sum() < 0.95
    assert limits.reject <= limits.even <= limits.accept


def test_even_is_where_f1_is_best() -> None:
    labels, given = calibrated()
    even = choose_thresholds(labels, given, Recipe()).even
    best = max(count_at(labels, given, threshold).f1 for threshold in np.linspace(0, 1, 101))
    assert count_at(labels, given, even).f1 == pytest.approx(best, abs=0.005)


def test_nothing_is_accepted_unseen_where_too_few_pairs_prove_it() -> None:
    labels, given = np.arange(200) < 40, np.linspace(1, 0, 200)
    assert choose_thresholds(labels, given, Recipe()).accept == 1
    assert choose_thresholds(np.arange(200) < 60, given, Recipe()).accept < 1


def test_what_is_improbable_is_not_read_unless_too_little_were_left() -> None:
    labels, given = calibrated()
    assert choose_gate(labels, given) == READ_FROM
    sure = np.where(labels, 0.999, given * 1e-5)
    read = sure >= choose_gate(labels, sure)
    assert (read & ~labels).sum() == labels.sum()
    assert read[labels].all()
