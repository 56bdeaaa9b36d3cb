"""Pictures of a matcher's quality. The only module that needs matplotlib."""

from __future__ import annotations

from pathlib import Path

from matplotlib.figure import Figure

from recommender.matching.measures import Labels, Probabilities, calibration_bins, curve_of


def draw_quality(path: Path, *, title: str, labels: Labels, given: Probabilities, threshold: float) -> None:
    """A PNG of two curves: precision over recall, and how often a probability is right over what it says."""
    figure = Figure(figsize=(10, 4.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    curve = curve_of(labels, given)
    left.step(curve.recall, curve.precision, where="post")
    chosen = int((curve.thresholds >= threshold).sum()) - 1
    if chosen >= 0:
        left.plot(curve.recall[chosen], curve.precision[chosen], "o", label=f"at {threshold:.2f}")
        left.legend(loc="lower left")
    left.set(title=title, xlabel="recall", ylabel="precision", xlim=(0, 1.02), ylim=(0, 1.02))
    bins = calibration_bins(labels, given)
    right.plot([0, 1], [0, 1], linewidth=0.8, linestyle="--")
    right.plot([each.said for each in bins], [each.true for each in bins], marker="o")
    for each in bins:
        right.annotate(str(each.pairs), (each.said, each.true), textcoords="offset points", xytext=(4, -10), fontsize=8)
    right.set(title="calibration (pairs)", xlabel="probability said", ylabel="matches among them", ylim=(0, 1.02))
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=110)
