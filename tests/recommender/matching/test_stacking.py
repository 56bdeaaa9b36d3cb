from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from recommender.matching.features import FEATURES, measure_pairs
from recommender.matching.measures import average_precision, count_at, log_losses
from recommender.matching.scoring import Matcher, read_matcher, save_matcher
from recommender.matching.stacking import (
    RIDGE,
    Answers,
    Trial,
    answer,
    describe_trial,
    fit_weights,
    measure_answers,
    teach,
    try_out,
    weigh_trial,
)
from recommender.matching.training import Examples, TooFewPairs, columns_of, group_pairs, train_matcher
from tests.recommender.matching.synthetic import QUICK, make_pairs


@pytest.fixture(scope="module")
def base() -> Matcher:
    """Knows prices alone, which tell nothing where every pair's are alike."""
    return train_matcher(*make_pairs(240, seed=9), columns=columns_of(["price"]), recipe=QUICK)


def examples(base: Matcher, count: int = 300, *, seed: int = 1) -> Examples:
    """Of pairs without prices."""
    pairs, labels = make_pairs(count, seed=seed)
    pairs = [(replace(one, price=None), replace(other, price=None)) for one, other in pairs]
    return Examples(measure_pairs(pairs, base.frequencies), np.array(labels), group_pairs(pairs))


def told(labels: np.ndarray, given: np.ndarray) -> Answers:
    return Answers(given, given >= 0.5, given >= 0.9, given < 0.1)


# --- weights ---------------------------------------------------------------------------------------------------------
def draw(odds: np.ndarray, *, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).random(len(odds)) < 1 / (1 + np.exp(-odds))


def test_a_right_matcher_is_left_as_it_is() -> None:
    chance = np.random.default_rng(0)
    base, noise = chance.normal(0, 2, (2, 20_000))
    weights = fit_weights(base, noise, draw(base, seed=1))
    assert (weights.base, weights.own, weights.offset) == pytest.approx((1, 0, 0), abs=0.06)


def test_the_odds_that_made_the_labels_are_found() -> None:
    chance = np.random.default_rng(2)
    base, own = chance.normal(0, 2, (2, 20_000))
    weights = fit_weights(base, own, draw(0.5 * base + 1.5 * own - 1, seed=3))
    assert (weights.base, weights.own, weights.offset) == pytest.approx((0.5, 1.5, -1), abs=0.08)


def test_nobody_is_believed_the_other_way_round() -> None:
    base = np.random.default_rng(4).normal(0, 2, 500)
    weights = fit_weights(base, np.zeros(500), draw(-base, seed=5))
    assert weights.base == 0


def test_the_fewer_labels_the_nearer_to_the_matcher_as_it_is() -> None:
    base = np.random.default_rng(6).normal(0, 2, 2_000)
    labels = draw(np.zeros(2_000), seed=7)
    few, many = (fit_weights(base[:n], np.zeros(n), labels[:n]).base for n in (5, 2_000))
    assert many < 0.1 < few < 1


def test_against_a_slow_twin() -> None:
    base = np.random.default_rng(8).normal(0, 2, 60)
    labels = draw(base, seed=9)

    def cost(weight: float) -> float:
        free = minimize_scalar(lambda offset: loss(weight, offset), bounds=(-9, 9), method="bounded")
        return float(free.fun)

    def loss(weight: float, offset: float) -> float:
        given = 1 / (1 + np.exp(-(weight * base + offset)))
        return float(log_losses(labels, given).sum() + RIDGE / 2 * (weight - 1) ** 2)

    best = minimize_scalar(cost, bounds=(0, 9), method="bounded").x
    assert fit_weights(base, np.zeros(60), labels).base == pytest.approx(best, abs=1e-3)


# --- teaching --------------------------------------------------------------------------------------------------------
def test_what_the_matcher_could_not_see_is_learned(base: Matcher) -> None:
    taught = teach(base, examples(base, 450), recipe=replace(QUICK, rounds=60))
    unseen = examples(base, 300, seed=2)
    before, after = (average_precision(unseen.labels, each.probabilities(unseen.rows)) for each in (base, taught))
    assert before < 0.5 < 0.95 < after


def test_the_taught_one_is_a_matcher_like_any_other(base: Matcher) -> None:
    known = examples(base)
    taught = teach(base, known, recipe=QUICK)
    again = read_matcher(save_matcher(taught))
    assert again.columns == FEATURES and again.frequencies == base.frequencies
    assert again.probabilities(known.rows).tolist() == taught.probabilities(known.rows).tolist()
    [scored] = taught.score(make_pairs(1)[0])
    odds = np.log(scored.probability / (1 - scored.probability))
    assert sum(scored.contributions.values()) + scored.base == pytest.approx(odds)
    assert taught.version and taught.version != base.version
    assert teach(base, known, recipe=QUICK).version == taught.version


def test_its_odds_are_the_weighted_sum_of_both(base: Matcher) -> None:
    """Of the base's odds nothing but `weights.base` of them may be left when the pairs' prices change."""
    taught = teach(base, examples(base), recipe=QUICK)
    pairs = make_pairs(60, seed=3)[0]
    rows = measure_pairs(pairs, base.frequencies)
    without = rows.copy()
    without[:, FEATURES.index("price_ratio")] = -1
    moved = taught.log_odds(rows) - taught.log_odds(without)
    assert moved == pytest.approx(
        taught.metrics["weights"]["base"] * (base.log_odds(rows) - base.log_odds(without)), abs=1e-9
    )
    assert np.abs(moved).max() > 0.01


def test_too_few_teach_nothing(base: Matcher) -> None:
    with pytest.raises(TooFewPairs, match="14 matches and 26 others"):
        teach(base, examples(base, 40), recipe=QUICK)


# --- the trial -------------------------------------------------------------------------------------------------------
def test_a_better_one_passes(base: Matcher) -> None:
    known = examples(base, 450)
    trial = try_out(base, base, known, np.ones(len(known), bool), recipe=QUICK)
    gate = weigh_trial(trial, recipe=QUICK)
    assert gate.is_open, gate.why
    assert gate.gain.value == pytest.approx(
        (log_losses(known.labels, trial.present.given) - log_losses(known.labels, trial.taught.given)).mean()
    )
    assert trial.present.given.tolist() == base.probabilities(known.rows).tolist()
    assert describe_trial(trial)["held_out"] == {"pairs": 450, "matches": 150, "families": 448}


@pytest.mark.parametrize("seed", range(2))
def test_noise_does_not_pass(base: Matcher, seed: int) -> None:
    """Labels that follow nothing but the family, ten pairs each: who saw a pair of a family would know the others."""
    chance = np.random.default_rng(seed)
    families = np.repeat(np.arange(60), 10)
    rows = chance.random((60, len(FEATURES)), np.float32)[families]
    labels = (chance.random(60) < 1 / 3)[families]
    present = replace(base, slope=0.0, offset=float(np.log(labels.mean() / (1 - labels.mean()))))
    trial = try_out(
        present, present, Examples(rows, labels, families), np.ones(600, bool), recipe=replace(QUICK, seed=seed)
    )
    gate = weigh_trial(trial, recipe=QUICK)
    assert not gate.is_open, gate.why
    assert gate.why.startswith("not surely better")


def test_only_what_is_held_out_is_scored(base: Matcher) -> None:
    known = examples(base, 450)
    held = np.arange(450) < 225
    trial = try_out(base, base, known, held, recipe=QUICK)
    assert trial.labels.tolist() == known.labels[held].tolist()
    assert trial.present.given.tolist() == base.probabilities(known.rows[held]).tolist()
    assert set(trial.groups) == set(known.groups[held])


def test_one_that_ranks_worse_does_not_pass() -> None:
    labels = np.array([True, False] * 100)
    chance = np.random.default_rng(0)
    present = np.where(labels, 0.002, 0.001)  # the right order, and far too low
    taught = np.clip(np.where(labels, 0.6, 0.4) + chance.normal(0, 0.2, 200), 0.01, 0.99)
    gate = weigh_trial(Trial(labels, np.arange(200), told(labels, taught), told(labels, present)), recipe=QUICK)
    assert gate.gain.is_above_zero
    assert not gate.is_open and gate.why.startswith("ranks worse")


def test_one_that_leaves_everything_to_people_does_not_pass() -> None:
    labels = np.array([True, False] * 100)
    taught, present = np.where(labels, 0.95, 0.02), np.where(labels, 0.92, 0.05)
    sure, unsure = told(labels, taught), replace(told(labels, taught), accepted=np.zeros(200, bool))
    assert weigh_trial(Trial(labels, np.arange(200), sure, told(labels, present)), recipe=QUICK).is_open
    gate = weigh_trial(Trial(labels, np.arange(200), unsure, told(labels, present)), recipe=QUICK)
    assert not gate.is_open and gate.why.startswith("too few decisions to prove")
    wrong = replace(told(labels, present), accepted=~labels)
    assert weigh_trial(Trial(labels, np.arange(200), unsure, wrong), recipe=QUICK).is_open


def test_many_pairs_of_one_family_prove_as_little_as_one() -> None:
    labels = np.array([True, False] * 100)
    taught, present = np.where(labels, 0.8, 0.2), np.where(labels, 0.7, 0.3)
    answers = told(labels, taught), told(labels, present)
    assert weigh_trial(Trial(labels, np.arange(200), *answers), recipe=QUICK).is_open
    assert not weigh_trial(Trial(labels, np.zeros(200, np.int64), *answers), recipe=QUICK).is_open


def test_what_a_side_is_worth() -> None:
    labels = np.array([True, True, False, False])
    given = np.array([0.95, 0.05, 0.6, 0.05])
    worth = measure_answers(labels, told(labels, given))
    assert worth.counts == count_at(labels, given, 0.5)
    assert (worth.bands.accepted_precision, worth.bands.accepted_matches) == (1, 0.5)
    assert (worth.bands.lost_matches, worth.bands.reviewed) == (0.5, 0.25)
    assert worth.log_loss == pytest.approx(-np.log([0.95, 0.05, 0.4, 0.95]).mean())


def test_answers_follow_the_thresholds(base: Matcher) -> None:
    rows = examples(base).rows
    answers = answer(base, rows)
    assert answers.accepted.tolist() == (answers.given >= base.limits.accept).tolist()
    assert answers.rejected.tolist() == (answers.given < base.limits.reject).tolist()
    assert answers.called.tolist() == (answers.given >= base.limits.even).tolist()
