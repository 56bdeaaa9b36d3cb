"""Ask every recommender about every shopper, and say how good the pages were.

Three audiences, each with its own figures:

- `any`: shoppers with a history, scored on all they did afterwards, what they came back to included. The headline.
- `new`: the same, scored on products they had never met, which are all that pages may then hold.
- `cold`: shoppers without a history, who would only blur the others' figures.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from embeddings.layout import Vector
from recommender.evaluation import bootstrap, metrics
from recommender.evaluation.baselines import Recommender
from recommender.evaluation.bootstrap import Estimate
from recommender.evaluation.cases import Case
from recommender.evaluation.history import Groups

HEADLINE = "ndcg"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Facts:
    """What metrics know of the catalogue. `bits` is the self-information of each product that may be shown.

    `vectors_of` gives the vectors of those products that have one.
    """

    bits: Mapping[int, float]
    brands: Groups
    prices: Groups
    vectors_of: Callable[[Collection[int]], Mapping[int, Vector]]


@dataclass(frozen=True)
class Pages:
    """One recommender's pages for one audience, a row of everything a shopper."""

    columns: Mapping[str, Floats]  # metric -> float[shoppers], NaN where it cannot be told
    brands: Floats  # [shoppers, brands], times shown
    prices: Floats
    shown: Sequence[Sequence[int]]


@dataclass(frozen=True)
class Figures:
    """Metric -> estimate, of one recommender and audience."""

    pages: Pages
    estimates: Mapping[str, Estimate]

    @property
    def headline(self) -> Estimate:
        return self.estimates[HEADLINE]


def audiences_of(cases: Sequence[Case]) -> dict[str, list[Case]]:
    known = [case for case in cases if case.touched]
    return {
        "any": known,
        "new": [case for case in known if case.new_gains],
        "cold": [case for case in cases if not case.touched],
    }


def score_audience(
    audience: str,
    cases: Sequence[Case],
    recommenders: Mapping[str, Recommender],
    facts: Facts,
    *,
    k: int,
    seed: int,
) -> dict[str, Figures]:
    pages = {name: [_page(audience, case, recommend, k) for case in cases] for name, recommend in recommenders.items()}
    gains = [case.new_gains if audience == "new" else case.gains for case in cases]
    distances = _distances(pages, facts)
    return {
        name: _figures(_table(shown, gains, distances[name], facts, k=k), facts, seed=seed)
        for name, shown in pages.items()
    }


def headlines(cases: Sequence[Case], recommend: Recommender, *, k: int) -> Floats:
    """nDCG@k of each shopper of the audience `any` and no more, for who tries many settings."""
    return np.array([metrics.ndcg(recommend(case.occasion, k), case.gains, k=k) for case in cases])


def lift(of: Figures, over: Figures, *, seed: int) -> Estimate:
    """How much more nDCG, as a share: paired, for both were asked about the same shoppers."""
    both = np.stack([of.pages.columns[HEADLINE], over.pages.columns[HEADLINE]], axis=1)
    return bootstrap.estimate(both, bootstrap.relative_lift, seed=seed)


def _page(audience: str, case: Case, recommend: Recommender, k: int) -> list[int]:
    if audience != "new":
        return recommend(case.occasion, k)
    return [product for product in recommend(case.occasion, k + len(case.touched)) if product not in case.touched][:k]


def _distances(pages: Mapping[str, Sequence[Sequence[int]]], facts: Facts) -> dict[str, Floats]:
    """Intra-list distances; one shopper's pages at a time, so that no more vectors are held than these show."""
    found: dict[str, list[float]] = {name: [] for name in pages}
    for shown in zip(*pages.values(), strict=True):
        vectors = facts.vectors_of({product for page in shown for product in page})
        for name, page in zip(pages, shown, strict=True):
            rows = [vectors[product] for product in page if product in vectors]
            found[name].append(metrics.intra_list_distance(np.stack(rows)) if rows else math.nan)
    return {name: np.array(values) for name, values in found.items()}


def _table(
    shown: Sequence[Sequence[int]], gains: Sequence[Mapping[int, float]], distances: Floats, facts: Facts, *, k: int
) -> Pages:
    pairs = list(zip(shown, gains, strict=True))
    columns = {
        "ndcg": [metrics.ndcg(page, gain, k=k) for page, gain in pairs],
        "ndcg_binary": [metrics.ndcg(page, dict.fromkeys(gain, 1.0), k=k) for page, gain in pairs],
        "recall": [metrics.recall(page, gain, k=k) for page, gain in pairs],
        "mrr": [metrics.reciprocal_rank(page, gain, k=k) for page, gain in pairs],
        "novelty": [float(np.mean([facts.bits[product] for product in page])) if page else math.nan for page in shown],
    }
    return Pages(
        {name: np.array(values, np.float64) for name, values in columns.items()} | {"distance": distances},
        brands=_exposure(shown, facts.brands),
        prices=_exposure(shown, facts.prices),
        shown=shown,
    )


def _exposure(shown: Sequence[Sequence[int]], groups: Groups) -> Floats:
    table = np.zeros((len(shown), len(groups.sizes)))
    for row, page in zip(table, shown, strict=True):
        np.add.at(row, [groups.group_of[product] for product in page], 1)
    return table


def _figures(pages: Pages, facts: Facts, *, seed: int) -> Figures:
    known = {name: column[~np.isnan(column)] for name, column in pages.columns.items()}
    estimates = {name: bootstrap.estimate(column, seed=seed) for name, column in known.items()}
    estimates["coverage"] = _coverage(pages.shown, len(facts.bits))
    for name, exposure, groups in (
        ("gini_brand", pages.brands, facts.brands),
        ("gini_price", pages.prices, facts.prices),
    ):
        gini = partial(metrics.exposure_gini, shares=groups.sizes)
        estimates[name] = bootstrap.estimate(exposure, gini, seed=seed)
    return Figures(pages, estimates)


def _coverage(shown: Sequence[Sequence[int]], catalogue: int) -> Estimate:
    times = Counter(product for page in shown for product in page)
    alone = np.array([sum(times[product] == 1 for product in page) for page in shown], np.float64)
    value = metrics.coverage(times, catalogue=catalogue)
    told = bootstrap.jackknife(value, value - alone / catalogue)
    return replace(told, high=min(1.0, told.high))
