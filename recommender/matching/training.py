"""Fits a matcher on labelled pairs. The only module of matching that needs scikit-learn. Pure: no ORM.

Histogram gradient boosting (Ke et al. 2017) over the features. Chosen by cross-validation on the train files of
Amazon-Google and Walmart-Amazon, average precision: gradient boosting 0.785 and 0.951, extra trees 0.778 and 0.945, the
mean of both 0.793 and 0.951: not worth a second kind of trees; leaves, rate and regularisation move it by less
than 0.006. The figures and thresholds of a matcher come from folds that never share an offer: what it is worth on
offers it has not seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from threadpoolctl import threadpool_limits

from recommender.matching.features import FAMILIES, FEATURES, MISSING, measure_pairs
from recommender.matching.frequencies import count_words
from recommender.matching.items import Item
from recommender.matching.measures import (
    Curve,
    Labels,
    Probabilities,
    average_precision,
    calibration_error,
    count_at,
    curve_of,
)
from recommender.matching.reading import ReadingRecipe, learn_reading
from recommender.matching.scoring import (
    COLUMNS,
    READ_TOGETHER,
    CloseReading,
    Matcher,
    Thresholds,
    save_matcher,
    to_probability,
)
from recommender.matching.trees import Trees

Rows = NDArray[np.float32]

FOLDS = 5
LEAST_MATCHES = 20
# Fewer pairs show no error rate of one in a hundred.
LEAST_ACCEPTED = 50
# Pairs less probable are not read closely. On Amazon-Google's train file, out of fold, 36 % of the pairs are as
# probable, with 99.6 % of the matches among them.
READ_FROM = 0.01


class TooFewPairs(ValueError):  # noqa: N818 - reads as what it says
    """There is too little to learn from; says what is missing."""


@dataclass(frozen=True)
class Recipe:
    """How a matcher is trained. `precision` is what accepted pairs must reach, `recall` the share of matches that may
    not be rejected unseen, both on offers never trained on."""

    seed: int = 7
    ensembles: int = 3
    rounds: int = 200
    rate: float = 0.06
    leaves: int = 15
    least_in_leaf: int = 15
    column_share: float = 0.4
    precision: float = 0.99
    recall: float = 0.98


@dataclass(frozen=True, eq=False)
class Examples:
    """Measured pairs. `groups` is int[n]: pairs of one group never stand on both sides of a fold."""

    rows: Rows
    labels: Labels
    groups: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.labels)


def train_matcher(
    pairs: Sequence[tuple[Item, Item]],
    labels: Sequence[bool],
    *,
    recipe: Recipe | None = None,
    columns: Sequence[str] = FEATURES,
    floor: int = 2,
    reading: ReadingRecipe | None = None,
) -> Matcher:
    """A matcher of labelled pairs; the same pairs and recipe give the same matcher.

    Args:
        columns: the features it may look at.
        floor: in how many items a word must occur for its own frequency to be kept with the model.
        reading: how a model that reads both items together is learnt; what it says is one feature more.

    Raises:
        TooFewPairs: fewer than LEAST_MATCHES matches, or as few of the others.
        EncoderUnavailable: with `reading`, the text model can't be had.
    """
    recipe = recipe or Recipe()
    frequencies = count_words((item for pair in pairs for item in pair), floor=floor)
    examples = Examples(measure_pairs(pairs, frequencies), np.asarray(labels, bool), group_pairs(pairs))
    if reading:
        matcher = _fit_reading(pairs, examples, reading, recipe=recipe, columns=columns)
    else:
        matcher = fit(examples, recipe=recipe, columns=columns)
    matcher = replace(matcher, frequencies=frequencies)
    return replace(matcher, version=hashlib.sha256(save_matcher(matcher)).hexdigest()[:12])


def fit(examples: Examples, *, recipe: Recipe, columns: Sequence[str] = FEATURES) -> Matcher:
    """The matcher of measured pairs, without frequencies. Raises TooFewPairs."""
    return _fit(examples, recipe, columns)[0]


def _fit(examples: Examples, recipe: Recipe, columns: Sequence[str]) -> tuple[Matcher, Probabilities]:
    """The matcher, and what it gives the pairs as long as it has not seen them."""
    check_enough(examples)
    rows = examples.rows[:, [COLUMNS.index(name) for name in columns]]
    with threadpool_limits(1):
        margins = out_of_fold(rows, examples, recipe)
        slope, offset = fit_curve(margins, examples.labels)
        given = to_probability(slope * margins + offset)
        trees = merge(boost(rows, examples.labels, recipe))
    limits = choose_thresholds(examples.labels, given, recipe)
    matcher = Matcher(
        trees=trees,
        columns=tuple(columns),
        slope=slope,
        offset=offset,
        frequencies=count_words(()),
        limits=limits,
        metrics={**_measure(examples, given, limits), "recipe": asdict(recipe)},
    )
    return matcher, given


def _fit_reading(
    pairs: Sequence[tuple[Item, Item]],
    examples: Examples,
    reading: ReadingRecipe,
    *,
    recipe: Recipe,
    columns: Sequence[str],
) -> Matcher:
    """Trees alone say which pairs are worth reading; a reader learns from those, and other trees from all pairs."""
    gate, given = _fit(examples, recipe, columns)
    read_from = choose_gate(examples.labels, given)
    asked = np.flatnonzero(given >= read_from)
    chosen = Examples(examples.rows[asked], examples.labels[asked], examples.groups[asked])
    check_enough(chosen)
    learnt = learn_reading([pairs[at] for at in asked.tolist()], chosen.labels, chosen.groups, recipe=reading)
    said = np.full(len(examples), MISSING, np.float32)
    said[asked] = learnt.unseen
    joined = replace(examples, rows=np.column_stack((examples.rows, said)))
    matcher = fit(joined, recipe=recipe, columns=(*columns, READ_TOGETHER))
    told = {
        "pairs": len(chosen),
        "matches": int(chosen.labels.sum()),
        "average_precision": average_precision(chosen.labels, learnt.unseen.astype(np.float64)),
        "folds": reading.folds,
        "first": len(reading.first.pairs) if reading.first else 0,
        "recipe": asdict(reading.training),
    }
    metrics = {**matcher.metrics, "reading": told, "without_reading": gate.metrics}
    return replace(matcher, reading=CloseReading(learnt.reader, gate, read_from), metrics=metrics)


def choose_gate(labels: Labels, given: Probabilities) -> float:
    """READ_FROM, or less: where the trees know nearly everything, as many others as matches are read all the same."""
    others = np.sort(given[~labels])[::-1]
    return float(min(READ_FROM, others[min(int(labels.sum()), len(others)) - 1]))


def group_pairs(pairs: Sequence[tuple[Item, Item]]) -> NDArray[np.int64]:
    """Pairs whose first item says the same are of one group."""
    known: dict[tuple[Any, ...], int] = {}
    keys = [(one.title, one.description, one.brand, one.mpn, one.price) for one, _ in pairs]
    return np.array([known.setdefault(key, len(known)) for key in keys], np.int64)


def columns_of(families: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for family in FAMILIES if family.name in families for name in family.features)


def fit_curve(margins: NDArray[np.float64], labels: Labels) -> tuple[float, float]:
    """Slope and offset of the logistic curve that makes the labels most likely (Platt 1999); the slope is above 0."""
    curve = LogisticRegression(C=1e3, max_iter=1000).fit(margins[:, None], labels)
    return max(float(curve.coef_[0, 0]), 1e-3), float(curve.intercept_[0])


def choose_thresholds(labels: Labels, given: Probabilities, recipe: Recipe) -> Thresholds:
    """What calibrated probabilities of unseen pairs ask for.

    `even` is half the best F1, which is where it is reached when probabilities are true (Lipton, Elkan and
    Naryanaswamy 2014, arXiv:1402.1892): steadier than the place of the highest point of a jagged curve. `accept` is the
    least from which on everything reaches the recipe's precision, if LEAST_ACCEPTED pairs lie there, else 1: nothing
    is accepted unseen. `reject` is the highest below which no more matches lie than the recipe's recall lets go.
    """
    curve = curve_of(labels, given)
    even = float(curve.f1.max()) / 2
    precise = np.flatnonzero((curve.precision >= recipe.precision) & (curve.called >= LEAST_ACCEPTED))
    accept = _between(curve, int(precise[-1])) if len(precise) else 1.0
    reject = _between(curve, int(np.argmax(curve.recall >= recipe.recall)))
    return Thresholds(accept=max(accept, even), reject=min(reject, even), even=even)


def _between(curve: Curve, place: int) -> float:
    """Half way to the next lower probability, so that nothing hangs on the last digit of one example."""
    following = curve.thresholds[min(place + 1, len(curve.thresholds) - 1)]
    return float((curve.thresholds[place] + following) / 2)


def grow_trees(rows: Rows, labels: Labels, recipe: Recipe) -> Trees:
    """The mean of the recipe's ensembles, uncalibrated."""
    with threadpool_limits(1):
        return merge(boost(rows, labels, recipe))


def check_enough(examples: Examples) -> None:
    matches = int(examples.labels.sum())
    others = len(examples) - matches
    if min(matches, others) < LEAST_MATCHES:
        raise TooFewPairs(
            f"There are {matches} matches and {others} others; learning takes at least {LEAST_MATCHES} of each."
        )
    if len(np.unique(examples.groups)) < FOLDS:
        raise TooFewPairs(f"The pairs are of fewer than {FOLDS} offers.")


def out_of_fold(rows: Rows, examples: Examples, recipe: Recipe) -> NDArray[np.float64]:
    """Margins by ensembles that saw no pair of the same offer. One ensemble a fold: their mean is a little better."""
    margins = np.zeros(len(examples))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=recipe.seed)
    single = replace(recipe, ensembles=1)
    for known, judged in folds.split(rows, examples.labels, examples.groups):
        (ensemble,) = boost(rows[known], examples.labels[known], single)
        margins[judged] = ensemble.decision_function(rows[judged])
    return margins


def boost(rows: Rows, labels: Labels, recipe: Recipe) -> list[HistGradientBoostingClassifier]:
    return [
        HistGradientBoostingClassifier(
            max_iter=recipe.rounds,
            learning_rate=recipe.rate,
            max_leaf_nodes=recipe.leaves,
            min_samples_leaf=recipe.least_in_leaf,
            l2_regularization=1.0,
            max_features=recipe.column_share,
            early_stopping=False,
            random_state=recipe.seed + number,
        ).fit(rows, labels)
        for number in range(recipe.ensembles)
    ]


def merge(ensembles: Sequence[HistGradientBoostingClassifier]) -> Trees:
    """The mean of the ensembles as one: every value is divided by their number, and what an ensemble starts from is
    added to its first tree."""
    parts, start = [], 0
    for ensemble in ensembles:
        baseline = float(ensemble._baseline_prediction.ravel()[0])
        for number, (predictor,) in enumerate(ensemble._predictors):
            part = _read_tree(predictor.nodes, start, len(ensembles), baseline if number == 0 else 0.0)
            parts.append(part)
            start += len(part.feature)
    names = ("roots", "feature", "threshold", "left", "right", "value")
    return Trees(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _read_tree(nodes: NDArray[np.void], start: int, share: int, baseline: float) -> Trees:
    places = np.arange(len(nodes))
    leaf = nodes["is_leaf"].astype(bool)
    left = np.where(leaf, places, nodes["left"].astype(np.int64))
    right = np.where(leaf, places, nodes["right"].astype(np.int64))
    value, weight = nodes["value"].astype(np.float64), nodes["count"].astype(np.float64)
    for place in places[::-1]:  # children come after their parent
        if not leaf[place]:
            below = [left[place], right[place]]
            value[place] = np.average(value[below], weights=weight[below])
    return Trees(
        roots=np.array([start], np.int32),
        feature=np.where(leaf, 0, nodes["feature_idx"]).astype(np.int32),
        threshold=np.where(leaf, 0.0, nodes["num_threshold"]).astype(np.float64),
        left=(left + start).astype(np.int32),
        right=(right + start).astype(np.int32),
        value=(value + baseline) / share,
    )


def _measure(examples: Examples, given: Probabilities, limits: Thresholds) -> dict[str, Any]:
    accepted, rejected = given >= limits.accept, given < limits.reject
    return {
        "pairs": len(examples),
        "matches": int(examples.labels.sum()),
        "average_precision": average_precision(examples.labels, given),
        "calibration_error": calibration_error(examples.labels, given),
        "at_even": asdict(count_at(examples.labels, given, limits.even)),
        "at_accept": asdict(count_at(examples.labels, given, limits.accept)),
        "reviewed": float((~accepted & ~rejected).mean()),
    }
