"""An evaluation in words and numbers: for a terminal and as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from recommender.evaluation.bootstrap import LEVEL, Estimate
from recommender.evaluation.scoring import Figures
from recommender.evaluation.trials import PIPELINE, Evaluation, Point, Tuning

HEADLINE = "any"
SCENARIOS = {
    "home": "home pages, and all that shoppers did with products in the time asked about",
    "product": "pages of the first product of a visit, and what shoppers did with others in the rest of it",
    "basket": "pages beside the first product put in the basket, and what else was put there or bought in the visit",
}
AUDIENCES = {
    "any": "shoppers with a history, all they did afterwards",
    "new": "the same, products they had never met",
    "cold": "shoppers without a history",
}
# Two tables an audience, for a terminal is only so wide.
TABLES = (
    {"ndcg": "nDCG@{k}", "ndcg_binary": "binary nDCG@{k}", "recall": "recall@{k}", "mrr": "MRR@{k}"},
    {
        "coverage": "coverage",
        "distance": "distance",
        "novelty": "novelty, bits",
        "gini_brand": "Gini, brands",
        "gini_price": "Gini, prices",
    },
)


def spell(evaluation: Evaluation) -> Iterator[str]:
    options, split = evaluation.options, evaluation.split
    yield f"Known: before {split.at:%Y-%m-%d %H:%M:%S %Z}. Asked about: from then to {split.end:%Y-%m-%d %H:%M:%S %Z}."
    yield f"Scenario {options.scenario}: {SCENARIOS[options.scenario]}."
    yield ", ".join(f"{name} {count:,}" for name, count in evaluation.counts.items()) + f"; seed {options.seed}"
    yield f"Every figure with its {LEVEL:.0%} interval over shoppers. Headline: nDCG@{options.k} of `{HEADLINE}`."
    for audience, figures in evaluation.figures.items():
        yield f"\n{audience}: {AUDIENCES[audience]} ({next(iter(figures.values())).headline.n:,})"
        for columns in TABLES:
            yield from _table(figures, columns, k=options.k)
        for over, lift in evaluation.lifts[audience].items():
            yield f"  {PIPELINE} over {over}, nDCG@{options.k}: {_percent(lift)}"


def _table(figures: Mapping[str, Figures], columns: Mapping[str, str], *, k: int) -> Iterator[str]:
    first = max(len(name) for name in figures)
    yield "  " + " " * first + "".join(f"  {title.format(k=k):>20}" for title in columns.values())
    for name, found in figures.items():
        yield f"  {name:<{first}}" + "".join(f"  {_number(found.estimates[metric]):>20}" for metric in columns)


def spell_curve(points: Sequence[Point], *, k: int) -> Iterator[str]:
    yield f"\ndiversity   nDCG@{k}              distance             change of nDCG             change of distance"
    for point in points:
        ndcg, distance = _number(point.ndcg), _number(point.distance)
        changes = f"{_percent(point.ndcg_change):<25}  {_percent(point.distance_change)}"
        yield f"  {point.diversity:<8}  {ndcg:<20}  {distance:<20}  {changes}"


def spell_tuning(tuning: Tuning) -> Iterator[str]:
    split, change = tuning.split, f"{tuning.start:.4f} -> {tuning.score:.4f}, {_percent(tuning.gain)}"
    yield f"Tuned on {split.at:%Y-%m-%d %H:%M} to {split.end:%Y-%m-%d %H:%M}: {tuning.shoppers:,} shoppers"
    weights = ", ".join(f"{name} {weight:g}" for name, weight in tuning.setting.weights.items())
    yield f"  {weights}; diversity {tuning.setting.diversity:g} ({tuning.tried} weighings tried)"
    yield f"  nDCG {change}\n"


def _number(one: Estimate) -> str:
    if math.isnan(one.value):
        return "-"
    digits = 3 if abs(one.value) < 10 else 2
    return f"{one.value:.{digits}f}{_interval(one, f'.{digits}f')}"


def _percent(one: Estimate) -> str:
    return f"{one.value:+.1%}{_interval(one, '+.1%')}"


def _interval(one: Estimate, form: str) -> str:
    """Empty where there are too few shoppers to tell."""
    return "" if math.isnan(one.low) else f" [{one.low:{form}} {one.high:{form}}]"


def to_json(
    evaluation: Evaluation, *, curve: Sequence[Point] = (), tuning: Tuning | None = None, **facts: Any
) -> dict[str, Any]:
    options, split = evaluation.options, evaluation.split
    return {
        **facts,
        "scenario": options.scenario,
        "split": split.at.isoformat(),
        "end": split.end.isoformat(),
        "seed": options.seed,
        "k": options.k,
        "level": LEVEL,
        "counts": dict(evaluation.counts),
        "audiences": {
            audience: {
                "what": AUDIENCES[audience],
                "recommenders": {
                    name: {metric: _values(one) for metric, one in found.estimates.items()}
                    for name, found in figures.items()
                },
                "lift_of_pipeline_over": {over: _values(one) for over, one in evaluation.lifts[audience].items()},
            }
            for audience, figures in evaluation.figures.items()
        },
        "diversity_curve": [
            {
                "diversity": point.diversity,
                "ndcg": _values(point.ndcg),
                "distance": _values(point.distance),
                "ndcg_change": _values(point.ndcg_change),
                "distance_change": _values(point.distance_change),
            }
            for point in curve
        ],
        "tuning": _tuning_json(tuning) if tuning else None,
    }


def _tuning_json(tuning: Tuning) -> dict[str, Any]:
    return {
        "split": tuning.split.at.isoformat(),
        "end": tuning.split.end.isoformat(),
        "shoppers": tuning.shoppers,
        "weights": dict(tuning.setting.weights),
        "diversity": tuning.setting.diversity,
        "ndcg": tuning.score,
        "ndcg_before": tuning.start,
        "gain": _values(tuning.gain),
        "tried": tuning.tried,
    }


def _values(one: Estimate) -> dict[str, float | int | None]:
    """JSON has neither NaN nor infinity."""
    values = {"value": one.value, "low": one.low, "high": one.high}
    return {name: round(value, 6) if math.isfinite(value) else None for name, value in values.items()} | {"n": one.n}
