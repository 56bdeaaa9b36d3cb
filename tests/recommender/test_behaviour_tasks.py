"""Tasks are called as the worker would; delivery itself is tested with a real worker in tests/flows."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from recommender import tasks
from recommender.models import BehaviourRefresh, Companion

pytestmark = pytest.mark.django_db


def test_the_sweep_asks_for_stores_that_are_due_and_no_others(store, other_store, embedded_shop, happens, broker):
    tasks.sweep_behaviour()
    assert broker.llen("train") == 0
    happens("ann", "purchase", "mug-red", "lamp-red")
    tasks.sweep_behaviour()
    assert broker.llen("train") == 1
    tasks.refresh_behaviour(store.pk)
    broker.delete("train")
    tasks.sweep_behaviour()
    assert broker.llen("train") == 0


def test_asked_twice_it_learns_once(store, embedded_shop, happens):
    happens("ann", "purchase", "mug-red", "lamp-red")
    tasks.refresh_behaviour(store.pk)
    assert Companion.objects.count() == 2
    first = BehaviourRefresh.objects.get().finished_at
    tasks.refresh_behaviour(store.pk)
    assert BehaviourRefresh.objects.get().finished_at == first
    BehaviourRefresh.objects.update(started_at=timezone.now() - timedelta(days=2))
    tasks.refresh_behaviour(store.pk)
    assert BehaviourRefresh.objects.get().finished_at > first


def test_it_outlives_the_store_it_names(db):
    tasks.refresh_behaviour(0)


def test_the_schedule_names_a_task_there_is():
    from config.celery import app

    entry = settings.CELERY_BEAT_SCHEDULE["refresh-behaviour"]
    assert app.tasks[entry["task"]] is not None
