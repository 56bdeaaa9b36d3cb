"""Vectors of what was asked lately, in Redis, so that a request asked again needs no encoder.

Bounded by construction: a text has one of KINDRED_QUERY_CACHE_SLOTS slots, chosen by its hash, and the last one written
there stays, for a day at most. A slot holds the whole hash, so that a text which shares it with another is a miss and
no mistake. The hash is keyed with SECRET_KEY: what shoppers type can't be read from Redis, nor guessed.

Each process keeps what it met last, so that what is asked all the time needs no Redis either. Redis is never needed:
while it is down or slow, other texts are encoded as if there were no cache.
"""

from __future__ import annotations

import time
import zlib
from functools import lru_cache

import numpy as np
import redis
import structlog
from django.conf import settings
from django.utils.crypto import salted_hmac
from redis.backoff import NoBackoff
from redis.retry import Retry

from embeddings.inference import Model
from embeddings.layout import Vector

logger = structlog.get_logger(__name__)

LIFETIME_SECONDS = 24 * 3600
# An encoder takes a few times as long, and Redis a hundredth of it when all is well.
TIMEOUT_SECONDS = 0.05
PAUSE_SECONDS = 5.0
# Vectors that a process keeps, 1 kB each; forgotten as a whole when full.
MOST_KEPT = 4_000
_DIGEST_BYTES, _CHECKSUM_BYTES = 32, 4


def encode_query(model: Model, text: str) -> Vector:
    """float32[1, text_dim], of half precision: the same to the bit, remembered or not."""
    digest = salted_hmac(__name__, f"{model.identity}\0{text}", algorithm="sha256").digest()
    cache = _cache(settings.REDIS_URL, settings.KINDRED_QUERY_CACHE_SLOTS)
    row = cache.kept.get(digest)
    if row is None:
        row = _unpack(cache.get(digest), digest, model.info.text_dim)
        if row is None:
            row = model.encode_texts([text])[0].astype(np.float16)
            cache.set(digest, _pack(digest, row))
        cache.keep(digest, row)
    return row.astype(np.float32)[np.newaxis]


class _Cache:
    """Slots in Redis. After a failure it is left alone for a while, for every try would cost the request a timeout."""

    def __init__(self, url: str, slots: int) -> None:
        self.kept: dict[bytes, np.ndarray] = {}
        self._slots = slots
        self._silent_until = 0.0
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )

    def get(self, digest: bytes) -> bytes | None:
        return self._ask("GET", self._key(digest)) if self._slots else None

    def set(self, digest: bytes, value: bytes) -> None:
        if self._slots:
            self._ask("SET", self._key(digest), value, "EX", LIFETIME_SECONDS)

    def keep(self, digest: bytes, row: np.ndarray) -> None:
        if len(self.kept) >= MOST_KEPT:
            self.kept.clear()
        if self._slots:
            self.kept[digest] = row

    def _key(self, digest: bytes) -> str:
        return f"kindred:query:{int.from_bytes(digest[:8]) % self._slots}"

    def _ask(self, *command: str | bytes | int) -> bytes | None:
        if time.monotonic() < self._silent_until:
            return None
        try:
            answer = self._client.execute_command(*command)
        except redis.ResponseError as error:  # of this slot (another type of value), or full: quickly said
            logger.warning("query cache refused", reason=str(error))
            return None
        except redis.RedisError as error:
            self._silent_until = time.monotonic() + PAUSE_SECONDS
            # All went to the server that is gone, not just this one; what another thread reads from fails by itself.
            self._client.connection_pool.disconnect(inuse_connections=False)
            logger.warning("query cache left alone", seconds=PAUSE_SECONDS, reason=str(error))
            return None
        return answer if isinstance(answer, bytes) else None


@lru_cache(maxsize=4)
def _cache(url: str, slots: int) -> _Cache:
    return _Cache(url, slots)


def _pack(digest: bytes, row: np.ndarray) -> bytes:
    data = row.tobytes()
    return digest + zlib.crc32(data).to_bytes(_CHECKSUM_BYTES) + data


def _unpack(value: bytes | None, digest: bytes, dims: int) -> np.ndarray | None:
    """float16[dims]; None when the value is another text's, or not what was written."""
    head = _DIGEST_BYTES + _CHECKSUM_BYTES
    if value is None or len(value) != head + 2 * dims or value[:_DIGEST_BYTES] != digest:
        return None
    data = value[head:]
    if zlib.crc32(data).to_bytes(_CHECKSUM_BYTES) != value[_DIGEST_BYTES:head]:
        return None
    return np.frombuffer(data, np.float16)
