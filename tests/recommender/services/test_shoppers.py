from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from catalog.models import Store
from catalog.services.stores import create_store
from recommender.models import Event, Shopper
from recommender.services.events import NewEvent, record_events
from recommender.services.shoppers import forget_shopper, merge_shoppers
from tests.factories import make_product


def did(store: Store, name: str) -> list[tuple[str, str]]:
    """What the shopper did: (kind, sku), in the order of being told."""
    found = Event.objects.filter(store=store, shopper__external_id=name).order_by("pk")
    return list(found.values_list("kind", "product__sku"))


def names(store: Store) -> set[str]:
    return set(Shopper.objects.of(store).values_list("external_id", flat=True))


def test_what_the_session_did_the_shopper_did(store, shop, happens):
    happens("s-1", "view", "mug-red", "lamp-red")
    happens("ann", "like", "pan-red")
    assert merge_shoppers(store=store, session="s-1", into="ann") == 2
    assert did(store, "ann") == [("view", "mug-red"), ("view", "lamp-red"), ("like", "pan-red")]
    assert names(store) == {"ann"}


def test_told_again_nothing_is_left_to_move(store, shop, happens):
    happens("s-1", "view", "mug-red")
    assert merge_shoppers(store=store, session="s-1", into="ann") == 1
    assert merge_shoppers(store=store, session="s-1", into="ann") == 0
    assert did(store, "ann") == [("view", "mug-red")]


def test_a_latecomer_of_the_session_is_moved_by_the_next_merge(store, shop, happens):
    happens("s-1", "view", "mug-red")
    merge_shoppers(store=store, session="s-1", into="ann")
    happens("s-1", "view", "lamp-red")
    assert merge_shoppers(store=store, session="s-1", into="ann") == 1
    assert did(store, "ann") == [("view", "mug-red"), ("view", "lamp-red")]


def test_a_session_nobody_knows_makes_nobody(store):
    assert merge_shoppers(store=store, session="s-1", into="ann") == 0
    assert names(store) == set()


def test_nobody_is_merged_into_themselves(store, shop, happens):
    happens("ann", "view", "mug-red")
    with pytest.raises(ValueError, match="itself"):
        merge_shoppers(store=store, session="ann", into="ann")
    assert did(store, "ann") == [("view", "mug-red")]


def test_merging_and_forgetting_leave_other_stores_alone(store, other_store, shop, other_shop, happens):
    happens("s-1", "view", "mug-red", store=other_store)
    happens("ann", "view", "theirs", store=other_store)
    assert merge_shoppers(store=store, session="s-1", into="ann") == 0
    forget_shopper(store=store, external_id="ann")
    assert did(other_store, "s-1") == [("view", "mug-red")]
    assert did(other_store, "ann") == [("view", "theirs")]


def test_who_is_forgotten_leaves_nothing(store, shop, happens):
    happens("ann", "view", "mug-red", "lamp-red")
    happens("bob", "view", "mug-red")
    forget_shopper(store=store, external_id="ann")
    assert (names(store), did(store, "ann"), did(store, "bob")) == ({"bob"}, [], [("view", "mug-red")])
    forget_shopper(store=store, external_id="ann")


def test_forgetting_reads_no_events(store, shop, happens, django_assert_max_num_queries):
    happens("ann", "view", *["mug-red"] * 300)
    # savepoint, rankings, look, events, shopper, release
    with django_assert_max_num_queries(6):
        forget_shopper(store=store, external_id="ann")
    assert Event.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_events_told_during_a_merge_are_not_lost():
    store = create_store(slug="busy", name="Busy")
    make_product(store)

    def tell(number: int) -> int:
        try:
            event = NewEvent(f"e{number}", "s-1", "sku-1", "view")
            return record_events(store=store, events={0: event}).accepted
        finally:
            connection.close()

    def merge(_: int) -> int:
        try:
            return merge_shoppers(store=store, session="s-1", into="ann")
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        told = [pool.submit(tell if number % 3 else merge, number) for number in range(90)]
        for each in told:
            each.result()
    merge_shoppers(store=store, session="s-1", into="ann")
    assert len(did(store, "ann")) == Event.objects.count() == 60
