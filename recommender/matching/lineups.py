"""An offer beside all products it may be: what only shows when they stand in one row, as numbers. Pure.

`features` measures a pair by itself. Here an offer's words are heard through the store's dictionary, its price and GTIN
are weighed by its supplier's habits, its picture and the colours of what it shows are held against each of a product's,
and every candidate is compared with the best of the others: what tells sisters of one family apart is who is ahead, not
how alike each is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.layout import Vector
from embeddings.palettes import QUANTILES, SIZE
from recommender.matching.dictionary import Dictionary, Heard, Meanings, product_words, value_words
from recommender.matching.features import FEATURES, MISSING, cosine
from recommender.matching.habits import Habits
from recommender.matching.items import Item
from recommender.matching.scenes import Scenes
from recommender.matching.sizes import sizes_apart
from recommender.matching.wording import read_item

#: What a column says that has nothing to tell; below every value a column can have.
UNKNOWN = -100.0
# Of a word's odds, what is taken from how common it is, so that no single word decides.
COMMON_SHARE = 0.3

PICTURES = ("picture_best", "picture_worst", "text_as_picture", "picture_as_text", "picture_alone")
HABITS = ("price_unusual", "gtin_trusted", "colours_apart", "sizes_apart")
HEARD = (
    *("heard_share", "heard_weight", "heard_odds", "heard_odds_least", "heard_explained"),
    *("unexplained_most", "unexplained_two", "unexplained_weight"),
    *("value_ahead_least", "value_ahead_sum", "value_said_least", "value_said_most"),
)
# Compared with the best of the others: by how much is this one ahead?
COMPARED = (
    *("image_cosine", "text_cosine", "word_cosine", "covered_high", "covered_by_text_low", "covered_by_text_high"),
    *("title_set", "text_set", "colour_same", "all_dimensions_agree"),
)
# As those, and the less the better.
APART = ("price_unusual", "colours_apart", "sizes_apart")
AHEAD_OF = "ahead_"
AHEAD = tuple(f"{AHEAD_OF}{name}" for name in (*COMPARED, *PICTURES, *HEARD, *APART))
OWN = (*FEATURES, *PICTURES, *HABITS, *HEARD)
COLUMNS = (*OWN, *AHEAD)
# Of a palette's channels: what light changes most counts least.
CHANNELS = np.repeat(np.array([0.4, 1, 1], np.float32), len(QUANTILES)) / SIZE


@dataclass(frozen=True, eq=False)
class Lineup:
    """`answer` is the place of the product it is, None for none of them; `group` is what never stands on both sides of
    a fold. Neither matters where nothing is learned."""

    offer: Item
    products: Sequence[Item]
    answer: int | None = None
    group: str = ""

    @property
    def pairs(self) -> list[tuple[Item, Item]]:
        return [(self.offer, product) for product in self.products]


def measure_lineup(
    lineup: Lineup, rows: NDArray[np.float32], dictionary: Dictionary, habits: Habits, scenes: Scenes
) -> NDArray[np.float32]:
    """float32[products, COLUMNS]; `rows` are the pairs' features, as `measure_pairs` gives them."""
    if not lineup.products:
        return np.zeros((0, len(COLUMNS)), np.float32)
    offer, products = lineup.offer, lineup.products
    heard, alone, palette = dictionary.hear(offer), scenes.see(offer), habits.palette(offer)
    said = _weigh_values(heard, dictionary)
    pictures = np.array([(*_compare_pictures(offer, each), scenes.compare(alone, each)) for each in products])
    reading = read_item(offer)
    habitual = np.array(
        [(*_compare_habits(offer, palette, each, habits), sizes_apart(reading, read_item(each))) for each in products]
    )
    words = np.array([_compare_words(each, heard, dictionary, said) for each in products])
    return _compare(np.column_stack([rows, pictures, habitual, words]))


def leave_out(rows: NDArray[np.float32], place: int) -> NDArray[np.float32]:
    """What `measure_lineup` gave, as it would be if the candidate at `place` were no product of the shop."""
    return _compare(np.delete(rows[:, : len(OWN)], place, axis=0).astype(np.float64))


def _compare(own: NDArray[np.float64]) -> NDArray[np.float32]:
    """The OWN columns with AHEAD beside them."""
    groups = ((*COMPARED, *PICTURES), HEARD, APART)
    likeness, words, apart = (own[:, [OWN.index(name) for name in group]] for group in groups)
    likeness = np.where(likeness == MISSING, UNKNOWN, likeness)
    apart = np.where(apart == MISSING, UNKNOWN, -apart)
    ahead = _measure_lead(np.column_stack([likeness, words, apart]))
    return np.column_stack([own, ahead]).astype(np.float32)


def _compare_pictures(offer: Item, product: Item) -> tuple[float, ...]:
    """The offer's picture beside each of the product's, nearest and farthest; each side's text beside the other's
    picture."""
    each = [cosine(offer.image_vector, picture) for picture in product.pictures] or [MISSING]
    return (
        max(each),
        min(each),
        cosine(offer.imagined_vector, product.image_vector),
        cosine(offer.image_vector, product.imagined_vector),
    )


def _compare_habits(offer: Item, palette: Vector | None, product: Item, habits: Habits) -> tuple[float, float, float]:
    """`palette` is the offer's without its supplier's light: how far from it is the product's nearest?"""
    unusual = habits.deviation(offer, product)
    is_named = bool(offer.gtin) and offer.gtin == product.gtin
    colours = [float(np.abs(palette - each) @ CHANNELS) for each in product.palettes] if palette is not None else []
    return (
        MISSING if unusual is None else unusual,
        habits.trust(offer.supplier) if is_named else 0.0,
        min(colours, default=MISSING),
    )


Said = dict[str, list[tuple[float, tuple[str, ...]]]]


def _weigh_values(heard: Heard, dictionary: Dictionary) -> Said:
    """The values of each attribute, those that the offer says most surely first."""
    return {
        name: sorted(((_say(words, heard), words) for words in values), reverse=True)
        for name, values in dictionary.values.items()
    }


def _say(words: Sequence[str], heard: Heard) -> float:
    return sum(heard.best.get(word, 0.0) for word in words) / len(words)


def _compare_words(product: Item, heard: Heard, dictionary: Dictionary, said: Said) -> tuple[float, ...]:
    """How surely the offer says the product's words: weighed by rarity, as share and sum; odds against chance, sum and
    the least word's; how much of the offer stands for words of the product. Then the offer's words that surely stand
    for something the product is not: the worst, the worst two, all. Then the product's attributes: how surely they are
    said, and by how much more surely than any other value that the product does not have."""
    words = product_words(product)
    if not words or not heard.words:
        return (UNKNOWN,) * len(HEARD)
    rarities = [dictionary.rarity(word) for word in words]
    weight = sum(rarity * heard.best.get(word, 0.0) for word, rarity in zip(words, rarities, strict=True))
    odds = [_odds(word, heard, dictionary) for word in words]
    own = frozenset(words)
    explained = [sum(share for word, share in meanings.items() if word in own) for meanings in heard.words]
    missing = sorted(
        (
            _sureness(meanings, dictionary) * (1 - min(share, 1.0))
            for meanings, share in zip(heard.words, explained, strict=True)
        ),
        reverse=True,
    )
    return (
        weight / sum(rarities),
        weight,
        sum(odds),
        min(odds),
        sum(explained) / len(explained),
        missing[0],
        sum(missing[:2]),
        sum(missing),
        *_compare_values(product, own, heard, said),
    )


def _odds(word: str, heard: Heard, dictionary: Dictionary) -> float:
    by_chance = dictionary.expected(word)
    told = (1 - COMMON_SHARE) * heard.mean.get(word, 0.0) + COMMON_SHARE * by_chance
    return math.log(told / by_chance)


def _sureness(meanings: Meanings, dictionary: Dictionary) -> float:
    """Of what a word most likely stands for: how likely, times how rare."""
    if not meanings:
        return 0.0
    word, share = max(meanings.items(), key=lambda each: each[1])
    return share * dictionary.rarity(word)


def _compare_values(product: Item, own: frozenset[str], heard: Heard, said: Said) -> tuple[float, ...]:
    stated = value_words(product)
    if not stated:
        return (UNKNOWN,) * 4
    told = {name: _say(words, heard) for name, words in stated.items()}
    others = {
        name: next((share for share, words in said.get(name, ()) if not own.issuperset(words)), 0.0) for name in stated
    }
    ahead = [told[name] - others[name] for name in stated]
    return min(ahead), sum(ahead), min(told.values()), max(told.values())


def _measure_lead(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each row less the best of the other rows; UNKNOWN where either has nothing to compare."""
    if len(values) < 2:
        return np.full(values.shape, UNKNOWN)
    ordered = np.sort(values, axis=0)
    others = np.where(values == ordered[-1], ordered[-2], ordered[-1])
    return np.where((values == UNKNOWN) | (others == UNKNOWN), UNKNOWN, values - others)
