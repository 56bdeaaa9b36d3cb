"""A store taken back to an earlier moment, asked what it would have recommended, and compared with what happened."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np

from catalog.models import Store
from embeddings.layout import BEHAVIOUR, LayoutError, Vector
from embeddings.selectors import SpaceView, active_space, vectors_of
from recommender.evaluation import baselines, bootstrap, metrics, tuning
from recommender.evaluation.asking import HOME, OWN, Setting, ask_pipeline, spare_unwanted, weights_of
from recommender.evaluation.baselines import Past, Recommender
from recommender.evaluation.bootstrap import Estimate
from recommender.evaluation.cases import Case, read_cases
from recommender.evaluation.history import forget_from, group_by_brand, group_by_price, read_past, undone
from recommender.evaluation.scoring import Facts, Figures, audiences_of, headlines, lift, score_audience
from recommender.evaluation.split import Split
from recommender.services.behaviour import refresh_behaviour
from recommender.services.rhythms import refresh_rhythms

PIPELINE, POPULARITY = "pipeline", "popularity"
SINGLE_MODALITIES = {"visual": "visual only", "textual": "textual only", "behaviour": "behaviour only"}
DIVERSITIES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
# Of nDCG, for a page that shows more: what tuning may give up.
GIVE_UP = 0.01


@dataclass(frozen=True)
class Options:
    """On which pages, `k` products each, `at_most` shoppers, the seed of everything that is drawn."""

    scenario: str = HOME
    k: int = 10
    at_most: int = 1_000
    seed: int = 1


@dataclass(frozen=True)
class Evaluation:
    """Audience -> recommender -> figures, and the pipeline's lifts: audience -> over what -> estimate.

    An audience without shoppers is left out.
    """

    split: Split
    options: Options
    counts: Mapping[str, int]
    figures: Mapping[str, Mapping[str, Figures]]
    lifts: Mapping[str, Mapping[str, Estimate]]


@dataclass(frozen=True)
class Point:
    """What a diversity makes of the pages of `any`; shares are of no diversity at all, paired by shopper."""

    diversity: float
    ndcg: Estimate
    distance: Estimate
    ndcg_change: Estimate
    distance_change: Estimate


@dataclass(frozen=True)
class Tuning:
    """The best setting and the one there was, both on the stretch before what is scored."""

    split: Split
    shoppers: int
    setting: Setting
    score: float
    start: float
    gain: Estimate
    tried: int


class NobodyToAskError(Exception):
    """No shopper did anything good with a published product, of the page or after it, in the stretch to be scored."""


def evaluate_store(store: Store, split: Split, options: Options, *, setting: Setting = OWN) -> Evaluation:
    """Raises NobodyToAskError. The store is the same afterwards."""
    with undone():
        cases = _go_back(store, split, options)
        past = read_past(store, before=split.at)
        recommenders = recommenders_of(store, past, setting, options, now=split.at)
        facts = facts_of(store, past)
        figures = {
            audience: score_audience(audience, asked, recommenders, facts, k=options.k, seed=options.seed)
            for audience, asked in audiences_of(cases).items()
            if asked
        }
    counts = {"products": len(past.ids), "shoppers before": len(past.names), "shoppers asked about": len(cases)}
    counts |= {f"asked, {audience}": len(asked) for audience, asked in audiences_of(cases).items()}
    lifts = {audience: _lifts(found, seed=options.seed) for audience, found in figures.items()}
    return Evaluation(split, options, counts, figures, lifts)


def trace_diversity(store: Store, split: Split, options: Options, *, setting: Setting = OWN) -> list[Point]:
    """The pipeline's pages as diversity grows. Raises NobodyToAskError."""
    with undone():
        cases = audiences_of(_go_back(store, split, options))["any"]
        facts = facts_of(store, read_past(store, before=split.at))
        settings = {str(value): Setting(setting.weights, value) for value in DIVERSITIES}
        asked = partial(ask_pipeline, store, scenario=options.scenario, now=split.at)
        recommenders = {name: asked(one) for name, one in settings.items()}
        figures = score_audience("any", cases, recommenders, facts, k=options.k, seed=options.seed)
    plain = figures[str(DIVERSITIES[0])]
    return [_point(float(name), found, plain, seed=options.seed) for name, found in figures.items()]


def tune_store(store: Store, split: Split, options: Options, *, trials: int) -> Tuning:
    """Settings for the pipeline, chosen on the stretch before the split's own, which they never see.

    Weights by nDCG, then as much diversity as costs no more than GIVE_UP of it. Raises NobodyToAskError.
    """
    with undone():
        forget_from(store, split.at)
        cases = audiences_of(_go_back(store, split.before, options))["any"]
        if not cases:
            raise NobodyToAskError
        asked = partial(ask_pipeline, store, scenario=options.scenario, now=split.before.at)

        def ask(setting: Setting) -> float:
            try:
                return float(headlines(cases, asked(setting), k=options.k).mean())
            except LayoutError:  # drawn without any block: nothing is left that such a page goes by
                return 0.0

        names = weights_of(store, options.scenario)
        start = headlines(cases, asked(OWN), k=options.k)
        tried = tuning.search_weights(
            lambda weights: ask(Setting(weights)),
            names,
            start=dict.fromkeys(names, 1.0),
            trials=trials,
            seed=options.seed,
        )
        best = tuning.best_of(tried)
        by_diversity = {value: ask(Setting(best.weights, value)) for value in DIVERSITIES}
        diversity = tuning.widest_within(by_diversity, give_up=GIVE_UP)
        setting = Setting(best.weights, diversity)
        found = headlines(cases, asked(setting), k=options.k)
    gain = bootstrap.estimate(np.stack([found, start], axis=1), bootstrap.relative_lift, seed=options.seed)
    return Tuning(split.before, len(cases), setting, float(found.mean()), float(start.mean()), gain, len(tried))


def _go_back(store: Store, split: Split, options: Options) -> list[Case]:
    """What happened in the held-out stretch, and then it never happened."""
    cases = read_cases(store, split, scenario=options.scenario, at_most=options.at_most, seed=options.seed)
    if not cases:
        raise NobodyToAskError
    forget_from(store, split.at)
    # What is learned from events must not have seen what is to be foretold.
    refresh_behaviour(store=store, now=split.at)
    refresh_rhythms(store=store)
    return cases


def recommenders_of(
    store: Store, past: Past, setting: Setting, options: Options, *, now: datetime
) -> dict[str, Recommender]:
    scenario = options.scenario
    spare = partial(spare_unwanted, store, scenario=scenario, now=now)
    asked = partial(ask_pipeline, store, scenario=scenario, now=now)
    single = {name: title for name, title in SINGLE_MODALITIES.items() if name in weights_of(store, scenario)}
    return {
        PIPELINE: asked(setting),
        **{title: asked(Setting({name: 1.0})) for name, title in single.items()},
        "co-occurrence": spare(baselines.cooccurrence(past)),
        "most recent": spare(baselines.most_recent(past)),
        POPULARITY: spare(baselines.popularity(past)),
        "random": spare(baselines.random_pages(past, seed=options.seed)),
    }


def facts_of(store: Store, past: Past) -> Facts:
    touched_by = dict(zip(past.ids.tolist(), past.touched_by.tolist(), strict=True))
    return Facts(
        bits={pk: metrics.self_information(count, shoppers=len(past.names)) for pk, count in touched_by.items()},
        brands=group_by_brand(store),
        prices=group_by_price(store),
        vectors_of=partial(_contents, active_space(store)),
    )


def _contents(space: SpaceView | None, product_ids: Collection[int]) -> dict[int, Vector]:
    """Vectors of what is seen and said of products; what shoppers do with them makes no page look more varied."""
    if space is None:
        return {}
    vectors = vectors_of(space, product_ids)
    if BEHAVIOUR in space.layout.names:
        for vector in vectors.values():
            vector[space.layout.slice_of(BEHAVIOUR)] = 0
    return {pk: vector for pk, vector in vectors.items() if vector.any()}


def _lifts(figures: Mapping[str, Figures], *, seed: int) -> dict[str, Estimate]:
    """Of the pipeline over popularity and over the best of the single modalities, by name."""
    single = [title for title in SINGLE_MODALITIES.values() if title in figures]
    over = [POPULARITY, *sorted(single, key=lambda title: -figures[title].headline.value)[:1]]
    return {title: lift(figures[PIPELINE], figures[title], seed=seed) for title in over}


def _point(diversity: float, found: Figures, plain: Figures, *, seed: int) -> Point:
    def change(metric: str) -> Estimate:
        both = np.stack([one.pages.columns[metric] for one in (found, plain)], axis=1)
        return bootstrap.estimate(both[~np.isnan(both).any(axis=1)], bootstrap.relative_lift, seed=seed)

    return Point(diversity, found.estimates["ndcg"], found.estimates["distance"], change("ndcg"), change("distance"))
