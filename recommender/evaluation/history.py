"""What shoppers did before a moment, read from events; what the catalogue is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Max
from numpy.typing import NDArray

from catalog.models import Product, Store
from embeddings.wire import fetch
from recommender.evaluation.baselines import Past
from recommender.models import Event
from recommender.profile_vectors import STRENGTHS

PRICE_BANDS = 5
# Rows of the past in memory, latest first, at 32 bytes each; older ones of a very large shop say little of next week.
PAST_ROWS = 5_000_000


@dataclass(frozen=True)
class Groups:
    """The catalogue divided by something: the group of each product, as a position in `names`, and their sizes."""

    names: tuple[str, ...]
    group_of: Mapping[int, int]
    sizes: NDArray[np.int64]


@contextmanager
def undone() -> Iterator[None]:
    """A transaction of which nothing stays, however the block ends. To others the store is as it was all the while.

    It holds the rows it deletes: an event that is told again waits until the end.
    """
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def last_event_at(store: Store) -> datetime | None:
    return Event.objects.of(store).aggregate(last=Max("at"))["last"]


def forget_from(store: Store, moment: datetime) -> None:
    """Delete what happened at or after the moment, of this store alone. Only ever inside `undone`."""
    assert connection.in_atomic_block
    Event.objects.of(store).filter(at__gte=moment).delete()


def forget_all(store: Store) -> None:
    """Only ever inside `undone`."""
    assert connection.in_atomic_block
    Event.objects.of(store).delete()


def read_past(store: Store, *, before: datetime) -> Past:
    """Everything before a moment, of products that are published today."""
    ids = np.fromiter(
        Product.objects.of(store).published().order_by("pk").values_list("pk", flat=True).iterator(), np.int64
    )
    row = np.dtype([("shopper", "i8"), ("product", "i8"), ("strength", "f8"), ("last", "f8")])
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            SELECT e.shopper_id, e.product_id, sum(strength), extract(epoch FROM max(e.at))::float8
              FROM recommender_event e
              JOIN unnest(%s::text[], %s::float8[]) AS weighed (kind, strength) USING (kind)
              JOIN catalog_product p ON p.id = e.product_id AND p.is_published
             WHERE e.store_id = %s AND e.at < %s
             GROUP BY 1, 2 ORDER BY max(e.at) DESC, 1, 2 LIMIT %s
            """,
            [list(STRENGTHS), list(STRENGTHS.values()), store.pk, before, PAST_ROWS],
        )
        rows = np.fromiter(cursor, row)
    shopper_ids, shoppers = np.unique(rows["shopper"], return_inverse=True)
    names: dict[int, str] = dict(
        fetch("SELECT id, external_id FROM recommender_shopper WHERE id = ANY(%s)", [shopper_ids.tolist()])
    )
    return Past(
        names=tuple(names[pk] for pk in shopper_ids.tolist()),
        ids=ids,
        shoppers=shoppers,
        products=np.searchsorted(ids, rows["product"]),
        strengths=rows["strength"],
        last=rows["last"],
    )


def group_by_brand(store: Store) -> Groups:
    rows = Product.objects.of(store).published().order_by("pk").values_list("pk", "brand")
    return _group({pk: brand or "no brand" for pk, brand in rows})


def group_by_price(store: Store) -> Groups:
    """Bands of about as many products each, from cheap to dear, whatever the currency; without a price is its own."""
    prices: dict[int, Any] = dict(Product.objects.of(store).published().order_by("pk").values_list("pk", "price"))
    priced = np.array([float(price) for price in prices.values() if price is not None])
    ends = np.quantile(priced, np.arange(1, PRICE_BANDS) / PRICE_BANDS) if len(priced) else priced
    return _group(
        {
            pk: "no price" if price is None else f"band {1 + int(np.searchsorted(ends, float(price)))}"
            for pk, price in prices.items()
        }
    )


def _group(name_of: Mapping[int, str]) -> Groups:
    names = tuple(sorted(set(name_of.values())))
    places = {name: place for place, name in enumerate(names)}
    group_of = {pk: places[name] for pk, name in name_of.items()}
    return Groups(names, group_of, np.bincount(list(group_of.values()), minlength=len(names)))
