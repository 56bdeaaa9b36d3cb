"""Rankings written in batches, kept for some days, forgotten with their shopper."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from catalog.models import Store
from recommender.models import Ranking

logger = structlog.get_logger(__name__)

TABLE = Ranking._meta.db_table
# A table is made or dropped when nobody is in the way within this time, else at the next try: who reads rankings waits
# behind it no longer than that.
LOCK_PATIENCE = timedelta(milliseconds=200)
# Beyond that the database is taken for gone, and what was to be written waits.
WRITE_PATIENCE = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class ShownRanking:
    """An answer as it was shown. `shopper` is the storefront's name for them, empty when it gave none; `request` says
    what was asked, as JSON can, without photos."""

    id: UUID
    store_id: int
    scenario: str
    product_ids: Sequence[int]
    scores: Sequence[float]
    shopper: str = ""
    request: Mapping[str, Any] = field(default_factory=dict)
    variant_id: int | None = None
    fallback: str | None = None
    created_at: datetime = field(default_factory=timezone.now)


def write_rankings(*, rankings: Sequence[ShownRanking]) -> None:
    """Store a batch in one statement and one transaction, whole or not at all; those already there are left alone, and
    those of a store that is gone are left out."""
    ensure_days({ranking.created_at.astimezone(UTC).date() for ranking in rankings})
    columns = list(zip(*(_spell(ranking) for ranking in rankings), strict=True))
    with _impatient(statement=WRITE_PATIENCE) as cursor:
        cursor.execute(
            """
            INSERT INTO recommender_ranking
                (id, store_id, shopper, scenario, request, product_ids, scores, variant_id, fallback, created_at)
            SELECT told.id, store_id, shopper, scenario, request::jsonb, product_ids::bigint[], scores::real[],
                   variant_id, fallback, told.created_at
              FROM unnest(%s::uuid[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[],
                          %s::bigint[], %s::text[], %s::timestamptz[])
                   AS told (id, store_id, shopper, scenario, request, product_ids, scores,
                            variant_id, fallback, created_at)
              JOIN catalog_store ON catalog_store.id = store_id
            ON CONFLICT DO NOTHING
            """,
            [list(column) for column in columns],
        )


def _spell(ranking: ShownRanking) -> tuple[Any, ...]:
    return (
        ranking.id,
        ranking.store_id,
        ranking.shopper,
        ranking.scenario,
        json.dumps(ranking.request, cls=DjangoJSONEncoder),
        # unnest would flatten arrays of arrays.
        f"{{{','.join(map(str, ranking.product_ids))}}}",
        f"{{{','.join(f'{score:.7g}' for score in ranking.scores)}}}",
        ranking.variant_id,
        ranking.fallback or "",
        ranking.created_at,
    )


def ensure_days(days: Collection[date]) -> None:
    """Make the partitions of these days (UTC) where they are missing.

    A table made apart and then attached takes no lock that a reader or a writer of rankings would wait for.
    """
    for day in sorted(days):
        if _exists(day):
            continue
        name, following = _partition(day), day + timedelta(days=1)
        with _impatient(lock=WRITE_PATIENCE) as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [TABLE])
            if not _exists(day):  # another process may just have made it
                cursor.execute(f"CREATE TABLE {name} (LIKE {TABLE} INCLUDING ALL)")
                cursor.execute(
                    f"ALTER TABLE {TABLE} ATTACH PARTITION {name}"
                    f" FOR VALUES FROM ('{day} 00:00+00') TO ('{following} 00:00+00')"
                )


def expire_rankings(*, now: datetime) -> list[date]:
    """Drop the days that ended more than KINDRED_RANKING_DAYS ago; the days dropped.

    One that somebody is just reading is left to the next call.
    """
    kept_from = (now - timedelta(days=settings.KINDRED_RANKING_DAYS)).astimezone(UTC).date()
    dropped = []
    for day in _known_days():
        if day >= kept_from:
            continue
        try:
            with _impatient(lock=LOCK_PATIENCE) as cursor:
                cursor.execute(f"DROP TABLE {_partition(day)}")
        except OperationalError as error:
            logger.warning("rankings not expired", day=str(day), reason=str(error))
        else:
            dropped.append(day)
    return dropped


def forget_rankings(*, store: Store, shopper_external_id: str) -> int:
    """Delete what was shown to a shopper; the number of rankings. Ones not yet written, of the last second, stay."""
    return Ranking.objects.of(store).shown_to(shopper_external_id).delete()[0] if shopper_external_id else 0


def _known_days() -> list[date]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid"
            " WHERE inhparent = %s::regclass ORDER BY relname",
            [TABLE],
        )
        return [datetime.strptime(name, f"{TABLE}_%Y%m%d").date() for (name,) in cursor.fetchall()]


def _exists(day: date) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [_partition(day)])
        return bool(cursor.fetchone()[0])


def _partition(day: date) -> str:
    return f"{TABLE}_{day:%Y%m%d}"


@contextmanager
def _impatient(*, lock: timedelta | None = None, statement: timedelta | None = None) -> Iterator[CursorWrapper]:
    """A transaction that gives up after so long, with OperationalError; inside another, as patient as that."""
    is_own = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        for name, limit in (("lock_timeout", lock), ("statement_timeout", statement)):
            if is_own and limit is not None:
                cursor.execute(f"SET LOCAL {name} = {limit // timedelta(milliseconds=1)}")
        yield cursor
