"""What a pair of items has in common and where it disagrees, as one row of named numbers.

Every feature is the same whichever item comes first: what is measured both ways is given as the lower and the higher
of the two. Values are finite and at least 0; MISSING says that a side does not state what would be compared, which a
tree can tell from both agreement and conflict. Pure: no ORM, no model; vectors come with the items.

Words count by their rarity, and one nearly spelt like another holds a part of its weight (soft TF-IDF: Cohen, Ravikumar
and Fienberg 2003). A rare word that one side has and the other lacks is the strongest sign of two products.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import JaroWinkler, LCSseq, Levenshtein

from embeddings.layout import Vector
from recommender.matching.frequencies import Frequencies
from recommender.matching.items import Item
from recommender.matching.quantities import NUMBER, Quantity
from recommender.matching.wording import SHORTEST_ABBREVIATION, Reading, fold, read_item, words_of

MISSING = -1.0
# Two words as alike as this are one word misspelt or bent; with digits in them nothing but the same is.
ALIKE = 0.88
# Of a word's weight, what its abbreviation holds, and the other's text with the word inside longer ones.
ABBREVIATED, WITHIN = 0.7, 0.9
SHORTEST_WITHIN = 4
# An attribute or category text as alike as this says the same.
SAME_VALUE = 0.85
LONGEST_COMPARED = 300


@dataclass(frozen=True)
class Pair:
    """Two items as read, and how rare words are among their likes."""

    left: Reading
    right: Reading
    frequencies: Frequencies

    def rarity(self, word: str) -> float:
        return self.frequencies.rarity(word)


@dataclass(frozen=True)
class Family:
    """Features measured together, by one function that gives as many numbers as there are names."""

    name: str
    features: tuple[str, ...]
    measure: Callable[[Pair], Sequence[float]]


def features_of(pair: Pair) -> list[float]:
    return [value for family in FAMILIES for value in family.measure(pair)]


def measure_pairs(pairs: Sequence[tuple[Item, Item]], frequencies: Frequencies) -> NDArray[np.float32]:
    """float32[pairs, features], columns as in FEATURES. An item that is in many pairs is read once."""
    readings: dict[int, Reading] = {}
    for pair in pairs:
        for item in pair:
            if id(item) not in readings:
                readings[id(item)] = read_item(item)
    rows = [features_of(Pair(readings[id(a)], readings[id(b)], frequencies)) for a, b in pairs]
    return np.array(rows, np.float32).reshape(len(pairs), len(FEATURES))


def _measure_looks(pair: Pair) -> Sequence[float]:
    """Cosine of the pictures."""
    return (cosine(pair.left.item.image_vector, pair.right.item.image_vector),)


def _measure_meaning(pair: Pair) -> Sequence[float]:
    """Cosine of the texts as the encoder reads them."""
    return (cosine(pair.left.item.text_vector, pair.right.item.text_vector),)


def _measure_spelling(pair: Pair) -> Sequence[float]:
    """Likeness of the titles as strings: by edits, by sorted words, by shared words, as part of one another, by start,
    by the longest common subsequence without spaces; and of titles with descriptions, by shared words."""
    a, b = pair.left, pair.right
    title, other = a.title[:LONGEST_COMPARED], b.title[:LONGEST_COMPARED]
    if not title or not other:
        return (MISSING,) * 7
    return (
        Levenshtein.normalized_similarity(title, other),
        fuzz.token_sort_ratio(title, other) / 100,
        fuzz.token_set_ratio(title, other) / 100,
        max(fuzz.partial_ratio(title, other), fuzz.partial_ratio(other, title)) / 100,
        JaroWinkler.similarity(title, other),
        LCSseq.normalized_similarity(a.squeezed_title[:LONGEST_COMPARED], b.squeezed_title[:LONGEST_COMPARED]),
        fuzz.token_set_ratio(a.text[:LONGEST_COMPARED], b.text[:LONGEST_COMPARED]) / 100,
    )


def _measure_words(pair: Pair) -> Sequence[float]:
    """How much of each title's weight in rare words the other title has, and the other's whole text has; cosine of
    the titles' weighted words; the rarest word shared; and, of the words that neither title nor text of the other side
    has, the rarest and the sum, once for words of letters and once for those with digits."""
    a, b = pair.left, pair.right
    if not a.words or not b.words:
        return (MISSING,) * 15
    held = _held_by(a, b), _held_by(b, a)
    titles = (
        {word: share for word, share in held[0].items() if word in b.word_set or word in b.squeezed_title},
        {word: share for word, share in held[1].items() if word in a.word_set or word in a.squeezed_title},
    )
    shared = [pair.rarity(word) for word in a.word_set & b.word_set]
    alone = [[word for word, share in side.items() if not share] for side in held]
    letters = [[pair.rarity(word) for word in words if word.isalpha()] for words in alone]
    digits = [[pair.rarity(word) for word in words if not word.isalpha()] for words in alone]
    return (
        *_order(_cover(pair, a, titles[0]), _cover(pair, b, titles[1])),
        *_order(_cover(pair, a, held[0]), _cover(pair, b, held[1])),
        _weighted_cosine(pair, a.word_set, b.word_set),
        max(shared, default=0.0),
        sum(shared),
        *_order(*(max(rarities, default=0.0) for rarities in letters)),
        *_order(*(sum(rarities) for rarities in letters)),
        *_order(*(max(rarities, default=0.0) for rarities in digits)),
        *_order(*(sum(rarities) for rarities in digits)),
    )


def _measure_codes(pair: Pair) -> Sequence[float]:
    """Model numbers: length of the longest that both state (0 when each states some, none the same); likeness of the
    two nearest; whether a side's stands in the other's text, lower and higher; how many stand alone on either side."""
    a, b = pair.left, pair.right
    if not a.all_codes and not b.all_codes:
        return (MISSING,) * 6
    found = _found_share(a.codes, b.squeezed), _found_share(b.codes, a.squeezed)
    alone = (sum(code not in b.squeezed for code in a.codes), sum(code not in a.squeezed for code in b.codes))
    if not a.all_codes or not b.all_codes:
        return (MISSING, MISSING, *_order(*found), *_order(*alone))
    shared = max((len(code) for code in a.all_codes & b.all_codes), default=0)
    return (float(shared), _nearest(a.codes, b.codes), *_order(*found), *_order(*alone))


def _measure_mpn(pair: Pair) -> Sequence[float]:
    """The stated MPNs' likeness; whether an MPN stands in the other side's text (1), nearly (share of it), or not."""
    a, b = pair.left, pair.right
    both = MISSING
    if a.squeezed_mpn and b.squeezed_mpn:
        both = Levenshtein.normalized_similarity(a.squeezed_mpn, b.squeezed_mpn)
    stated = [
        1.0 if side.squeezed_mpn in other.squeezed else fuzz.partial_ratio(side.squeezed_mpn, other.squeezed) / 100
        for side, other in ((a, b), (b, a))
        if side.squeezed_mpn and other.squeezed
    ]
    return both, max(stated, default=MISSING)


def _measure_numbers(pair: Pair) -> Sequence[float]:
    """Of numbers without unit and of numbers with one, in the titles: how many are shared, how many only one side has,
    lower and higher; dimensions stated by both sides, wherever, that agree and that conflict."""
    a, b = pair.left, pair.right
    plain = [{q for q in side.quantities if q[0] == NUMBER} for side in (a, b)]
    united = [{q for q in side.quantities if q[0] != NUMBER} for side in (a, b)]
    return (
        *_compare_sets(*plain),
        *_compare_sets(*united),
        *_agreement(a.quantities, b.quantities),
        *_agreement(a.all_quantities, b.all_quantities),
    )


def _measure_versions(pair: Pair) -> Sequence[float]:
    """Years, then versions and editions: 1 the same, 0 none in common, in between for some; MISSING unless both say."""
    return _overlap(pair.left.years, pair.right.years), _overlap(pair.left.versions, pair.right.versions)


def _measure_variants(pair: Pair) -> Sequence[float]:
    """Colours, sizes, whom and what it is for: 1 the same, 0 none in common, MISSING unless both say. Then words that
    make another product of the same name (upgrade, refurbished, case): how many are shared, and on one side only."""
    a, b = pair.left, pair.right
    return (
        *(_overlap(a.colours, b.colours), _overlap(a.sizes, b.sizes)),
        *(_overlap(a.genders, b.genders), _overlap(a.platforms, b.platforms)),
        float(len(a.editions & b.editions)),
        *_order(len(a.editions - b.editions), len(b.editions - a.editions)),
    )


def _measure_brand(pair: Pair) -> Sequence[float]:
    """Likeness of the stated brands; whether a stated brand stands in the other side's text; same first word."""
    a, b = pair.left, pair.right
    stated = fuzz.token_set_ratio(a.brand, b.brand) / 100 if a.brand and b.brand else MISSING
    named = [_names(side, other) for side, other in ((a, b), (b, a)) if side.brand and other.text_words]
    first = float(a.words[0] == b.words[0]) if a.words and b.words else MISSING
    return stated, max(named, default=MISSING), first


def _measure_price(pair: Pair) -> Sequence[float]:
    """|ln of the prices' ratio|, at most 10."""
    ratio = price_ratio(pair.left.item, pair.right.item)
    return (MISSING if ratio is None else min(abs(ratio), 10.0),)


def _measure_facts(pair: Pair) -> Sequence[float]:
    """GTIN (1 same, 0 other); likeness of the categories; of the attributes that both state: share that agrees, and
    how many do not."""
    a, b = pair.left.item, pair.right.item
    gtin = float(a.gtin == b.gtin) if a.gtin and b.gtin else MISSING
    category = fuzz.token_set_ratio(fold(a.category), fold(b.category)) / 100 if a.category and b.category else MISSING
    return gtin, category, *_compare_attributes(a, b)


def _measure_lengths(pair: Pair) -> Sequence[float]:
    """Words in the shorter title; |ln of the ratio| of the titles' and of the texts' numbers of words."""
    a, b = pair.left, pair.right
    titles, texts = _order(len(a.words), len(b.words)), _order(len(a.text_words), len(b.text_words))
    return titles[0], math.log((titles[1] + 1) / (titles[0] + 1)), math.log((texts[1] + 1) / (texts[0] + 1))


FAMILIES = (
    Family("looks", ("image_cosine",), _measure_looks),
    Family("meaning", ("text_cosine",), _measure_meaning),
    Family(
        "spelling",
        ("title_edit", "title_sorted", "title_set", "title_part", "title_start", "title_sequence", "text_set"),
        _measure_spelling,
    ),
    Family(
        "words",
        (
            *("covered_low", "covered_high", "covered_by_text_low", "covered_by_text_high"),
            *("word_cosine", "rarest_shared", "shared_weight"),
            *("rarest_alone_low", "rarest_alone_high", "alone_weight_low", "alone_weight_high"),
            *("rarest_digits_low", "rarest_digits_high", "digits_weight_low", "digits_weight_high"),
        ),
        _measure_words,
    ),
    Family(
        "codes",
        ("code_shared", "code_nearest", "code_found_low", "code_found_high", "code_alone_low", "code_alone_high"),
        _measure_codes,
    ),
    Family("mpn", ("mpn_same", "mpn_named"), _measure_mpn),
    Family(
        "numbers",
        (
            *("numbers_shared", "numbers_alone_low", "numbers_alone_high"),
            *("units_shared", "units_alone_low", "units_alone_high"),
            *("dimensions_agree", "dimensions_conflict", "all_dimensions_agree", "all_dimensions_conflict"),
        ),
        _measure_numbers,
    ),
    Family("versions", ("year_same", "version_same"), _measure_versions),
    Family(
        "variants",
        (
            *("colour_same", "size_same", "gender_same", "platform_same"),
            *("editions_shared", "editions_alone_low", "editions_alone_high"),
        ),
        _measure_variants,
    ),
    Family("brand", ("brand_same", "brand_named", "first_word_same"), _measure_brand),
    Family("price", ("price_ratio",), _measure_price),
    Family("facts", ("gtin_same", "category_same", "attributes_agree", "attributes_conflict"), _measure_facts),
    Family("lengths", ("title_words", "title_length_ratio", "text_length_ratio"), _measure_lengths),
)
FEATURES = tuple(name for family in FAMILIES for name in family.features)


def price_ratio(one: Item, other: Item) -> float | None:
    """ln of the first price over the second; None unless both are stated, sensible and of one currency."""
    a, b = one.price, other.price
    if not a or not b or not (0 < a < math.inf and 0 < b < math.inf):
        return None
    if one.currency and other.currency and one.currency != other.currency:
        return None
    return math.log(a) - math.log(b)


def cosine(one: Vector | None, other: Vector | None) -> float:
    """Cosine of two unit rows; below 0 says no more than 0."""
    if one is None or other is None or not one.any() or not other.any():
        return MISSING
    return min(max(float(one @ other), 0.0), 1.0)


def _order(one: float, other: float) -> tuple[float, float]:
    return (float(one), float(other)) if one <= other else (float(other), float(one))


def _cover(pair: Pair, side: Reading, held: Mapping[str, float]) -> float:
    """Share of a title's weight in words that is held."""
    total = sum(pair.rarity(word) for word in side.word_set)
    return sum(pair.rarity(word) * share for word, share in held.items()) / total if total else MISSING


def _held_by(side: Reading, other: Reading) -> dict[str, float]:
    """How far the other side's whole text has each word of the side's title: whole, written together, nearly so."""
    return {word: _held(word, other) for word in side.word_set}


def _held(word: str, other: Reading) -> float:
    if word in other.text_words:
        return 1.0
    if len(word) >= SHORTEST_WITHIN and word in other.squeezed:
        return WITHIN
    if len(word) < SHORTEST_ABBREVIATION or not word.isalpha():
        return 0.0
    return max((_spelt_alike(word, near) for near in other.by_first_letter.get(word[0], ())), default=0.0)


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
    norms = [math.sqrt(sum(pair.rarity(word) ** 2 for word in words)) for words in (one, other)]
    shared = sum(pair.rarity(word) ** 2 for word in one & other)
    return shared / (norms[0] * norms[1]) if norms[0] and norms[1] else 0.0


def _found_share(codes: Collection[str], squeezed: str) -> float:
    return sum(code in squeezed for code in codes) / len(codes) if codes else MISSING


def _nearest(some: Collection[str], others: Collection[str]) -> float:
    """Likeness of the nearest two codes, nearly 1 when one begins the other: makers add letters for colour, country."""
    best = MISSING
    for one in some:
        for other in others:
            likeness = 0.95 if _begins(one, other) else Levenshtein.normalized_similarity(one, other)
            best = max(best, 1.0 if one == other else likeness)
    return best


def _begins(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= 5 and long.startswith(short)


def _compare_sets(one: Set[Quantity], other: Set[Quantity]) -> tuple[float, float, float]:
    return float(len(one & other)), *_order(len(one - other), len(other - one))


def _agreement(some: Collection[Quantity], others: Collection[Quantity]) -> tuple[float, float]:
    """Dimensions that both sides state, NUMBER left out: how many share a value, how many share none."""
    by_dimension: dict[str, tuple[set[float], set[float]]] = {}
    for place, quantities in enumerate((some, others)):
        for dimension, value in quantities:
            if dimension != NUMBER:
                by_dimension.setdefault(dimension, (set(), set()))[place].add(value)
    both = [(one, other) for one, other in by_dimension.values() if one and other]
    agreeing = sum(_close(one, other) for one, other in both)
    return float(agreeing), float(len(both) - agreeing)


def _close(some: Set[float], others: Set[float]) -> bool:
    """Do any two values differ by at most 2 %? Suppliers round inches and ounces."""
    return any(abs(one - other) <= 0.02 * max(one, other) for one in some for other in others)


def _overlap(some: Set[object], others: Set[object]) -> float:
    return len(some & others) / min(len(some), len(others)) if some and others else MISSING


def _names(side: Reading, other: Reading) -> float:
    words = words_of(side.brand)
    if not words:
        return 0.0
    return max(float("".join(words) in other.squeezed), sum(word in other.text_words for word in words) / len(words))


def _compare_attributes(one: Item, other: Item) -> tuple[float, float]:
    theirs = {fold(name): value for name, value in other.attributes.items()}
    both = [
        (str(value)[:LONGEST_COMPARED], str(theirs[fold(name)])[:LONGEST_COMPARED])
        for name, value in one.attributes.items()
        if str(value) and str(theirs.get(fold(name), ""))
    ]
    if not both:
        return MISSING, MISSING
    agreeing = sum(fuzz.token_set_ratio(fold(a), fold(b)) / 100 >= SAME_VALUE for a, b in both)
    return agreeing / len(both), float(len(both) - agreeing)
