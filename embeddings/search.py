"""All nearest-neighbour SQL, and the planner that never returns a short page.

An HNSW scan filters after the fact and silently comes back with too few rows; Postgres's own plan for a 10 % filter is
that scan, or reading and sorting everything, as its statistics have it. So the planner asks Postgres how many products
it expects to be eligible, and decides:

- few: exact ordering over just those, which is faster than the index and has recall 1;
- many: the index, forced, scanned iteratively until the page is full;
- the estimate was wrong, either way: the exact query stops counting at its limit and hands over to the index; the
  index, come back short although more were eligible, hands over to the exact order.

Measurements behind the constants are in the README ("Figures") and come from `make bench`.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction

from catalog.models import Product
from catalog.querysets import ProductQuerySet
from embeddings.indexes import partition_of
from embeddings.layout import Query
from embeddings.selectors import SpaceView
from embeddings.wire import fetch, to_parameter

# Up to this many eligible products are ordered exactly; above, the index is faster at the same recall.
EXACT_LIMIT = 2_500
# An estimate this many times the limit is trusted without counting: counting reads the rows it counts.
CERTAIN_FACTOR = 1.5
# Candidates the index keeps while it descends: at least the first, for recall@10 above 0.98; more, up to the second,
# where a filter lets few of them through, which costs less than to go on scanning.
EF_SEARCH = (100, 200)

# Nothing but the index scan with a nested loop into the products is left for Postgres to choose.
INDEX_SETTINGS = {
    "enable_sort": "off",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.max_scan_tuples": "40000",
    "hnsw.scan_mem_multiplier": "4",
}

Strategy = Literal["exact", "index"]


@dataclass(frozen=True)
class Hit:
    """A product found. `raw` is the query's inner product with its vector, `score` that brought to 0..1."""

    product_id: int
    raw: float
    score: float


@dataclass(frozen=True)
class Found:
    hits: tuple[Hit, ...]
    strategy: Strategy


def nearest(
    space: SpaceView,
    query: Query,
    *,
    products: ProductQuerySet | None = None,
    limit: int = 10,
    exclude: Collection[int] = (),
    strategy: Strategy | None = None,
) -> Found:
    """The `limit` eligible products with the largest inner product, best first; ties by id.

    Args:
        products: who is eligible; None is every published product of the store.
        exclude: ids that never appear (the product itself, what was bought).
        strategy: forced for tests and measurements; None lets the planner choose.

    The page is full whenever `limit` eligible products have a vector in the space.
    """
    if products is None:
        products = Product.objects.filter(store_id=space.store_id).published()
    try:
        eligible, parameters = products.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # the filter can't be met, and Django knows it
        return Found((), "exact")
    plan = _Plan(space, query, eligible, parameters, limit, list(exclude))
    if strategy == "exact":
        return _found(_exact(plan, at_most=None)[0], query, "exact")
    if strategy is None and _expected(plan) <= CERTAIN_FACTOR * EXACT_LIMIT:
        rows, eligible_count = _exact(plan, at_most=EXACT_LIMIT)
        if eligible_count <= EXACT_LIMIT:
            return _found(rows, query, "exact")
    rows = _by_index(plan)
    if len(rows) < limit and strategy is None:
        rows, _ = _exact(plan, at_most=None)
        return _found(rows, query, "exact")
    return _found(rows, query, "index")


@dataclass(frozen=True)
class _Plan:
    space: SpaceView
    query: Query
    eligible: str
    parameters: tuple[Any, ...]
    limit: int
    exclude: list[int]

    @property
    def partition(self) -> str:
        return partition_of(self.space.id)


def _expected(plan: _Plan) -> float:
    """How many products are eligible, as far as Postgres knows."""
    return _estimate(plan.eligible, plan.parameters, _this_minute())


@lru_cache(maxsize=1024)
def _estimate(statement: str, parameters: tuple[Any, ...], minute: int) -> float:
    """How many rows Postgres expects of a statement, from its statistics: none is read.

    Remembered for the `minute` it is asked in: it chooses the way, not the answer, and costs a round trip.
    """
    return float(fetch(f"EXPLAIN (FORMAT JSON) {statement}", parameters)[0][0][0]["Plan"]["Plan Rows"])


def _this_minute() -> int:
    return int(time.monotonic() // 60)


def _exact(plan: _Plan, *, at_most: int | None) -> tuple[list[tuple[int, float]], int]:
    """Order the eligible exactly, unless they are more than `at_most`: then no row, and a total above it."""
    cap = "" if at_most is None else f" LIMIT {at_most + 1}"
    # The join runs only when the count allows it (a one-time filter). The HNSW index is on another expression.
    rows = fetch(
        f"""
        WITH eligible(id) AS MATERIALIZED ({plan.eligible}{cap}),
             counted AS MATERIALIZED (SELECT count(*) AS n FROM eligible)
        SELECT NULL::bigint, NULL::float8, n FROM counted
        UNION ALL
        (SELECT e.product_id, -(e.vector <#> %s::halfvec) AS score, 0
           FROM eligible JOIN {plan.partition} e ON e.space_id = {plan.space.id} AND e.product_id = eligible.id
          WHERE {"true" if at_most is None else f"(SELECT n FROM counted) <= {at_most}"}
            AND e.product_id <> ALL(%s)
          ORDER BY score DESC, e.product_id LIMIT %s)
        """,
        [*plan.parameters, to_parameter(plan.query.vector), plan.exclude, plan.limit],
    )
    return [(product_id, score) for product_id, score, _ in rows[1:]], rows[0][2]


def _by_index(plan: _Plan) -> list[tuple[int, float]]:
    dims = plan.space.layout.dims
    expression = f"e.vector::halfvec({dims}) <#> %s::halfvec({dims})"
    vector = to_parameter(plan.query.vector)
    with transaction.atomic():
        _configure({**INDEX_SETTINGS, "hnsw.ef_search": str(_ef_search(plan))})
        rows = fetch(
            f"""
            SELECT e.product_id, -({expression}) AS score FROM {plan.partition} e
             WHERE EXISTS (SELECT 1 FROM ({plan.eligible}) AS p(id) WHERE p.id = e.product_id)
               AND e.product_id <> ALL(%s)
             ORDER BY {expression} LIMIT %s
            """,
            [vector, *plan.parameters, plan.exclude, vector, plan.limit],
        )
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def _ef_search(plan: _Plan) -> int:
    """Enough candidates for a full page behind the filter at the first descent, within EF_SEARCH; pgvector's maximum
    is 1,000.
    """
    everything = _estimate(f"SELECT product_id FROM {plan.partition}", (), _this_minute())
    for_the_filter = 1.5 * plan.limit * everything / max(_expected(plan), 1.0)
    least, most = EF_SEARCH
    for_the_page = 2 * (plan.limit + len(plan.exclude))
    return int(min(1_000, max(least, min(most, for_the_filter), for_the_page)))


def _configure(values: dict[str, str]) -> None:
    """Set for this transaction only, all in one round trip."""
    calls = ", ".join("set_config(%s, %s, true)" for _ in values)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {calls}", [part for pair in values.items() for part in pair])


def _found(rows: Sequence[tuple[int, float]], query: Query, strategy: Strategy) -> Found:
    return Found(tuple(Hit(product_id, raw, query.calibrate(raw)) for product_id, raw in rows), strategy)
