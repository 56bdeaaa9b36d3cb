"""Fits a chooser on offers whose product is known, or known to be none. Pure: no ORM.

What is learned of words and suppliers is learned from the same offers as the trees, so the trees are shown it as it is
for offers it was not learned from: in folds, as stacking does (Wolpert 1992). Their scores on folds they have not seen
give calibration and thresholds. Offers of one `group` are always in one fold, and a fold's products are in no pair that
its trees are trained on.

Few offers are known to be of no product, and which of the likeliest are wrong is what is hardest to tell. So the trees
see every offer of a product once more as it would be if the shop did not have the product: the best of what is left is
wrong. Calibration and thresholds are of the offers as they are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.stats import binom

from recommender.matching.choosing import STEEPEST, Chooser, Senses, digest_group, save_chooser, to_shares, weigh_rivals
from recommender.matching.dictionary import learn_dictionary
from recommender.matching.frequencies import count_words
from recommender.matching.habits import learn_habits
from recommender.matching.items import Item
from recommender.matching.lineups import COLUMNS, Lineup, leave_out
from recommender.matching.measures import calibration_error
from recommender.matching.scenes import learn_scenes
from recommender.matching.scoring import Thresholds
from recommender.matching.training import Recipe, TooFewPairs, grow_trees
from recommender.matching.trees import Trees, base_of, contributions_of

FOLDS = 5
LEAST_MATCHES = 40
# Of choosers that are only tried, each without a fold: what dealing LEAST_MATCHES evenly leaves.
LEAST_TRIED = LEAST_MATCHES - LEAST_MATCHES // FOLDS
# How likely it may be that what is accepted is less precise than asked. The first that lets LEAST_COVERED of the
# matches be accepted: few offers prove little, and a shop that has no more would be asked about nearly all.
DOUBTS = (0.1, 0.5)
LEAST_COVERED = 0.5
# Fewer trees and leaves than for pairs: hundreds of offers are known, where there are thousands of pairs.
RECIPE = Recipe(rounds=100, rate=0.08, leaves=8, ensembles=3)

Rows = NDArray[np.float32]
Scores = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Measured:
    """Candidates of all line-ups in a row: features, whether it is the one, whose they are (a line-up's place), and
    which product (a number for each object)."""

    rows: Rows
    labels: NDArray[np.bool_]
    owners: NDArray[np.int64]
    products: NDArray[np.int64]

    @property
    def parts(self) -> tuple[NDArray[Any], ...]:
        return self.rows, self.labels, self.owners, self.products


def train_chooser(
    lineups: Sequence[Lineup],
    *,
    catalogue: Sequence[Item],
    recipe: Recipe = RECIPE,
    columns: Sequence[str] = COLUMNS,
    least: int = LEAST_MATCHES,
) -> Chooser:
    """The same line-ups, catalogue and recipe give the same chooser.

    Args:
        catalogue: the store's products or a sample of them, for the words they use; no offer of them need be known.

    Raises:
        TooFewPairs: fewer than `least` offers have their product among the candidates, or groups than folds.
    """
    check_enough(lineups, least=least)
    folds = deal_folds([lineup.group for lineup in lineups], count=FOLDS, seed=recipe.seed)
    measured = _measure_in_folds(lineups, folds, catalogue)
    taught = hide_answers(measured)
    chosen, taught = (
        replace(each, rows=each.rows[:, [COLUMNS.index(name) for name in columns]]) for each in (measured, taught)
    )
    scores = _score_in_folds(chosen, taught, folds, recipe)
    slope, offset = fit_competition(scores, measured.labels, measured.owners)
    decided = decide_all(slope * scores + offset, measured.labels, measured.owners, count=len(lineups))
    has_answer = np.array([lineup.answer is not None for lineup in lineups])
    limits = choose_limits(decided, has_answer, precision=recipe.precision, recall=recipe.recall)
    chooser = Chooser(
        trees=grow_trees(taught.rows, taught.labels, recipe),
        columns=tuple(columns),
        slope=slope,
        offset=offset,
        senses=learn_senses(lineups, catalogue),
        limits=limits,
        metrics=_describe(decided, has_answer, limits, recipe),
        taught=frozenset(digest_group(lineup.group) for lineup in lineups),
    )
    return replace(chooser, version=hashlib.sha256(save_chooser(chooser)).hexdigest()[:12])


def learn_senses(lineups: Sequence[Lineup], catalogue: Sequence[Item]) -> Senses:
    links = [(each.offer, each.products[each.answer]) for each in lineups if each.answer is not None]
    frequencies = count_words([*catalogue, *(lineup.offer for lineup in lineups)])
    habits = learn_habits(links, _name_by_gtin(lineups))
    products = (product for lineup in lineups for product in lineup.products)
    scenes = learn_scenes((lineup.offer for lineup in lineups), products)
    return Senses(frequencies, learn_dictionary(links, catalogue), habits, scenes)


def deal_folds(groups: Sequence[str], *, count: int, seed: int) -> NDArray[np.int64]:
    """int[n]: each one's fold; a group is in one. The largest groups are dealt first, each to the smallest fold."""
    sizes: dict[str, int] = {}
    for group in groups:
        sizes[group] = sizes.get(group, 0) + 1
    names = sorted(sizes)
    np.random.default_rng(seed).shuffle(names)
    filled = [0] * count
    fold_of = {}
    for name in sorted(names, key=lambda each: -sizes[each]):
        smallest = filled.index(min(filled))
        fold_of[name] = smallest
        filled[smallest] += sizes[name]
    return np.array([fold_of[group] for group in groups], np.int64)


@dataclass(frozen=True, eq=False)
class Decided:
    """Of each line-up: its best candidate's probability, 0 without candidates, and whether that is the right one."""

    probabilities: Scores
    is_right: NDArray[np.bool_]


def decide_all(log_odds: Scores, labels: NDArray[np.bool_], owners: NDArray[np.int64], *, count: int) -> Decided:
    """Of `count` line-ups, also those without candidates. `log_odds` are before competition."""
    probabilities, is_right = np.zeros(count), np.zeros(count, bool)
    for owner, places in _by_owner(owners):
        shares = to_shares(log_odds[places] + weigh_rivals(log_odds[places]))
        best = int(np.argmax(shares))
        probabilities[owner], is_right[owner] = shares[best], labels[places][best]
    return Decided(probabilities, is_right)


def fit_competition(scores: Scores, labels: NDArray[np.bool_], owners: NDArray[np.int64]) -> tuple[float, float]:
    """Slope (above 0) and offset of the conditional logit that makes the answers, none among them, most likely.

    ln slope and offset have a standard normal prior, so that scores without a mistake don't make it certain of all.
    """
    _, places = np.unique(owners, return_inverse=True)
    answered = np.bincount(places, labels)

    def surprise(given: NDArray[np.float64]) -> float:
        log_odds = np.clip(np.exp(given[0]) * scores + given[1], -STEEPEST, STEEPEST)
        whole = np.log1p(np.bincount(places, np.exp(log_odds), len(answered)))
        doubt = (given[0] ** 2 + given[1] ** 2) / 2
        return float((whole.sum() - log_odds[labels].sum() + doubt) / len(answered))

    found = minimize(surprise, np.zeros(2), method="Nelder-Mead").x
    return float(np.exp(found[0])), float(found[1])


def choose_limits(decided: Decided, has_answer: NDArray[np.bool_], *, precision: float, recall: float) -> Thresholds:
    """What decisions about unseen offers ask for.

    `accept` is the least probability from which on so few decisions are wrong that, were less than `precision` of them
    right, so few would be seen in one sample of ten at most (DOUBTS; with few offers, of two): the binomial test of
    Learn then Test (Angelopoulos et al. 2021, arXiv:2110.01052), without its correction for how many thresholds are
    tried. For 0.99 that takes 230 decisions without a mistake, or 69; with fewer it is 1, and nothing is accepted
    unseen. `reject`: no more of the offers that have a product lie below it than `recall` lets go.

    Chosen on 989 offers to practise on, learned from them and the demo's (`catalog/demo/offers/README.md`): where 0.99
    was asked, 0.994 of what this accepts was right, at 0.877 of the matches. The plain share, which is the best of many
    samples, kept 0.987 at 0.902; a mistake added to those seen 0.990 at 0.892; what the probabilities themselves
    promise 0.978 at 0.934.
    """
    order = np.argsort(-decided.probabilities, kind="stable")
    given, wrong = decided.probabilities[order], np.cumsum(~decided.is_right[order])
    doubts = binom.cdf(wrong, np.arange(1, len(given) + 1), 1 - precision)
    accept = 1.0
    for doubt in DOUBTS:
        sure = np.flatnonzero(doubts <= doubt)
        accept = _between(given, int(sure[-1])) if len(sure) else 1.0
        if np.sum(decided.is_right & (decided.probabilities >= accept)) >= LEAST_COVERED * has_answer.sum():
            break
    known = np.sort(decided.probabilities[has_answer])
    reject = float(known[int((1 - recall) * len(known))]) if len(known) else 0.0
    return Thresholds(accept=max(accept, 0.5), reject=min(reject, 0.5), even=0.5)


def _between(thresholds: Scores, place: int) -> float:
    following = thresholds[min(place + 1, len(thresholds) - 1)]
    return float((thresholds[place] + following) / 2)


def _measure_in_folds(lineups: Sequence[Lineup], folds: NDArray[np.int64], catalogue: Sequence[Item]) -> Measured:
    """Each line-up measured with the senses that the other folds' teach."""
    parts: list[Rows] = [np.zeros((0, len(COLUMNS)), np.float32)] * len(lineups)
    for fold in range(FOLDS):
        others = [lineup for lineup, own in zip(lineups, folds, strict=True) if own != fold]
        senses = learn_senses(others, catalogue)
        for place in np.flatnonzero(folds == fold).tolist():
            parts[place] = senses.measure([lineups[place]])
    owners = np.repeat(np.arange(len(lineups)), [len(part) for part in parts])
    labels = np.array([at == each.answer for each in lineups for at in range(len(each.products))], bool)
    products = np.array([id(product) for lineup in lineups for product in lineup.products], np.int64)
    return Measured(np.concatenate(parts), labels, owners, products)


def hide_answers(measured: Measured) -> Measured:
    """All line-ups, and after them those that have their product once more without it."""
    parts = [measured.parts]
    for _, places in _by_owner(measured.owners):
        rows, *told = (values[places] for values in measured.parts)
        for place in np.flatnonzero(measured.labels[places]).tolist():
            parts.append((leave_out(rows, place), *(np.delete(values, place) for values in told)))
    return Measured(*map(np.concatenate, zip(*parts, strict=True)))


def _score_in_folds(measured: Measured, taught: Measured, folds: NDArray[np.int64], recipe: Recipe) -> Scores:
    """Scores by trees that saw no line-up of the fold, and no pair with a product that one of them is: a product that
    comes in several line-ups must be one object."""
    scores = np.zeros(len(measured.rows))
    for fold in range(FOLDS):
        judged = folds[measured.owners] == fold
        is_new = np.isin(taught.products, measured.products[judged & measured.labels])
        known = (folds[taught.owners] != fold) & ~is_new
        trees = grow_trees(taught.rows[known], taught.labels[known], recipe)
        scores[judged] = score_rows(trees, measured.rows[judged])
    return scores


def score_rows(trees: Trees, rows: Rows) -> Scores:
    return contributions_of(trees, rows).sum(axis=1) + base_of(trees)


def _by_owner(owners: NDArray[np.int64]) -> list[tuple[int, slice]]:
    """Neighbours of one owner, as slices."""
    if not len(owners):
        return []
    starts = [0, *(np.flatnonzero(np.diff(owners)) + 1)]
    return [
        (int(owners[start]), slice(start, end)) for start, end in zip(starts, [*starts[1:], len(owners)], strict=True)
    ]


def _name_by_gtin(lineups: Sequence[Lineup]) -> list[tuple[str, bool]]:
    """(supplier, was it right) for every candidate that has its offer's GTIN."""
    return [
        (lineup.offer.supplier, place == lineup.answer)
        for lineup in lineups
        for place, product in enumerate(lineup.products)
        if lineup.offer.gtin and lineup.offer.gtin == product.gtin
    ]


def check_enough(lineups: Sequence[Lineup], *, least: int = LEAST_MATCHES) -> None:
    """Raises TooFewPairs, as training does."""
    answered = sum(lineup.answer is not None for lineup in lineups)
    if answered < least:
        raise TooFewPairs(
            f"Of {answered} offers the product is known and among the candidates that matching finds; learning takes "
            f"at least {least}."
        )
    if len({lineup.group for lineup in lineups}) < FOLDS:
        raise TooFewPairs(f"The offers are of fewer than {FOLDS} groups of products.")


def _describe(decided: Decided, has_answer: NDArray[np.bool_], limits: Thresholds, recipe: Recipe) -> dict[str, Any]:
    accepted = decided.probabilities >= limits.accept
    right = decided.is_right & accepted
    return {
        "offers": len(has_answer),
        "matches": int(has_answer.sum()),
        "calibration_error": calibration_error(decided.is_right, decided.probabilities),
        "accepted_precision": float(right.sum() / accepted.sum()) if accepted.any() else 0.0,
        "accepted_matches": float(right.sum() / max(int(has_answer.sum()), 1)),
        "reviewed": float((~accepted & (decided.probabilities >= limits.reject)).mean()),
        "recipe": asdict(recipe),
    }
