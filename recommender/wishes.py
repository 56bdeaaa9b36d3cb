"""What an answer is looked for by: vectors to be like, words to have, a shopper to suit, products to go with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from catalog.models import Product
from embeddings.layout import LayoutError, Term, Vector, Weights, compose
from embeddings.selectors import SpaceView, term_of_vector, vectors_of
from embeddings.terms import image_term, text_term
from recommender.anchors import Anchor
from recommender.mix import Mix
from recommender.profile_vectors import interests_of
from recommender.selectors import Visitor

if TYPE_CHECKING:
    from PIL.Image import Image

# What is not wanted counts half of what is: a sofa, not of leather, is still a sofa.
UNLIKE = -0.5
# An interest of half the largest one's share counts so much of it: a minor one is shown, not put first.
INTEREST_POWER = 0.3
# The best product of a first ranking beside the words (pseudo-relevance feedback).
FEEDBACK_TOP = 1
FEEDBACK = 0.8


@dataclass(frozen=True)
class Wish:
    """Everything a score depends on. `terms` made the anchor. `own` are products the question names, and the variants
    of those asked for, which it does not show. `is_refined`: the best answer to the words is asked for beside them.
    Scores are rotated by a draw from `seed`; `shown` is how often what was shown lately, `touched` what of it not in
    vain. `known` are vectors that were read to make the wish."""

    mix: Mix
    terms: tuple[Term, ...] = ()
    anchors: tuple[Anchor, ...] = ()
    tastes: tuple[Anchor, ...] = ()
    words: str = ""
    not_words: str = ""
    visitor: Visitor | None = None
    beside: tuple[int, ...] = ()
    is_refined: bool = False
    rotation: float = 0.0
    seed: str = ""
    shown: Mapping[int, int] = field(default_factory=dict)
    touched: frozenset[int] = field(default_factory=frozenset)
    own: frozenset[int] = field(default_factory=frozenset)
    exclude: frozenset[int] = field(default_factory=frozenset)
    known: Mapping[int, Vector] = field(default_factory=dict)


@dataclass(frozen=True)
class Asked:
    """What a search was given; at least one of `text`, `photo` and `like`. `photo` opens it, once it is needed."""

    text: str = ""
    not_text: str = ""
    photo: Callable[[], Image] | None = None
    like: Sequence[Product] = ()
    unlike: Sequence[Product] = ()

    def terms(self, space: SpaceView, photo: Image | None) -> list[Term]:
        """Raises EncoderUnavailable."""
        named = {product.pk for product in (*self.like, *self.unlike)}
        vectors = vectors_of(space, named) if named else {}
        terms = [text_term(space, self.text)] if self.text else []
        terms += [image_term(space, [photo])] if photo else []
        terms += _terms_of(space, self.like, vectors, 1.0)
        terms += _terms_of(space, self.unlike, vectors, UNLIKE)
        terms += [text_term(space, self.not_text, weight=UNLIKE)] if self.not_text else []
        return terms


def _terms_of(
    space: SpaceView, products: Sequence[Product], vectors: Mapping[int, Vector], weight: float
) -> list[Term]:
    """The products share one weight, so that ten of them do not drown the words beside."""
    known = [vectors[product.pk] for product in products if product.pk in vectors]
    return [term_of_vector(space, vector, weight=weight / len(known)) for vector in known]


def check_weights(space: SpaceView, weights: Weights) -> None:
    """Raises LayoutError when the space has none of the weighted blocks: no product could answer that."""
    if not any(weights.of_block(name) > 0 for name in space.layout.names):
        raise LayoutError(
            f"space {space.name} has none of the weighted modalities; it has {', '.join(space.layout.names)}"
        )


def anchors_of(space: SpaceView, terms: Sequence[Term], weights: Weights | None) -> tuple[Anchor, ...]:
    """One anchor, or none where no term speaks to a weighted block, as a product without a picture asked for what
    looks like it. Raises LayoutError, see `check_weights`."""
    if weights is None:
        return ()
    check_weights(space, weights)
    try:
        return (Anchor(compose(space.layout, space.calibration, terms, weights)),)
    except LayoutError:
        return ()


def tastes_of(
    space: SpaceView, visitor: Visitor, weights: Weights | None, *, now: datetime
) -> tuple[tuple[Anchor, ...], Mapping[int, Vector]]:
    """An anchor for each interest that the history tells of, and the vectors of what is in it."""
    if not visitor.recent or weights is None:
        return (), {}
    vectors = vectors_of(space, {touch.product_id for touch in visitor.recent})
    interests = interests_of(visitor.recent, vectors, now=now)
    anchors = tuple(
        Anchor(anchor.query, (interest.share / interests[0].share) ** INTEREST_POWER)
        for interest in interests
        for anchor in anchors_of(space, [term_of_vector(space, interest.vector)], weights)
    )
    return anchors, vectors


def refine(space: SpaceView, wish: Wish, best: Collection[Vector]) -> Wish:
    """The wish moved towards the packed vectors of the products that answered it best.

        query' = query + FEEDBACK * (what is like the mean of the best)

    (Rocchio 1971; of dense vectors Li et al. 2023, doi:10.1145/3570724.) It brings in what the words mean in this shop:
    the couches beside a sofa, the blush ones beside the pink.
    """
    blocks = wish.mix.blocks
    if not best or blocks is None:
        return wish
    towards = term_of_vector(space, np.mean(list(best), axis=0, dtype=np.float32), weight=FEEDBACK)
    terms = (*wish.terms, towards)
    return replace(wish, terms=terms, anchors=anchors_of(space, terms, blocks))
