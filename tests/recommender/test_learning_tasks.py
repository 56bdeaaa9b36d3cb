"""Tasks are called as the worker would; delivery itself is tested with a real worker in tests/flows."""

import threading

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from catalog.services.stores import create_store
from recommender import tasks
from recommender.models import MatchDecision
from recommender.services import learning
from recommender.services.learning import Lesson, learn_from_decisions
from recommender.services.match_decisions import accept_match, call_new
from recommender.services.matching import match_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue() -> redis.Redis:
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete("train")
    return client


@pytest.fixture
def decided(store, embedded_shop, offers, settings, monkeypatch) -> None:
    """One offer accepted, one called new; which is enough to try, and too little to learn from."""
    monkeypatch.setattr(learning, "LEAST_MATCHES", 1)
    settings.KINDRED_MATCHER = "recommender.matching.trained.load_matcher"
    settings.KINDRED_LEARN_DECISIONS, settings.KINDRED_LEARN_OF_EACH = 2, 1
    accepted, new = offers("A-1", title="mug in red"), offers("A-2", title="a mug of another kind")
    match_due(store=store)
    accept_match(store=store, match_id=accepted.match.pk, by="user ann", sku="mug-red")
    call_new(store=store, match_id=new.match.pk, by="user ann")


def test_the_sweep_asks_for_stores_where_enough_was_decided_and_no_others(store, other_shop, decided, queue, settings):
    settings.KINDRED_LEARN_DECISIONS = 3
    tasks.sweep_decisions()
    assert queue.llen("train") == 0
    settings.KINDRED_LEARN_DECISIONS = 2
    tasks.sweep_decisions()
    assert queue.llen("train") == 1


def test_too_little_to_learn_from_leaves_no_version_and_is_not_tried_again(store, decided, queue, settings):
    tasks.sweep_decisions()
    assert queue.llen("train") == 1
    tasks.refresh_matcher(store.pk)
    assert not store.matchers.exists()
    queue.delete("train")
    tasks.sweep_decisions()
    assert queue.llen("train") == 0
    assert learning.find_hindrance(store) == "The held-out offers are of 2 families; a trial takes at least 5"
    MatchDecision.objects.filter(verdict="new").update(undone_at=timezone.now(), undone_by="user ann")
    settings.KINDRED_LEARN_OF_EACH, settings.KINDRED_LEARN_DECISIONS = 0, 1
    assert learning.find_hindrance(store) == ""


@pytest.mark.django_db(transaction=True)
def test_one_process_at_a_time() -> None:
    store = create_store(slug="main")
    learned: list[Lesson] = []

    def learn() -> None:
        learned.append(learn_from_decisions(store=store))
        connection.close()

    with learning._alone(store) as is_alone:
        assert is_alone
        thread = threading.Thread(target=learn)
        thread.start()
        thread.join()
    learn()
    assert [lesson.reason.split(" ")[0] for lesson in learned] == ["another", "0"]


def test_it_outlives_the_store_it_names():
    tasks.refresh_matcher(0)


def test_the_schedule_names_a_task_there_is():
    from config.celery import app

    entry = settings.CELERY_BEAT_SCHEDULE["learn-matching"]
    assert app.tasks[entry["task"]] is not None
