"""Requests as shoppers type them, with what a person judged to answer each, and how well a ranking does.

`phrasings.jsonl` has one request a line: `query`; `noun`, what it calls the thing (null where it names only a use);
`about`, what the request is told by; `grades`, sku -> 2 (fully meets it) or 1 (partly: the right thing in a near
colour, a near thing in the right one). Judged by hand from the shop's product data, every product that meets a request
is listed, and before any model was asked. Nothing is ever trained on this file.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

PHRASINGS = Path(__file__).parent / "phrasings.jsonl"


@dataclass(frozen=True)
class Phrasing:
    query: str
    noun: str | None
    about: str
    grades: Mapping[str, int]


def read_phrasings(path: Path = PHRASINGS) -> list[Phrasing]:
    return [Phrasing(**json.loads(line)) for line in path.read_text(encoding="utf-8").splitlines()]


def measure_ndcg(ranked: Sequence[str], grades: Mapping[str, int], *, k: int = 10) -> float:
    """nDCG@k (Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418) with gains 2^grade - 1 (Burges et al. 2005).

    0 to 1; the ideal ranking is drawn from everything judged, so a page that misses what is relevant pays for it.
    """
    ideal = sorted(grades.values(), reverse=True)[:k]
    return _discounted([grades.get(sku, 0) for sku in ranked[:k]]) / _discounted(ideal)


def _discounted(grades: Sequence[int]) -> float:
    return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def bootstrap_interval(values: Sequence[float], *, seed: int, rounds: int = 10_000) -> tuple[float, float]:
    """The 2.5th and 97.5th percentile of the mean over resampled requests (Efron 1979)."""
    drawn = np.random.default_rng(seed).choice(np.asarray(values), size=(rounds, len(values)))
    low, high = np.percentile(drawn.mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
