"""What a benchmark measured, beside its bar: printed as a table, stored as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Figure:
    """One number. A bar is `at_least` or `at_most`; most figures have none."""

    name: str
    value: float
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_met(self) -> bool | None:
        if self.at_least is not None:
            return self.value >= self.at_least
        return self.value <= self.at_most if self.at_most is not None else None

    @property
    def bar(self) -> str:
        if self.at_least is not None:
            return f">= {spell(self.at_least)}"
        return f"<= {spell(self.at_most)}" if self.at_most is not None else ""

    def to_json(self) -> dict[str, Any]:
        facts: dict[str, Any] = {"name": self.name, "value": round(self.value, 5), "unit": self.unit}
        return facts if self.is_met is None else facts | {"bar": self.bar, "met": self.is_met}


@dataclass(frozen=True)
class Report:
    """A benchmark's figures, the seed they were drawn with, and what a reader must know to read them."""

    figures: Sequence[Figure]
    seed: int
    notes: Sequence[str] = ()


def spell(value: float) -> str:
    """Three or four significant digits, thousands apart."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) >= 1 else f"{value:.3f}"


def milliseconds(name: str, seconds: Sequence[float], *, p95_at_most: float | None = None) -> list[Figure]:
    """The p50 and p95 of durations."""
    p50, p95 = np.percentile(np.asarray(seconds) * 1000, [50, 95])
    return [Figure(f"{name} p50", float(p50), "ms"), Figure(f"{name} p95", float(p95), "ms", at_most=p95_at_most)]


def show(name: str, report: Report) -> None:
    width = max(len(figure.name) for figure in report.figures)
    print(f"\n{name}")
    for figure in report.figures:
        verdict = "" if figure.is_met is None else f"{figure.bar:>10}  {'met' if figure.is_met else 'NOT MET'}"
        print(f"  {figure.name:<{width}}  {spell(figure.value):>9} {figure.unit:<10} {verdict}".rstrip())
    for note in report.notes:
        print(f"  · {note}")


def store(name: str, report: Report, *, facts: Mapping[str, Any], seconds: float) -> None:
    RESULTS.mkdir(exist_ok=True)
    content = {
        "benchmark": name,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": report.seed,
        "seconds": round(seconds, 1),
        **facts,
        "figures": [figure.to_json() for figure in report.figures],
        "notes": list(report.notes),
    }
    (RESULTS / f"{name}.json").write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
