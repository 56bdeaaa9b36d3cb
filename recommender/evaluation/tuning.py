"""Which weights answer best: random search, then one weight at a time.

Random search finds the few weights that matter sooner than a grid (Bergstra and Bengio 2012, JMLR 13); the coordinate
steps then finish what it found. Both need nothing but a score to ask, and every answer is remembered.

Pure: no ORM.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

# Share of the trials that are random; the others go step by step from the best of them.
RANDOM_SHARE = 0.5
# A weight is left out of a random trial this often: that some signals do not help must be easy to find.
ABSENT = 0.3
STEPS = (0.0, 0.5, 0.8, 1.25, 2.0)
# What is tried of a weight that is nothing, beside others that sum to 1.
FIRST_STEPS = (0.05, 0.2)
DIGITS = 3

Weighing = Mapping[str, float]


@dataclass(frozen=True)
class Tried:
    weights: Weighing
    score: float


def search_weights(
    score: Callable[[Weighing], float], names: Sequence[str], *, start: Weighing, trials: int, seed: int
) -> list[Tried]:
    """Everything tried, `start` first. At most `trials` beside it; weights sum to 1, for only proportions matter."""
    search = _Search(score, trials + 1)
    search.ask({name: start.get(name, 0.0) for name in names})
    generator = np.random.default_rng(seed)
    for _ in range(round(trials * RANDOM_SHARE)):
        search.ask(_draw(generator, names))
    improved = True
    while improved and not search.is_over:
        before = search.best.score
        for name in names:
            search.step(name)
        improved = search.best.score > before
    return list(search.tried.values())


def best_of(tried: Sequence[Tried]) -> Tried:
    """The first of the best."""
    return max(tried, key=lambda one: one.score)


def widest_within(scores: Mapping[float, float], *, give_up: float) -> float:
    """The largest diversity whose score is at most `give_up` (a share) below that of none at all."""
    return max(diversity for diversity, score in scores.items() if score >= scores[0.0] * (1 - give_up))


class _Search:
    """What was asked, each weighing once, until `limit`."""

    def __init__(self, score: Callable[[Weighing], float], limit: int) -> None:
        self._score = score
        self._limit = limit
        self.tried: dict[tuple[float, ...], Tried] = {}

    @property
    def is_over(self) -> bool:
        return len(self.tried) >= self._limit

    @property
    def best(self) -> Tried:
        return best_of(list(self.tried.values()))

    def ask(self, weights: Weighing) -> None:
        total = sum(weights.values())
        if total <= 0:
            return
        weights = {name: round(weight / total, DIGITS) for name, weight in weights.items()}
        key = tuple(weights.values())
        if key not in self.tried and not self.is_over:
            self.tried[key] = Tried(weights, self._score(weights))

    def step(self, name: str) -> None:
        """Every step of one weight from the best so far, the others' proportions kept."""
        weights = self.best.weights
        for value in [weights[name] * step for step in STEPS] if weights[name] else FIRST_STEPS:
            self.ask({**weights, name: value})


def _draw(generator: np.random.Generator, names: Sequence[str]) -> dict[str, float]:
    """Log-uniform over a factor of 50, and one weight at least."""
    sizes = np.exp(generator.uniform(np.log(0.02), 0.0, len(names)))
    kept = generator.random(len(names)) >= ABSENT
    kept[generator.integers(len(names))] = True
    return dict(zip(names, (sizes * kept).tolist(), strict=True))
