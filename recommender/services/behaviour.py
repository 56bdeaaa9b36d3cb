"""Learning from what shoppers did: the behaviour block of every live space, and what is bought together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils import timezone
from psycopg.types.numeric import Float8, Int4, Int8

from catalog.models import Store
from embeddings.behaviour import BehaviourReport, has_outgrown, learned_vectors, store_behaviour
from embeddings.layout import BEHAVIOUR, Layout, Vector
from embeddings.models import EmbeddingSpace
from embeddings.wire import copy_in
from recommender.models import BehaviourRefresh, Event

if TYPE_CHECKING:
    from recommender.behaviour.companions import Pair

# Learned anew at least so often where anything ever happened: interests decay also while nothing does.
EVERY = timedelta(days=1)
# And sooner once this share of the events learned from, but no fewer than this many, have happened since.
NEW_SHARE, NEW_EVENTS = 0.05, 1_000


@dataclass(frozen=True)
class RefreshReport:
    """`interactions` are pairs of shopper and product; `companions` pairs of products; `spaces` by name."""

    interactions: int
    companions: int
    spaces: Mapping[str, BehaviourReport] = field(default_factory=dict)


def refresh_behaviour(*, store: Store, now: datetime | None = None) -> RefreshReport | None:
    """Learn from the store's events up to now, or as if it were `now`, from nothing else. None when another process
    is at it.

    A process killed in here leaves every answer whole, the old one or the new one, and its refresh due again.
    """
    # What learns takes a second and tens of megabytes to import, and every worker and the scheduler have this module.
    from recommender.behaviour.companions import find_companions
    from recommender.behaviour.factors import learn_factors
    from recommender.behaviour.interactions import read_baskets, read_interactions

    goes_on = now is None
    now = now or timezone.now()
    with _alone(store) as is_alone:
        if not is_alone:
            return None
        BehaviourRefresh.objects.update_or_create(store=store, defaults={"started_at": now, "finished_at": None})
        companions = replace_companions(store=store, pairs=find_companions(read_baskets(store, now=now)))
        interactions = read_interactions(store, now=now)
        spaces = list(_spaces_that_learn(store))
        last: dict[int, dict[int, Vector]] = {}
        for space, dims in spaces if goes_on else ():
            last[dims] = last.get(dims) or learned_vectors(space)
        sizes = {dims for _, dims in spaces}
        factors = {dims: learn_factors(interactions, dims=dims, start=last.get(dims)) for dims in sizes}
        reports = {space.name: store_behaviour(space, factors[dims]) for space, dims in spaces}
        events = Event.objects.of(store).filter(at__lte=now).count()
        BehaviourRefresh.objects.filter(store=store).update(finished_at=timezone.now(), events=events)
    return RefreshReport(interactions.matrix.nnz, companions, reports)


def replace_companions(*, store: Store, pairs: Iterable[Pair]) -> int:
    """Make `pairs` all the companions there are in the store, at one moment for every reader; the number of pairs.

    A pair that is as it was is not written again.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE told (product_id bigint, other_id bigint, score float8, baskets int) ON COMMIT DROP"
        )
        rows = ((Int8(a), Int8(b), Float8(score), Int4(baskets)) for a, b, score, baskets in pairs)
        copy_in("COPY told FROM STDIN (FORMAT BINARY)", rows)
        cursor.execute("ANALYZE told")
        # A product being deleted is waited for before anything of it is locked here, which its deletion would wait for.
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM catalog_product WHERE id IN"
            " (SELECT product_id FROM told UNION SELECT other_id FROM told) ORDER BY id FOR KEY SHARE) AS kept"
        )
        cursor.execute(
            "DELETE FROM recommender_companion kept WHERE store_id = %s AND NOT EXISTS"
            " (SELECT FROM told WHERE told.product_id = kept.product_id AND told.other_id = kept.other_id)",
            [store.pk],
        )
        cursor.execute(
            """
            INSERT INTO recommender_companion (store_id, product_id, other_id, score, baskets)
            SELECT %s, product.id, other.id, told.score, told.baskets
              FROM told JOIN catalog_product product ON product.id = told.product_id
              JOIN catalog_product other ON other.id = told.other_id
             WHERE product.store_id = %s AND other.store_id = %s
            ON CONFLICT (product_id, other_id) DO UPDATE SET score = EXCLUDED.score, baskets = EXCLUDED.baskets
             WHERE (recommender_companion.score, recommender_companion.baskets)
                   IS DISTINCT FROM (EXCLUDED.score, EXCLUDED.baskets)
            """,
            [store.pk, store.pk, store.pk],
        )
        cursor.execute("SELECT count(*) FROM told")
        count = cursor.fetchone()[0]
        cursor.execute("DROP TABLE told")
    return int(count)


def stores_to_refresh(now: datetime) -> list[Store]:
    return [store for store in Store.objects.filter(events__isnull=False).distinct() if is_due(store, now=now)]


def is_due(store: Store, *, now: datetime) -> bool:
    """Cheap: reads what was noted of the last refresh, and of the index of events no more than makes it due."""
    last = BehaviourRefresh.objects.filter(store=store).first()
    if last is None or last.finished_at is None or now - last.started_at >= EVERY:
        return Event.objects.of(store).exists()
    wanted = int(max(NEW_EVENTS, NEW_SHARE * last.events))
    since = Event.objects.of(store).filter(at__gt=last.started_at, at__lte=now)
    return since.order_by()[:wanted].count() == wanted or any(
        space.created_at > last.started_at or has_outgrown(space)
        for space, _ in _spaces_that_learn(store)
        if space.status in {"ready", "active"}
    )


def _spaces_that_learn(store: Store) -> Iterator[tuple[EmbeddingSpace, int]]:
    for space in EmbeddingSpace.objects.of(store).live():
        for block in Layout.from_json(space.layout).blocks:
            if block.name == BEHAVIOUR:
                yield space, block.size


@contextmanager
def _alone(store: Store) -> Iterator[bool]:
    """Yields whether this process alone now learns for the store. The lock dies with the process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('learn behaviour', %s))", [store.pk])
        is_alone = bool(cursor.fetchone()[0])
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended('learn behaviour', %s))", [store.pk])
