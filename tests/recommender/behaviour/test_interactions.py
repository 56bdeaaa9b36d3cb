from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

from recommender.behaviour import interactions
from recommender.behaviour.interactions import HALF_LIFE, read_baskets, read_interactions
from recommender.behaviour.matrix import Interactions
from recommender.models import Shopper

pytestmark = pytest.mark.django_db

NOW = timezone.now()


def ago(**age: float):
    return NOW - timedelta(**age)


def rows(found: Interactions, shop) -> list[dict[str, float]]:
    """Each row as sku -> value."""
    skus = {product.pk: sku for sku, product in shop.items()}
    names = [skus[pk] for pk in found.products.tolist()]
    return [
        {name: pytest.approx(value, rel=1e-4) for name, value in zip(names, row, strict=True) if value}
        for row in found.matrix.toarray()
    ]


class TestInteractions:
    def test_strengths_are_summed_and_halved_with_every_half_life(self, store, shop, happens):
        happens("ann", "view", "mug-red", at=NOW)
        happens("ann", "purchase", "mug-red", at=NOW - HALF_LIFE)
        happens("ann", "cart", "lamp-red", at=NOW - 2 * HALF_LIFE)
        happens("bob", "dislike", "mug-red", at=NOW)
        assert rows(read_interactions(store, now=NOW), shop) == [
            {"mug-red": 1 + 5 / 2, "lamp-red": 4 / 4},
            {"mug-red": -3},
        ]

    def test_what_happens_later_is_not_known_yet(self, store, shop, happens):
        happens("ann", "view", "mug-red", at=ago(days=2))
        happens("ann", "view", "lamp-red", at=NOW)
        assert rows(read_interactions(store, now=ago(days=1)), shop) == [
            {"mug-red": 2 ** (-1 / HALF_LIFE.days)},
        ]

    def test_other_stores_events_are_not_seen(self, store, shop, other_store, other_shop, happens):
        happens("ann", "view", "mug-red", store=other_store)
        happens("ann", "purchase", "theirs", store=other_store)
        assert read_interactions(store, now=timezone.now()).matrix.shape == (0, 0)
        assert read_baskets(store, now=timezone.now()).matrix.shape == (0, 0)

    def test_the_latest_are_read_when_there_are_too_many(self, store, shop, happens, monkeypatch):
        monkeypatch.setattr(interactions, "LATEST_EVENTS", 2)
        for days, sku in enumerate(["mug-red", "mug-blue", "lamp-red"]):
            happens("ann", "purchase", sku, at=ago(days=days))
        assert [set(row) for row in rows(read_interactions(store, now=NOW), shop)] == [{"mug-red", "mug-blue"}]

    def test_chunks_are_put_together(self, store, shop, happens, monkeypatch):
        monkeypatch.setattr(interactions, "CHUNK", 2)
        for shopper in ("ann", "bob", "cid"):
            happens(shopper, "view", "mug-red", "lamp-red", "bare", at=NOW)
        found = read_interactions(store, now=NOW)
        assert np.array_equal(found.matrix.toarray(), np.ones((3, 3)))
        assert Shopper.objects.count() == 3


class TestBaskets:
    def test_a_basket_is_what_a_shopper_took_without_a_long_pause(self, store, shop, happens):
        happens("ann", "purchase", "mug-red", at=ago(hours=30))
        happens("ann", "purchase", "lamp-red", at=ago(hours=20))
        happens("ann", "purchase", "bare", at=ago(hours=1))
        happens("bob", "purchase", "bare", at=ago(hours=1))
        assert rows(read_baskets(store, now=NOW), shop) == [{"mug-red": 1, "lamp-red": 1}, {"bare": 1}, {"bare": 1}]

    def test_what_was_bought_counts_once_and_more_than_what_was_left(self, store, shop, happens):
        happens("ann", "cart", "mug-red", "lamp-red", at=ago(hours=2))
        happens("ann", "purchase", "mug-red", "mug-red", at=ago(hours=1))
        happens("ann", "view", "bare", at=ago(hours=1))
        assert rows(read_baskets(store, now=NOW), shop) == [{"mug-red": 1, "lamp-red": 0.5}]

    def test_events_of_one_moment_are_one_basket(self, store, shop, happens):
        for shopper in ("ann", "bob"):
            happens(shopper, "purchase", "mug-red", "mug-blue", "mug-rose", "bare", at=ago(hours=1))
        assert [len(row) for row in rows(read_baskets(store, now=NOW), shop)] == [4, 4]

    def test_of_an_endless_basket_the_bought_and_the_first_are_kept(self, store, shop, happens, monkeypatch):
        monkeypatch.setattr(interactions, "LONGEST_BASKET", 3)
        happens("bot", "cart", "mug-red", at=ago(hours=4))
        happens("bot", "cart", "lamp-red", at=ago(hours=3))
        happens("bot", "cart", "bare", at=ago(hours=2))
        happens("bot", "purchase", "mug-blue", at=ago(hours=1))
        assert rows(read_baskets(store, now=NOW), shop) == [{"mug-blue": 1, "mug-red": 0.5, "lamp-red": 0.5}]
