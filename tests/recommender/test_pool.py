from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from django.utils import timezone

from catalog.models import Product
from embeddings.layout import Weights
from embeddings.selectors import active_space, term_of_vector, vectors_of
from recommender.anchors import Anchor
from recommender.candidates import popular
from recommender.candidates.again import again
from recommender.candidates.lexical import cover
from recommender.candidates.popular import popular_scores
from recommender.candidates.together import companions
from recommender.mix import Mix
from recommender.models import Event
from recommender.pool import HALF_TOGETHER, NOT_WORDS, Pool, Source, gather, rescore
from recommender.selectors import find_visitor
from recommender.wishes import Wish, anchors_of, tastes_of
from tests.recommender.bazaar import Bazaar

pytestmark = pytest.mark.django_db

MIX = Mix(visual=0.5, textual=0.5, lexical=0.4, personal=0.3, popular=0.2, again=0.6, together=0.7)
TOTAL = 0.5 + 0.5 + 0.4 + 0.3 + 0.2 + 0.6 + 0.7
NOW = timezone.now() + timedelta(hours=1)


@pytest.fixture
def plain(bazaars) -> Bazaar:
    return bazaars["plain"]


def anchor_to(bazaar: Bazaar, sku: str) -> tuple[Anchor, ...]:
    vector = vectors_of(bazaar.space, [bazaar[sku].pk])[bazaar[sku].pk]
    return anchors_of(bazaar.space, [term_of_vector(bazaar.space, vector)], Weights(0.5, 0.5))


def wish_of(bazaar: Bazaar) -> Wish:
    """Everything there is to wish for at once."""
    ann = find_visitor(bazaar.store, "ann", now=NOW)
    return Wish(
        MIX,
        anchors=anchor_to(bazaar, "mug-pink"),
        tastes=tastes_of(bazaar.space, ann, Weights(0.5, 0.5), now=NOW)[0],
        words="red lamp",
        visitor=ann,
        beside=(bazaar["mug-white"].pk, bazaar["lamp-red"].pk),
    )


def source_of(bazaar: Bazaar, *, now: datetime = NOW) -> Source:
    return Source(bazaar.store, active_space(bazaar.store), None, now)


def expected_scores(bazaar: Bazaar, wish: Wish) -> dict[int, float]:
    """The docstring's formula, signal by signal over all products."""
    vectors = vectors_of(bazaar.space, [bazaar[sku].pk for sku in bazaar.embedded])
    rows = np.stack(list(vectors.values()))
    likeness = dict(zip(vectors, wish.anchors[0].score(rows), strict=True))
    tastes = dict(zip(vectors, np.max([anchor.score(rows) for anchor in wish.tastes], axis=0), strict=True))
    signals = [
        (1.0, likeness),
        (0.3, tastes),
        (0.4, cover(bazaar.store, wish.words, limit=100)),
        (0.2, popular_scores(bazaar.store, limit=100, now=NOW)),
        (0.6, again(wish.visitor.history, wish.visitor.rhythms, limit=100, now=NOW)),
        (0.7, {pk: s / (s + HALF_TOGETHER) for pk, s in companions(bazaar.store, wish.beside, limit=100).items()}),
    ]
    return {
        product.pk: sum(weight * found.get(product.pk, 0.0) for weight, found in signals) / TOTAL
        for product in bazaar.products.values()
    }


def test_a_score_is_the_shared_sum_of_all_signals(plain):
    wish = wish_of(plain)
    pool = gather(source_of(plain), wish, limit=300)
    expected = expected_scores(plain, wish)
    assert pool.is_drained
    for pk, score in pool.scores.items():
        assert score == pytest.approx(expected[pk], abs=1e-5)
    assert {plain[sku].pk for sku in plain.embedded} <= pool.parts.keys()
    assert [pool.scores[pk] for pk in pool.ranked()] == sorted(pool.scores.values(), reverse=True)


@pytest.mark.parametrize("limit", [1, 2, 5, 11])
def test_what_is_left_scores_no_more_than_it_reaches(plain, limit):
    wish = wish_of(plain)
    expected = expected_scores(plain, wish)
    seen: set[int] = set()
    for _ in range(100):
        pool = gather(source_of(plain), wish, limit=limit, exclude=seen)
        assert seen.isdisjoint(pool.parts)
        seen |= pool.parts.keys()
        left = [expected[plain[sku].pk] for sku in plain.published if plain[sku].pk not in seen]
        assert max(left, default=0.0) <= pool.reach + 1e-5
        if pool.is_drained:
            break
    assert pool.is_drained
    assert max(left, default=0.0) == 0.0


def test_each_signal_brings_its_best(plain):
    wish = wish_of(plain)
    found = gather(source_of(plain), wish, limit=2).parts.keys()
    assert {plain[sku].pk for sku in ("lamp-red", "mug-pink", "lantern-red")} <= found
    assert plain["pan-green"].pk in found  # bought together with the mug


def test_what_has_nothing_to_say_takes_no_share(plain):
    alone = gather(source_of(plain), Wish(MIX, words="red lamp"), limit=100)
    covered = cover(plain.store, "red lamp", limit=100)
    assert {pk: score for pk, score in alone.scores.items() if score} == pytest.approx(covered)


def test_unwanted_words_take_half_of_what_wanted_ones_bring(plain):
    wish = Wish(Mix(lexical=1.0), words="red lamp", not_words="home")
    unwanted = cover(plain.store, "home", limit=100)
    for pk, coverage in cover(plain.store, "red lamp", limit=100).items():
        score = gather(source_of(plain), wish, limit=100).scores[pk]
        assert score == pytest.approx(max(0.0, coverage - NOT_WORDS * unwanted.get(pk, 0.0)))


@pytest.mark.parametrize("tastes", [True, False], ids=["several anchors", "one"])
def test_known_vectors_change_no_score(plain, monkeypatch, tastes):
    wish = wish_of(plain) if tastes else replace(wish_of(plain), tastes=())
    source = source_of(plain)
    asked = gather(source, wish, limit=3)
    known = vectors_of(plain.space, [plain[sku].pk for sku in plain.embedded[::2]])
    assert gather(source, replace(wish, known=known), limit=3).scores == pytest.approx(asked.scores, abs=1e-6)
    # As in a busy store, of which popular vectors are remembered.
    monkeypatch.setattr(popular, "_remembered", {})
    monkeypatch.setattr(popular, "SAMPLE", len(Event.objects.of(plain.store)))
    popular_scores(plain.store, limit=1, now=NOW)
    assert popular.popular_vectors(source.space, now=NOW).keys() <= {plain[sku].pk for sku in plain.embedded}
    assert popular.popular_vectors(source.space, now=NOW)
    assert gather(source, wish, limit=3).scores == pytest.approx(asked.scores, abs=1e-6)


def test_only_eligible_products_of_the_store_are_found(plain, bazaars):
    eligible = Product.objects.of(plain.store).published().by_brand("Lumo")
    wish = wish_of(plain)
    found = gather(replace(source_of(plain), eligible=eligible), wish, limit=100, exclude={plain["pan-pink"].pk})
    assert found.parts.keys() <= set(eligible.values_list("pk", flat=True)) - {plain["pan-pink"].pk}
    theirs = {product.pk for product in bazaars["joint"].products.values()}
    assert gather(source_of(plain), wish, limit=100).parts.keys().isdisjoint(theirs)


def test_rescoring_changes_likeness_alone(plain):
    wish = wish_of(plain)
    pool = gather(source_of(plain), wish, limit=100, vectors=True)
    before = {pk: dict(parts) for pk, parts in pool.parts.items()}
    other = replace(wish, anchors=anchor_to(plain, "rug-red"))
    rescore(pool, other)
    expected = expected_scores(plain, other)
    for pk, parts in pool.parts.items():
        assert sum(parts.values()) == pytest.approx(expected[pk], abs=1e-5)
        assert {**parts, "likeness": 0} == {**before[pk], "likeness": 0}


def test_moves_are_told_apart_and_add_up():
    pool = _pool_of({1: {"likeness": 0.5}, 2: {"likeness": 0.25}, 3: {}})
    pool.move("tired", {1: 0.25, 2: 0.25})
    pool.move("rule", {1: 1.0, 3: 0.75})
    pool.move("rule", {1: 0.5})
    assert pool.parts[2] == {"likeness": 0.25}
    assert pool.parts[1] == {"likeness": 0.5, "tired": -0.25, "rule": 0.25}
    assert pool.scores == {pk: sum(parts.values()) for pk, parts in pool.parts.items()}
    assert pool.ranked() == [3, 1, 2]


def test_of_two_helpings_the_first_tells_what_it_knows():
    pool = _pool_of({1: {"likeness": 0.5}})
    pool.is_drained = False
    pool.add(_pool_of({1: {"likeness": 0.1}, 2: {"likeness": 0.6}}))
    assert pool.scores == {1: 0.5, 2: 0.6}
    assert pool.is_drained


def _pool_of(parts: dict[int, dict[str, float]]) -> Pool:
    pool = Pool()
    for pk, named in parts.items():
        pool.put(pk, named)
    return pool
