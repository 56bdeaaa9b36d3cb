"""What a reviewer calls the matchers' features. Pure.

Contributions are additive, so those of one topic are told as their sum.
"""

from __future__ import annotations

from collections.abc import Mapping

from recommender.matching.choosing import RIVALS
from recommender.matching.lineups import AHEAD_OF
from recommender.matching.scoring import READ_TOGETHER

#: Topic -> features; of the lineups' `ahead_` columns the topic is that of what is compared.
TOPICS: Mapping[str, tuple[str, ...]] = {
    "Picture": ("image_cosine", "picture_best", "picture_worst", "picture_alone"),
    "Picture and text": ("text_as_picture", "picture_as_text"),
    "Colours in the picture": ("colours_apart",),
    "Meaning of the text": ("text_cosine", READ_TOGETHER),
    "Spelling of the title": (
        *("title_edit", "title_sorted", "title_set", "title_part", "title_start", "title_sequence"),
        "first_word_same",
    ),
    "Words in common": (
        *("covered_low", "covered_high", "covered_by_text_low", "covered_by_text_high", "text_set"),
        *("word_cosine", "rarest_shared", "shared_weight"),
    ),
    "Words only one has": ("rarest_alone_low", "rarest_alone_high", "alone_weight_low", "alone_weight_high"),
    "Numbers only one has": (
        *("rarest_digits_low", "rarest_digits_high", "digits_weight_low", "digits_weight_high"),
        *("code_alone_low", "code_alone_high", "numbers_alone_low", "numbers_alone_high"),
        *("units_alone_low", "units_alone_high"),
    ),
    "Model number": ("code_shared", "code_nearest", "code_found_low", "code_found_high", "mpn_same", "mpn_named"),
    "Numbers and measures": (
        *("numbers_shared", "units_shared", "dimensions_agree", "dimensions_conflict"),
        *("all_dimensions_agree", "all_dimensions_conflict"),
    ),
    "Size": ("size_same", "sizes_apart"),
    "Year and version": ("year_same", "version_same"),
    "Colour": ("colour_same",),
    "For whom or what": ("gender_same", "platform_same"),
    "Edition or accessory": ("editions_shared", "editions_alone_low", "editions_alone_high"),
    "Brand": ("brand_same", "brand_named"),
    "Price": ("price_ratio", "price_unusual"),
    "GTIN": ("gtin_same", "gtin_trusted"),
    "Category": ("category_same",),
    "Attributes": (
        *("attributes_agree", "attributes_conflict"),
        *("value_ahead_least", "value_ahead_sum", "value_said_least", "value_said_most"),
    ),
    "The supplier's words": (
        *("heard_share", "heard_weight", "heard_odds", "heard_odds_least", "heard_explained"),
        *("unexplained_most", "unexplained_two", "unexplained_weight"),
    ),
    "Length of the texts": ("title_words", "title_length_ratio", "text_length_ratio"),
    "Other candidates": (RIVALS,),
}
#: What the largest contributions of a stored candidate leave out, and what an older matcher knew.
ALL_ELSE = "All else"
_TOPIC_OF = {name: topic for topic, names in TOPICS.items() for name in names}


def topic_of(feature: str) -> str:
    return _TOPIC_OF.get(feature.removeprefix(AHEAD_OF), ALL_ELSE)


def sum_by_topic(contributions: Mapping[str, float]) -> dict[str, float]:
    """Topics with what their features brought together, the largest first."""
    sums: dict[str, float] = {}
    for feature, share in contributions.items():
        topic = topic_of(feature)
        sums[topic] = sums.get(topic, 0.0) + share
    return dict(sorted(sums.items(), key=lambda each: -abs(each[1])))
