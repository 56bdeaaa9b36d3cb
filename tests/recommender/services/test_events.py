import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Product
from catalog.services.merging import merge_product
from catalog.services.products import delete_product
from recommender.models import Event, Shopper
from recommender.policies import Policy
from recommender.selectors import history_of, unwanted
from recommender.services.events import CLOCK_TOLERANCE, NewEvent, record_events
from recommender.services.merging import Moved, merge_products, part_products
from recommender.services.shoppers import forget_shopper, merge_shoppers
from tests.factories import make_product, make_products


def event(event_id: str = "e1", **more) -> NewEvent:
    return NewEvent(**{"event_id": event_id, "shopper": "ann", "sku": "mug-red", "kind": "view", **more})


def record(store, *events: NewEvent):
    return record_events(store=store, events=dict(enumerate(events)))


def forget(store):
    forget_shopper(store=store, external_id="s-1")


def log_in(store):
    merge_shoppers(store=store, session="s-1", into="ann")


def test_an_event_is_stored_as_told(store, shop):
    ranking, at = uuid4(), timezone.now() - timedelta(hours=3)
    before = timezone.now()
    report = record(store, event(kind="cart", at=at, ranking_id=ranking))
    assert (report.accepted, report.duplicate, report.rejections) == (1, 0, ())
    stored = Event.objects.get()
    assert (stored.store, stored.product, stored.shopper.external_id) == (store, shop["mug-red"], "ann")
    assert (stored.kind, stored.at, stored.event_id, stored.ranking) == ("cart", at, "e1", ranking)
    assert before <= stored.received_at <= timezone.now()


def test_without_a_time_it_happened_now(store, shop):
    record(store, event())
    stored = Event.objects.get()
    assert stored.at == stored.received_at


def test_told_again_it_is_stored_once_and_the_first_telling_kept(store, shop):
    record(store, event(kind="view"))
    report = record(store, event(kind="purchase"), event("e2"))
    assert (report.accepted, report.duplicate) == (1, 1)
    assert Event.objects.get(event_id="e1").kind == "view"


def test_twice_in_one_batch_the_first_is_kept(store, shop):
    report = record(store, event(kind="like"), event(kind="view"))
    assert (report.accepted, report.duplicate) == (1, 1)
    assert Event.objects.get().kind == "like"


def test_stores_do_not_share_event_ids_or_shoppers(store, other_store, shop, other_shop):
    record(store, event())
    assert record(other_store, event()).accepted == 1
    assert Shopper.objects.filter(external_id="ann").count() == 2


def test_one_bad_event_never_loses_the_others(store, shop, other_shop):
    report = record(store, event("a"), event("b", sku="theirs"), event("c", sku="none"), event("d"))
    assert (report.accepted, report.duplicate) == (2, 0)
    assert [(item.index, item.field, item.code) for item in report.rejections] == [
        (1, "sku", "unknown_sku"),
        (2, "sku", "unknown_sku"),
    ]
    assert set(Event.objects.values_list("event_id", flat=True)) == {"a", "d"}


def test_a_rejected_event_makes_no_shopper(store, shop):
    record(store, event(sku="none"))
    assert not Shopper.objects.exists()


def test_the_future_is_rejected_beyond_the_tolerance(store, shop):
    soon, later = timezone.now() + CLOCK_TOLERANCE / 2, timezone.now() + 2 * CLOCK_TOLERANCE
    report = record(store, event("a", at=soon), event("b", at=later))
    assert [(item.index, item.field, item.code) for item in report.rejections] == [(1, "at", "in_the_future")]
    assert report.accepted == 1


def test_a_clock_that_runs_ahead_a_little_means_now(store, shop):
    record(store, event(at=timezone.now() + CLOCK_TOLERANCE / 2))
    stored = Event.objects.get()
    assert stored.at == stored.received_at


def test_what_is_told_without_times_happened_in_the_order_told(store, shop):
    record(store, event("z", kind="like"), event("a", kind="dislike"))
    ann = Shopper.objects.get()
    assert [touch.kind for touch in history_of(ann)] == ["dislike", "like"]
    assert unwanted(ann, Policy(), now=timezone.now()) == {shop["mug-red"].pk}
    record(store, event("y", kind="dislike"), event("b", kind="like"))
    assert unwanted(ann, Policy(), now=timezone.now()) == set()


def test_events_count_by_when_they_happened_not_by_when_they_are_told(store, shop):
    """A phone that was offline tells of this morning after the laptop told of this afternoon."""
    now = timezone.now()
    record(store, event("afternoon", kind="like", at=now - timedelta(hours=1)))
    record(store, event("morning", kind="dislike", at=now - timedelta(hours=5)))
    ann = Shopper.objects.get()
    assert [touch.kind for touch in history_of(ann)] == ["like", "dislike"]
    assert unwanted(ann, Policy(), now=timezone.now()) == set()
    record(store, event("evening", kind="dislike", at=now))
    record(store, event("noon", kind="like", at=now - timedelta(hours=3)))
    assert unwanted(ann, Policy(), now=timezone.now()) == {shop["mug-red"].pk}


def test_unpublished_products_still_have_events(store, shop):
    Product.objects.update(is_published=False)
    assert record(store, event()).accepted == 1


def test_a_full_batch_costs_a_fixed_number_of_queries(store, shop, django_assert_num_queries):
    batch = [event(f"e{number}", shopper=f"s{number % 300}") for number in range(1_000)]
    with django_assert_num_queries(8):  # 2 savepoint, skus, shoppers, insert, shoppers, held, events
        assert record(store, *batch).accepted == 1_000
    with django_assert_num_queries(6):
        assert record(store, *batch).duplicate == 1_000


def test_nothing_to_record_is_no_trouble(store):
    assert record(store).accepted == 0


@pytest.mark.django_db(transaction=True)
def test_batches_at_once_store_each_event_once(store):
    make_product(store, sku="mug-red")
    batches = [[event(f"e{n}", shopper=f"s{n % 17}") for n in order] for order in (range(200), range(199, -1, -1))]
    reports = []

    def tell(batch):
        try:
            reports.append(record(store, *batch))
        finally:
            connection.close()

    threads = [threading.Thread(target=tell, args=[batch]) for batch in batches * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.accepted for report in reports) == 200
    assert sum(report.duplicate for report in reports) == 600
    assert (Event.objects.count(), Shopper.objects.count()) == (200, 17)


@pytest.mark.django_db(transaction=True)
def test_a_product_being_deleted_is_waited_for_and_the_rest_stored(store):
    make_product(store, sku="mug-red")
    doomed = make_product(store, sku="doomed")

    def tell():
        try:
            return record(store, event("a"), event("b", sku="doomed"))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            delete_product(product=doomed)
            told = pool.submit(tell)
            with pytest.raises(TimeoutError):
                told.result(timeout=0.5)
        report = told.result(timeout=30)
    assert report.accepted == 1
    assert [(item.index, item.code) for item in report.rejections] == [(1, "unknown_sku")]


def test_what_is_told_of_a_merged_product_counts_for_the_one_that_stands_for_it(store, shop):
    merge_product(gone=shop["mug-blue"], kept=shop["mug-red"])
    record(store, event("a", sku="mug-blue"), event("b", sku="mug-red"))
    assert set(Event.objects.values_list("event_id", "product__sku", "told_of__sku")) == {
        ("a", "mug-red", "mug-blue"),
        ("b", "mug-red", None),
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("leave", [forget, log_in])
def test_who_leaves_waits_for_what_is_being_told_of_them(store, leave):
    make_product(store, sku="mug-red")
    record(store, event("a", shopper="s-1"))

    def go():
        try:
            return leave(store)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            record(store, event("b", shopper="s-1"))
            left = pool.submit(go)
            with pytest.raises(TimeoutError):
                left.result(timeout=0.5)
        left.result(timeout=30)
    assert set(Event.objects.values_list("event_id", "shopper__external_id")) == (
        {("a", "ann"), ("b", "ann")} if leave is log_in else set()
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("leave", [forget, log_in])
def test_what_is_told_of_one_who_is_leaving_is_told_of_a_new_one(store, leave):
    make_product(store, sku="mug-red")
    record(store, event("a", shopper="s-1"))

    def tell():
        try:
            return record(store, event("b", shopper="s-1"))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            leave(store)
            told = pool.submit(tell)
            with pytest.raises(TimeoutError):
                told.result(timeout=0.5)
        assert told.result(timeout=30).accepted == 1
    assert Event.objects.get(event_id="b").shopper.external_id == "s-1"


@pytest.mark.django_db(transaction=True)
def test_of_a_product_being_merged_no_event_is_left_behind(store):
    gone, kept = make_products(store, [{"sku": "mug-red"}, {"sku": "mug-blue"}])

    def tell():
        try:
            return record(store, event("a"))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            merge_products(gone=gone, kept=kept)
            told = pool.submit(tell)
            with pytest.raises(TimeoutError):
                told.result(timeout=0.5)
        assert told.result(timeout=30).accepted == 1
    assert Event.objects.values_list("product", "told_of").get() == (kept.pk, gone.pk)


def told_in_a_thread(pool: ThreadPoolExecutor, work):
    def run():
        try:
            return work()
        finally:
            connection.close()

    return pool.submit(run)


class TestChains:
    """a was merged into b, and now b is merged into c, or parted from it, while somebody tells of a."""

    # In the order of their ids, in which they are locked: what an event names comes before or after what it counts for.
    ORDERS = pytest.mark.parametrize("order", ["abc", "acb", "bac", "bca", "cab", "cba"])

    @pytest.fixture
    def chain(self, store, order) -> dict[str, Product]:
        make_products(store, [{"sku": sku} for sku in order])
        made = {product.sku: product for product in Product.objects.of(store)}
        assert sorted(order, key=lambda sku: made[sku].pk) == list(order)
        merge_products(gone=made["a"], kept=made["b"])
        return made

    def part(self, chain, moved: Moved) -> None:
        part_products(gone=chain["b"], kept=chain["c"], moved=moved, since=timezone.now())

    @ORDERS
    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("is_parted", [False, True])
    def test_who_tells_of_a_product_being_merged_or_parted_waits(self, store, chain, is_parted):
        moved = merge_products(gone=chain["b"], kept=chain["c"]) if is_parted else None
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                if moved:
                    self.part(chain, moved)
                else:
                    merge_products(gone=chain["b"], kept=chain["c"])
                told = told_in_a_thread(pool, lambda: record(store, event(sku="a")))
                with pytest.raises(TimeoutError):
                    told.result(timeout=0.5)
            assert told.result(timeout=30).accepted == 1
        assert Event.objects.values_list("product__sku", "told_of__sku").get() == ("b" if is_parted else "c", "a")

    @ORDERS
    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("is_parted", [False, True])
    def test_who_merges_or_parts_waits_for_what_is_being_told(self, store, chain, is_parted):
        moved = merge_products(gone=chain["b"], kept=chain["c"]) if is_parted else None
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                record(store, event("1", sku="a"), event("2", sku="b"))
                work = (
                    (lambda: self.part(chain, moved))
                    if moved
                    else (lambda: merge_products(gone=chain["b"], kept=chain["c"]))
                )
                done = told_in_a_thread(pool, work)
                with pytest.raises(TimeoutError):
                    done.result(timeout=0.5)
            done.result(timeout=30)
        found = set(Event.objects.values_list("product__sku", "told_of__sku"))
        assert found == ({("b", "a"), ("b", None)} if is_parted else {("c", "a"), ("c", "b")})

    @pytest.mark.django_db(transaction=True)
    @pytest.mark.parametrize("order", ["ab", "ba"])
    def test_what_a_product_stands_for_is_told_of_itself_once_the_other_is_deleted(self, store, chain):
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                delete_product(product=chain["b"])
                told = told_in_a_thread(pool, lambda: record(store, event(sku="a")))
                with pytest.raises(TimeoutError):
                    told.result(timeout=0.5)
            assert told.result(timeout=30).accepted == 1
        assert Event.objects.values_list("product__sku", "told_of").get() == ("a", None)
