"""What is stated of a thing: brand, variant, GTIN, category, attributes."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz import fuzz

from recommender.matching.features.pair import MISSING, Pair, order, overlap
from recommender.matching.features.spelling import LONGEST_COMPARED
from recommender.matching.items import Item
from recommender.matching.wording import Reading, fold, words_of

# An attribute or category text as alike as this says the same.
SAME_VALUE = 0.85


def measure_brand(pair: Pair) -> Sequence[float]:
    """Likeness of the stated brands; whether a stated brand stands in the other side's text; same first word."""
    a, b = pair.left, pair.right
    stated = fuzz.token_set_ratio(a.brand, b.brand) / 100 if a.brand and b.brand else MISSING
    named = [_names(side, other) for side, other in ((a, b), (b, a)) if side.brand and other.text_words]
    first = float(a.words[0] == b.words[0]) if a.words and b.words else MISSING
    return stated, max(named, default=MISSING), first


def measure_variants(pair: Pair) -> Sequence[float]:
    """Colours, sizes, whom and what it is for: 1 the same, 0 none in common, MISSING unless both say. Then words that
    make another product of the same name (upgrade, refurbished, case): how many are shared, and on one side only."""
    a, b = pair.left, pair.right
    return (
        *(overlap(a.colours, b.colours), overlap(a.sizes, b.sizes)),
        *(overlap(a.genders, b.genders), overlap(a.platforms, b.platforms)),
        float(len(a.editions & b.editions)),
        *order(len(a.editions - b.editions), len(b.editions - a.editions)),
    )


def measure_facts(pair: Pair) -> Sequence[float]:
    """GTIN (1 same, 0 other); likeness of the categories; of the attributes that both state: share that agrees, and
    how many do not."""
    a, b = pair.left.item, pair.right.item
    gtin = float(a.gtin == b.gtin) if a.gtin and b.gtin else MISSING
    category = fuzz.token_set_ratio(fold(a.category), fold(b.category)) / 100 if a.category and b.category else MISSING
    return gtin, category, *_compare_attributes(a, b)


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
