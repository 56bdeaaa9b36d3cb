"""Why a product is on the page: what every signal brought, the chief reason, and a sentence.

Likeness is told by block: of a query q and a product p, block b brought  share * factor * (<q_b, p_b> - mean_b) / span,
for  calibrate(<q, p>) = (<q, p> - mean) / span  is linear (see `embeddings.layout`). Where the score was cut off at 0
or 1, and for what half precision rounds, the parts are scaled to what likeness brought, so that all contributions add
up to the score.

Pure: arrays and dataclasses, no ORM.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from embeddings.layout import WEIGHT_NAMES, Layout, Vector
from recommender.anchors import Anchor

_SIGNAL_OF_BLOCK = {block: name for name, block in WEIGHT_NAMES.items()}
LIKENESS = "likeness"
# scenario -> what an answer is like, or goes with
ABOUT: Mapping[str, str] = {
    "similar": "this product",
    "product": "this product",
    "together": "this product",
    "search": "what you asked for",
    "home": "what you looked at",
    "basket": "your basket",
}
# contribution -> code of the reason, and how a shopper is told
REASONS: Mapping[str, tuple[str, str]] = {
    "visual": ("looks_alike", "Looks like {about}."),
    "textual": ("reads_alike", "Described like {about}."),
    "fused": ("alike", "Looks and reads like {about}."),
    "behaviour": ("same_shoppers", "Chosen by the same shoppers as {about}."),
    "lexical": ("has_the_words", "Has the words you asked for, or words near them in meaning."),
    "personal": ("your_taste", "Like what you looked at."),
    "popular": ("popular", "Many look at it these days."),
    "again": ("yours_again", "You looked at it before."),
    "together": ("bought_together", "Often bought with {about}."),
    "rotation": ("rotation", "Shown in turn."),
    "tired": ("tired", "Shown often lately."),
    "rule": ("promoted", "Put forward by the shop."),
}
FALLBACK_REASONS: Mapping[str, tuple[str, str]] = {
    "category": ("same_category", "New in the same category."),
    "popular": ("popular", "Many look at it these days."),
    "newest": ("newest", "New in the shop."),
    "pinned": ("pinned", "Put here by the shop."),
}


@dataclass(frozen=True)
class Explanation:
    """`contributions` add up to the score; `reason` is a code of REASONS or FALLBACK_REASONS."""

    contributions: Mapping[str, float]
    reason: str
    sentence: str


def explain(parts: Mapping[str, float], blocks: Mapping[str, float], *, scenario: str) -> Explanation:
    """`parts` of a pool, likeness told by `blocks`."""
    contributions = {name: value for name, value in parts.items() if name != LIKENESS and value}
    for name, value in blocks.items():
        contributions[name] = contributions.get(name, 0.0) + value
    chief = max(contributions, key=lambda name: contributions[name], default=None)
    if chief is None or contributions[chief] <= 0:
        return Explanation(contributions, "weak_match", "The best of what is left.")
    reason, sentence = REASONS[chief]
    return Explanation(contributions, reason, sentence.format(about=ABOUT[scenario]))


def explain_fallback(name: str) -> Explanation:
    return Explanation({}, *FALLBACK_REASONS[name])


def split_likeness(
    layout: Layout, anchors: Sequence[Anchor], vector: Vector | None, likeness: float
) -> dict[str, float]:
    """visual, textual, fused, behaviour -> what they brought of `likeness`, by the anchor that is nearest."""
    if not anchors or vector is None or not likeness:
        return {}
    anchor = max(anchors, key=lambda anchor: float(anchor.score(vector[None])[0]))
    raw = {
        _SIGNAL_OF_BLOCK[name]: float(anchor.query.vector[where] @ vector[where]) - anchor.query.means.get(name, 0.0)
        for name in layout.names
        for where in [layout.slice_of(name)]
        if anchor.query.vector[where].any()
    }
    total = sum(raw.values())
    if total <= 0:
        return dict.fromkeys(raw, likeness / len(raw))
    return {name: value * likeness / total for name, value in raw.items()}
