"""From a pair's features to the probability that both are one product, with reasons. Pure: needs no scikit-learn.

The odds of an average of boosted trees are calibrated by a logistic curve fitted on out-of-fold predictions (Platt
1999), which keeps the order and keeps contributions additive: with `base` they sum to the probability's log odds.
A matcher is one safetensors file, its settings as JSON in the header: nothing in it can run. One that reads
closely also asks a model that sees both items' words together (`reading`); what that says is one more feature.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.numpy import load, save

from embeddings.pair_reading import PairReader, ReaderUnusable, build_reader
from recommender.matching.features import FEATURES, MISSING, measure_pairs
from recommender.matching.frequencies import Frequencies
from recommender.matching.items import Item
from recommender.matching.telling import tell_pairs
from recommender.matching.trees import TREE_ARRAYS, Trees, base_of, check_trees, contributions_of

FORMAT = "kindred-matcher-1"
READ_TOGETHER = "read_together"
COLUMNS = (*FEATURES, READ_TOGETHER)
# What the names of a part's arrays begin with in a matcher's file.
READER, GATE = "reader.", "gate."
GENERIC = Path(__file__).parent / "generic" / "matcher.safetensors"


class MatcherUnusable(ValueError):  # noqa: N818 - reads as what it says
    """A file is no matcher, or one of another version of the features; says which and what to do."""


@dataclass(frozen=True)
class Thresholds:
    """Probabilities: from `accept` on a pair is one product without asking, below `reject` it is not; people see what
    is between. `even` is where precision and recall are best together (F1), for one who must say yes or no."""

    accept: float
    reject: float
    even: float


@dataclass(frozen=True)
class Scored:
    """One pair's answer. `contributions`, largest first, and `base` sum to the log odds of `probability`."""

    probability: float
    contributions: dict[str, float]
    base: float
    features: dict[str, float]


@dataclass(frozen=True, eq=False)
class CloseReading:
    """A model that reads two items together, and costs twenty times what all else does: so it is only asked where
    `gate`, a matcher without it of which nothing but the probabilities count, finds a pair at least as probable as
    `read_from`."""

    reader: PairReader
    gate: Matcher
    read_from: float

    def measure(self, pairs: Sequence[tuple[Item, Item]], rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32[pairs], MISSING where it is not asked. Raises EncoderUnavailable, ReaderUnusable."""
        said = np.full(len(pairs), MISSING, np.float32)
        asked = np.flatnonzero(self.gate.probabilities(rows) >= self.read_from)
        said[asked] = self.reader.probabilities(tell_pairs([pairs[at] for at in asked.tolist()]))
        return said


@dataclass(frozen=True, eq=False)
class Matcher:
    """A trained scorer. Log odds are `slope * sum of trees + offset`; `columns` are the features that it asks for.

    With `reading` rows have one feature more, READ_TOGETHER."""

    trees: Trees
    columns: tuple[str, ...]
    slope: float
    offset: float
    frequencies: Frequencies
    limits: Thresholds
    metrics: Mapping[str, Any] = field(default_factory=dict)
    version: str = ""
    reading: CloseReading | None = None

    def thresholds(self) -> Thresholds:
        return self.limits

    def score(self, pairs: Sequence[tuple[Item, Item]]) -> list[Scored]:
        """One answer a pair, in their order; which item comes first does not matter.

        Raises EncoderUnavailable, ReaderUnusable where it reads closely and the reader can't be opened."""
        if not pairs:
            return []
        rows = self.measure(pairs)
        given = self.slope * contributions_of(self.trees, self._select(rows))
        probabilities = to_probability(given.sum(axis=1) + self.base)
        return [
            Scored(float(probability), self._name(parts), self.base, dict(zip(COLUMNS, row.tolist(), strict=False)))
            for probability, parts, row in zip(probabilities, given, rows, strict=True)
        ]

    def measure(self, pairs: Sequence[tuple[Item, Item]]) -> NDArray[np.float32]:
        """float32[pairs, features]: what `probabilities` asks for."""
        rows = measure_pairs(pairs, self.frequencies)
        return rows if self.reading is None else np.column_stack((rows, self.reading.measure(pairs, rows)))

    def probabilities(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """float64[n] of rows that `measure` gave."""
        return to_probability(self.log_odds(rows))

    def log_odds(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        return self.slope * contributions_of(self.trees, self._select(rows)).sum(axis=1) + self.base

    @property
    def base(self) -> float:
        """Log odds of a pair of which nothing is known yet."""
        return self.slope * base_of(self.trees) + self.offset

    def _select(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        return rows if self.columns == FEATURES else rows[:, [COLUMNS.index(name) for name in self.columns]]

    def _name(self, parts: NDArray[np.float64]) -> dict[str, float]:
        order = np.argsort(-np.abs(parts), kind="stable")
        return {self.columns[at]: float(parts[at]) for at in order if parts[at]}


def to_probability(log_odds: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(log_odds, -30, 30))))


def save_matcher(matcher: Matcher) -> bytes:
    """A safetensors file's bytes; `read_matcher` gives back a matcher that answers the same."""
    settings = {
        "format": FORMAT,
        "version": matcher.version,
        "thresholds": asdict(matcher.limits),
        "metrics": dict(matcher.metrics),
        "frequencies": matcher.frequencies.to_json(),
        **_spell_forest(matcher),
    }
    arrays: dict[str, NDArray[Any]] = dict(matcher.trees.arrays())
    if matcher.reading:
        reader, gate = matcher.reading.reader, matcher.reading.gate
        settings["reading"] = {"reader": reader.settings, "from": matcher.reading.read_from, **_spell_forest(gate)}
        arrays |= {f"{READER}{name}": tensor for name, tensor in reader.tensors.items()}
        arrays |= {f"{GATE}{name}": array for name, array in gate.trees.arrays().items()}
    return save(arrays, metadata={"matcher": json.dumps(settings, sort_keys=True)})


def _spell_forest(matcher: Matcher) -> dict[str, Any]:
    return {"columns": list(matcher.columns), "slope": matcher.slope, "offset": matcher.offset}


def read_matcher(data: bytes) -> Matcher:
    """The matcher of a file's bytes. Raises MatcherUnusable."""
    try:
        arrays = load(data)
        header = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")])
        settings = json.loads(header["__metadata__"]["matcher"])
        if settings["format"] != FORMAT:
            raise MatcherUnusable(f"The matcher is of format {settings['format']!r}, not {FORMAT!r}: train it anew.")
        matcher = _read_forest(settings, settings, arrays)
        if "reading" in settings:
            matcher = replace(matcher, reading=_read_reading(settings, arrays))
        _check(matcher)
    except MatcherUnusable:
        raise
    except ReaderUnusable as error:
        raise MatcherUnusable(str(error)) from error
    except (SafetensorError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise MatcherUnusable(f"This is no matcher: {error}") from error
    return matcher


def _read_forest(forest: Mapping[str, Any], settings: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Matcher:
    """A matcher's own trees, or its gate's; all else is of both."""
    return Matcher(
        trees=Trees(**{name: arrays[name] for name in TREE_ARRAYS}),
        columns=tuple(forest["columns"]),
        slope=float(forest["slope"]),
        offset=float(forest["offset"]),
        frequencies=Frequencies.from_json(settings["frequencies"]),
        limits=Thresholds(**{name: float(value) for name, value in settings["thresholds"].items()}),
        metrics=settings["metrics"],
        version=str(settings["version"]),
    )


def _read_reading(settings: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> CloseReading:
    told = settings["reading"]
    gate = _read_forest(told, settings, _part(arrays, GATE))
    _check(gate)
    if not 0 <= float(told["from"]) <= 1:
        raise ValueError("it reads pairs of a probability that can't be.")
    return CloseReading(build_reader(told["reader"], _part(arrays, READER)), gate, float(told["from"]))


def _part(arrays: Mapping[str, NDArray[Any]], prefix: str) -> dict[str, NDArray[Any]]:
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def load_matcher(path: Path | None = None) -> Matcher:
    """The matcher of a file; the generic one that ships with Kindred without. Raises MatcherUnusable, OSError."""
    return read_matcher(path.read_bytes()) if path else _load_generic()


@lru_cache(maxsize=1)
def _load_generic() -> Matcher:
    return read_matcher(GENERIC.read_bytes())


def _check(matcher: Matcher) -> None:
    known = COLUMNS if matcher.reading else FEATURES
    unknown = [name for name in matcher.columns if name not in known]
    if unknown:
        raise MatcherUnusable(f"The matcher asks for features that are no more ({', '.join(unknown)}): train it anew.")
    check_trees(matcher.trees, features=len(matcher.columns))
    if not np.isfinite([matcher.slope, matcher.offset, *asdict(matcher.limits).values()]).all():
        raise ValueError("its settings are no numbers.")
