"""Which of its candidates an offer is, or none: a matcher that looks at them side by side. Pure; needs no scikit-learn.

Boosted trees score every candidate by its pair's features and its place in the line-up (`lineups`). The scores s of one
offer's candidates then compete, and with the answer "none of these":

    P(candidate j) = exp(a s_j + b) / (1 + sum over k of exp(a s_k + b))

a conditional logit (McFadden 1974) whose a and b are fitted on offers the trees had not seen, so that what is
calibrated is the decision about the offer. The log odds of j are a s_j + b - log(1 + sum over the others), which keeps
contributions additive: the trees' parts, and one for the rivals.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from embeddings.palettes import SIZE
from recommender.matching.contract import ACCEPT, NEW, REVIEW, Candidate, Verdict
from recommender.matching.dictionary import Dictionary
from recommender.matching.features import measure_pairs
from recommender.matching.frequencies import Frequencies
from recommender.matching.habits import Habits
from recommender.matching.items import Item
from recommender.matching.lineups import COLUMNS, Lineup, measure_lineup
from recommender.matching.scenes import Scenes
from recommender.matching.scoring import MatcherUnusable, Scored, Thresholds
from recommender.matching.trees import TREE_ARRAYS, Trees, base_of, check_trees, contributions_of

FORMAT = "kindred-chooser-1"
RIVALS = "rivals"
STEEPEST = 30.0


@dataclass(frozen=True, eq=False)
class Senses:
    """What is known of a store beside the trees: how rare words are, what suppliers' words mean, how suppliers are, and
    what their pictures have in common."""

    frequencies: Frequencies
    dictionary: Dictionary
    habits: Habits
    scenes: Scenes = field(default_factory=Scenes)

    def measure(self, lineups: Sequence[Lineup]) -> NDArray[np.float32]:
        """float32[candidates of all line-ups, COLUMNS], in their order."""
        rows = measure_pairs([pair for lineup in lineups for pair in lineup.pairs], self.frequencies)
        bounds = pairwise(accumulate((len(lineup.products) for lineup in lineups), initial=0))
        parts = [
            measure_lineup(lineup, rows[start:end], self.dictionary, self.habits, self.scenes)
            for lineup, (start, end) in zip(lineups, bounds, strict=True)
        ]
        return np.concatenate(parts) if parts else np.zeros((0, len(COLUMNS)), np.float32)


@dataclass(frozen=True, eq=False)
class Chooser:
    """`columns` are those the trees ask for, out of COLUMNS. `limits` are for the best candidate of an offer. `taught`
    are the groups of offers that it learned from, as `digest_group` tells them: it is tried on others."""

    trees: Trees
    columns: tuple[str, ...]
    slope: float
    offset: float
    senses: Senses
    limits: Thresholds
    metrics: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    taught: frozenset[str] = frozenset()

    @property
    def accept_at(self) -> float:
        return self.limits.accept

    @property
    def reject_below(self) -> float:
        return self.limits.reject

    def translate(self, words: str) -> str:
        return self.senses.dictionary.translate(words)

    def score(self, pairs: Sequence[tuple[Item, Item]]) -> list[Scored]:
        """One answer a pair, in their order. Pairs of one offer stand together: they are its line-up."""
        lineups = line_up(pairs)
        if not lineups:
            return []
        rows = self.senses.measure(lineups)
        parts = self.slope * contributions_of(self.trees, self._select(rows))
        base = self.slope * base_of(self.trees) + self.offset
        log_odds = parts.sum(axis=1) + base
        scored, start = [], 0
        for lineup in lineups:
            end = start + len(lineup.products)
            rivals = weigh_rivals(log_odds[start:end])
            for at in range(start, end):
                scored.append(self._spell(parts[at], float(rivals[at - start]), base, rows[at]))
            start = end
        return scored

    def decide(self, candidates: Sequence[Candidate]) -> Verdict:
        """`candidates` are best first."""
        if not candidates:
            return Verdict(NEW, None, "nothing resembles it")
        best = candidates[0]
        if best.probability < self.limits.reject:
            return Verdict(NEW, None, "the likeliest is too unlike")
        if best.probability < self.limits.accept:
            return Verdict(REVIEW, None, "not likely enough beside the others")
        return Verdict(ACCEPT, best.product_id, "likely enough, and nothing else is")

    def _spell(self, parts: NDArray[np.float64], rivals: float, base: float, row: NDArray[np.float32]) -> Scored:
        named = {name: float(part) for name, part in zip(self.columns, parts, strict=True) if part}
        ordered = dict(sorted({**named, RIVALS: rivals}.items(), key=lambda each: -abs(each[1])))
        probability = to_shares(np.array([sum(ordered.values()) + base]))[0]
        return Scored(float(probability), ordered, base, dict(zip(COLUMNS, row.tolist(), strict=True)))

    def _select(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        return rows if self.columns == COLUMNS else rows[:, [COLUMNS.index(name) for name in self.columns]]


def line_up(pairs: Sequence[tuple[Item, Item]]) -> list[Lineup]:
    """Neighbouring pairs of one offer, which is one object, as its line-up."""
    rows: list[tuple[Item, list[Item]]] = []
    for offer, product in pairs:
        if not rows or rows[-1][0] is not offer:
            rows.append((offer, []))
        rows[-1][1].append(product)
    return [Lineup(offer, products) for offer, products in rows]


def weigh_rivals(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    """What competition takes off each candidate's log odds: - log(1 + sum of the others' odds)."""
    odds = np.exp(np.clip(log_odds, -STEEPEST, STEEPEST))
    return -np.log1p(np.maximum(odds.sum() - odds, 0.0))


def to_shares(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -STEEPEST, STEEPEST))))


def save_chooser(chooser: Chooser) -> bytes:
    """A safetensors file's bytes; `read_chooser` gives back one that answers the same."""
    settings = {
        "format": FORMAT,
        "version": chooser.version,
        "columns": list(chooser.columns),
        "slope": chooser.slope,
        "offset": chooser.offset,
        "thresholds": asdict(chooser.limits),
        "metrics": dict(chooser.metrics),
        "frequencies": chooser.senses.frequencies.to_json(),
        "dictionary": chooser.senses.dictionary.to_json(),
        "habits": chooser.senses.habits.to_json(),
        "taught": sorted(chooser.taught),
    }
    arrays = chooser.trees.arrays() | chooser.senses.scenes.arrays()
    return save(arrays, metadata={"matcher": json.dumps(settings, sort_keys=True)})


def read_chooser(data: bytes) -> Chooser:
    """The chooser of a file's bytes. Raises MatcherUnusable."""
    try:
        arrays = load(data)
        settings = read_settings(data)
        chooser = Chooser(
            trees=Trees(**{name: arrays[name] for name in TREE_ARRAYS}),
            columns=tuple(settings["columns"]),
            slope=float(settings["slope"]),
            offset=float(settings["offset"]),
            senses=Senses(
                Frequencies.from_json(settings["frequencies"]),
                Dictionary.from_json(settings["dictionary"]),
                Habits.from_json(settings["habits"]),
                Scenes.from_arrays(arrays),
            ),
            limits=Thresholds(**{name: float(value) for name, value in settings["thresholds"].items()}),
            metrics=settings["metrics"],
            version=str(settings["version"]),
            taught=_read_taught(settings),
        )
        _check(chooser)
    except MatcherUnusable:
        raise
    except (SafetensorError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise MatcherUnusable(f"This is no matcher: {error}") from error
    return chooser


def is_chooser(data: bytes) -> bool:
    """Whether a file says it is one; what is in it is another question."""
    try:
        return bool(read_settings(data)["format"] == FORMAT)
    except (KeyError, TypeError, ValueError):
        return False


def taught_groups(data: bytes) -> frozenset[str]:
    """Of a matcher's file: what it was taught, if it is a chooser."""
    return _read_taught(read_settings(data)) if is_chooser(data) else frozenset()


def _read_taught(settings: Mapping[str, Any]) -> frozenset[str]:
    """Files written before this was told say nothing."""
    return frozenset(map(str, settings.get("taught", ())))


def digest_group(group: str) -> str:
    return hashlib.sha256(group.encode()).hexdigest()[:16]


def read_settings(data: bytes) -> dict[str, Any]:
    """Of the header of a matcher's file. Raises KeyError, TypeError, ValueError."""
    header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
    settings: dict[str, Any] = json.loads(header["__metadata__"]["matcher"])
    return settings


def _check(chooser: Chooser) -> None:
    unknown = [name for name in chooser.columns if name not in COLUMNS]
    if unknown:
        raise MatcherUnusable(f"The matcher asks for features that are no more ({', '.join(unknown)}): train it anew.")
    check_trees(chooser.trees, features=len(chooser.columns))
    levels = [number for level in chooser.senses.habits.prices.values() for number in (level.middle, level.deviation)]
    shares = chooser.senses.habits.gtins.values()
    if not np.isfinite([chooser.slope, chooser.offset, *asdict(chooser.limits).values(), *levels, *shares]).all():
        raise ValueError("its settings are no numbers.")
    lights = chooser.senses.habits.lights.values()
    if any(light.shape != (SIZE,) or not np.isfinite(light).all() for light in lights):
        raise ValueError("its suppliers' lights are no palettes.")
    if any(level.deviation <= 0 for level in chooser.senses.habits.prices.values()):
        raise ValueError("its suppliers' prices have no deviation.")
