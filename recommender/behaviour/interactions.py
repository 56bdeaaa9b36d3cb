"""A store's events as sparse matrices: who did how much with what, and what lay in one basket.

PostgreSQL aggregates; rows come through a server-side cursor into typed arrays, so that a million events take some tens
of megabytes, and more than `LATEST_EVENTS` take no more than these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.db import connection
from scipy import sparse

from catalog.models import Store
from recommender.behaviour.matrix import Interactions
from recommender.models import Event
from recommender.profile_vectors import STRENGTHS

# Read of a store at most, the latest first.
LATEST_EVENTS = 3_000_000
# What goes with what changes more slowly than what a shopper is after this week (profile_vectors.HALF_LIFE).
HALF_LIFE = timedelta(days=60)
# A shopper's purchases with a pause no longer than this between them are one basket, also over midnight.
BASKET_PAUSE = timedelta(hours=12)
# Bought says what goes together; put into the basket and left there says it more weakly.
BASKET_STRENGTHS: Mapping[str, float] = {Event.Kind.CART: 0.5, Event.Kind.PURCHASE: 1.0}
# Longer baskets are resellers, tests and robots: of n products they would make n² pairs. The first ones are kept.
LONGEST_BASKET = 50
CHUNK = 50_000

_INTERACTIONS = """
SELECT shopper_id, product_id, sum(strength * 0.5::float8 ^ (extract(epoch FROM %s - at)::float8 / %s)) AS value
  FROM (SELECT shopper_id, product_id, kind, at FROM recommender_event
         WHERE store_id = %s AND at <= %s ORDER BY at DESC LIMIT %s) AS latest
  JOIN unnest(%s::text[], %s::float8[]) AS weighed (kind, strength) USING (kind)
 GROUP BY shopper_id, product_id
 ORDER BY shopper_id, product_id
"""

_BASKETS = """
WITH latest AS (
    SELECT id, shopper_id, product_id, kind, at FROM recommender_event
     WHERE store_id = %s AND at <= %s AND kind = ANY(%s::text[]) ORDER BY at DESC LIMIT %s
), paused AS (
    SELECT *, coalesce(at - lag(at) OVER (PARTITION BY shopper_id ORDER BY at, id) > %s, true) AS is_new FROM latest
), numbered AS (
    SELECT *, count(*) FILTER (WHERE is_new) OVER (ORDER BY shopper_id, at, id ROWS UNBOUNDED PRECEDING) AS basket
      FROM paused
), lines AS (
    SELECT basket, product_id, max(strength) AS strength,
           row_number() OVER (PARTITION BY basket ORDER BY max(strength) DESC, min(at), product_id) AS place
      FROM numbered JOIN unnest(%s::text[], %s::float8[]) AS weighed (kind, strength) USING (kind)
     GROUP BY basket, product_id
)
SELECT basket, product_id, strength FROM lines WHERE place <= %s ORDER BY basket, product_id
"""


def read_interactions(store: Store, *, now: datetime) -> Interactions:
    """Shopper by product: strengths of their events up to `now`, decayed and summed; below zero where disliked."""
    kinds, strengths = list(STRENGTHS), list(STRENGTHS.values())
    parameters = [now, HALF_LIFE.total_seconds(), store.pk, now, LATEST_EVENTS, kinds, strengths]
    return _read(_INTERACTIONS, parameters)


def read_baskets(store: Store, *, now: datetime) -> Interactions:
    """Basket by product: 1 for bought, less for only put into it. Baskets of one product say how common it is."""
    kinds, strengths = list(BASKET_STRENGTHS), list(BASKET_STRENGTHS.values())
    parameters = [store.pk, now, kinds, LATEST_EVENTS, BASKET_PAUSE, kinds, strengths, LONGEST_BASKET]
    return _read(_BASKETS, parameters)


def _read(statement: str, parameters: Sequence[Any]) -> Interactions:
    columns = [("row", np.int64), ("product", np.int64), ("value", np.float32)]
    chunks = [np.zeros(0, columns)]
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, parameters)
        while rows := cursor.fetchmany(CHUNK):
            chunks.append(np.array(rows, columns))
    told = np.concatenate(chunks)
    rows_known, row = np.unique(told["row"], return_inverse=True)
    products, column = np.unique(told["product"], return_inverse=True)
    shape = (len(rows_known), len(products))
    return Interactions(products, sparse.csr_matrix((told["value"], (row, column)), shape, np.float32))
