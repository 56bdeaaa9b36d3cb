"""Decisions as labelled pairs: which count, what they say, of whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.services.products import delete_product
from embeddings import inference
from embeddings.selectors import require_active_space
from recommender.matching.decided import measure_decided, read_decided
from recommender.matching.features import FEATURES
from recommender.matching.scoring import load_matcher
from recommender.models import MatchCandidate, MatchDecision
from recommender.services.match_decisions import accept_match, call_new, reject_match, undo_match
from recommender.services.matching import match_due

ANN = "user ann"
RARITY = load_matcher().frequencies


@pytest.fixture
def offer(store, embedded_shop, offers):
    """In review, with every product of the shop as a candidate, mug-red first."""
    offer = offers("A-1", title="stoneware mug red new edition", price=10)
    match_due(store=store)
    return offer


def labels(store) -> list[bool]:
    """Of every pair there is to learn from, the accepted one first."""
    space = require_active_space(store)
    decided = read_decided(store, limit=100)
    pairs = measure_decided(store, space, decided, frequencies=RARITY)
    assert pairs.examples.rows.shape == (len(pairs.latest), len(FEATURES))
    return pairs.examples.labels.tolist()


def test_nothing_decided_is_nothing_to_learn(store, offer):
    decided = read_decided(store, limit=100)
    assert (decided.decisions, decided.count(), decided.last) == ([], (0, 0), 0)
    assert labels(store) == []


def test_the_accepted_one_is_it_and_the_other_candidates_are_not(store, offer):
    candidates = offer.candidates.count()
    assert candidates > 3
    accept_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-blue")
    assert labels(store) == [True] + [False] * (candidates - 1)
    assert read_decided(store, limit=100).count() == (1, 0)


def test_an_accepted_product_that_was_no_candidate_is_learned_from_too(store, offer):
    MatchCandidate.objects.filter(product__sku="lamp-blue").delete()
    candidates = offer.candidates.count()
    accept_match(store=store, match_id=offer.match.pk, by=ANN, sku="lamp-blue")
    assert labels(store) == [True] + [False] * candidates


def test_of_a_new_one_no_candidate_is_it(store, offer):
    call_new(store=store, match_id=offer.match.pk, by=ANN)
    assert labels(store) == [False] * offer.candidates.count()
    assert read_decided(store, limit=100).count() == (0, 1)


def test_of_a_rejection_only_the_rejected_one_is_told(store, offer):
    reject_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-red")
    reject_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-blue")
    assert labels(store) == [False, False]
    accept_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-rose")
    assert labels(store) == [True] + [False] * (offer.candidates.count() - 1)
    assert read_decided(store, limit=100).count() == (1, 2)


def test_what_was_undone_says_nothing(store, offer):
    reject_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-red")
    before = read_decided(store, limit=100).sha256
    accept_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-blue")
    assert read_decided(store, limit=100).sha256 != before
    undo_match(store=store, match_id=offer.match.pk, by=ANN)
    assert labels(store) == [False]
    assert read_decided(store, limit=100).sha256 == before


def test_the_machines_links_are_not_taken_for_true(store, embedded_shop, offers):
    offers("A-1", title="stoneware mug red")
    match_due(store=store)
    assert MatchDecision.objects.standing().get().by == "matcher"
    assert labels(store) == []


def test_a_product_that_is_gone_says_nothing(store, embedded_shop, offer):
    accept_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-blue")
    delete_product(product=embedded_shop["mug-blue"])
    assert labels(store) == []


def test_another_stores_decisions_are_not_there(store, other_store, offer):
    accept_match(store=store, match_id=offer.match.pk, by=ANN)
    assert read_decided(other_store, limit=100).decisions == []


def test_the_newest_are_read(store, embedded_shop, offers):
    numbers = ["A-1", "A-2", "A-3"]
    for number in numbers:
        offers(number, title=f"stoneware mug {number} new edition")
    match_due(store=store)
    decisions = [
        call_new(store=store, match_id=offer.match.pk, by=ANN).offer.decisions.get().pk
        for offer in (offers(number, title=f"stoneware mug {number} new edition") for number in numbers)
    ]
    read = read_decided(store, limit=2)
    assert [each.pk for each in read.decisions] == decisions[:0:-1]
    assert [each.pk for each in read.since(decisions[1]).decisions] == decisions[2:]


def test_families_are_variant_groups_or_products(store, embedded_shop, offers):
    shop = embedded_shop
    for sku in ("mug-red", "mug-blue"):
        shop[sku].variant_group = "mugs"
        shop[sku].save()
    made = [offers(f"A-{n}", title=f"stoneware mug edition {n}") for n in range(3)]
    match_due(store=store)
    for offer, sku in zip(made, ("mug-red", "mug-blue", "lamp-red"), strict=True):
        accept_match(store=store, match_id=offer.match.pk, by=ANN, sku=sku)
    pairs = measure_decided(store, require_active_space(store), read_decided(store, limit=100), frequencies=RARITY)
    families = dict(zip(pairs.latest.tolist(), pairs.examples.groups.tolist(), strict=True))
    red, blue, lamp = (families[offer.decisions.get().pk] for offer in made)
    assert red == blue != lamp
    assert len(pairs.latest) == sum(offer.candidates.count() for offer in made)


def test_no_encoder_is_asked_and_queries_do_not_grow_with_the_offers(store, embedded_shop, offers):
    for n in range(8):
        offers(f"A-{n}", title=f"stoneware mug red edition {n}")
    match_due(store=store)
    space = require_active_space(store)
    model = inference.model_of(space)
    asked = model.text_calls, model.image_calls
    counts = []
    for n in range(8):
        offer = offers(f"A-{n}", title=f"stoneware mug red edition {n}")
        call_new(store=store, match_id=offer.match.pk, by=ANN)
        with CaptureQueriesContext(connection) as queries:
            measure_decided(store, space, read_decided(store, limit=100), frequencies=RARITY)
        counts.append(len(queries))
    assert len(set(counts)) == 1 and counts[0] < 10, counts
    assert (model.text_calls, model.image_calls) == asked
