"""Every question a storefront asks, answered the same way: narrow, retrieve, diversify, fill up, show.

Vectors answer first. Where they cannot fill the page, because nothing is indexed yet, the product has no vector or the
shopper no history, fallbacks do, and the answer names the one: no page is short while enough products are eligible.
Search alone is never filled up: what was compared to nothing is no answer to words or a photo.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils import timezone

from catalog.cards import ProductCard, published_cards
from catalog.models import Product, Store
from catalog.querysets import ProductQuerySet
from embeddings.layout import LayoutError, Query, Term, Weights, compose
from embeddings.search import nearest
from embeddings.selectors import SpaceView, active_space, require_active_space, term_of_vector, vectors_of
from embeddings.terms import image_term, text_term
from recommender import selectors
from recommender.candidates.lexical import cover
from recommender.filters import Filters
from recommender.models import Shopper
from recommender.profile_vectors import profile_vector
from recommender.ranking.diversity import diversify, likeness_of

if TYPE_CHECKING:
    from PIL.Image import Image

SIMILAR_WEIGHTS = Weights(visual=0.5, textual=0.5)
TEXT_WEIGHTS = Weights(visual=0.4, textual=0.6)
PHOTO_WEIGHTS = Weights(visual=0.8, textual=0.2)
TEXT_AND_PHOTO_WEIGHTS = Weights(visual=0.5, textual=0.5)
PERSONAL_WEIGHTS = Weights(visual=0.5, textual=0.5)
# Beside weights that sum to 1: having the very words is a third of the score (the model card says what it brings).
LEXICAL_WEIGHT = 0.5
# A page that is more than the order of one score is chosen from so many times its length, and from no fewer.
POOL_FACTOR, LEAST_POOL = 5, 50


@dataclass(frozen=True)
class Question:
    """What every question has in common."""

    store: Store
    filters: Filters = field(default_factory=Filters)
    limit: int = 10
    diversity: float = 0.0


@dataclass(frozen=True)
class Words:
    """What products should say, and the share of the score that depends on it, 0 to 1."""

    text: str = ""
    share: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.text) and self.share > 0


@dataclass(frozen=True)
class Result:
    """`score` is 0 to 1, higher is better; 0 also for what a fallback added, which was compared to nothing."""

    card: ProductCard
    score: float


@dataclass(frozen=True)
class Answer:
    """`fallback` names the first fallback that put something on the page; None: it holds what vectors found."""

    ranking_id: uuid.UUID
    space: str | None
    fallback: str | None
    results: tuple[Result, ...]


# Called with the eligible products, `limit` and `exclude`; gives ids.
Fallback = Callable[..., list[int]]


def find_similar(question: Question, *, product: Product, weights: Weights = SIMILAR_WEIGHTS) -> Answer:
    """What is like this product; failing that, the newest of its category, then the newest of all."""
    space = active_space(question.store)
    query = _query(space, _product_terms(space, product), weights) if space else None
    beside = partial(selectors.newest_beside, product)
    fallbacks: dict[str, Fallback] = {"category": beside, "newest": selectors.newest}
    return _answer(question, space, query, exclude={product.pk}, fallbacks=fallbacks)


def search(
    question: Question, *, weights: Weights, text: str = "", photo: Image | None = None, lexical: float = LEXICAL_WEIGHT
) -> Answer:
    """What the words, the photo or both describe; `lexical` is the weight of having the very words, beside `weights`.

    Raises NoActiveSpace, EncoderUnavailable, and LayoutError when the weights leave nothing to compare.
    """
    space = require_active_space(question.store)
    terms = [text_term(space, text)] if text else []
    terms += [image_term(space, [photo])] if photo else []
    query = compose(space.layout, space.calibration, terms, weights)
    return _answer(question, space, query, words=Words(text, lexical / (lexical + weights.total)))


def recommend(question: Question, *, shopper_id: str, weights: Weights = PERSONAL_WEIGHTS) -> Answer:
    """What this shopper would want next, never what they bought or disliked; failing that, the popular, the newest."""
    space = active_space(question.store)
    shopper = selectors.find_shopper(question.store, shopper_id)
    query = _query(space, _history_terms(space, shopper), weights) if space else None
    unwanted = selectors.unwanted_by(shopper) if shopper else set()
    popular = partial(selectors.popular, store=question.store)
    fallbacks: dict[str, Fallback] = {"popular": popular, "newest": selectors.newest}
    return _answer(question, space, query, exclude=unwanted, fallbacks=fallbacks)


def _answer(
    question: Question,
    space: SpaceView | None,
    query: Query | None,
    *,
    words: Words = Words(),
    exclude: Collection[int] = (),
    fallbacks: Mapping[str, Fallback] | None = None,
) -> Answer:
    published = Product.objects.of(question.store).published()
    eligible = question.filters.narrow(published, store=question.store)
    scores: dict[int, float] = {}
    used: str | None = None
    if not eligible.query.is_empty():
        if space and query:
            scores = _choose(question, space, _retrieve(question, space, query, words, eligible, exclude))
        for name, fallback in (fallbacks or {}).items():
            missing = question.limit - len(scores)
            added = fallback(eligible, limit=missing, exclude={*exclude, *scores}) if missing else []
            scores |= dict.fromkeys(added, 0.0)
            used = used or (name if added else None)
    cards = published_cards(store_id=question.store.pk, product_ids=list(scores))
    results = tuple(Result(card, scores[pk]) for pk, card in cards.items())
    return Answer(ranking_id=uuid.uuid4(), space=space.name if space else None, fallback=used, results=results)


def _retrieve(
    question: Question,
    space: SpaceView,
    query: Query,
    words: Words,
    eligible: ProductQuerySet,
    exclude: Collection[int],
) -> dict[int, float]:
    """id -> score, best first, of at least a page. What one of the two ways finds is scored by both."""
    plain = question.diversity == 0 and not words
    limit = question.limit if plain else max(POOL_FACTOR * question.limit, LEAST_POOL)
    scores = _likeness(space, query, eligible, limit=limit, exclude=exclude)
    if not words:
        return scores
    narrowed = None if question.filters == Filters() else eligible
    covered = cover(question.store, words.text, eligible=narrowed, limit=limit, exclude=exclude, also=scores)
    missing = covered.keys() - scores.keys()
    if missing:
        scores |= _likeness(space, query, eligible.filter(pk__in=missing), limit=len(missing), strategy="exact")
    mixed = {
        pk: (1 - words.share) * scores.get(pk, 0.0) + words.share * covered.get(pk, 0.0) for pk in {**scores, **covered}
    }
    return dict(sorted(mixed.items(), key=lambda item: (-item[1], item[0])))


def _likeness(space: SpaceView, query: Query, eligible: ProductQuerySet, **options: Any) -> dict[int, float]:
    found = nearest(space, query, products=eligible, **options)
    return {hit.product_id: hit.score for hit in found.hits}


def _choose(question: Question, space: SpaceView, pool: dict[int, float]) -> dict[int, float]:
    """The page out of the pool, in the order to be shown."""
    if question.diversity == 0 or len(pool) < 2:
        return dict(islice(pool.items(), question.limit))
    ids = list(pool)
    vectors = vectors_of(space, ids)
    likeness = likeness_of(np.stack([vectors.get(pk, np.zeros(space.layout.dims, np.float32)) for pk in ids]))
    scores = np.array(list(pool.values()))
    chosen = diversify(scores, likeness, diversity=question.diversity, limit=question.limit)
    return {ids[at]: pool[ids[at]] for at in chosen}


def _product_terms(space: SpaceView, product: Product) -> list[Term]:
    return [term_of_vector(space, vector) for vector in vectors_of(space, [product.pk]).values()]


def _history_terms(space: SpaceView, shopper: Shopper | None) -> list[Term]:
    history = selectors.history_of(shopper) if shopper else []
    vectors = vectors_of(space, {touch.product_id for touch in history}) if history else {}
    profile = profile_vector(history, vectors, now=timezone.now())
    return [] if profile is None else [term_of_vector(space, profile)]


def _query(space: SpaceView, terms: Sequence[Term], weights: Weights) -> Query | None:
    """None when no term speaks to a weighted block, as a product without a picture asked for what looks like it.

    Raises LayoutError when the space has none of the weighted blocks at all: no product could answer that.
    """
    if not any(weights.of_block(name) > 0 for name in space.layout.names):
        raise LayoutError(
            f"space {space.name} has none of the weighted modalities; it has {', '.join(space.layout.names)}"
        )
    try:
        return compose(space.layout, space.calibration, terms, weights)
    except LayoutError:
        return None
