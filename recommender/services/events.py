"""What shoppers did, stored once however often it is told."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Store
from recommender.models import Shopper

# Clocks run ahead a little, and then it happened now; what is further ahead is a mistake that hides when it did.
CLOCK_TOLERANCE = timedelta(minutes=5)
_TICK = timedelta(microseconds=1)


@dataclass(frozen=True)
class NewEvent:
    """An event as told: `shopper` is the storefront's name for them. `at` None is now."""

    event_id: str
    shopper: str
    sku: str
    kind: str
    at: datetime | None = None
    ranking_id: UUID | None = None


@dataclass(frozen=True)
class Rejection:
    """Why the event at `index` was not taken."""

    index: int
    field: str
    code: str
    message: str


@dataclass(frozen=True)
class Report:
    """`duplicate` events were stored before, or stand twice in the batch; the first telling is kept."""

    accepted: int
    duplicate: int
    rejections: tuple[Rejection, ...]


@dataclass(frozen=True)
class _Target:
    """The product an event counts for, and the one it was told of where that was merged into it."""

    product_id: int
    told_of_id: int | None = None


class _GoneError(Exception):
    """What an event is to be told of was merged or deleted between our look and our hold."""


def record_events(*, store: Store, events: Mapping[int, NewEvent]) -> Report:
    """Store a batch, given by index. What cannot be stored is rejected alone; the rest is stored in one transaction."""
    now = timezone.now()
    while True:
        # Again from the beginning, with nothing held: who holds one thing and waits for another is soon locked out.
        try:
            return _record(store, events, now)
        except _GoneError:
            continue


@transaction.atomic
def _record(store: Store, events: Mapping[int, NewEvent], now: datetime) -> Report:
    products = _hold_products(store, {event.sku for event in events.values()})
    rejections = [
        rejection for index, event in events.items() if (rejection := _find_fault(index, event, products, now))
    ]
    refused = {rejection.index for rejection in rejections}
    sound = _date([event for index, event in events.items() if index not in refused], now)
    shoppers = _hold_shoppers(store, {event.shopper for event in sound})
    stored = _insert(store, sound, products, shoppers, now)
    return Report(accepted=stored, duplicate=len(sound) - stored, rejections=tuple(rejections))


def _hold_products(store: Store, skus: Iterable[str]) -> dict[str, _Target]:
    """By sku. Whoever merges, parts or deletes one, or what it was merged into, waits for us, or we for them: an event
    is never left behind. Locked in one order everywhere, and all at once: left to the foreign keys, what a product was
    merged into would be locked last. Raises _GoneError."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT id, sku, merged_into_id FROM catalog_product
             WHERE id = ANY(ARRAY(SELECT unnest(ARRAY[id, merged_into_id]) FROM catalog_product
                                   WHERE store_id = %s AND sku = ANY(%s)))
             ORDER BY id FOR KEY SHARE
            """,
            [store.pk, list(skus)],
        )
        held = cursor.fetchall()
    alone = {pk for pk, _, kept in held if kept is None}
    if any(kept and kept not in alone for _, _, kept in held):
        raise _GoneError
    return {sku: _Target(kept, pk) if kept else _Target(pk) for pk, sku, kept in held}


def _hold_shoppers(store: Store, external_ids: Collection[str]) -> dict[str, int]:
    """external id -> shopper's id. Whoever merges or forgets one waits for us, or we for them. Raises
    _GoneError."""
    shoppers = ensure_shoppers(store=store, external_ids=external_ids)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM recommender_shopper WHERE id = ANY(%s) ORDER BY id FOR KEY SHARE",
            [list(shoppers.values())],
        )
        if len(cursor.fetchall()) < len(shoppers):
            raise _GoneError
    return shoppers


def ensure_shoppers(*, store: Store, external_ids: Iterable[str]) -> dict[str, int]:
    """external id -> shopper's id, made where missing."""
    wanted = set(external_ids)
    known = _known_shoppers(store, wanted)
    # In one order everywhere, so that two batches at once cannot lock each other out. Looked for again where another
    # batch made one and a merge took it away at once.
    while missing := sorted(wanted - known.keys()):
        new = [Shopper(store=store, external_id=external_id) for external_id in missing]
        Shopper.objects.bulk_create(new, ignore_conflicts=True)
        known |= _known_shoppers(store, missing)
    return known


def _known_shoppers(store: Store, external_ids: Iterable[str]) -> dict[str, int]:
    found = Shopper.objects.of(store).filter(external_id__in=external_ids)
    return dict(found.values_list("external_id", "pk"))


def _find_fault(index: int, event: NewEvent, products: Collection[str], now: datetime) -> Rejection | None:
    if event.sku not in products:
        return Rejection(index, "sku", "unknown_sku", "The store has no product with this sku.")
    if event.at is not None and event.at > now + CLOCK_TOLERANCE:
        return Rejection(index, "at", "in_the_future", "This has not happened yet; check the clock and the time zone.")
    return None


def _date(events: list[NewEvent], now: datetime) -> list[NewEvent]:
    """With the time each happened, never ahead of our own clock. What has none, or a later one, happened now: ticks
    apart in the order it is told, so that of a like and a dislike in one batch the last word counts."""
    dated: list[NewEvent] = []
    latest = now
    for event in reversed(events):
        if event.at is None or event.at > now:
            event, latest = replace(event, at=latest), latest - _TICK
        dated.append(event)
    return dated[::-1]


def _insert(
    store: Store, events: list[NewEvent], products: Mapping[str, _Target], shoppers: Mapping[str, int], now: datetime
) -> int:
    """The number of rows that were new. SQL, for the ORM does not tell how many a conflict left out."""
    # Sorted for the same reason as shoppers; stable, so that of two with one id the first told is kept.
    ordered = sorted(events, key=lambda event: event.event_id)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO recommender_event
                (store_id, shopper_id, product_id, told_of_id, kind, at, event_id, ranking, received_at)
            SELECT %s, shopper_id, product_id, told_of_id, kind, at, event_id, ranking, %s
              FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::text[],
                          %s::uuid[])
                   AS told (shopper_id, product_id, told_of_id, kind, at, event_id, ranking)
            ON CONFLICT (store_id, event_id) DO NOTHING
            """,
            [
                store.pk,
                now,
                [shoppers[event.shopper] for event in ordered],
                [products[event.sku].product_id for event in ordered],
                [products[event.sku].told_of_id for event in ordered],
                [event.kind for event in ordered],
                [event.at for event in ordered],
                [event.event_id for event in ordered],
                [event.ranking_id for event in ordered],
            ],
        )
        return cursor.rowcount
