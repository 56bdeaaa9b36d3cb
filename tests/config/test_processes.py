"""Who starts Kindred starts a worker for every queue: `make demo`, docker-compose.yml and who follows the README."""

import re

import pytest
from django.conf import settings

from config import processes, services

PLACES = {
    "demo": "\n".join(" ".join(command) for command in processes.commands(port=0).values()),
    **{name: (services.BASE_DIR / name).read_text() for name in ("docker-compose.yml", "README.md")},
}


def queues_of_workers(place: str) -> list[set[str]]:
    return [set(names.split(",")) for names in re.findall(r" -Q ([a-z,]+)", PLACES[place])]


def queues_in_use() -> set[str]:
    routes = [*settings.CELERY_TASK_ROUTES.values()]
    routes += [entry["options"] for entry in settings.CELERY_BEAT_SCHEDULE.values() if "queue" in entry["options"]]
    return {settings.CELERY_TASK_DEFAULT_QUEUE, *(route["queue"] for route in routes)}


@pytest.mark.parametrize("place", PLACES)
def test_every_queue_is_read_by_one_worker(place: str) -> None:
    read = [queue for queues in queues_of_workers(place) for queue in queues]
    assert sorted(read) == sorted(queues_in_use())


@pytest.mark.parametrize("place", PLACES)
def test_sweeps_and_the_heartbeat_wait_for_nothing_long(place: str) -> None:
    """A batch of slow addresses takes minutes, and `/health/ready` misses the heartbeat after one."""
    assert {"default"} in queues_of_workers(place)
