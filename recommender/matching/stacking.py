"""Teaches a matcher what a shop's people decided, and tells whether it became better by it. Pure.

Stacked generalisation (Wolpert 1992, doi:10.1016/S0893-6080(05)80023-1): trees are grown on the decisions alone, and
log odds become `base * the matcher's + own * the trees' + offset`. The three numbers are fitted on margins of trees
that saw no pair of the same group, are drawn towards the matcher as it is (1, 0), and never turn an answer round. So
a few decisions recalibrate what is known already (own = 0 is Platt 1999), and many replace it. The shipped matcher's
share was 0.2 to 0.3 after 80 decisions on the demo's offers, and 0.03 to 0.06 after 230: it knows little of that shop.
The result is one sum of trees, and its contributions add up as any matcher's do.

Groups are families of products. What is held out is of families that neither side was taught, whatever the rest.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from recommender.evaluation.bootstrap import Estimate, Table, estimate
from recommender.matching.evaluation import Bands
from recommender.matching.features import FEATURES
from recommender.matching.measures import (
    Counts,
    Labels,
    Probabilities,
    average_precision,
    calibration_error,
    count_at,
    log_losses,
)
from recommender.matching.scoring import Matcher, save_matcher, to_probability
from recommender.matching.training import (
    FOLDS,
    Examples,
    Recipe,
    TooFewPairs,
    boost,
    check_enough,
    choose_thresholds,
    merge,
    out_of_fold,
)
from recommender.matching.trees import Trees, join_trees

# Of the pull towards the matcher as it is, in pairs' worth of log loss.
RIDGE = 1.0

Margins = NDArray[np.float64]


@dataclass(frozen=True)
class Weights:
    base: float
    own: float
    offset: float

    def join(self, base: Margins, own: Margins) -> Probabilities:
        return to_probability(self.base * base + self.own * own + self.offset)


@dataclass(frozen=True, eq=False)
class Answers:
    """What one matcher says of pairs. `called` are matches if one must say yes or no."""

    given: Probabilities
    called: Labels
    accepted: Labels
    rejected: Labels


@dataclass(frozen=True)
class Worth:
    counts: Counts
    average_precision: float
    calibration_error: float
    log_loss: float
    bands: Bands


@dataclass(frozen=True, eq=False)
class Trial:
    """Pairs held out, as answered by matchers taught on the others and by the one in use."""

    labels: Labels
    groups: NDArray[np.int64]
    taught: Answers
    present: Answers


@dataclass(frozen=True)
class Gate:
    """Whether the taught one may take over, and why. `gain` is the log loss a pair that it saves."""

    is_open: bool
    why: str
    gain: Estimate


def teach(base: Matcher, examples: Examples, *, recipe: Recipe) -> Matcher:
    """The matcher that knows the examples too. Their rows are measured with the base's frequencies.

    Raises TooFewPairs.
    """
    return _teach(base, base.log_odds(examples.rows), examples, recipe)


def _teach(base: Matcher, margins: Margins, examples: Examples, recipe: Recipe) -> Matcher:
    check_enough(examples)
    labels = examples.labels
    with threadpool_limits(1):
        own = out_of_fold(examples.rows, examples, recipe)
        weights = fit_weights(margins, own, labels)
        trees = merge(boost(examples.rows, labels, recipe))
    given = weights.join(margins, own)
    known = [(_widen(base), weights.base * base.slope)] if weights.base else []
    matcher = Matcher(
        trees=join_trees([*known, (trees, weights.own)]),
        columns=FEATURES,
        slope=1.0,
        offset=weights.base * base.offset + weights.offset,
        frequencies=base.frequencies,
        limits=choose_thresholds(labels, given, recipe),
        metrics={"pairs": len(labels), "matches": int(labels.sum()), "weights": asdict(weights)},
    )
    return replace(matcher, version=hashlib.sha256(save_matcher(matcher)).hexdigest()[:12])


def fit_weights(base: Margins, own: Margins, labels: Labels) -> Weights:
    """Those that make the labels likeliest, less what the pull towards (1, 0) costs; neither is below 0."""

    def cost(weights: Margins) -> tuple[float, Margins]:
        odds = weights[0] * base + weights[1] * own + weights[2]
        off = to_probability(odds) - labels
        pull = np.array([weights[0] - 1, weights[1], 0.0])
        loss = np.logaddexp(0, odds).sum() - odds[labels].sum() + RIDGE / 2 * (pull**2).sum()
        return float(loss), np.array([off @ base, off @ own, off.sum()]) + RIDGE * pull

    found = minimize(cost, np.array([1.0, 0.0, 0.0]), jac=True, bounds=[(0, None), (0, None), (None, None)])
    return Weights(*map(float, found.x))


def try_out(base: Matcher, present: Matcher, examples: Examples, held: Labels, *, recipe: Recipe) -> Trial:
    """Teach without each fifth of the held-out groups in turn, and ask about it. Examples that are not held out are
    known to all. Raises TooFewPairs."""
    rows, labels, groups = examples.rows[held], examples.labels[held], examples.groups[held]
    if (families := len(np.unique(groups))) < FOLDS:
        raise TooFewPairs(f"The held-out pairs are of {families} families; a trial takes at least {FOLDS}.")
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=recipe.seed)
    others, margins = np.flatnonzero(~held), base.log_odds(examples.rows)
    taught = _silent(len(labels))
    for known, asked in folds.split(rows, labels, groups):
        places = np.concatenate([others, np.flatnonzero(held)[known]])
        matcher = _teach(base, margins[places], _take(examples, places), replace(recipe, ensembles=1))
        _put(taught, asked, answer(matcher, rows[asked]))
    return Trial(labels, groups, taught, answer(present, rows))


def answer(matcher: Matcher, rows: NDArray[np.float32]) -> Answers:
    given, limits = matcher.probabilities(rows), matcher.limits
    return Answers(given, given >= limits.even, given >= limits.accept, given < limits.reject)


def weigh_trial(trial: Trial, *, recipe: Recipe) -> Gate:
    """Open where the taught one loses less, so surely that of 40 draws of the groups 39 agree (BCa, see `bootstrap`),
    ranks no worse, and does not stop accepting where the present one may be trusted to."""
    saved = log_losses(trial.labels, trial.present.given) - log_losses(trial.labels, trial.taught.given)
    names, places = np.unique(trial.groups, return_inverse=True)
    table = np.stack([np.bincount(places, saved), np.bincount(places).astype(np.float64)], axis=1)
    gain = estimate(table, _per_pair, seed=recipe.seed)
    before, after = (average_precision(trial.labels, each.given) for each in (trial.present, trial.taught))
    told = (
        f"log loss lower by {gain.value:.4f} ({gain.low:.4f} to {gain.high:.4f}), average precision {before:.3f} to "
        f"{after:.3f}, on {len(trial.labels)} held-out pairs of {len(names)} families"
    )
    if not gain.is_above_zero:
        return Gate(False, f"not surely better: {told}", gain)
    if after < before:
        return Gate(False, f"ranks worse: {told}", gain)
    trusted = trial.labels[trial.present.accepted]
    if len(trusted) and trusted.mean() >= recipe.precision and not trial.taught.accepted.any():
        return Gate(False, f"too few decisions to prove what it may accept by itself: {told}", gain)
    return Gate(True, f"better: {told}", gain)


def measure_answers(labels: Labels, answers: Answers) -> Worth:
    matches = max(int(labels.sum()), 1)
    accepted, rejected = answers.accepted, answers.rejected
    return Worth(
        counts=count_at(labels, answers.called.astype(np.float64), 0.5),
        average_precision=average_precision(labels, answers.given),
        calibration_error=calibration_error(labels, answers.given),
        log_loss=float(log_losses(labels, answers.given).mean()),
        bands=Bands(
            accepted_precision=float(labels[accepted].mean()) if accepted.any() else 0.0,
            accepted_matches=float((labels & accepted).sum() / matches),
            lost_matches=float((labels & rejected).sum() / matches),
            reviewed=float((~accepted & ~rejected).mean()),
        ),
    )


def describe_trial(trial: Trial) -> dict[str, Any]:
    return {
        "held_out": {
            "pairs": len(trial.labels),
            "matches": int(trial.labels.sum()),
            "families": len(np.unique(trial.groups)),
        },
        "taught": asdict(measure_answers(trial.labels, trial.taught)),
        "present": asdict(measure_answers(trial.labels, trial.present)),
    }


def _per_pair(means: Table) -> Table:
    return means[:, 0] / means[:, 1]


def _widen(matcher: Matcher) -> Trees:
    """Its trees, asking for their features by the place in FEATURES."""
    places = np.array([FEATURES.index(name) for name in matcher.columns], np.int32)
    return replace(matcher.trees, feature=places[matcher.trees.feature])


def _take(examples: Examples, places: NDArray[np.intp]) -> Examples:
    return Examples(examples.rows[places], examples.labels[places], examples.groups[places])


def _silent(count: int) -> Answers:
    return Answers(np.zeros(count), *(np.zeros(count, bool) for _ in range(3)))


def _put(answers: Answers, places: NDArray[np.intp], part: Answers) -> None:
    for name in ("given", "called", "accepted", "rejected"):
        getattr(answers, name)[places] = getattr(part, name)
