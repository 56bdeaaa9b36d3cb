"""What the demo's shoppers would have been recommended a week before the end, scored on that week."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from django.core.management import call_command

from catalog.models import Store
from embeddings.layout import Vector, unit
from recommender.evaluation import metrics, reports
from recommender.evaluation.asking import HOME, OWN, Setting
from recommender.evaluation.cases import read_cases
from recommender.evaluation.history import last_event_at, read_past
from recommender.evaluation.scoring import Figures, audiences_of
from recommender.evaluation.split import split_at_end
from recommender.evaluation.trials import (
    PIPELINE,
    POPULARITY,
    Evaluation,
    Options,
    Point,
    evaluate_store,
    facts_of,
    trace_diversity,
)
from tests.benchmarks.figures import Figure, Report
from tests.benchmarks.shops import DEMO
from tests.benchmarks.storefront import open_shop

SEED = 4_010
LIFT_OVER_POPULARITY, LIFT_OVER_SINGLE = 0.50, 0.10
# MMR: at least this much farther apart for at most this much nDCG.
FARTHER, NDCG_LOST = 0.30, 0.03
# The home page mixes signals that vary a page by themselves; pages by likeness alone, and beside a product, are what
# diversity is made for.
PAGES = {
    "home pages": ("home", OWN),
    "pages by likeness": ("home", Setting({"visual": 1.0, "textual": 1.0})),
    "pages by description": ("home", Setting({"textual": 1.0})),
    "product pages": ("product", OWN),
    "basket pages": ("basket", OWN),
}
BESIDE = ("product", "basket")

NOTES = [
    "the demo's shoppers are simulated; nothing here was chosen on the week that is scored",
    "any: all that shoppers with a history did in the last week; new: what they had never met; cold: no history",
    "product pages: of a visit's first product, scored on what was done with others in it; basket pages: of the first"
    " product put in the basket, scored on what else was put there or bought in the visit",
    "intervals are 95 %, BCa over shoppers; lifts are paired; no baseline shows what the pipeline may not show",
]


def measure_recommendations(scale: int) -> Report:
    """`scale` plays no part: the shop is the demo's own."""
    store = open_told_shop()
    split = split_at_end(last_event_at(store))
    options = Options(seed=SEED)
    home, *beside = [evaluate_store(store, split, replace(options, scenario=name)) for name in (HOME, *BESIDE)]
    curves = {
        name: trace_diversity(store, split, replace(options, scenario=scenario), setting=setting)
        for name, (scenario, setting) in PAGES.items()
    }
    spread = [figure for name, points in curves.items() for figure in _diversity(name, points)]
    others = [figure for one in beside for figure in _beside(one)]
    bounds = [_bound(store, one) for one in (home, *beside)]
    figures = [*_lifts(home), *_headlines(home.figures), *others, *spread, *bounds]
    told = [line for one in (home, *beside) for line in reports.spell(one)]
    told += [line for name, points in curves.items() for line in (name, *reports.spell_curve(points, k=options.k))]
    return Report(figures, SEED, [*NOTES, *(line.strip("\n") for line in told)])


def open_told_shop() -> Store:
    """The demo's shop and all that its shoppers did."""
    store = open_shop("shoppers", DEMO)
    events = DEMO / "shoppers" / "events.csv"
    call_command("import_events", str(events), "--store", store.slug, stdout=io.StringIO())
    return store


def _lifts(evaluation: Evaluation) -> list[Figure]:
    figures = []
    for audience, lifts in evaluation.lifts.items():
        for over, lift in lifts.items():
            bar = LIFT_OVER_POPULARITY if over == POPULARITY else LIFT_OVER_SINGLE
            name = f"{audience}: nDCG@10 over {over}"
            is_headline = audience == reports.HEADLINE
            figures += [
                Figure(name, lift.value, at_least=bar if is_headline else None),
                Figure(f"{name}, low end", lift.low, at_least=0.0 if is_headline else None),
            ]
    return figures


def _headlines(figures: Mapping[str, Mapping[str, Figures]]) -> list[Figure]:
    return [
        Figure(f"{audience}: nDCG@10, {name}", one.headline.value)
        for audience, found in figures.items()
        for name, one in found.items()
    ]


def _beside(evaluation: Evaluation) -> list[Figure]:
    """Of the headline's audience; no bar was set for pages beside a product or basket."""
    scenario, audience = evaluation.options.scenario, reports.HEADLINE
    lifts = [
        Figure(f"{scenario} pages: nDCG@10 over {over}{end}", value)
        for over, lift in evaluation.lifts[audience].items()
        for end, value in (("", lift.value), (", low end", lift.low))
    ]
    found = evaluation.figures[audience].items()
    return [*lifts, *(Figure(f"{scenario} pages: nDCG@10, {name}", one.headline.value) for name, one in found)]


def _bound(store: Store, evaluation: Evaluation) -> Figure:
    """How much farther apart the pages' products were if what shoppers wanted of a page were known and kept, and the
    rest of it were whatever in the shop is farthest from that, found greedily."""
    options, split, audience = evaluation.options, evaluation.split, reports.HEADLINE
    found = read_cases(store, split, scenario=options.scenario, at_most=options.at_most, seed=options.seed)
    cases = audiences_of(found)[audience]
    past = read_past(store, before=split.at)
    vectors = facts_of(store, past).vectors_of(past.ids.tolist())
    shown = evaluation.figures[audience][PIPELINE].pages.shown
    pages = [[pk for pk in page if pk in vectors] for page in shown]
    spread = [
        _fill_up([pk for pk in page if pk in case.gains], vectors, size=len(page))
        for case, page in zip(cases, pages, strict=True)
    ]
    near, far = (
        np.mean([metrics.intra_list_distance(np.stack([vectors[pk] for pk in page])) for page in each if len(page) > 1])
        for each in (pages, spread)
    )
    return Figure(f"{options.scenario} pages: farther apart with all else of the shop to choose from", far / near - 1)


def _fill_up(kept: Sequence[int], vectors: Mapping[int, Vector], *, size: int) -> list[int]:
    ids, rows = list(vectors), unit(np.stack(list(vectors.values())))
    page = [ids.index(pk) for pk in kept] or [int(np.argmin(rows @ rows.sum(axis=0)))]
    while len(page) < size:
        likeness = rows @ rows[page].sum(axis=0)
        likeness[page] = np.inf
        page.append(int(np.argmin(likeness)))
    return [ids[at] for at in page]


def _diversity(name: str, points: Sequence[Point]) -> list[Figure]:
    """The farthest apart that pages get within what may be lost."""
    kept = [point for point in points if point.ndcg_change.value >= -NDCG_LOST]
    best = max(kept, key=lambda point: point.distance_change.value)
    return [
        Figure(f"{name}: intra-list distance without diversity", points[0].distance.value),
        Figure(f"{name}: diversity of the most varied within 3 % of nDCG", best.diversity),
        Figure(f"{name}: their intra-list distance, more than without", best.distance_change.value, at_least=FARTHER),
        Figure(f"{name}: their nDCG@10, less than without", -best.ndcg_change.value, at_most=NDCG_LOST),
    ]
