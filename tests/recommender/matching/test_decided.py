"""Decisions as answers: which count, what they say, of whom."""

import pytest

from catalog.models import Offer, Product
from catalog.services.products import delete_product
from recommender.matching.decided import read_decided
from recommender.models import MatchDecision
from recommender.services.match_decisions import accept_match, call_new, reject_match, undo_match
from recommender.services.matching import match_due

ANN = "user ann"


@pytest.fixture
def offer(store, embedded_shop, offers):
    """In review, with every product of the shop as a candidate, mug-red first."""
    offer = offers("A-1", title="stoneware mug red new edition", price=10)
    match_due(store=store)
    return offer


def answers(store) -> dict[str, str | None]:
    """Offer's number -> the sku it is, None for none."""
    found = read_decided(store, limit=100).answers
    numbers = dict(Offer.objects.filter(pk__in=found).values_list("pk", "supplier_sku"))
    skus = dict(Product.objects.values_list("pk", "sku"))
    return {numbers[pk]: skus[product] if product else None for pk, product in found.items()}


def test_nothing_decided_is_nothing_to_learn(store, offer):
    decided = read_decided(store, limit=100)
    assert (decided.decisions, decided.count(), decided.last) == ([], (0, 0), 0)
    assert decided.answers == {}


def test_the_accepted_one_is_it(store, offer):
    accept_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-blue")
    assert answers(store) == {"A-1": "mug-blue"}
    assert read_decided(store, limit=100).count() == (1, 0)


def test_a_new_one_is_none(store, offer):
    call_new(store=store, match_id=offer.match.pk, by=ANN)
    assert answers(store) == {"A-1": None}
    assert read_decided(store, limit=100).count() == (0, 1)


def test_a_rejection_alone_says_not_what_it_is(store, offer):
    reject_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-red")
    reject_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-blue")
    assert answers(store) == {}
    accept_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-rose")
    assert answers(store) == {"A-1": "mug-rose"}
    assert read_decided(store, limit=100).count() == (1, 2)


def test_no_pair_is_the_same_and_not_the_same(store, offer):
    reject_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-red")
    before = read_decided(store, limit=100)
    accept_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-red")
    assert answers(store) == {"A-1": "mug-red"}
    assert read_decided(store, limit=100).count() == (1, 0)
    undo_match(store=store, match_id=offer.match.pk, by=ANN)
    assert read_decided(store, limit=100) == before
    assert before.count() == (0, 1)


def test_what_was_undone_says_nothing(store, offer):
    reject_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-red")
    before = read_decided(store, limit=100).sha256
    accept_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-blue")
    assert read_decided(store, limit=100).sha256 != before
    undo_match(store=store, match_id=offer.match.pk, by=ANN)
    assert answers(store) == {}
    assert read_decided(store, limit=100).sha256 == before


def test_the_machines_links_are_not_taken_for_true(store, embedded_shop, offers):
    offers("A-1", title="stoneware mug red")
    match_due(store=store)
    assert MatchDecision.objects.standing().get().by == "matcher"
    assert answers(store) == {}


def test_a_product_that_is_gone_says_nothing(store, embedded_shop, offer):
    accept_match(store=store, match_id=offer.match.pk, by=ANN, sku="mug-blue")
    delete_product(product=embedded_shop["mug-blue"])
    assert answers(store) == {}


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
