"""`/health/live`: the process answers. `/health/ready`: everything a request needs is there, item by item.

Both answer before anything else looks at the request: a probe names whatever host it knows, and speaks plain HTTP.
"""

from collections.abc import Callable
from typing import Any

import structlog
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from config.celery import HEARTBEAT_KEY
from embeddings.models import EmbeddingSpace

logger = structlog.get_logger(__name__)

PGVECTOR_MINIMUM = (0, 8, 4)


class NotReadyError(Exception):
    pass


class HealthMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        probe = PROBES.get(request.path_info, self.get_response)
        return probe(request)


def live(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def ready(request: HttpRequest) -> JsonResponse:
    parts = {name: _outcome(name, check) for name, check in CHECKS.items()}
    is_ready = all(part["ok"] for part in parts.values())
    return JsonResponse({"status": "ok" if is_ready else "unready", "checks": parts}, status=200 if is_ready else 503)


def pgvector_version() -> tuple[int, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extversion FROM pg_extension WHERE extname = 'vector'")
        row = cursor.fetchone()
    return tuple(int(part) for part in row[0].split(".")) if row else None


def _outcome(name: str, check: Callable[[], str]) -> dict[str, Any]:
    try:
        return {"ok": True, "detail": check()}
    except NotReadyError as error:
        return {"ok": False, "detail": str(error)}
    except Exception:  # a probe must name the part that failed, whatever failed; the cause is for the log alone
        logger.exception("readiness check failed", check=name)
        return {"ok": False, "detail": "unavailable"}


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        return f"PostgreSQL {cursor.fetchone()[0].split()[0]}"


def _pgvector() -> str:
    version = pgvector_version()
    if version is None or version < PGVECTOR_MINIMUM:
        wanted = ".".join(map(str, PGVECTOR_MINIMUM))
        raise NotReadyError(f"pgvector >= {wanted} is required")
    return ".".join(map(str, version))


def _redis() -> str:
    cache.set("health", 1, 10)
    return "answers"


def _worker() -> str:
    if cache.get(HEARTBEAT_KEY) is None:
        raise NotReadyError("no worker has reported in the last minute")
    return "reported in the last minute"


def _space() -> str:
    count = EmbeddingSpace.objects.active().count()
    if not count:
        raise NotReadyError("no store has an active embedding space")
    return f"{count} active"


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "pgvector": _pgvector,
    "redis": _redis,
    "worker": _worker,
    "space": _space,
}
PROBES = {"/health/live": live, "/health/ready": ready}
