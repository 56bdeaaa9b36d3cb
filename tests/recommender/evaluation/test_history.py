from datetime import timedelta

import pytest
from django.db import transaction

from catalog.models import Product
from recommender.evaluation.history import (
    forget_all,
    forget_from,
    group_by_brand,
    group_by_price,
    last_event_at,
    read_past,
    undone,
)
from recommender.models import Event, Shopper
from tests.recommender.evaluation.conftest import END, SPLIT


@pytest.fixture
def withdrawn(embedded_shop):
    Product.objects.filter(sku="lamp-gone").update(is_published=False)


def test_another_store_s_events_are_never_read_or_forgotten(store, other_store, weeks, other_shop, happens):
    happens("ann", "purchase", "theirs", store=other_store, at=END - timedelta(days=1))
    happens("zoe", "purchase", "theirs", store=other_store, at=SPLIT - timedelta(days=1))
    past = read_past(store, before=END)
    assert other_shop["theirs"].pk not in past.ids
    assert "zoe" not in past.names
    with undone():
        forget_all(store)
        assert set(Event.objects.values_list("store__slug", flat=True)) == {"other"}
    with undone():
        forget_from(store, SPLIT)
        assert Event.objects.of(other_store).count() == 2
    assert last_event_at(store) == END


def test_the_past_ends_at_the_split(store, weeks, withdrawn, embedded_shop):
    past = read_past(store, before=SPLIT)
    assert set(past.names) == {"ann", "bob", "cat", "dan"}
    assert past.ids.tolist() == sorted(product.pk for sku, product in embedded_shop.items() if sku != "lamp-gone")
    rows = past.rows_of("cat")
    sums = dict(zip(past.ids[past.products[rows]].tolist(), past.strengths[rows].tolist(), strict=True))
    assert sums == {embedded_shop["mug-red"].pk: 6.0, embedded_shop["mug-blue"].pk: 1.0}
    assert past.strengths[past.rows_of("dan")].tolist() == [-3.0]
    assert past.last[past.rows_of("ann")].max() == (SPLIT - timedelta(days=10)).timestamp()


def test_the_past_of_a_store_where_nothing_happened(store, embedded_shop):
    past = read_past(store, before=END)
    assert (past.names, past.rows_of("ann").tolist(), past.touched_by.sum()) == ((), [], 0)
    assert last_event_at(store) is None


def test_undone_leaves_nothing_behind_also_when_it_fails(store, weeks):
    count = Event.objects.count()
    with pytest.raises(ZeroDivisionError), undone():
        forget_all(store)
        Shopper.objects.create(store=store, external_id="ghost")
        1 / 0  # noqa: B018
    assert Event.objects.count() == count
    assert not Shopper.objects.filter(external_id="ghost").exists()


@pytest.mark.django_db(transaction=True)
def test_undone_is_a_transaction_of_its_own_and_works_within_another(store, weeks):
    count = Event.objects.count()
    with undone():
        forget_from(store, SPLIT)
        fewer = Event.objects.count()
        with undone():
            forget_all(store)
        assert Event.objects.count() == fewer < count
    assert Event.objects.count() == count
    assert not transaction.get_connection().in_atomic_block


@pytest.mark.django_db(transaction=True)
def test_nothing_is_forgotten_outside_a_transaction(store, weeks):
    for forget in (lambda: forget_all(store), lambda: forget_from(store, SPLIT)):
        with pytest.raises(AssertionError):
            forget()
    assert Event.objects.of(store).exists()


def test_the_catalogue_in_groups(store, withdrawn, embedded_shop):
    brands = group_by_brand(store)
    assert dict(zip(brands.names, brands.sizes.tolist(), strict=True)) == {"Fjord": 3, "Lumo": 3, "no brand": 1}
    assert brands.names[brands.group_of[embedded_shop["bare"].pk]] == "no brand"
    prices = group_by_price(store)
    assert prices.names[prices.group_of[embedded_shop["mug-red"].pk]] == "band 1"
    assert prices.names[prices.group_of[embedded_shop["lamp-blue"].pk]] == "band 5"
    assert prices.names[prices.group_of[embedded_shop["bare"].pk]] == "no price"
    assert sum(prices.sizes) == 7
    assert embedded_shop["lamp-gone"].pk not in brands.group_of.keys() | prices.group_of.keys()
