import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from kombu.exceptions import OperationalError

from recommender.tasks import match_duplicates, match_offers
from recommender.turns import begin_turn, send_turn


@pytest.fixture
def queue() -> redis.Redis:
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete("match")
    return client


def test_of_a_kind_one_message_waits_for_a_store(queue):
    for task, store_id in ((match_offers, 1), (match_offers, 1), (match_offers, 2), (match_duplicates, 1)):
        send_turn(task, store_id)
    assert queue.llen("match") == 3


def test_a_turn_that_has_begun_leaves_room_for_the_next(queue):
    cache.set("turn:recommender.tasks.match_offers:1", "a")
    begin_turn(match_offers, 1, "a")
    send_turn(match_offers, 1)
    assert queue.llen("match") == 1


@pytest.mark.parametrize("turn", ["", "lost"])
def test_a_turn_nobody_waits_for_any_more_begins_no_chain_of_its_own(queue, turn):
    send_turn(match_offers, 1)
    begin_turn(match_offers, 1, turn)
    send_turn(match_offers, 1)
    assert queue.llen("match") == 1


def test_a_message_that_could_not_be_sent_is_not_waited_for(queue, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patched, pytest.raises(OperationalError):
        patched.setattr(match_offers, "apply_async", refuse)
        send_turn(match_offers, 1)
    send_turn(match_offers, 1)
    assert queue.llen("match") == 1
