from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median

import numpy as np
import pytest
from django.db import connection

from catalog.models import Product, Store
from catalog.services.stores import create_store
from recommender.models import Event, Rhythm
from recommender.services.events import NewEvent, record_events
from recommender.services.rhythms import refresh_rhythms
from tests.factories import make_products

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)


def rhythms(store: Store) -> dict[str, tuple[int, int, float | None]]:
    rows = Rhythm.objects.filter(product__store=store)
    return {rhythm.product.sku: (rhythm.buyers, rhythm.repeaters, rhythm.gap_days) for rhythm in rows}


def buys(happens, shopper: str, sku: str, *days: float, **more) -> None:
    for number in days:
        happens(shopper, "purchase", sku, at=NOW - timedelta(days=number), **more)


def test_counts_buyers_repeaters_and_the_median_gap(store, shop, happens):
    buys(happens, "ann", "mug-red", 30, 20, 20.1)
    buys(happens, "bob", "mug-red", 60, 40)
    buys(happens, "cat", "mug-red", 50, 10, 5)
    buys(happens, "eve", "mug-red", 3)
    buys(happens, "ann", "lamp-red", 9, 2)
    happens("ann", "view", "pan-red")
    assert refresh_rhythms(store=store) == 2
    assert rhythms(store) == {"mug-red": (4, 3, 15), "lamp-red": (1, 1, None)}


def test_few_repeaters_among_many_buyers_are_no_rhythm(store, shop, happens):
    for number in range(3):
        buys(happens, f"twice-{number}", "lamp-red", 30, 10)
    for number in range(27):
        buys(happens, f"once-{number}", "lamp-red", 30)
    refresh_rhythms(store=store)
    assert rhythms(store) == {"lamp-red": (30, 3, 20)}
    buys(happens, "one-more", "lamp-red", 30)
    refresh_rhythms(store=store)
    assert rhythms(store) == {"lamp-red": (31, 3, None)}


def test_as_a_slow_twin_counts(store, shop, happens):
    drawn = np.random.default_rng(5)
    for shopper in range(12):
        for sku in ("mug-red", "mug-blue", "lamp-red"):
            buys(happens, f"s{shopper}", sku, *drawn.integers(0, 60, drawn.integers(0, 5)).tolist())
    refresh_rhythms(store=store)
    assert rhythms(store) == {sku: twin(shop[sku]) for sku in ("mug-red", "mug-blue", "lamp-red")}


def twin(product: Product) -> tuple[int, int, float]:
    days: dict[int, set] = {}
    for shopper, at in Event.objects.filter(product=product).values_list("shopper_id", "at"):
        days.setdefault(shopper, set()).add(at.date())
    gaps = [(two - one).days for each in days.values() for one, two in pairwise(sorted(each))]
    return len(days), sum(len(each) > 1 for each in days.values()), median(gaps)


def test_what_nobody_bought_any_more_is_gone(store, shop, happens):
    buys(happens, "ann", "mug-red", 3)
    refresh_rhythms(store=store)
    Event.objects.all().delete()
    assert refresh_rhythms(store=store) == 0
    assert rhythms(store) == {}


def test_every_store_for_itself(store, other_store, shop, other_shop, happens):
    buys(happens, "ann", "mug-red", 3)
    buys(happens, "ann", "mug-red", 30, 3, store=other_store)
    refresh_rhythms(store=store)
    assert (rhythms(store), rhythms(other_store)) == ({"mug-red": (1, 0, None)}, {})
    refresh_rhythms(store=other_store)
    assert (rhythms(store), rhythms(other_store)) == ({"mug-red": (1, 0, None)}, {"mug-red": (1, 1, None)})


@pytest.mark.django_db(transaction=True)
def test_two_refreshes_at_once_end_as_one():
    store = create_store(slug="busy", name="Busy")
    make_products(store, [{"sku": f"p{number}"} for number in range(50)])
    events = [NewEvent(f"e{number}", "ann", f"p{number}", "purchase") for number in range(50)]
    record_events(store=store, events=dict(enumerate(events)))

    def refresh(_: int) -> int:
        try:
            return refresh_rhythms(store=store)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(refresh, range(12))) == [50] * 12
    assert Rhythm.objects.count() == 50
