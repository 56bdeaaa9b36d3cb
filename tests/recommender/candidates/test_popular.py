import math
from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Product, Store
from recommender.candidates import popular
from recommender.candidates.popular import popular_scores


def scored(store: Store, **options) -> dict[str, float]:
    found = popular_scores(store, **{"limit": 9, "now": timezone.now(), **options})
    skus = dict(Product.objects.values_list("pk", "sku"))
    return {skus[pk]: score for pk, score in found.items()}


def log_share(strength: float, most: float) -> float:
    return pytest.approx(math.log(1 + strength) / math.log(1 + most))


def test_scores_are_the_logarithm_of_strength_best_first(store, shop, happens):
    happens("ann", "view", "mug-red", "mug-red", "lamp-red", "mug-blue", "bare")
    happens("bob", "purchase", "pan-red")
    happens("bob", "dislike", "mug-blue", "mug-rose")
    found = scored(store)
    assert found == {
        "pan-red": 1,
        "mug-red": log_share(2, 5),
        "lamp-red": log_share(1, 5),
        "bare": log_share(1, 5),
    }
    assert list(found) == ["pan-red", "mug-red", "lamp-red", "bare"]


def test_a_filter_changes_no_score(store, shop, happens):
    happens("ann", "view", "mug-red", "lamp-red")
    happens("ann", "purchase", "pan-red")
    lumo = Product.objects.of(store).by_brand("Lumo")
    assert scored(store, eligible=lumo) == {"lamp-red": log_share(1, 5)}
    assert scored(store, eligible=Product.objects.filter(pk__in=[])) == {}


def test_the_page_without_the_excluded_and_those_asked_for_besides(store, shop, happens):
    happens("ann", "view", "mug-red", "mug-red", "lamp-red", "lamp-red", "pan-red")
    assert list(scored(store, limit=1)) == ["mug-red"]
    assert list(scored(store, limit=1, exclude=[shop["mug-red"].pk])) == ["lamp-red"]
    others = [shop["pan-red"].pk, shop["bare"].pk, shop["mug-red"].pk]
    assert scored(store, limit=1, also=others) == {"mug-red": 1, "pan-red": log_share(1, 2)}


def test_what_is_not_published_or_another_stores_is_left_out(store, other_store, shop, other_shop, happens):
    happens("ann", "view", "mug-red", "lamp-gone")
    happens("ann", "purchase", "theirs", store=other_store)
    Product.objects.filter(pk=shop["lamp-gone"].pk).update(is_published=False)
    assert scored(store) == {"mug-red": 1}


def test_only_the_latest_events_that_have_happened_count(store, shop, happens, monkeypatch):
    monkeypatch.setattr(popular, "SAMPLE", 2)
    now = timezone.now()
    happens("ann", "purchase", "lamp-red", at=now - timedelta(days=3))
    happens("ann", "view", "mug-red", "pan-red", at=now - timedelta(days=2))
    happens("ann", "view", "bare", at=now)
    assert scored(store, now=now - timedelta(days=1)) == {"mug-red": 1, "pan-red": 1}
    assert scored(store, now=now - timedelta(days=5)) == {}
