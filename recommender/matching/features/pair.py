"""Two items to be compared, and what is said where there is nothing to compare."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass
from functools import cached_property

from recommender.matching.frequencies import Frequencies
from recommender.matching.wording import Reading

MISSING = -1.0


@dataclass(frozen=True)
class Pair:
    """Two items as read, and how rare words are among their likes."""

    left: Reading
    right: Reading
    frequencies: Frequencies

    @cached_property
    def rarity(self) -> dict[str, float]:
        """Of the titles' words."""
        return {word: self.frequencies.rarity(word) for word in self.left.word_set | self.right.word_set}


def order(one: float, other: float) -> tuple[float, float]:
    """The lower and the higher, so that it does not matter which item comes first."""
    return (float(one), float(other)) if one <= other else (float(other), float(one))


def overlap(some: Set[object], others: Set[object]) -> float:
    """What is shared, of the fewer; MISSING unless both state some."""
    return len(some & others) / min(len(some), len(others)) if some and others else MISSING
