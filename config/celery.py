"""The Celery application, and the heartbeat by which `/health/ready` knows that a worker lives."""

import os
import time

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

HEARTBEAT_KEY = "worker-heartbeat"
HEARTBEAT_LIFETIME = 60

app = Celery("kindred")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def use_django_logging(**_: object) -> None:
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)


@app.task(name="config.celery.beat")
def beat() -> None:
    from django.core.cache import cache

    cache.set(HEARTBEAT_KEY, time.time(), HEARTBEAT_LIFETIME)
