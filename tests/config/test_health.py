import time

import pytest
from django.core.cache import cache
from django.test import Client

from catalog.models import Store
from config.celery import HEARTBEAT_KEY, beat
from embeddings import spaces
from tests.embeddings.conftest import build
from tests.factories import make_product


def test_live_needs_nothing(client: Client) -> None:
    assert client.get("/health/live").json() == {"status": "ok"}


def test_a_probe_may_name_any_host_and_needs_no_tls(client: Client, settings: pytest.FixtureRequest) -> None:
    settings.ALLOWED_HOSTS = ["shop.example"]  # type: ignore[attr-defined]
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    assert client.get("/health/live", headers={"host": "10.1.2.3:8000"}).status_code == 200


@pytest.mark.django_db
class TestReady:
    def test_names_what_is_missing(self, client: Client) -> None:
        response = client.get("/health/ready")
        checks = response.json()["checks"]
        assert response.status_code == 503
        assert {name for name, check in checks.items() if not check["ok"]} == {"worker", "space"}

    def test_is_ready_with_a_worker_and_an_active_space(self, client: Client, store: Store) -> None:
        make_product(store)
        build(spaces.create_space(store=store))
        beat()
        response = client.get("/health/ready")
        assert response.status_code == 200, response.json()
        assert response.json()["checks"]["pgvector"]["detail"] >= "0.8.4"

    def test_says_so_when_redis_is_away(self, client: Client, settings: pytest.FixtureRequest) -> None:
        settings.CACHES = {  # type: ignore[attr-defined]
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": "unix:///nowhere/redis.sock",
            }
        }
        checks = client.get("/health/ready").json()["checks"]
        assert checks["redis"] == {"ok": False, "detail": "unavailable"}
        assert checks["database"]["ok"]


def test_a_worker_reports_the_time() -> None:
    beat()
    assert time.time() - cache.get(HEARTBEAT_KEY) < 5
