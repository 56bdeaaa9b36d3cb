"""Random draws that are the same everywhere, always."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TypeVar

import numpy as np

T = TypeVar("T")

_NORMAL = NormalDist()


class Draws:
    """One stream of draws for each key.

    NumPy promises that a bit generator's raw output never changes, and promises no such thing for the distributions
    built on it (NEP 19). So only PCG64's raw output is used, and the few distributions needed are made here.
    """

    def __init__(self, *key: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(key))

    def uniform(self) -> float:
        """In (0, 1), both ends left out, so that logarithms are finite."""
        return ((int(self._bits.random_raw()) >> 12) + 0.5) * 2.0**-52

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.uniform()

    def chance(self, probability: float) -> bool:
        return self.uniform() < probability

    def normal(self, mean: float = 0.0, deviation: float = 1.0) -> float:
        return mean + deviation * _NORMAL.inv_cdf(self.uniform())

    def lognormal(self, median: float, spread: float) -> float:
        """`spread` is the deviation of the logarithm."""
        return median * math.exp(self.normal(0.0, spread))

    def gumbel(self) -> float:
        return -math.log(-math.log(self.uniform()))

    def poisson(self, mean: float) -> int:
        """Knuth's product of uniforms; for small means."""
        count, left = 0, math.exp(-mean) if mean < 700 else 0.0
        product = self.uniform()
        while product > left:
            count += 1
            product *= self.uniform()
        return count

    def pick(self, options: Sequence[T], weights: Sequence[float]) -> T:
        """One, with a probability in proportion to its weight."""
        rest = self.uniform() * math.fsum(weights)
        for option, weight in zip(options, weights, strict=True):
            rest -= weight
            if rest < 0:
                return option
        return options[-1]

    def top(self, options: Sequence[T], utilities: Sequence[float], count: int) -> list[T]:
        """`count` without repetition, best first, each choice a multinomial logit over what is left.

        The order of utility + Gumbel noise is exactly that: Yellott 1977, "The relationship between Luce's Choice
        Axiom, Thurstone's theory of comparative judgment, and the double exponential distribution".
        """
        noisy = [utility + self.gumbel() for utility in utilities]
        order = sorted(range(len(options)), key=lambda place: -noisy[place])
        return [options[place] for place in order[:count]]
