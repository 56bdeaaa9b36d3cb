"""With the real Redis of the tests: filled, shared, corrupted, wiped, stopped, restarted and hung."""

import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import numpy as np
import pytest
import redis
from django.conf import settings as django_settings

from config import services
from embeddings import query_cache
from embeddings.encoders.fake import FakeEncoder
from embeddings.inference import Model
from embeddings.query_cache import LIFETIME_SECONDS, PAUSE_SECONDS, encode_query


@pytest.fixture
def client() -> Iterator[redis.Redis]:
    with redis.Redis.from_url(django_settings.REDIS_URL) as client:
        yield client


@pytest.fixture(autouse=True)
def fresh_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a process that has just started: no connection, no pause; and with patience for a busy machine's Redis."""
    monkeypatch.setattr(query_cache, "TIMEOUT_SECONDS", 0.5)
    query_cache._cache.cache_clear()


@pytest.fixture
def model() -> Model:
    return Model(FakeEncoder())


def ask_redis(model: Model, text: str) -> np.ndarray:
    """As another process would, which has kept nothing of its own."""
    query_cache._cache(django_settings.REDIS_URL, django_settings.KINDRED_QUERY_CACHE_SLOTS).kept.clear()
    return encode_query(model, text)


def slots_of(client: redis.Redis) -> list[bytes]:
    return sorted(client.keys("kindred:query:*"))


def test_a_text_is_encoded_once_and_reads_back_to_the_bit(model):
    cold = ask_redis(model, "red mug")
    warm = ask_redis(model, "red mug")
    assert (model.text_calls, cold.dtype, cold.shape) == (1, np.float32, (1, 32))
    assert cold.tobytes() == warm.tobytes()
    np.testing.assert_allclose(cold, model.encoder.encode_texts(["red mug"]), atol=1e-3)


def test_what_a_process_met_it_keeps_bounded(model, client, monkeypatch):
    whole = encode_query(model, "red mug").tobytes()
    client.flushall()
    assert encode_query(model, "red mug").tobytes() == whole
    assert (model.text_calls, slots_of(client)) == (1, [])  # Redis was not asked
    monkeypatch.setattr(query_cache, "MOST_KEPT", 3)
    kept = query_cache._cache(django_settings.REDIS_URL, django_settings.KINDRED_QUERY_CACHE_SLOTS).kept
    for number in range(10):
        encode_query(model, f"text {number}")
        assert 0 < len(kept) <= 3
    client.flushall()
    encode_query(model, "red mug")
    assert model.text_calls == 12


def test_other_texts_and_other_models_are_other_vectors(model):
    other = Model(FakeEncoder(joint=True))
    assert other.identity != model.identity
    answers = [ask_redis(*ask).tobytes() for ask in [(model, "mug"), (model, "lamp"), (other, "mug")] * 2]
    assert answers[:3] == answers[3:]
    assert answers[0] != answers[1]
    assert (model.text_calls, other.text_calls) == (2, 1)


def test_what_was_typed_cannot_be_read_and_is_kept_for_a_day(model, client):
    ask_redis(model, "my secret wish")
    [key] = slots_of(client)
    assert b"secret" not in key + client.get(key)
    assert LIFETIME_SECONDS - 60 < client.ttl(key) <= LIFETIME_SECONDS


def test_never_more_slots_than_set_and_what_shares_one_is_still_right(model, client, settings):
    settings.KINDRED_QUERY_CACHE_SLOTS = 4
    texts = [f"text {number}" for number in range(30)]
    expected = [ask_redis(Model(FakeEncoder()), text).tobytes() for text in texts]
    for _ in range(2):
        assert [ask_redis(model, text).tobytes() for text in texts] == expected
    assert 1 <= len(slots_of(client)) <= 4


def test_no_slots_is_no_cache(model, client, settings):
    settings.KINDRED_QUERY_CACHE_SLOTS = 0
    assert encode_query(model, "mug").tobytes() == encode_query(model, "mug").tobytes()
    assert (model.text_calls, slots_of(client)) == (2, [])


@pytest.mark.parametrize(
    "damage",
    [
        lambda value: value[:0],
        lambda value: value[:-1],
        lambda value: value + b"\0",
        lambda value: b"\xff" * len(value),
        lambda value: value[:-1] + bytes([value[-1] ^ 1]),
        lambda value: bytes([value[0] ^ 1]) + value[1:],
    ],
)
def test_a_damaged_value_is_a_miss_and_mended(model, client, damage):
    whole = ask_redis(model, "mug").tobytes()
    [key] = slots_of(client)
    value = client.get(key)
    client.set(key, damage(value))
    assert ask_redis(model, "mug").tobytes() == whole
    assert (model.text_calls, client.get(key)) == (2, value)


def test_a_slot_of_another_type_is_written_over(model, client):
    whole = ask_redis(model, "mug").tobytes()
    [key] = slots_of(client)
    client.delete(key)
    client.rpush(key, "not a vector")
    assert [ask_redis(model, "mug").tobytes() for _ in range(2)] == [whole, whole]
    assert model.text_calls == 2


def test_wiped_is_only_forgotten(model, client):
    whole = ask_redis(model, "mug").tobytes()
    client.flushall()
    assert ask_redis(model, "mug").tobytes() == whole
    assert (model.text_calls, len(slots_of(client))) == (2, 1)


@pytest.fixture
def stopped_redis() -> Iterator[None]:
    services.stop_redis()
    yield
    services.start_redis()


@pytest.fixture
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(query_cache, "time", SimpleNamespace(monotonic=lambda: now))


def test_without_redis_texts_are_encoded(model, stopped_redis, standing_clock, caplog):
    for _ in range(20):
        assert ask_redis(model, "mug").shape == (1, 32)
    assert caplog.text.count("query cache left alone") == 1  # it is not tried again and again
    assert model.text_calls == 20


def test_it_is_back_after_the_pause(model, monkeypatch):
    """Also on connections that the old server took with it."""
    ask_redis(model, "mug")
    services.stop_redis()
    services.start_redis()
    with redis.Redis.from_url(django_settings.REDIS_URL) as client:
        client.flushall()
    ask_redis(model, "mug")
    now = time.monotonic()
    monkeypatch.setattr(query_cache.time, "monotonic", lambda: now + PAUSE_SECONDS)
    ask_redis(model, "lamp")
    before = model.text_calls
    ask_redis(model, "lamp")
    assert model.text_calls == before


def test_who_waits_for_a_redis_that_hangs_is_not_cut_off_by_another_who_gave_up(model):
    ask_redis(model, "mug")
    pid = services.redis_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor() as threads:
            waiting = []
            for _ in range(4):
                waiting.append(threads.submit(ask_redis, model, "mug"))
                time.sleep(0.1)
            assert {future.result().shape for future in waiting} == {(1, 32)}
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_redis_that_hangs_costs_one_timeout(model, standing_clock, caplog):
    ask_redis(model, "mug")
    pid = services.redis_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        for _ in range(20):
            assert ask_redis(model, "mug").shape == (1, 32)
    finally:
        os.kill(pid, signal.SIGCONT)
    assert caplog.text.count("query cache left alone") == 1
    assert "Timeout" in caplog.text
