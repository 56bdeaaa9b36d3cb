"""An evaluation as a picture: nDCG of every recommender with its interval, and what diversity costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from recommender.evaluation.reports import AUDIENCES
from recommender.evaluation.scoring import Figures
from recommender.evaluation.trials import PIPELINE, Evaluation, Point


def draw(evaluation: Evaluation, path: Path, *, curve: Sequence[Point] = ()) -> None:
    """Write a PNG. Raises OSError."""
    panels = [*evaluation.figures, *(["diversity"] if curve else [])]
    figure = Figure(figsize=(5.5 * len(panels), 4.2), layout="constrained")
    axes = figure.subplots(1, len(panels), squeeze=False)[0]
    for place, (audience, figures) in zip(axes, evaluation.figures.items(), strict=False):
        _draw_bars(place, figures)
        place.set_title(f"{audience}: {AUDIENCES[audience]}", fontsize=9)
        place.set_xlabel(f"nDCG@{evaluation.options.k}, {evaluation.options.scenario} pages")
    if curve:
        _draw_curve(axes[-1], curve, scenario=evaluation.options.scenario)
    figure.savefig(path, format="png", dpi=120)


def _draw_bars(axes: Axes, figures: Mapping[str, Figures]) -> None:
    names = list(figures)[::-1]
    found = [figures[name].headline for name in names]
    # BCa ends need not lie around the value where shoppers are few.
    errors = [[max(0.0, one.value - one.low) for one in found], [max(0.0, one.high - one.value) for one in found]]
    colours = ["#2f6f4f" if name == PIPELINE else "#b8c4bc" for name in names]
    axes.barh(names, [one.value for one in found], xerr=errors, color=colours, ecolor="#444444", capsize=3)
    axes.spines[["top", "right"]].set_visible(False)


def _draw_curve(axes: Axes, curve: Sequence[Point], *, scenario: str) -> None:
    axes.plot([one.distance.value for one in curve], [one.ndcg.value for one in curve], marker="o", color="#2f6f4f")
    for one in curve:
        axes.annotate(f"{one.diversity:g}", (one.distance.value, one.ndcg.value), fontsize=8)
    axes.set_title(f"what diversity (beside each point) costs {scenario} pages", fontsize=9)
    axes.set_xlabel("intra-list distance")
    axes.set_ylabel("nDCG")
    axes.spines[["top", "right"]].set_visible(False)
