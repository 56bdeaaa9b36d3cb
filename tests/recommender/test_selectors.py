import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Product, Store
from recommender import selectors
from recommender.candidates import popular
from recommender.policies import KEEP, NEVER, REPLENISHABLE, Policy
from recommender.rhythm import ShopRhythm
from recommender.services.rankings import ShownRanking, write_rankings
from recommender.services.rhythms import refresh_rhythms


@pytest.fixture
def products(store: Store, shop: dict[str, Product]):
    return Product.objects.of(store)


def ids(shop: dict[str, Product], *skus: str) -> list[int]:
    return [shop[sku].pk for sku in skus]


def test_history_is_the_latest_events_newest_first(store, shop, happens):
    now = timezone.now()
    happens("ann", "view", "mug-red", at=now - timedelta(days=2))
    happens("ann", "like", "lamp-red", at=now - timedelta(days=1))
    happens("ann", "cart", "pan-red", at=now)
    happens("bob", "view", "mug-blue")
    history = selectors.history_of(selectors.find_shopper(store, "ann"), length=2)
    assert [(touch.product_id, touch.kind) for touch in history] == [
        (shop["pan-red"].pk, "cart"),
        (shop["lamp-red"].pk, "like"),
    ]


def test_a_shopper_is_the_stores_own(store, other_store, shop, happens):
    happens("ann", "view", "mug-red")
    assert selectors.find_shopper(store, "ann") is not None
    assert selectors.find_shopper(other_store, "ann") is None


def test_a_visitor_is_the_shopper_with_the_history(store, other_store, shop, happens, monkeypatch):
    now = timezone.now()
    happens("ann", "view", "mug-red", at=now - timedelta(days=2))
    happens("ann", "like", "lamp-red", "mug-blue", "mug-blue", at=now - timedelta(days=1))
    happens("ann", "cart", "pan-red", at=now)
    happens("bob", "view", "mug-blue")
    ann = selectors.find_shopper(store, "ann")
    for length in (100, 3):
        visitor = selectors.find_visitor(store, "ann", length=length, now=now)
        assert visitor == selectors.Visitor(ann, tuple(selectors.history_of(ann, length=length)))
        assert len(visitor.history) == min(length, 5)
    assert visitor.shopper.created_at == ann.created_at
    monkeypatch.setattr(selectors, "HISTORY_LENGTH", 2)
    assert visitor.recent == visitor.history[:2]
    assert selectors.find_visitor(other_store, "ann", now=now) is None
    assert selectors.find_visitor(other_store, "ann", policy=Policy(tired=True), now=now) is None
    ann.events.all().delete()
    assert selectors.find_visitor(store, "ann", now=now) == selectors.Visitor(ann, ())


def test_a_visitor_knows_rhythms_and_what_is_withdrawn_of_what_they_met(store, shop, happens):
    now = timezone.now()
    for shopper in ("ann", "bob", "cat"):
        for days in (50, 10):
            happens(shopper, "purchase", "mug-red", at=now - timedelta(days=days))
    happens("dan", "view", "mug-red", "lamp-red", at=now)
    refresh_rhythms(store=store)
    Product.objects.filter(sku="lamp-red").update(is_published=False)
    visitor = selectors.find_visitor(store, "dan", now=now)
    assert visitor.withdrawn == {shop["lamp-red"].pk}
    assert visitor.rhythms == {shop["mug-red"].pk: ShopRhythm(buyers=3, repeaters=3, gap_days=40.0)}


@pytest.mark.parametrize("tired", [False, True])
def test_under_a_policy_a_visitor_knows_what_it_hides_and_what_was_shown(store, other_store, shop, happens, tired):
    now = timezone.now()
    happens("ann", "purchase", "mug-red", at=now)
    happens("ann", "cart", "pan-red", at=now)
    happens("bob", "purchase", "lamp-blue", at=now)
    for name, sku, days in (("ann", "mug-blue", 1), ("ann", "mug-rose", 9), ("bob", "lamp-red", 1)):
        at = now - timedelta(days=days)
        ranking = ShownRanking(uuid.uuid4(), store.pk, "home", [shop[sku].pk], [1.0], shopper=name, created_at=at)
        write_rankings(rankings=[ranking])
    policy = Policy(carted=7.0, tired=tired)
    visitor = selectors.find_visitor(store, "ann", policy=policy, now=now)
    assert visitor.unwanted == set(ids(shop, "mug-red", "pan-red"))
    assert visitor.unwanted == selectors.unwanted(visitor.shopper, policy, now=now)
    assert visitor.shown == ({shop["mug-blue"].pk: 1} if tired else {})
    assert replace(visitor, unwanted=frozenset(), shown={}) == selectors.find_visitor(store, "ann", now=now)


def test_unwanted_is_what_was_bought_or_last_disliked(store, shop, happens):
    now = timezone.now()
    happens("ann", "purchase", "mug-red", at=now - timedelta(days=900))
    happens("ann", "dislike", "lamp-red")
    happens("ann", "dislike", "mug-blue", at=now - timedelta(days=2))
    happens("ann", "like", "mug-blue", at=now - timedelta(days=1))
    happens("ann", "like", "mug-rose", at=now - timedelta(days=2))
    happens("ann", "dislike", "mug-rose", at=now - timedelta(days=1))
    happens("ann", "view", "pan-red")
    happens("bob", "purchase", "lamp-blue")
    ann = selectors.find_shopper(store, "ann")
    assert selectors.unwanted(ann, Policy(bought=NEVER), now=now) == set(ids(shop, "mug-red", "lamp-red", "mug-rose"))


def kept_away(store: Store, policy: Policy, *, days: float = 0) -> set[str]:
    """Skus that the policy does not show ann, so many days from now."""
    ids = selectors.unwanted(selectors.find_shopper(store, "ann"), policy, now=timezone.now() + timedelta(days=days))
    return set(Product.objects.filter(pk__in=ids).values_list("sku", flat=True))


def test_policies_hide_what_was_bought_seen_or_carted(store, shop, happens):
    happens("ann", "purchase", "mug-red")
    happens("ann", "view", "lamp-red")
    happens("ann", "click", "lamp-blue")
    happens("ann", "cart", "pan-red")
    happens("bob", "purchase", "mug-blue")
    happens("bob", "dislike", "bare")
    assert kept_away(store, Policy(bought=NEVER)) == {"mug-red"}
    assert kept_away(store, Policy(bought=KEEP)) == set()
    assert kept_away(store, Policy(bought=KEEP, seen=NEVER)) == {"lamp-red", "lamp-blue"}
    assert kept_away(store, Policy(bought=KEEP, carted=7.0), days=6) == {"pan-red"}
    assert kept_away(store, Policy(bought=KEEP, carted=7.0), days=8) == set()


def test_dislikes_hide_until_liked_again_under_every_policy(store, shop, happens):
    now = timezone.now()
    happens("ann", "dislike", "mug-red", at=now - timedelta(days=2))
    happens("ann", "dislike", "mug-blue", at=now - timedelta(days=2))
    happens("ann", "like", "mug-blue", at=now - timedelta(days=1))
    assert kept_away(store, Policy(bought=KEEP), days=2_000) == {"mug-red"}


def test_what_this_shopper_buys_regularly_comes_back_when_it_is_due(store, shop, happens):
    for days in (40, 20):
        happens("ann", "purchase", "mug-red", at=timezone.now() - timedelta(days=days))
    happens("ann", "purchase", "lamp-red", at=timezone.now() - timedelta(days=40))
    assert kept_away(store, Policy(bought=REPLENISHABLE), days=-1) == {"mug-red", "lamp-red"}
    assert kept_away(store, Policy(bought=REPLENISHABLE), days=1) == {"lamp-red"}


def test_what_others_buy_regularly_comes_back_by_their_rhythm(store, shop, happens):
    for shopper in ("bob", "cat", "eve"):
        for days in (30, 20):
            happens(shopper, "purchase", "mug-red", at=timezone.now() - timedelta(days=days))
    happens("ann", "purchase", "mug-red", at=timezone.now() - timedelta(days=3))
    assert kept_away(store, Policy(), days=8) == {"mug-red"}
    refresh_rhythms(store=store)
    assert kept_away(store, Policy(), days=6) == {"mug-red"}
    assert kept_away(store, Policy(), days=8) == set()


def test_a_category_named_replenishable_comes_back_in_a_month(store, shop, happens):
    happens("ann", "purchase", "mug-red", "pan-red", "lamp-red")
    policy = Policy(bought=NEVER, replenishable=("Kitchen/Mugs",))
    assert kept_away(store, policy, days=29) == {"mug-red", "pan-red", "lamp-red"}
    assert kept_away(store, policy, days=31) == {"pan-red", "lamp-red"}


def test_popular_counts_events_by_their_strength(store, shop, products, happens):
    happens("ann", "view", "mug-red", "mug-red", "lamp-red")
    happens("bob", "purchase", "pan-red")
    happens("bob", "dislike", "mug-blue")
    assert selectors.popular(products, store=store, limit=9, now=timezone.now()) == ids(
        shop, "pan-red", "mug-red", "lamp-red"
    )
    assert selectors.popular(products, store=store, limit=1, now=timezone.now()) == ids(shop, "pan-red")
    assert selectors.popular(products, store=store, now=timezone.now(), limit=9, exclude=ids(shop, "pan-red")) == ids(
        shop, "mug-red", "lamp-red"
    )


def test_popular_keeps_to_the_eligible(store, shop, products, happens):
    happens("ann", "view", "mug-red", "lamp-red")
    assert selectors.popular(products.by_brand("Lumo"), store=store, now=timezone.now(), limit=9) == ids(
        shop, "lamp-red"
    )


def test_popular_looks_at_the_latest_events_however_old(store, shop, products, happens, monkeypatch):
    monkeypatch.setattr(popular, "SAMPLE", 2)
    long_ago = timezone.now() - timedelta(days=3_000)
    happens("ann", "purchase", "lamp-red", at=long_ago - timedelta(days=1))
    happens("ann", "view", "mug-red", "pan-red", at=long_ago)
    assert selectors.popular(products, store=store, limit=9, now=timezone.now()) == ids(shop, "mug-red", "pan-red")


def test_nothing_is_popular_where_nothing_happened(store, other_store, shop, products, other_shop, happens):
    happens("ann", "view", "mug-red", store=other_store)
    assert selectors.popular(products, store=store, limit=9, now=timezone.now()) == []


def test_newest_come_first(store, shop, products):
    assert selectors.newest(products, limit=2) == ids(shop, "bare", "lamp-gone")
    assert selectors.newest(products, limit=1, exclude=ids(shop, "bare")) == ids(shop, "lamp-gone")


def test_newest_beside_keeps_to_the_category(store, shop, products):
    beside = selectors.newest_beside(shop["mug-red"], products, limit=9, exclude=ids(shop, "mug-red"))
    assert beside == ids(shop, "mug-rose", "mug-blue")


def test_nothing_is_beside_a_product_without_category(store, shop, products):
    assert selectors.newest_beside(Product(store=store), products, limit=9) == []
