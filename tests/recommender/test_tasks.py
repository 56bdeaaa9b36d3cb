import base64
import json
import uuid
from datetime import UTC, timedelta

import pytest
import redis
from django.conf import settings
from django.utils import timezone

from recommender import tasks
from recommender.models import DuplicateSearch, Match, Ranking, Rhythm
from recommender.services import duplicates, matching
from recommender.services.rankings import ShownRanking, write_rankings
from recommender.tasks import keep_rankings
from tests.factories import make_products
from tests.recommender.services.test_rankings import partitions


def test_rhythms_of_a_store_that_is_gone_are_no_trouble(db):
    tasks.refresh_rhythms(0)


def test_rhythms_are_counted_for_the_store_that_is_named(store, other_store, shop, other_shop, happens):
    happens("ann", "purchase", "mug-red")
    happens("ann", "purchase", "theirs", store=other_store)
    tasks.refresh_rhythms(other_store.pk)
    assert [rhythm.product.sku for rhythm in Rhythm.objects.all()] == ["theirs"]


@pytest.mark.django_db
def test_the_sweep_prepares_tomorrow_and_drops_what_is_past(store, settings):
    settings.KINDRED_RANKING_DAYS = 7
    now = timezone.now()
    ages = [timedelta(0), timedelta(days=6), timedelta(days=9)]
    kept = [ShownRanking(uuid.uuid4(), store.pk, "home", [1], [1.0], created_at=now - age) for age in ages]
    write_rankings(rankings=kept)
    keep_rankings()
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    assert f"recommender_ranking_{tomorrow:%Y%m%d}" in partitions()
    assert set(Ranking.objects.values_list("id", flat=True)) == {kept[0].id, kept[1].id}
    keep_rankings()
    assert Ranking.objects.count() == 2


def test_a_sweep_asks_once_for_each_store_with_offers_to_match(store, other_store, shop, offers, broker):
    tasks.sweep_offers()
    assert broker.llen("match") == 0
    offers("A-1", title="stoneware mug red")
    offers("A-1", title="stoneware mug red", store=other_store)
    for _ in range(3):
        tasks.sweep_offers()
    assert broker.llen("match") == 2


def take_turn(broker: redis.Redis) -> None:
    """What a worker does with the next message."""
    message = json.loads(broker.lpop("match"))
    arguments, _, _ = json.loads(base64.b64decode(message["body"]))
    getattr(tasks, message["headers"]["task"].rpartition(".")[2])(*arguments)


def test_a_store_with_a_backlog_waits_once_behind_the_others(store, other_store, shop, offers, broker, monkeypatch):
    monkeypatch.setattr(tasks, "MATCH_SECONDS", 0)  # a batch a turn
    for number in range(3 * matching.BATCH):
        offers(f"A-{number}", title=f"thing{number}")
    waiting = []
    for _ in range(3):
        tasks.sweep_offers()
        tasks.match_soon(store.pk)
        take_turn(broker)
        waiting.append((Match.objects.count(), broker.llen("match")))
    assert waiting == [(matching.BATCH, 1), (2 * matching.BATCH, 1), (3 * matching.BATCH, 0)]


def test_duplicates_that_were_asked_for_are_looked_for_to_the_end(store, broker, monkeypatch):
    monkeypatch.setattr(tasks, "MATCH_SECONDS", 0)
    make_products(store, [{"sku": f"p{n}", "title": f"thing{n} name{n}"} for n in range(duplicates.BATCH + 1)])
    tasks.sweep_duplicates()
    assert broker.llen("match") == 0
    duplicates.ask_for_duplicates(store=store)
    tasks.sweep_duplicates()
    take_turn(broker)
    assert DuplicateSearch.objects.count() == duplicates.BATCH
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
    tasks.sweep_duplicates()
    while broker.llen("match"):
        take_turn(broker)
    assert DuplicateSearch.objects.count() == duplicates.BATCH + 1
    tasks.sweep_duplicates()
    assert broker.llen("match") == 0


def test_each_task_of_matching_goes_to_its_workers_and_is_sent_for_by_beat():
    entries = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {tasks.sweep_offers.name, tasks.sweep_duplicates.name} <= entries
    route = tasks.match_offers.app.amqp.router.route
    assert {route({}, task.name)["queue"].name for task in (tasks.match_offers, tasks.match_duplicates)} == {"match"}
