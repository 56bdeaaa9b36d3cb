import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import requests
from django.conf import settings
from django.db import ProgrammingError, connection
from django.utils import timezone

from catalog.models import Store
from recommender import rankings
from recommender.models import Ranking
from recommender.services.rankings import WRITE_PATIENCE, ShownRanking, ensure_days
from tests.flows.conftest import PATIENCE, free_port, wait_until


def shown(store: Store, **given: Any) -> ShownRanking:
    facts: dict[str, Any] = {"id": uuid.uuid4(), "store_id": store.pk, "scenario": "home", "shopper": "ann"}
    return ShownRanking(**facts | {"product_ids": (3, 1, 2), "scores": (0.9, 0.5, 0.25)} | given)


def written() -> set[uuid.UUID]:
    return set(Ranking.objects.values_list("id", flat=True))


@pytest.fixture
def unheld(transactional_db: None, store: Store) -> Iterator[Store]:
    """The thread writes, over a connection of its own."""
    rankings.recorder.is_held = False
    yield store
    rankings.recorder.is_held = True


@pytest.fixture
def other_connection(transactional_db: None) -> Iterator[psycopg.Connection]:
    facts = connection.settings_dict
    with psycopg.connect(host=facts["HOST"], dbname=facts["NAME"], user=facts["USER"]) as other:
        yield other


WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"


def environment() -> dict[str, str]:
    """For a process that works on the test database."""
    facts = connection.settings_dict
    address = f"postgresql://{facts['USER']}:@/{facts['NAME']}?host={facts['HOST']}"
    return os.environ | {"DATABASE_URL": address, "REDIS_URL": settings.REDIS_URL, "PYTHONPATH": str(settings.BASE_DIR)}


PRELUDE = """
import os, sys, time, uuid
import django; django.setup()
from recommender import rankings
from recommender.services.rankings import ShownRanking
def remember(count):
    for _ in range(count):
        shown = ShownRanking(id=uuid.uuid4(), store_id={store}, scenario="home", product_ids=[1], scores=[1.0])
        rankings.remember(shown)
"""


def start(store: Store, work: str) -> subprocess.Popen[str]:
    script = PRELUDE.format(store=store.pk) + work
    return subprocess.Popen([sys.executable, "-c", script], env=environment(), stdout=subprocess.PIPE, text=True)


def test_what_is_remembered_is_flushed_as_it_was(store):
    moment = timezone.now() - timedelta(hours=1)
    request = {"text": "a red mug", "filters": {"price": {"max": 20}}}
    ranking = shown(store, request=request, variant_id=7, fallback="popular", created_at=moment)
    rankings.remember(ranking)
    assert not Ranking.objects.exists()
    rankings.flush()
    row = Ranking.objects.get()
    assert (row.id, row.store, row.shopper, row.scenario) == (ranking.id, store, "ann", "home")
    assert (row.request, row.product_ids, row.scores) == (request, [3, 1, 2], [0.9, 0.5, 0.25])
    assert (row.variant_id, row.fallback, row.created_at) == (7, "popular", moment)


def test_flushed_once(store):
    rankings.remember(shown(store))
    rankings.flush()
    rankings.flush()
    assert len(written()) == 1


def test_the_thread_writes_within_a_second_or_so(unheld):
    ranking = shown(unheld)
    rankings.remember(ranking)
    wait_until(written)
    assert written() == {ranking.id}


def test_a_full_batch_does_not_wait_for_the_second(unheld, monkeypatch):
    def remember_a_batch() -> None:
        for _ in range(rankings.BATCH):
            rankings.remember(shown(unheld))

    with monkeypatch.context() as changed:
        changed.setattr(rankings, "SECONDS", 60.0)
        for told in (rankings.BATCH, 2 * rankings.BATCH):  # once it has written, the thread waits for a minute
            remember_a_batch()
            wait_until(lambda told=told: len(written()) > told - rankings.BATCH, seconds=30)
    remember_a_batch()
    wait_until(lambda: len(written()) == 3 * rankings.BATCH)


def test_a_row_that_cannot_be_stored_does_not_take_the_others_with_it(store, caplog):
    good = [shown(store) for _ in range(3)]
    bad = [
        shown(store, scores=(1.0,)),
        shown(store, request={"text": "a\x00b"}),
        shown(store, request={"photo": b"bytes"}),
        shown(store, scenario="far too long a name"),
        shown(store, shopper="\ud800"),
    ]
    for ranking in [good[0], *bad, *good[1:]]:
        rankings.remember(ranking)
    rankings.flush()
    assert written() == {ranking.id for ranking in good}
    assert caplog.text.count("ranking not stored") == len(bad)


def test_a_store_that_is_gone_loses_its_own_alone(store, other_store):
    kept = shown(store)
    for ranking in (shown(other_store), kept):
        rankings.remember(ranking)
    other_store.delete()
    rankings.flush()
    assert written() == {kept.id}


def test_a_store_is_deleted_with_its_rankings(store, other_store):
    kept = shown(other_store)
    for ranking in (shown(store), kept):
        rankings.remember(ranking)
    rankings.flush()
    store.delete()
    assert written() == {kept.id}


def test_beyond_the_bound_the_oldest_are_dropped_and_counted(store, monkeypatch):
    monkeypatch.setattr(rankings, "MOST_WAITING", 5)
    before = rankings.recorder.dropped
    several = [shown(store) for _ in range(8)]
    for ranking in several:
        rankings.remember(ranking)
    assert rankings.recorder.dropped - before == 3
    rankings.flush()
    assert written() == {ranking.id for ranking in several[3:]}


def test_what_the_database_did_not_take_waits_in_its_order_within_the_bound(store, monkeypatch):
    monkeypatch.setattr(rankings, "MOST_WAITING", 5)
    several = [shown(store) for _ in range(5)]
    for ranking in several:
        rankings.remember(ranking)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE recommender_ranking RENAME TO elsewhere")
        with pytest.raises(ProgrammingError):
            rankings.flush()
        cursor.execute("ALTER TABLE elsewhere RENAME TO recommender_ranking")
    newest = shown(store)
    rankings.remember(newest)  # the oldest goes for it
    rankings.flush()
    assert written() == {ranking.id for ranking in [*several[1:], newest]}


def test_drops_are_logged(unheld, monkeypatch, caplog):
    monkeypatch.setattr(rankings, "MOST_WAITING", 2)
    for _ in range(5):
        rankings.remember(shown(unheld))
    wait_until(lambda: "rankings dropped" in caplog.text)


def test_nobody_waits_while_the_table_is_locked_and_nothing_is_lost(unheld, other_connection):
    ensure_days([timezone.now().date()])
    other_connection.execute("LOCK TABLE recommender_ranking IN ACCESS EXCLUSIVE MODE")
    several = [shown(unheld) for _ in range(rankings.BATCH + 10)]
    slowest = 0.0
    for number, ranking in enumerate(several):
        started = time.perf_counter()
        rankings.remember(ranking)
        slowest = max(slowest, time.perf_counter() - started)
        if number == rankings.BATCH + 5:
            wait_until(lambda: other_connection.execute(WAITING).fetchone() == (True,))  # the thread, for the lock
    assert slowest < WRITE_PATIENCE.total_seconds() / 2
    other_connection.rollback()
    wait_until(lambda: len(written()) == len(several))
    assert written() == {ranking.id for ranking in several}


def test_a_lock_held_longer_than_the_patience_only_delays(unheld, other_connection, monkeypatch, caplog):
    monkeypatch.setattr("recommender.services.rankings.WRITE_PATIENCE", timedelta(milliseconds=100))
    ensure_days([timezone.now().date()])
    other_connection.execute("LOCK TABLE recommender_ranking IN ACCESS EXCLUSIVE MODE")
    ranking = shown(unheld)
    rankings.remember(ranking)
    wait_until(lambda: "rankings not written yet" in caplog.text)
    other_connection.rollback()
    wait_until(written)
    assert written() == {ranking.id}


def test_a_process_that_ends_writes_what_waits(transactional_db, store):
    process = start(store, "remember(3)")
    assert process.wait(timeout=PATIENCE) == 0
    assert len(written()) == 3


def test_a_killed_process_loses_no_more_than_the_last_second(transactional_db, store):
    process = start(store, "remember(100); time.sleep(2.5); print('now', flush=True); remember(50); time.sleep(60)")
    assert process.stdout is not None
    assert process.stdout.readline() == "now\n"
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    assert 100 <= len(written()) <= 150


def test_a_forked_process_writes_its_own_and_nothing_twice(transactional_db, store):
    """As a web server that loads the application before it forks; the child's end is an abrupt one."""
    work = """
remember(2)
if os.fork() == 0:
    remember(5)
    time.sleep(3)
    os._exit(0)
os.wait()
"""
    process = start(store, work)
    assert process.wait(timeout=PATIENCE) == 0
    assert len(written()) == 7


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_web_worker_that_is_stopped_writes_what_waits(transactional_db, store, number):
    port = free_port()
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "granian", "tests.recommender.answering:application", "--interface", "wsgi"),
            *("--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--blocking-threads", "4", "--no-ws"),
        ],
        env=environment(),
        cwd=settings.BASE_DIR,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_until(lambda: answers(port, store))
        last = {
            uuid.UUID(requests.get(f"http://127.0.0.1:{port}/{store.pk}", timeout=PATIENCE).text) for _ in range(20)
        }
        process.send_signal(number)
        process.wait(timeout=PATIENCE)
    finally:
        process.kill()
    assert last <= written()


def answers(port: int, store: Store) -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{port}/{store.pk}", timeout=PATIENCE).ok
    except requests.ConnectionError:
        return False


@pytest.mark.parametrize("change", [{"id": None}, {"product_ids": None}, {"created_at": None}])
def test_the_thread_outlives_what_no_caller_should_do(unheld, change: dict[str, Any]):
    rankings.remember(replace(shown(unheld), **change))
    good = shown(unheld)
    rankings.remember(good)
    wait_until(written)
    assert written() == {good.id}
