"""Nearest neighbours under filters: recall against the exact order, and what the database takes for it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

import numpy as np
from django.db import connections

from catalog.models import Product
from catalog.querysets import ProductQuerySet
from embeddings import search
from embeddings.indexes import partition_of
from embeddings.layout import Calibration, Query, Weights, compose
from embeddings.selectors import SpaceView, term_of_vector
from embeddings.wire import fetch
from tests.benchmarks.figures import Figure, Report, milliseconds
from tests.benchmarks.shops import LAYOUT, large_shop
from tests.synthetic import draw_vectors, price_below

SEED = 4_711
QUERIES = 200
WARMING_QUERIES = 20
LIMIT = 10
# Percent of the products that pass; None: no filter.
SELECTIVITIES = (0.1, 1, 10, 50, None)
OWN_PLAN_PERCENT = 10
OWN_PLAN_QUERIES = 40
RECALL = 0.98
DATABASE_MS = 5


@dataclass
class Stopwatch:
    """Seconds spent in wrapped calls since `reset`."""

    seconds: float = 0

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            started = time.perf_counter()
            try:
                return function(*arguments, **keywords)
            finally:
                self.seconds += time.perf_counter() - started

        return call


@dataclass
class Measured:
    """One filter's queries."""

    recalls: list[float] = field(default_factory=list)
    database: list[float] = field(default_factory=list)
    total: list[float] = field(default_factory=list)
    strategies: Counter[str] = field(default_factory=Counter)
    short_pages: int = 0


def measure_search(scale: int) -> Report:
    space = large_shop(scale)
    queries = draw_queries(space, QUERIES, seed=SEED)
    figures, notes = (
        [],
        [f"{QUERIES} queries a filter, k = {LIMIT}, {scale:,} products x {space.layout.dims} dimensions"],
    )
    for percent in SELECTIVITIES:
        label = "no filter" if percent is None else f"{percent:g} %"
        measured = _measure(space, queries, eligible_in(space, percent))
        figures += _figures(label, measured)
        used = ", ".join(f"{name} {count}" for name, count in measured.strategies.most_common())
        notes.append(f"{label}: {used} queries; {measured.short_pages} short pages")
    own = _measure_own_plan(space, queries[:OWN_PLAN_QUERIES], eligible_in(space, OWN_PLAN_PERCENT))
    figures.append(Figure(f"{OWN_PLAN_PERCENT} %, Postgres's own plan: recall@{LIMIT}", float(np.mean(own.recalls))))
    figures += milliseconds(f"{OWN_PLAN_PERCENT} %, Postgres's own plan: database", own.database)
    notes.append(f"Postgres's own plan: {own.short_pages} of {OWN_PLAN_QUERIES} pages short")
    return Report([*figures, *_disk_figures(space, scale)], SEED, notes)


def draw_queries(space: SpaceView, count: int, *, seed: int) -> list[Query]:
    """Visual and textual in equal parts."""
    vectors = draw_vectors(count, LAYOUT, seed=seed, missing=0)
    return [compose(space.layout, Calibration(), [term_of_vector(space, vector)], Weights()) for vector in vectors]


def eligible_in(space: SpaceView, percent: float | None) -> ProductQuerySet:
    published = Product.objects.filter(store_id=space.store_id).published()
    return published if percent is None else published.priced(at_most=price_below(percent))


@contextmanager
def database_stopwatch() -> Iterator[Stopwatch]:
    """Times what `embeddings.search` asks of the database, as it waits for it: statements, settings and commits."""
    watch = Stopwatch()
    default = connections["default"]
    with ExitStack() as stack:
        for owner, name in ((search, "fetch"), (search, "_configure"), (default, "_commit")):
            stack.enter_context(patch.object(owner, name, watch.timed(getattr(owner, name))))
        yield watch


def _measure(
    space: SpaceView, queries: list[Query], products: ProductQuerySet, strategy: search.Strategy | None = None
) -> Measured:
    """Timed queries first, all in a row; the exact order afterwards, which would evict what they need from caches."""
    measured, found = Measured(), []
    for query in draw_queries(space, WARMING_QUERIES, seed=SEED + 1):
        search.nearest(space, query, products=products, limit=LIMIT, strategy=strategy)
    with database_stopwatch() as watch:
        for query in queries:
            watch.seconds = 0
            started = time.perf_counter()
            found.append(search.nearest(space, query, products=products, limit=LIMIT, strategy=strategy))
            measured.total.append(time.perf_counter() - started)
            measured.database.append(watch.seconds)
    for query, answer in zip(queries, found, strict=True):
        exact = search.nearest(space, query, products=products, limit=LIMIT, strategy="exact")
        wanted = {hit.product_id for hit in exact.hits}
        measured.recalls.append(len(wanted & {hit.product_id for hit in answer.hits}) / len(wanted))
        measured.strategies[answer.strategy] += 1
        measured.short_pages += len(answer.hits) < len(exact.hits)
    return measured


def _figures(label: str, measured: Measured) -> list[Figure]:
    return [
        Figure(f"{label}: recall@{LIMIT}", float(np.mean(measured.recalls)), at_least=RECALL),
        *milliseconds(f"{label}: database", measured.database, p95_at_most=DATABASE_MS),
        *milliseconds(f"{label}: total", measured.total),
    ]


def _measure_own_plan(space: SpaceView, queries: list[Query], products: ProductQuerySet) -> Measured:
    """The planner's index statement without its settings: Postgres chooses, and scans an index only once."""
    with patch.object(search, "_configure"):
        return _measure(space, queries, products, strategy="index")


def _disk_figures(space: SpaceView, count: int) -> list[Figure]:
    partition = partition_of(space.id)
    sizes = "SELECT pg_table_size(%s::regclass), pg_relation_size(%s::regclass)"
    table, index = (size / count for size in fetch(sizes, [partition, f"{partition}_hnsw"])[0])
    return [Figure("disk: table", table, "bytes/row"), Figure("disk: vector index", index, "bytes/row")]
