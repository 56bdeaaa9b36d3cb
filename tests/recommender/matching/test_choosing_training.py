from dataclasses import replace

import numpy as np
import pytest

from recommender.matching.choosing import Chooser, save_chooser
from recommender.matching.choosing_training import (
    Decided,
    Measured,
    choose_limits,
    deal_folds,
    decide_all,
    fit_competition,
    hide_answers,
    train_chooser,
)
from recommender.matching.lineups import COLUMNS, leave_out
from recommender.matching.training import Recipe, TooFewPairs
from tests.recommender.matching.lineups import make_catalogue, make_lineups

CATALOGUE = [product for family in make_catalogue(60) for product in family]
QUICK = Recipe(rounds=20, rate=0.2, leaves=6, ensembles=1)


@pytest.fixture(scope="module")
def chooser() -> Chooser:
    return train_chooser(make_lineups(40), catalogue=CATALOGUE, recipe=QUICK)


def test_it_names_the_products_of_offers_it_never_saw(chooser):
    unseen = make_lineups(60, seed=1)[3 * 40 :]
    right = 0
    for lineup in unseen:
        shares = [scored.probability for scored in chooser.score(lineup.pairs)]
        best = int(np.argmax(shares))
        right += (best if shares[best] >= 0.5 else None) == lineup.answer
    assert right / len(unseen) > 0.9
    assert chooser.metrics["matches"] == 80
    assert chooser.metrics["offers"] == 120


def test_offers_without_candidates_are_new(chooser):
    lineups = make_lineups(40)
    lineups[-1] = replace(lineups[-1], products=[], answer=None)
    trained = train_chooser(lineups, catalogue=CATALOGUE, recipe=QUICK)
    assert trained.metrics["offers"] == 120
    assert trained.decide([]).kind == "new"


def test_the_same_offers_give_the_same_matcher(chooser):
    again = train_chooser(make_lineups(40), catalogue=CATALOGUE, recipe=QUICK)
    assert save_chooser(again) == save_chooser(chooser)


def test_labels_that_mean_nothing_are_not_learned():
    lineups = make_lineups(40)
    chance = np.random.default_rng(1)
    for lineup in lineups:
        object.__setattr__(lineup, "answer", int(chance.integers(5)))
    chooser = train_chooser(lineups, catalogue=CATALOGUE, recipe=QUICK)
    assert chooser.limits.accept == 1.0


def test_too_little_is_refused():
    with pytest.raises(TooFewPairs, match="learning takes at least 40"):
        train_chooser(make_lineups(10), catalogue=CATALOGUE)


def test_groups_are_never_parted_and_folds_of_one_size():
    groups = [f"g{number % 23}" for number in range(100)]
    folds = deal_folds(groups, count=5, seed=1)
    assert {len({fold for fold, own in zip(folds, groups, strict=True) if own == group}) for group in groups} == {1}
    assert max(np.bincount(folds)) - min(np.bincount(folds)) <= 5
    assert (deal_folds(groups, count=5, seed=1) == folds).all()


def test_competition_is_fitted_to_what_is_true():
    """Answers drawn from the model itself give its slope and offset back."""
    chance = np.random.default_rng(3)
    scores, labels, owners = [], [], []
    for owner in range(4_000):
        own = chance.normal(size=4)
        odds = np.exp(1.5 * own - 1.0)
        drawn = chance.choice(5, p=np.append(odds, 1) / (odds.sum() + 1))
        scores += own.tolist()
        labels += [place == drawn for place in range(4)]
        owners += [owner] * 4
    slope, offset = fit_competition(np.array(scores), np.array(labels), np.array(owners))
    assert (slope, offset) == pytest.approx((1.5, -1.0), abs=0.1)


def test_every_answered_line_up_is_shown_once_more_without_its_product():
    rows = np.arange(5 * len(COLUMNS), dtype=np.float32).reshape(5, len(COLUMNS))
    labels, owners = np.array([False, True, False, False, False]), np.array([0, 0, 0, 1, 1])
    measured = Measured(rows, labels, owners, np.array([10, 11, 12, 10, 13]))
    taught = hide_answers(measured)
    assert taught.labels.tolist() == [*labels.tolist(), False, False]
    assert taught.owners.tolist() == [0, 0, 0, 1, 1, 0, 0]
    assert taught.products.tolist() == [10, 11, 12, 10, 13, 10, 12]
    assert (taught.rows[:5] == rows).all()
    assert (taught.rows[5:] == leave_out(rows[:3], 1)).all()


def test_decisions_are_those_of_the_best_candidate():
    decided = decide_all(np.array([0.0, 2.0, 1.0]), np.array([True, False, True]), np.array([0, 0, 2]), count=4)
    assert decided.is_right.tolist() == [False, False, True, False]
    assert decided.probabilities == pytest.approx([np.e**2 / (2 + np.e**2), 0, np.e / (1 + np.e), 0])


def test_thresholds_keep_their_promise():
    given = np.linspace(1.0, 0.0, 2_001)
    right = given > 0.3
    limits = choose_limits(Decided(given, right), right, precision=0.99, recall=0.98)
    accepted = given >= limits.accept
    assert right[accepted].mean() >= 0.99
    assert limits.accept == 0.5  # never below an even chance
    assert (right & (given < limits.reject)).sum() <= 0.02 * right.sum()
    mixed = np.arange(2_001) % 50 != 49
    limits = choose_limits(Decided(given, mixed), mixed, precision=0.99, recall=0.98)
    assert limits.accept == 1.0  # two in a hundred are wrong


@pytest.mark.parametrize(
    ("count", "wrong", "is_shown"), [(68, 0, False), (69, 0, True), (167, 1, False), (168, 1, True)]
)
def test_few_decisions_show_no_error_rate_of_one_in_a_hundred(count, wrong, is_shown):
    """0.99^69 is the first below a half, and so is 0.99^168 + 168 x 0.01 x 0.99^167."""
    given = np.linspace(1.0, 0.6, count)
    right = np.arange(count) >= wrong
    limits = choose_limits(Decided(given, right), right, precision=0.99, recall=0.98)
    assert (limits.accept <= given[-1]) == is_shown


@pytest.mark.parametrize(("matches", "accepted"), [(460, 230), (462, 232)])
def test_who_can_accept_half_of_the_matches_is_surer_than_who_can_not(matches, accepted):
    """Of 230 without a mistake 0.99 is shown with 90 % confidence, of 232 with one it is as likely as not."""
    given, right = np.linspace(1.0, 0.6, 1_000), np.arange(1_000) % 2 == 1
    right[:230] = True
    limits = choose_limits(Decided(given, right), np.arange(1_000) < matches, precision=0.99, recall=0.98)
    assert (given >= limits.accept).sum() == accepted


def test_what_is_accepted_is_as_precise_as_promised_nine_times_of_ten():
    """Where the truth is known: probabilities that are right, so that the share of right ones above any is known."""
    chance, kept = np.random.default_rng(4), []
    for _ in range(200):
        given = chance.uniform(0.9, 1.0, 2_000)
        # Few have a product, so that what is accepted covers enough of them.
        limits = choose_limits(
            Decided(given, chance.random(2_000) < given), np.arange(2_000) < 200, precision=0.98, recall=0.98
        )
        if limits.accept < 1:
            kept.append((limits.accept + 1) / 2)
    assert len(kept) > 100
    assert np.mean(np.array(kept) >= 0.98) > 0.8  # not 0.9: the largest of all that pass is taken
