"""Every question a storefront asks, answered the same way: retrieve, filter, score, diversify, rules, explain.

`questions.py` is what is asked, `setup.py` what the shop and its experiments make of it, `wishes.py` the vectors, words
and history it stands for, `pool.py` candidates of every source scored by every signal, and `page.py` what is made of
them. Where they cannot fill a page, because nothing is indexed yet, the product has no vector or the shopper no
history, fallbacks do, and the answer names the one: no page is short while enough products are eligible. Search alone
is never filled up: what was compared to nothing is no answer to words or a photo.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import structlog

from catalog.models import Product, Store
from embeddings.inference import EncoderUnavailable
from embeddings.layout import LayoutError
from embeddings.selectors import NoActiveSpace, SpaceView, active_space, term_of_vector, vectors_of
from recommender import selectors
from recommender.candidates.again import LENGTH as HABITS_LENGTH
from recommender.mix import Mix
from recommender.page import Fallback, Page
from recommender.policies import Policy
from recommender.questions import Answer, Question
from recommender.ranking.rotation import seed_of
from recommender.selectors import Visitor
from recommender.setup import Setup
from recommender.wishes import Asked, Wish, anchors_of, check_weights, tastes_of

logger = structlog.get_logger(__name__)

SIMILAR = Mix(visual=0.5, textual=0.5, personal=0.2)
# Having the words is a third of the score (the model card says what it brings).
WORDS = Mix(visual=0.4, textual=0.6, lexical=0.5, personal=0.2)
PHOTO = Mix(visual=0.8, textual=0.2, personal=0.2)
WORDS_AND_MORE = Mix(visual=0.5, textual=0.5, lexical=0.5, personal=0.2)
SCENARIOS: Mapping[str, Mix] = {
    # Chosen on the demo's shoppers, on a week before the one that is scored.
    "home": Mix(visual=0.1, textual=0.15, behaviour=0.15, again=0.3, popular=0.3),
    "product": Mix(visual=0.5, textual=0.5, behaviour=0.3, personal=0.3, together=0.2),
    "basket": Mix(textual=0.2, behaviour=0.3, personal=0.3, together=1.0, popular=0.1),
}
TOGETHER = Mix(behaviour=0.3, textual=0.1, together=1.0)


def answer(setup: Setup, wish: Wish, space: SpaceView | None, fallbacks: Mapping[str, Fallback]) -> Answer:
    page = Page(setup.question, wish, space)
    while page.wants_more():
        found = page.retrieve()
        page.score(found)
        page.arrange()
    page.fill_up(fallbacks)
    return replace(page.answer(), variant_id=setup.variant_id)


def find_similar(question: Question, *, product: Product) -> Answer:
    """What is like this product; failing that, the newest of its category, then the newest of all."""
    setup, space = Setup.of(question, SIMILAR), active_space(question.store)
    return answer(setup, _beside(setup, space, [product], _visitor(setup)), space, _newest(product))


def find_companions(question: Question, *, product: Product) -> Answer:
    """What is bought together with this product; failing that, what the same shoppers choose, and what is like it."""
    setup, space = Setup.of(question, TOGETHER), active_space(question.store)
    return answer(setup, _beside(setup, space, [product], _visitor(setup)), space, _newest(product))


def search(question: Question, asked: Asked, *, is_refined: bool = True) -> Answer:
    """What the words, the photo, the liked products or all together describe.

    Where words can't be compared, because the encoder is not available or nothing is embedded yet, products that have
    them answer alone, and `fallback` says `lexical`. Raises NoActiveSpace and EncoderUnavailable without words, and
    LayoutError when the weights leave nothing to compare.
    """
    setup, space = Setup.of(question, _mix_for(asked)), active_space(question.store)
    own = _with_variants(question.store, asked.like) | {product.pk for product in asked.unlike}
    wish = Wish(setup.mix, words=asked.text, not_words=asked.not_text, visitor=_visitor(setup), own=own)
    try:
        wish = _compared(setup, wish, space, asked, is_refined)
    except (NoActiveSpace, EncoderUnavailable):
        if not (asked.text and setup.mix.lexical):
            raise
        logger.warning("answered by words alone", store=question.store.pk, exc_info=True)
        return replace(answer(setup, wish, None, {}), fallback="lexical")
    return answer(setup, wish, space, {})


def _mix_for(asked: Asked) -> Mix:
    if asked.photo is None and not asked.like:
        return WORDS
    if asked.text:
        return WORDS_AND_MORE
    return PHOTO if asked.photo is not None else SIMILAR


def _compared(setup: Setup, wish: Wish, space: SpaceView | None, asked: Asked, is_refined: bool) -> Wish:
    _check(setup.mix, or_else=setup.mix.lexical if asked.text else 0.0)
    photo = asked.photo() if asked.photo else None
    if space is None:
        raise NoActiveSpace
    if setup.mix.blocks:
        check_weights(space, setup.mix.blocks)
    terms = tuple(asked.terms(space, photo))
    anchors = anchors_of(space, terms, setup.mix.blocks)
    if setup.mix.blocks and not anchors:
        raise LayoutError("the weights leave nothing to compare: no given input speaks to a weighted block")
    only_words = asked.photo is None and not asked.like and not asked.not_text and not asked.unlike
    refined = is_refined and only_words and bool(anchors)
    return _with_tastes(setup, space, replace(wish, terms=terms, anchors=anchors, is_refined=refined))


def recommend(question: Question, *, beside: Sequence[Product] = ()) -> Answer:
    """What this shopper would want next: on the home page, on a product's page, beside a basket. Without what the
    scenario's policy hides from them; failing all that, the popular, the newest."""
    setup, space = Setup.of(question, SCENARIOS[question.scenario]), active_space(question.store)
    visitor = _visitor(setup, policy=setup.policy)
    wish = _beside(setup, space, beside, visitor) if beside else _for_shopper(setup, space, visitor)
    if visitor:
        wish = _as_policy_has_it(setup, wish, visitor)
    popular = partial(selectors.popular, store=question.store, now=question.now)
    return answer(setup, wish, space, {"popular": popular, "newest": selectors.newest})


def _for_shopper(setup: Setup, space: SpaceView | None, visitor: Visitor | None) -> Wish:
    """Likeness is to their interests. A stranger has none, and gets what fallbacks say."""
    _check(setup.mix, or_else=0.0)
    if space and setup.mix.blocks:
        check_weights(space, setup.mix.blocks)  # whoever asks
    if space is None or visitor is None:
        return Wish(setup.mix, visitor=visitor)
    interests, known = tastes_of(space, visitor, setup.mix.blocks, now=setup.question.now)
    return Wish(setup.mix, anchors=interests, visitor=visitor, known=known)


def _beside(setup: Setup, space: SpaceView | None, products: Sequence[Product], visitor: Visitor | None) -> Wish:
    """Likeness is to the products, their variants are as good as shown."""
    mix, ids = setup.mix, tuple(product.pk for product in products)
    wish = Wish(mix, visitor=visitor, beside=ids, own=_with_variants(setup.question.store, products))
    _check(mix, or_else=mix.together)
    if space is None:
        return wish
    vectors = vectors_of(space, ids).values()
    terms = tuple(term_of_vector(space, vector, weight=1 / len(vectors)) for vector in vectors)
    return _with_tastes(setup, space, replace(wish, terms=terms, anchors=anchors_of(space, terms, mix.blocks)))


def _with_variants(store: Store, products: Sequence[Product]) -> frozenset[int]:
    """Their ids, and those of all their variants."""
    variants = selectors.siblings_of(store, {product.pk for product in products if product.variant_group})
    return frozenset({product.pk for product in products} | variants)


def _check(mix: Mix, *, or_else: float) -> None:
    """Something must be left to go by."""
    if mix.blocks is None and not or_else:
        raise LayoutError("at least one weight must be above zero")


def _visitor(setup: Setup, *, policy: Policy | None = None) -> Visitor | None:
    question = setup.question
    if not question.shopper_id:
        return None
    length = HABITS_LENGTH if setup.mix.again else selectors.HISTORY_LENGTH
    return selectors.find_visitor(question.store, question.shopper_id, length=length, policy=policy, now=question.now)


def _with_tastes(setup: Setup, space: SpaceView, wish: Wish) -> Wish:
    if not setup.mix.personal or wish.visitor is None:
        return wish
    tastes, known = tastes_of(space, wish.visitor, setup.mix.blocks, now=setup.question.now)
    return replace(wish, tastes=tastes, known=known)


def _as_policy_has_it(setup: Setup, wish: Wish, visitor: Visitor) -> Wish:
    question = setup.question
    return replace(
        wish,
        exclude=visitor.unwanted,
        rotation=setup.policy.rotation,
        seed=question.seed or seed_of(visitor.shopper.external_id, now=question.now),
        shown=visitor.shown,
        touched=frozenset(touch.product_id for touch in visitor.recent),
    )


def _newest(product: Product) -> dict[str, Fallback]:
    return {"category": partial(selectors.newest_beside, product), "newest": selectors.newest}
