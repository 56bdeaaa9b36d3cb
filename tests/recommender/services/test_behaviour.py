"""Learned from events alone: who is near whom, what goes together, and when it is time again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import numpy as np
import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from catalog.models import Product, Store
from catalog.services.stores import create_store
from embeddings.layout import BEHAVIOUR, Vector
from embeddings.models import BehaviourMap, BehaviourVector, Embedding, EmbeddingSpace
from embeddings.selectors import vectors_of, view_of
from embeddings.services import embed_stale
from embeddings.spaces import create_space, finish_building
from recommender.behaviour.companions import Pair
from recommender.candidates.together import companions
from recommender.models import BehaviourRefresh, Companion
from recommender.services import behaviour
from recommender.services.behaviour import is_due, refresh_behaviour, replace_companions
from recommender.services.events import NewEvent, record_events
from tests.factories import make_product, make_products
from tests.flows.conftest import wait_until
from tests.recommender.conftest import embed

pytestmark = pytest.mark.django_db

GROUPS = ("mug", "lamp", "rug")
EACH = 8


def fill(store: Store) -> dict[str, Product]:
    """Products of three kinds that nothing but shoppers tells apart: titles say the number, not the kind."""
    rows = [{"sku": f"{kind}-{n}", "title": f"thing {n} {kind}"} for kind in GROUPS for n in range(EACH)]
    return {product.sku: product for product in make_products(store, rows)}


def shop_around(store: Store, *, shoppers: int = 60, seed: int = 1, at: timedelta = timedelta(days=1)) -> None:
    """Every shopper looks at five of one kind, buys two of these on one evening, and looks at one thing more."""
    random = np.random.default_rng(seed)
    evening = timezone.now() - at
    events = []
    for shopper in range(shoppers):
        own, any_kind = GROUPS[shopper % 3], GROUPS[random.integers(3)]
        seen = [f"{own}-{n}" for n in random.choice(EACH, 5, replace=False)]
        told = [("view", sku) for sku in seen] + [("purchase", sku) for sku in seen[:2]]
        told.append(("view", f"{any_kind}-{random.integers(EACH)}"))
        for place, (kind, sku) in enumerate(told):
            number = f"{seed}-{shopper}-{place}"
            moment = evening + timedelta(seconds=place)
            events.append(NewEvent(event_id=number, shopper=f"s{shopper}", sku=sku, kind=kind, at=moment))
    assert record_events(store=store, events=dict(enumerate(events))).accepted == len(events)


def blocks(store: Store) -> dict[int, Vector]:
    view = view_of(EmbeddingSpace.objects.of(store).active().get())
    ids = Embedding.objects.filter(space=view.id).values_list("product_id", flat=True)
    return {pk: vector[view.layout.slice_of(BEHAVIOUR)] for pk, vector in vectors_of(view, ids).items()}


def kind_of(sku: str) -> str:
    return sku.split("-")[0]


@pytest.fixture
def visited(store: Store) -> dict[str, Product]:
    products = fill(store)
    embed(store)
    shop_around(store)
    return products


class TestRefresh:
    def test_products_of_the_same_shoppers_are_nearest(self, store: Store, visited: dict[str, Product]) -> None:
        report = refresh_behaviour(store=store)
        assert report is not None
        assert report.spaces[EmbeddingSpace.objects.get().name].learned == 24
        shown = blocks(store)
        hits = []
        for sku, product in visited.items():
            others = {o: float(shown[p.pk] @ shown[product.pk]) for o, p in visited.items() if o != sku}
            nearest = sorted(others, key=lambda other: -others[other])[: EACH - 1]
            hits += [kind_of(other) == kind_of(sku) for other in nearest]
        assert np.mean(hits) > 0.9

    def test_what_is_bought_together_is_known(self, store: Store, visited: dict[str, Product]) -> None:
        report = refresh_behaviour(store=store)
        assert report is not None
        assert report.companions == Companion.objects.filter(store=store).count() > 0
        skus = {product.pk: sku for sku, product in visited.items()}
        for sku, product in visited.items():
            found = companions(store, [product.pk], limit=5)
            assert found
            assert {kind_of(skus[pk]) for pk in found} == {kind_of(sku)}
            assert sku not in {skus[pk] for pk in found}

    def test_no_product_is_left_without_a_block(self, store: Store, visited: dict[str, Product]) -> None:
        make_product(store, sku="new", title="thing 3 lamp")
        embed_stale(EmbeddingSpace.objects.get())
        refresh_behaviour(store=store)
        make_product(store, sku="newer", title="thing 4 rug")
        embed_stale(EmbeddingSpace.objects.get())
        shown = blocks(store)
        assert len(shown) == 26
        assert all(vector.any() for vector in shown.values())

    def test_only_what_had_happened_by_then_is_learned(self, store: Store, visited: dict[str, Product]) -> None:
        report = refresh_behaviour(store=store, now=timezone.now() - timedelta(days=2))
        assert report is not None
        assert (report.interactions, report.companions) == (0, 0)
        assert not any(vector.any() for vector in blocks(store).values())

    def test_the_same_events_again_rewrite_nothing(self, store: Store, visited: dict[str, Product]) -> None:
        now = timezone.now()
        refresh_behaviour(store=store, now=now)
        before = blocks(store)
        report = refresh_behaviour(store=store, now=now)
        assert report is not None
        assert [space.rewritten for space in report.spaces.values()] == [0]
        assert all(np.array_equal(before[pk], vector) for pk, vector in blocks(store).items())

    def test_more_events_are_learned_from_where_the_last_left_off(
        self, store: Store, visited: dict[str, Product]
    ) -> None:
        refresh_behaviour(store=store)
        before = blocks(store)
        shop_around(store, shoppers=6, seed=2)
        refresh_behaviour(store=store)
        after = blocks(store)
        assert np.median([float(after[pk] @ before[pk]) for pk in before]) > 0.95
        assert any(not np.array_equal(after[pk], before[pk]) for pk in before)

    def test_learned_as_of_then_knows_nothing_of_later(self, store: Store, visited: dict[str, Product]) -> None:
        then = timezone.now()
        refresh_behaviour(store=store, now=then)
        expected = dict(BehaviourVector.objects.values_list("product_id", "vector"))
        shop_around(store, seed=2, at=timedelta(minutes=-1))
        refresh_behaviour(store=store)
        refresh_behaviour(store=store, now=then)
        learned = dict(BehaviourVector.objects.values_list("product_id", "vector"))
        ids = sorted(expected)
        assert sorted(learned) == ids
        first, second = (np.stack([np.asarray(rows[pk], np.float32) for pk in ids]) for rows in (expected, learned))
        assert np.allclose(first @ first.T, second @ second.T, atol=5e-3)

    def test_every_live_space_learns_in_its_own_size(
        self, store: Store, visited: dict[str, Product], settings: pytest.FixtureRequest
    ) -> None:
        settings.KINDRED_BEHAVIOUR_DIMS = 16  # type: ignore[attr-defined]
        smaller = create_space(store=store, name="smaller")
        settings.KINDRED_BEHAVIOUR_DIMS = 0  # type: ignore[attr-defined]
        create_space(store=store, name="without")
        embed_stale(smaller)
        report = refresh_behaviour(store=store)
        assert report is not None
        assert report.spaces.keys() == {"fake-32", "smaller"}
        assert set(BehaviourMap.objects.values_list("space__name", flat=True)) == {"fake-32", "smaller"}
        sizes = {len(row.vector) for row in BehaviourVector.objects.filter(space=smaller)}
        assert sizes == {16}

    def test_a_store_without_a_space_still_knows_companions(self, store: Store) -> None:
        fill(store)
        shop_around(store)
        report = refresh_behaviour(store=store)
        assert report is not None
        assert report.companions > 0
        assert not report.spaces


class TestTwoStores:
    def test_one_stores_refresh_leaves_the_other_alone(
        self, store: Store, other_store: Store, visited: dict[str, Product]
    ) -> None:
        theirs = fill(other_store)
        embed(other_store)
        shop_around(other_store, seed=2)
        refresh_behaviour(store=store)
        assert not any(vector.any() for vector in blocks(other_store).values())
        assert not Companion.objects.filter(store=other_store).exists()
        refresh_behaviour(store=other_store)
        ids = {product.pk for product in theirs.values()}
        rows = Companion.objects.filter(product_id__in=ids)
        assert rows.count() == Companion.objects.filter(store=other_store).count() > 0
        assert set(rows.values_list("other_id", flat=True)) <= ids
        learned = BehaviourVector.objects.filter(space__store=other_store)
        assert set(learned.values_list("product_id", flat=True)) <= ids

    def test_companions_across_stores_are_never_stored(
        self, store: Store, other_store: Store, visited: dict[str, Product]
    ) -> None:
        theirs = make_product(other_store, sku="theirs")
        mine = visited["mug-1"].pk
        replace_companions(store=store, pairs=[Pair(mine, theirs.pk, 0.5, 2), Pair(theirs.pk, mine, 0.5, 2)])
        assert not Companion.objects.exists()


class TestReplaceCompanions:
    def test_the_new_take_the_place_of_the_old(self, store: Store, visited: dict[str, Product]) -> None:
        a, b, c = (visited[f"mug-{n}"].pk for n in range(3))
        replace_companions(store=store, pairs=[Pair(a, b, 0.5, 2), Pair(a, c, 0.25, 1)])
        replace_companions(store=store, pairs=[Pair(a, b, 0.75, 4), Pair(b, c, 0.1, 1)])
        rows = Companion.objects.order_by("product_id", "other_id")
        assert list(rows.values_list("product_id", "other_id", "score", "baskets")) == [(a, b, 0.75, 4), (b, c, 0.1, 1)]

    def test_what_is_as_it_was_is_not_written(self, store: Store, visited: dict[str, Product]) -> None:
        a, b, c = (visited[f"mug-{n}"].pk for n in range(3))
        replace_companions(store=store, pairs=[Pair(a, b, 0.5, 2), Pair(a, c, 0.25, 1)])
        before = places(a)
        replace_companions(store=store, pairs=[Pair(a, b, 0.5, 2), Pair(a, c, 0.3, 1)])
        after = places(a)
        assert after[b] == before[b]
        assert after[c] != before[c]

    def test_a_failure_leaves_the_old_ones(self, store: Store, visited: dict[str, Product]) -> None:
        a, b = visited["mug-0"].pk, visited["mug-1"].pk
        replace_companions(store=store, pairs=[Pair(a, b, 0.5, 2)])

        def broken() -> Iterator[Pair]:
            yield Pair(b, a, 0.5, 2)
            raise OSError("no more")

        with pytest.raises(OSError, match="no more"):
            replace_companions(store=store, pairs=broken())
        assert list(Companion.objects.values_list("product_id", "other_id")) == [(a, b)]

    def test_a_deleted_product_is_nobodys_companion(self, store: Store, visited: dict[str, Product]) -> None:
        a, b, c = (visited[f"mug-{n}"] for n in range(3))
        replace_companions(store=store, pairs=[Pair(a.pk, b.pk, 0.5, 2), Pair(b.pk, c.pk, 0.5, 2)])
        b_pk = b.pk
        b.delete()
        assert not Companion.objects.exists()
        replace_companions(store=store, pairs=[Pair(a.pk, b_pk, 0.5, 2), Pair(a.pk, c.pk, 0.5, 2)])
        assert list(Companion.objects.values_list("other_id", flat=True)) == [c.pk]


def places(product_id: int) -> dict[int, str]:
    """other id -> where its row lies in the table; a row written anew lies elsewhere."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT other_id, ctid::text FROM recommender_companion WHERE product_id = %s", [product_id])
        return dict(cursor.fetchall())


class TestIsDue:
    def test_at_once_where_nothing_was_learned_and_something_happened(self, store: Store) -> None:
        assert not is_due(store, now=timezone.now())
        fill(store)
        shop_around(store)
        assert is_due(store, now=timezone.now())
        assert behaviour.stores_to_refresh(timezone.now()) == [store]

    def test_daily(self, store: Store, visited: dict[str, Product]) -> None:
        refresh_behaviour(store=store)
        now = timezone.now()
        assert not is_due(store, now=now)
        assert not is_due(store, now=now + timedelta(hours=23))
        assert is_due(store, now=now + timedelta(hours=24, seconds=1))

    def test_sooner_after_many_new_events(
        self, store: Store, visited: dict[str, Product], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(behaviour, "NEW_EVENTS", 50)
        refresh_behaviour(store=store)
        shop_around(store, shoppers=6, seed=2, at=timedelta(minutes=-1))
        later = timezone.now() + timedelta(hours=1)
        assert not is_due(store, now=later)
        shop_around(store, shoppers=6, seed=3, at=timedelta(minutes=-1))
        assert is_due(store, now=later)

    def test_soon_for_a_space_that_was_made_since(self, store: Store, visited: dict[str, Product]) -> None:
        refresh_behaviour(store=store)
        newer = create_space(store=store, name="newer")
        assert not is_due(store, now=timezone.now())
        embed_stale(newer)
        finish_building(newer)
        assert is_due(store, now=timezone.now())
        refresh_behaviour(store=store)
        assert not is_due(store, now=timezone.now())

    def test_again_for_one_that_did_not_finish(
        self, store: Store, visited: dict[str, Product], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        refresh_behaviour(store=store)

        def fail(*_: object) -> None:
            raise OSError("disk full")

        with monkeypatch.context() as patch:
            patch.setattr(behaviour, "store_behaviour", fail)
            with pytest.raises(OSError, match="disk full"):
                refresh_behaviour(store=store)
        assert is_due(store, now=timezone.now())
        assert refresh_behaviour(store=store) is not None
        assert not is_due(store, now=timezone.now())


@pytest.mark.django_db(transaction=True)
class TestProcesses:
    """With real commits, connections and kills."""

    def test_two_never_learn_for_one_store_at_once(self, store: Store, other_store: Store) -> None:
        fill(store)
        shop_around(store)
        parameters = connection.get_connection_params()
        with psycopg.connect(
            host=parameters["host"], dbname=parameters["dbname"], user=parameters["user"], autocommit=True
        ) as other:
            other.execute("SELECT pg_advisory_lock(hashtextextended('learn behaviour', %s))", [store.pk])
            assert refresh_behaviour(store=store) is None
            assert not BehaviourRefresh.objects.exists()
            assert refresh_behaviour(store=other_store) is not None
        assert wait_until(lambda: refresh_behaviour(store=store))

    def test_a_product_deleted_meanwhile_is_waited_for_and_left_out(self) -> None:
        store = create_store(slug="main")
        products = fill(store)
        embed(store)
        shop_around(store)
        refresh_behaviour(store=store)
        gone = products["mug-0"].pk
        parameters = connection.get_connection_params()
        with (
            psycopg.connect(host=parameters["host"], dbname=parameters["dbname"], user=parameters["user"]) as other,
            ThreadPoolExecutor(1) as pool,
        ):
            other.execute("DELETE FROM recommender_event WHERE product_id = %s", [gone])
            other.execute("DELETE FROM catalog_product WHERE id = %s", [gone])
            learning = pool.submit(closing, store)
            wait_until(lambda: is_waiting(other))
            other.commit()
            assert learning.result(20) is not None
        assert not Companion.objects.filter(product_id=gone).exists()
        assert not BehaviourVector.objects.filter(product_id=gone).exists()
        assert Companion.objects.exists()

    @pytest.mark.slow
    def test_a_killed_refresh_is_due_again_and_completed(self) -> None:
        store = create_store(slug="main")
        products = fill(store)
        embed(store)
        shop_around(store)
        code = KILLED.format(store_id=store.pk)
        worker = subprocess.Popen([sys.executable, "-c", code], env=environment(), stdout=subprocess.PIPE)
        assert worker.stdout is not None
        assert worker.stdout.readline() == b"rewriting\n"
        worker.send_signal(signal.SIGKILL)
        assert worker.wait() == -signal.SIGKILL
        assert sum(vector.any() for vector in blocks(store).values()) == 10
        assert embed_stale(EmbeddingSpace.objects.get()).embedded == 0
        # A server notices that a client is gone only after a moment.
        wait_until(lambda: is_due(store, now=timezone.now()))
        report = wait_until(lambda: refresh_behaviour(store=store))
        assert [space.rewritten for space in report.spaces.values()] == [14]
        assert all(blocks(store)[product.pk].any() for product in products.values())


def closing(store: Store) -> object:
    """In a thread, whose connection goes with it."""
    try:
        return refresh_behaviour(store=store)
    finally:
        connection.close()


def is_waiting(other: psycopg.Connection) -> bool:
    """Does anybody wait for what this connection holds?"""
    row = other.execute(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
    ).fetchone()
    return bool(row and row[0])


# Stops for good after the first ten rows were rewritten.
KILLED = """
import django; django.setup()
import time
from catalog.models import Store
from embeddings import behaviour
from recommender.services.behaviour import refresh_behaviour
write, written = behaviour.execute_many, []
def wait_at_the_second(statement, rows):
    if written:
        print("rewriting", flush=True)
        time.sleep(60)
    written.append(write(statement, rows))
behaviour.BATCH, behaviour.execute_many = 10, wait_at_the_second
refresh_behaviour(store=Store.objects.get(pk={store_id}))
"""


def environment() -> dict[str, str]:
    """For a process that works on the test database."""
    facts = connection.settings_dict
    address = f"postgresql://{facts['USER']}:@/{facts['NAME']}?host={facts['HOST']}"
    return os.environ | {"DATABASE_URL": address, "REDIS_URL": settings.REDIS_URL, "PYTHONPATH": str(settings.BASE_DIR)}
