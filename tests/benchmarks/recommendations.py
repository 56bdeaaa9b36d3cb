"""What the demo's shoppers would have been recommended a week before the end, scored on that week."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from django.core.management import call_command

from catalog.models import Store
from recommender.evaluation import reports
from recommender.evaluation.asking import OWN, Setting
from recommender.evaluation.history import last_event_at
from recommender.evaluation.scoring import Figures
from recommender.evaluation.split import split_at_end
from recommender.evaluation.trials import POPULARITY, Evaluation, Options, Point, evaluate_store, trace_diversity
from tests.benchmarks.figures import Figure, Report
from tests.benchmarks.shops import DEMO
from tests.benchmarks.storefront import open_shop

SEED = 4_010
LIFT_OVER_POPULARITY, LIFT_OVER_SINGLE = 0.50, 0.10
# MMR: at least this much farther apart for at most this much nDCG.
FARTHER, NDCG_LOST = 0.30, 0.03
# The home page mixes signals that vary a page by themselves; pages by likeness alone are what diversity is made for.
PAGES = {
    "home pages": OWN,
    "pages by likeness": Setting({"visual": 1.0, "textual": 1.0}),
    "pages by description": Setting({"textual": 1.0}),
}

NOTES = [
    "the demo's shoppers are simulated; nothing here was chosen on the week that is scored",
    "any: all that shoppers with a history did in the last week; new: what they had never met; cold: no history",
    "intervals are 95 %, BCa over shoppers; lifts are paired; no baseline shows what the pipeline may not show",
]


def measure_recommendations(scale: int) -> Report:
    """`scale` plays no part: the shop is the demo's own."""
    store = open_told_shop()
    split = split_at_end(last_event_at(store))
    options = Options(seed=SEED)
    evaluation = evaluate_store(store, split, options)
    curves = {name: trace_diversity(store, split, options, setting=setting) for name, setting in PAGES.items()}
    spread = [figure for name, points in curves.items() for figure in _diversity(name, points)]
    figures = [*_lifts(evaluation), *_headlines(evaluation.figures), *spread]
    told = [line for points in curves.values() for line in reports.spell_curve(points, k=options.k)]
    told = [*reports.spell(evaluation), *told]
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


def _diversity(name: str, points: Sequence[Point]) -> list[Figure]:
    """The farthest apart that pages get within what may be lost."""
    kept = [point for point in points if point.ndcg_change.value >= -NDCG_LOST]
    best = max(kept, key=lambda point: point.distance_change.value)
    return [
        Figure(f"{name}: diversity of the most varied within 3 % of nDCG", best.diversity),
        Figure(f"{name}: their intra-list distance, more than without", best.distance_change.value, at_least=FARTHER),
        Figure(f"{name}: their nDCG@10, less than without", -best.ndcg_change.value, at_most=NDCG_LOST),
    ]
