"""What a pair of items has in common and where it disagrees, as one row of named numbers.

Every feature is the same whichever item comes first: what is measured both ways is given as the lower and the higher
of the two. Values are finite and at least 0; MISSING says that a side does not state what would be compared, which a
tree can tell from both agreement and conflict. Pure: no ORM, no model; vectors come with the items.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from recommender.matching.features.facts import measure_brand, measure_facts, measure_variants
from recommender.matching.features.looks import cosine, measure_looks, measure_meaning
from recommender.matching.features.numbers import measure_numbers, measure_price, measure_versions, price_ratio
from recommender.matching.features.pair import MISSING, Pair
from recommender.matching.features.spelling import measure_codes, measure_mpn, measure_spelling
from recommender.matching.features.words import ALIKE, abbreviates, measure_lengths, measure_words
from recommender.matching.frequencies import Frequencies
from recommender.matching.items import Item
from recommender.matching.wording import Reading, read_item

__all__ = [
    "ALIKE",
    "FAMILIES",
    "FEATURES",
    "MISSING",
    "Family",
    "Pair",
    "abbreviates",
    "cosine",
    "measure_pairs",
    "price_ratio",
]


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


FAMILIES = (
    Family("looks", ("image_cosine",), measure_looks),
    Family("meaning", ("text_cosine",), measure_meaning),
    Family(
        "spelling",
        ("title_edit", "title_sorted", "title_set", "title_part", "title_start", "title_sequence", "text_set"),
        measure_spelling,
    ),
    Family(
        "words",
        (
            *("covered_low", "covered_high", "covered_by_text_low", "covered_by_text_high"),
            *("word_cosine", "rarest_shared", "shared_weight"),
            *("rarest_alone_low", "rarest_alone_high", "alone_weight_low", "alone_weight_high"),
            *("rarest_digits_low", "rarest_digits_high", "digits_weight_low", "digits_weight_high"),
        ),
        measure_words,
    ),
    Family(
        "codes",
        ("code_shared", "code_nearest", "code_found_low", "code_found_high", "code_alone_low", "code_alone_high"),
        measure_codes,
    ),
    Family("mpn", ("mpn_same", "mpn_named"), measure_mpn),
    Family(
        "numbers",
        (
            *("numbers_shared", "numbers_alone_low", "numbers_alone_high"),
            *("units_shared", "units_alone_low", "units_alone_high"),
            *("dimensions_agree", "dimensions_conflict", "all_dimensions_agree", "all_dimensions_conflict"),
        ),
        measure_numbers,
    ),
    Family("versions", ("year_same", "version_same"), measure_versions),
    Family(
        "variants",
        (
            *("colour_same", "size_same", "gender_same", "platform_same"),
            *("editions_shared", "editions_alone_low", "editions_alone_high"),
        ),
        measure_variants,
    ),
    Family("brand", ("brand_same", "brand_named", "first_word_same"), measure_brand),
    Family("price", ("price_ratio",), measure_price),
    Family("facts", ("gtin_same", "category_same", "attributes_agree", "attributes_conflict"), measure_facts),
    Family("lengths", ("title_words", "title_length_ratio", "text_length_ratio"), measure_lengths),
)
FEATURES = tuple(name for family in FAMILIES for name in family.features)
