import pytest
from django.core.cache import cache
from kombu.exceptions import OperationalError

from recommender.tasks import match_duplicates, match_offers
from recommender.turns import begin_turn, send_turn


def test_of_a_kind_one_message_waits_for_a_store(broker):
    for task, store_id in ((match_offers, 1), (match_offers, 1), (match_offers, 2), (match_duplicates, 1)):
        send_turn(task, store_id)
    assert broker.llen("match") == 3


def test_a_turn_that_has_begun_leaves_room_for_the_next(broker):
    cache.set("turn:recommender.tasks.match_offers:1", "a")
    begin_turn(match_offers, 1, "a")
    send_turn(match_offers, 1)
    assert broker.llen("match") == 1


@pytest.mark.parametrize("turn", ["", "lost"])
def test_a_turn_nobody_waits_for_any_more_begins_no_chain_of_its_own(broker, turn):
    send_turn(match_offers, 1)
    begin_turn(match_offers, 1, turn)
    send_turn(match_offers, 1)
    assert broker.llen("match") == 1


def test_a_message_that_could_not_be_sent_is_not_waited_for(broker, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patched, pytest.raises(OperationalError):
        patched.setattr(match_offers, "apply_async", refuse)
        send_turn(match_offers, 1)
    send_turn(match_offers, 1)
    assert broker.llen("match") == 1
