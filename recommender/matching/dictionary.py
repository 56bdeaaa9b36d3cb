"""Which of a shop's words a supplier's words stand for, learned from offers whose product is known. Pure.

Suppliers write in their own language and their own short forms: `senfgelb`, `MUSTRD` and `moutarde` are the shop's
`mustard`. Lexical translation by IBM's first model (Brown et al. 1993, "The Mathematics of Statistical Machine
Translation"): every word of a product comes from one of its offer's words or from none, and expectation maximisation
finds which. A word's likes in spelling are credited beforehand (PRIOR), so that words nobody has confirmed yet are read
as far as spelling goes.

A dictionary is only words and numbers. Its size is bounded by VOCABULARY, SPOKEN and MEANINGS.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cdist

from recommender.matching.features import ALIKE, abbreviates
from recommender.matching.items import Item
from recommender.matching.wording import SHORTEST_ABBREVIATION, fold, words_of

ROUNDS = 6
# Confirmed occurrences that the same spelling, and a similar one, are worth.
PRIOR, PRIOR_ALIKE = 2.0, 1.0
# What a word may stand for besides: nothing.
SILENT = 0.5
# Words of products that are kept, words of offers that are, and meanings of one. While it is learned, the product of
# the first two is in memory four times: 256 MB at most.
VOCABULARY, SPOKEN, MEANINGS = 4_000, 4_000, 12
LEAST_SHARE = 0.02
# Values of an attribute that are kept.
VALUES = 200
MOST_WORDS = 120
# Likely enough to look for in its stead.
LIKELY = 0.3
# Readings of words that are remembered by one dictionary.
REMEMBERED = 20_000

Meanings = Mapping[str, float]


@dataclass(frozen=True)
class Heard:
    """An offer's words as the shop would say them: for each of its words what that stands for, and for each of the
    shop's words how surely (`best`) and how largely (`mean`) the offer says it."""

    words: tuple[Meanings, ...]
    best: Meanings
    mean: Meanings


@dataclass(frozen=True)
class Dictionary:
    """`meanings`: word of offers -> expected occurrences of the shop's words it stood for. `documents`: in how many of
    `products` a word of the shop occurs. `values`: what its attributes can be, in words, by their names."""

    products: int
    documents: Mapping[str, int]
    meanings: Mapping[str, Meanings]
    values: Mapping[str, Sequence[tuple[str, ...]]] = field(default_factory=dict)
    _read: dict[str, Meanings] = field(default_factory=dict, compare=False, repr=False)

    def hear(self, item: Item) -> Heard:
        words = tuple(self.read(word) for word in offer_words(item))
        best: dict[str, float] = {}
        mean: dict[str, float] = {}
        for meanings in words:
            for word, share in meanings.items():
                best[word] = max(best.get(word, 0.0), share)
                mean[word] = mean.get(word, 0.0) + share / len(words)
        return Heard(words, best, mean)

    def read(self, word: str) -> Meanings:
        """The shop's words that a word stands for, as shares of 1; what is missing stands for nothing."""
        if word not in self._read:
            if len(self._read) >= REMEMBERED:
                self._read.clear()
            self._read[word] = self._weigh(word)
        return self._read[word]

    def translate(self, text: str) -> str:
        """What is likely meant in the shop's words, for a search; empty where nothing is."""
        heard = (self.read(word) for word in _distinct(text))
        likely = [word for meanings in heard for word, share in meanings.items() if share >= LIKELY]
        return " ".join(dict.fromkeys(likely))

    def rarity(self, word: str) -> float:
        """Inverse document frequency among the shop's products."""
        return math.log((self.products + 1) / (self.documents.get(word, 0) + 0.5))

    def expected(self, word: str) -> float:
        """The share of this word among all words of products."""
        return max(self.documents.get(word, 0), 0.5) / self._occurrences

    def _weigh(self, word: str) -> Meanings:
        counts = dict(self.meanings.get(word, {}))
        for near, credit in self._likes(word):
            counts[near] = counts.get(near, 0.0) + credit
        if not counts:
            return {word: PRIOR / (PRIOR + SILENT)}  # a word of products that came later
        whole = sum(counts.values()) + SILENT
        return {near: count / whole for near, count in counts.items() if count >= LEAST_SHARE * whole}

    def _likes(self, word: str) -> Iterable[tuple[str, float]]:
        likes = _liken([word], self._vocabulary)[0]
        return ((self._vocabulary[place], float(likes[place])) for place in np.flatnonzero(likes))

    @cached_property
    def _vocabulary(self) -> list[str]:
        return list(self.documents)

    @cached_property
    def _occurrences(self) -> int:
        return max(sum(self.documents.values()), 1)

    def to_json(self) -> dict[str, Any]:
        rounded = {word: {near: round(count, 4) for near, count in to.items()} for word, to in self.meanings.items()}
        values = {name: [list(words) for words in own] for name, own in self.values.items()}
        return {
            "products": self.products,
            "documents": dict(self.documents),
            "meanings": rounded,
            "values": values,
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Dictionary:
        return cls(
            int(stored["products"]),
            {str(word): int(count) for word, count in stored["documents"].items()},
            {
                str(word): {str(near): float(count) for near, count in meanings.items()}
                for word, meanings in stored["meanings"].items()
            },
            {str(name): [tuple(map(str, words)) for words in own] for name, own in stored["values"].items()},
        )


def learn_dictionary(links: Sequence[tuple[Item, Item]], products: Iterable[Item]) -> Dictionary:
    """The dictionary of (offer, its product) pairs; `products`, the shop's, say how common its words are and what its
    attributes can be."""
    products = list(products)
    said = [product_words(product) for product in products]
    documents = Counter(word for words in said for word in words)
    vocabulary = [word for word, _ in sorted(documents.items(), key=lambda each: (-each[1], each[0]))[:VOCABULARY]]
    spoken = Counter(word for offer, _ in links for word in offer_words(offer))
    heard = [word for word, _ in sorted(spoken.items(), key=lambda each: (-each[1], each[0]))[:SPOKEN]]
    known = Dictionary(len(said), {word: documents[word] for word in vocabulary}, {}, _list_values(products))
    if not links or not heard or not vocabulary:
        return known
    offers = _mark([offer_words(offer) for offer, _ in links], heard)
    counts = _align(
        offers,
        _mark([product_words(product) for _, product in links], vocabulary),
        prior=_liken(heard, vocabulary),
        background=np.array([known.expected(word) for word in vocabulary], np.float32),
    )
    return Dictionary(known.products, known.documents, _name(counts, heard, vocabulary), known.values)


def offer_words(item: Item) -> list[str]:
    return _distinct(f"{item.title} {item.brand} {item.description}")


def product_words(item: Item) -> list[str]:
    values = " ".join(str(value) for value in item.attributes.values())
    return _distinct(f"{item.title} {item.brand} {values} {item.category}")


def value_words(item: Item) -> dict[str, tuple[str, ...]]:
    """The words of each attribute that is told in words."""
    said = {fold(name): tuple(_distinct(value)) for name, value in item.attributes.items() if isinstance(value, str)}
    return {name: words for name, words in said.items() if words}


def _list_values(products: Iterable[Item]) -> dict[str, list[tuple[str, ...]]]:
    """The commonest of each attribute."""
    counts: dict[str, Counter[tuple[str, ...]]] = {}
    for product in products:
        for name, words in value_words(product).items():
            counts.setdefault(name, Counter())[words] += 1
    return {name: [words for words, _ in own.most_common(VALUES)] for name, own in counts.items()}


def _distinct(text: str) -> list[str]:
    return list(dict.fromkeys(word for word in words_of(fold(text)) if len(word) > 1))[:MOST_WORDS]


def _mark(texts: Sequence[Sequence[str]], words: Sequence[str]) -> NDArray[np.float32]:
    """float32[texts, words]: 1 where a text has the word."""
    places = {word: place for place, word in enumerate(words)}
    marks = np.zeros((len(texts), len(words)), np.float32)
    for row, text in enumerate(texts):
        marks[row, [places[word] for word in text if word in places]] = 1
    return marks


def _liken(words: Sequence[str], vocabulary: Sequence[str]) -> NDArray[np.float32]:
    """float32[words, vocabulary]: credit for the same spelling, for a similar one, and for a short form."""
    likes = cdist(words, vocabulary, scorer=JaroWinkler.similarity, score_cutoff=ALIKE, dtype=np.float32)
    by_letter: dict[str, list[int]] = {}
    for place, word in enumerate(vocabulary):
        by_letter.setdefault(word[0], []).append(place)
    credit = np.zeros_like(likes)
    for row, word in enumerate(words):
        for place in by_letter.get(word[0], ()):
            other = vocabulary[place]
            if word == other:
                credit[row, place] = PRIOR
            elif len(word) >= SHORTEST_ABBREVIATION and word.isalpha() and other.isalpha():
                is_like = likes[row, place] > 0 or abbreviates(word, other) or abbreviates(other, word)
                credit[row, place] = PRIOR_ALIKE if is_like else 0.0
    return credit


def _align(
    offers: NDArray[np.float32],
    products: NDArray[np.float32],
    *,
    prior: NDArray[np.float32],
    background: NDArray[np.float32],
) -> NDArray[np.float32]:
    """float32[offer words, product words]: expected occurrences, the prior's not among them."""
    counts = offers.T @ (products / (offers.sum(axis=1, keepdims=True) + 0.05))
    for _ in range(ROUNDS - 1):
        weighed = counts + prior
        shares = weighed / (weighed.sum(axis=1, keepdims=True) + SILENT)
        counts = shares * (offers.T @ (products / (offers @ shares + background)))
    return np.asarray(counts, np.float32)


def _name(counts: NDArray[np.float32], heard: Sequence[str], vocabulary: Sequence[str]) -> dict[str, dict[str, float]]:
    """The largest of each word, without those that say next to nothing."""
    named = {}
    for word, row in zip(heard, counts, strict=True):
        largest = np.argsort(-row, kind="stable")[:MEANINGS]
        kept = {vocabulary[place]: float(row[place]) for place in largest if row[place] >= LEAST_SHARE}
        if kept:
            named[word] = kept
    return named
