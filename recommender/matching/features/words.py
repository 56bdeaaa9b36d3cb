"""Titles and texts as words.

They count by their rarity, and one nearly spelt like another holds a part of its weight (soft TF-IDF: Cohen, Ravikumar
and Fienberg 2003). A rare word that one side has and the other lacks is the strongest sign of two products.
"""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import JaroWinkler

from recommender.matching.features.pair import MISSING, Pair, order
from recommender.matching.wording import SHORTEST_ABBREVIATION, Reading

# Two words as alike as this are one word misspelt or bent; with digits in them nothing but the same is.
ALIKE = 0.88
# Of a word's weight, what its abbreviation holds, and the other's text with the word inside longer ones.
ABBREVIATED, WITHIN = 0.7, 0.9
SHORTEST_WITHIN = 4
# Pairs of words, some 200 bytes each: a shop's words come back with every offer.
SPELLINGS_REMEMBERED = 16_384


def measure_words(pair: Pair) -> Sequence[float]:
    """How much of each title's weight in rare words the other title has, and the other's whole text has; cosine of
    the titles' weighted words; the rarest word shared; and, of the words that neither title nor text of the other side
    has, the rarest and the sum, once for words of letters and once for those with digits."""
    a, b = pair.left, pair.right
    if not a.words or not b.words:
        return (MISSING,) * 15
    one, other = _look_for_words(pair, a, b), _look_for_words(pair, b, a)
    shared = [pair.rarity[word] for word in a.word_set & b.word_set]
    return (
        *order(one.covered, other.covered),
        *order(one.covered_by_text, other.covered_by_text),
        _weighted_cosine(pair, a.word_set, b.word_set),
        max(shared, default=0.0),
        sum(shared),
        *order(max(one.letters_alone, default=0.0), max(other.letters_alone, default=0.0)),
        *order(sum(one.letters_alone), sum(other.letters_alone)),
        *order(max(one.digits_alone, default=0.0), max(other.digits_alone, default=0.0)),
        *order(sum(one.digits_alone), sum(other.digits_alone)),
    )


def measure_lengths(pair: Pair) -> Sequence[float]:
    """Words in the shorter title; |ln of the ratio| of the titles' and of the texts' numbers of words."""
    a, b = pair.left, pair.right
    titles, texts = order(len(a.words), len(b.words)), order(len(a.text_words), len(b.text_words))
    return titles[0], math.log((titles[1] + 1) / (titles[0] + 1)), math.log((texts[1] + 1) / (texts[0] + 1))


@dataclass(frozen=True)
class _Looked:
    """Shares of a title's weight in words that the other side's title has, and its whole text; rarities of the words
    that neither has, of letters only and those with digits."""

    covered: float
    covered_by_text: float
    letters_alone: list[float]
    digits_alone: list[float]


def _look_for_words(pair: Pair, side: Reading, other: Reading) -> _Looked:
    total = by_title = by_text = 0.0
    letters: list[float] = []
    digits: list[float] = []
    for word in side.word_set:
        rarity = pair.rarity[word]
        total += rarity
        share = 1.0 if word in other.text_words else _held(word, other)
        if share:
            by_text += rarity * share
            if word in other.word_set or word in other.squeezed_title:
                by_title += rarity * share
        else:
            (letters if word.isalpha() else digits).append(rarity)
    covered = (by_title / total, by_text / total) if total else (MISSING, MISSING)
    return _Looked(*covered, letters, digits)


def _held(word: str, other: Reading) -> float:
    """How far the other side's text has a word that does not stand there as it is: within another, or nearly so."""
    if len(word) >= SHORTEST_WITHIN and word in other.squeezed:
        return WITHIN
    if len(word) < SHORTEST_ABBREVIATION or not word.isalpha():
        return 0.0
    return max((_spelt_alike(word, near) for near in other.by_first_letter.get(word[0], ())), default=0.0)


@lru_cache(maxsize=SPELLINGS_REMEMBERED)
def _spelt_alike(word: str, other: str) -> float:
    alike = JaroWinkler.similarity(word, other, score_cutoff=ALIKE)
    return alike or (ABBREVIATED if abbreviates(word, other) or abbreviates(other, word) else 0.0)


def abbreviates(short: str, long: str) -> bool:
    """`bkup` for `backup`, `immers` for `immersion`: the letters in their order, from the first on."""
    if len(long) < len(short) + 2 or len(short) < SHORTEST_ABBREVIATION:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short)


def _weighted_cosine(pair: Pair, one: Set[str], other: Set[str]) -> float:
    norms = [math.sqrt(sum(pair.rarity[word] ** 2 for word in words)) for words in (one, other)]
    shared = sum(pair.rarity[word] ** 2 for word in one & other)
    return shared / (norms[0] * norms[1]) if norms[0] and norms[1] else 0.0
