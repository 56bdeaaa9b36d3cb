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

from pgvector import HalfVector

from catalog.querysets import ProductQuerySet, ids_of
from embeddings.indexes import partition_of
from embeddings.layout import Query
from embeddings.selectors import SpaceView
from embeddings.wire import fetch, fetch_under, to_array, to_parameter

# Up to this many eligible products are ordered exactly; above, the index is faster at the same recall.
EXACT_LIMIT = 2_500
# An estimate this many times the limit is trusted without counting: counting reads the rows it counts.
CERTAIN_FACTOR = 1.5
# Candidates the index keeps while it descends: at least the first, for recall@10 above 0.98; more, up to the second,
# where a filter lets few of them through, which costs less than to go on scanning.
EF_SEARCH = (100, 200)
# Where several queries share a page each brings a part of it, and this is enough: on a shop of 100,000 home pages held
# 96.5 % of what exact search puts there, 98.7 % with 100 each, for 4 ms of Postgres in place of 6.
SHARED_EF_SEARCH = 40

# Nothing but the index scan with a nested loop into the products is left for Postgres to choose.
INDEX_SETTINGS = {
    "enable_sort": "off",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
    # A prepared statement is planned once: whatever it asks for, there is but one way left.
    "plan_cache_mode": "force_generic_plan",
    "hnsw.iterative_scan": "relaxed_order",
    "hnsw.max_scan_tuples": "40000",
    "hnsw.scan_mem_multiplier": "4",
}

Strategy = Literal["exact", "index"]


@dataclass(frozen=True)
class Hit:
    """A product found. `raw` is the query's inner product with its vector, `score` that brought to 0..1; `raws` are
    those of all queries that share the page, in their order."""

    product_id: int
    raw: float
    score: float
    raws: tuple[float, ...]


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
    [found] = nearest_to_each(space, [query], products=products, limit=limit, exclude=exclude, strategy=strategy)
    return found


def nearest_to_each(
    space: SpaceView,
    queries: Sequence[Query],
    *,
    products: ProductQuerySet | None = None,
    limit: int,
    exclude: Collection[int] = (),
    strategy: Strategy | None = None,
    share_a_page: bool = True,
) -> list[Found]:
    """As `nearest`, for each of the queries, at one go; not quite as well where they `share_a_page`."""
    condition = ids_of(products, store_id=space.store_id)
    if condition is None or not queries:
        return [Found((), "exact") for _ in queries]
    sharing = len(queries) if share_a_page else 1
    plan = _Plan(space, tuple(queries), *condition, limit, list(exclude), sharing)
    if strategy == "exact":
        return _found(plan, _exact(plan, at_most=None)[0], "exact")
    if strategy is None and _expected(plan) <= CERTAIN_FACTOR * EXACT_LIMIT:
        rows, eligible_count = _exact(plan, at_most=EXACT_LIMIT)
        if eligible_count <= EXACT_LIMIT:
            return _found(plan, rows, "exact")
    rows = _by_index(plan)
    if len(rows) < limit * len(queries) and strategy is None:
        rows, _ = _exact(plan, at_most=None)
        return _found(plan, rows, "exact")
    return _found(plan, rows, "index")


def inner_products(
    space: SpaceView, queries: Sequence[Query], product_ids: Collection[int]
) -> dict[int, tuple[float, ...]]:
    """id -> with each of the queries, as the index computes it; products without a vector are left out. Half of what
    it takes to bring the vectors over."""
    columns = ", ".join("-(vector <#> %s::halfvec)" for _ in queries)
    rows = fetch(
        f"SELECT product_id, {columns} FROM {partition_of(space.id)}"
        " WHERE space_id = %s AND product_id = ANY(%s::bigint[])",
        [*(to_parameter(query.vector) for query in queries), space.id, to_array(product_ids)],
    )
    return {product_id: tuple(raws) for product_id, *raws in rows}


# Which of the queries, product id, inner product; where several share the page, the inner product with each.
_Row = tuple[Any, ...]


@dataclass(frozen=True)
class _Plan:
    space: SpaceView
    queries: tuple[Query, ...]
    eligible: str
    parameters: tuple[Any, ...]
    limit: int
    exclude: list[int]
    # Queries that bring a part each of what is wanted.
    sharing: int

    @property
    def excluded(self) -> str:
        return to_array(self.exclude)

    @property
    def partition(self) -> str:
        return partition_of(self.space.id)

    @property
    def columns(self) -> str:
        """Of a row that was found anyway the others cost next to nothing, by a statement of their own 0.5 ms."""
        return ", -(e.vector <#> %s::halfvec)" * len(self.compared)

    @property
    def compared(self) -> list[HalfVector]:
        return [to_parameter(query.vector) for query in self.queries] if self.sharing > 1 else []


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


def _exact(plan: _Plan, *, at_most: int | None) -> tuple[list[_Row], int]:
    """Order the eligible exactly, unless they are more than `at_most`: then no row, and a total above it."""
    cap = "" if at_most is None else f" LIMIT {at_most + 1}"
    # The join runs only when the count allows it (a one-time filter). The HNSW index is on another expression.
    best = " UNION ALL ".join(
        f"""
        (SELECT {at}, e.product_id, -(e.vector <#> %s::halfvec) AS score, 0{plan.columns}
           FROM eligible JOIN {plan.partition} e ON e.space_id = {plan.space.id} AND e.product_id = eligible.id
          WHERE {"true" if at_most is None else f"(SELECT n FROM counted) <= {at_most}"}
            AND e.product_id <> ALL(%s::bigint[])
          ORDER BY score DESC, e.product_id LIMIT %s)
        """
        for at in range(len(plan.queries))
    )
    rows = fetch(
        f"""
        WITH eligible(id) AS MATERIALIZED ({plan.eligible}{cap}),
             counted AS MATERIALIZED (SELECT count(*) AS n FROM eligible)
        SELECT NULL::int, NULL::bigint, NULL::float8, n{", NULL::float8" * len(plan.compared)} FROM counted
         UNION ALL {best}
        """,
        [
            *plan.parameters,
            *(
                part
                for query in plan.queries
                for part in (to_parameter(query.vector), *plan.compared, plan.excluded, plan.limit)
            ),
        ],
    )
    return [(at, product_id, score, *raws) for at, product_id, score, _, *raws in rows[1:]], rows[0][3]


def _by_index(plan: _Plan) -> list[_Row]:
    dims = plan.space.layout.dims
    expression = f"e.vector::halfvec({dims}) <#> %s::halfvec({dims})"
    best = [
        f"""
        (SELECT {at}, e.product_id, -({expression}) AS score{plan.columns} FROM {plan.partition} e
          WHERE EXISTS (SELECT 1 FROM ({plan.eligible}) AS p(id) WHERE p.id = e.product_id)
            AND e.product_id <> ALL(%s::bigint[])
          ORDER BY {expression} LIMIT %s)
        """
        for at in range(len(plan.queries))
    ]
    vectors = [to_parameter(query.vector) for query in plan.queries]
    return fetch_under(
        {**INDEX_SETTINGS, "hnsw.ef_search": str(_ef_search(plan))},
        " UNION ALL ".join(best),
        [
            part
            for vector in vectors
            for part in (vector, *plan.compared, *plan.parameters, plan.excluded, vector, plan.limit)
        ],
    )


def _ef_search(plan: _Plan) -> int:
    """Enough candidates for a full page behind the filter at the first descent, within EF_SEARCH; pgvector's maximum
    is 1,000.
    """
    everything = _estimate(f"SELECT product_id FROM {plan.partition}", (), _this_minute())
    for_the_filter = 1.5 * plan.limit * everything / max(_expected(plan), 1.0)
    least, most = EF_SEARCH
    least = max(SHARED_EF_SEARCH, least // plan.sharing)
    for_the_page = 2 * (plan.limit + len(plan.exclude))
    return int(min(1_000, max(least, min(most, for_the_filter), for_the_page)))


def _found(plan: _Plan, rows: Sequence[_Row], strategy: Strategy) -> list[Found]:
    hits: list[list[Hit]] = [[] for _ in plan.queries]
    for at, product_id, raw, *raws in sorted(rows, key=lambda row: (row[0], -row[2], row[1])):
        hits[at].append(Hit(product_id, raw, plan.queries[at].calibrate(raw), tuple(raws) or (raw,)))
    return [Found(tuple(found), strategy) for found in hits]
