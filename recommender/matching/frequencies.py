"""How rare words are: a word that few items have tells more about which one it is (Spärck Jones 1972). Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from recommender.matching.items import Item
from recommender.matching.wording import read_item


@dataclass(frozen=True)
class Frequencies:
    """In how many of `items` a word occurs; `counts` leaves out those of fewer than `floor`, which are all as rare."""

    items: int
    counts: Mapping[str, int]
    floor: int = 2

    def rarity(self, word: str) -> float:
        """Inverse document frequency as a share of its highest: 0 for a word of every item, 1 for one never seen."""
        return self._rarities.get(word, self._highest)

    @cached_property
    def _rarities(self) -> dict[str, float]:
        return {word: self._rarity(count) for word, count in self.counts.items()}

    @cached_property
    def _highest(self) -> float:
        return self._rarity(self.floor - 1)

    def _rarity(self, count: int) -> float:
        return math.log((self.items + 1) / (min(count, self.items) + 1)) / math.log(self.items + 1)

    def to_json(self) -> dict[str, Any]:
        return {"items": self.items, "floor": self.floor, "counts": dict(self.counts)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Frequencies:
        return cls(int(stored["items"]), {str(k): int(v) for k, v in stored["counts"].items()}, int(stored["floor"]))


def count_words(items: Iterable[Item], *, floor: int = 2) -> Frequencies:
    """Frequencies of the words of titles, brands and MPNs; an item that comes twice with the same title counts once."""
    seen: dict[str, frozenset[str]] = {}
    for item in items:
        reading = read_item(item)
        seen[reading.title] = reading.word_set
    counts = Counter(word for words in seen.values() for word in words)
    return Frequencies(max(len(seen), 1), {w: n for w, n in sorted(counts.items()) if n >= floor}, floor)
