"""What was shown: the cost of remembering it, of writing it, of counting it, and of an experiment's report."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import numpy as np
from django.db import connection
from django.utils import timezone

from catalog.models import Product, Store
from catalog.services.stores import create_store
from catalog.wire import fetch
from recommender import rankings
from recommender.experiment_reports import report_experiment
from recommender.experiments import assign
from recommender.models import Experiment, Ranking
from recommender.services.events import NewEvent, record_events
from recommender.services.experiments import NewVariant, create_experiment, start_experiment
from recommender.services.rankings import ShownRanking, expire_rankings, write_rankings
from recommender.shown import counts_statement
from tests.benchmarks.figures import Figure, Report, milliseconds
from tests.factories import make_products

SEED = 1_215
PRODUCTS = 200
PAGE = 10
# Days the rankings lie in; `scale` of them in all.
DAYS = 20
COUNTS = 200
RATE = 10_000


def measure_rankings(scale: int) -> Report:
    store = create_store(slug="rankings")
    products = make_products(store, [{"sku": f"P-{n}", "price": 10} for n in range(PRODUCTS)])
    experiment = _start(store)
    shown = list(_draw(store, products, count=scale, shoppers=max(10, scale // 20)))
    remembering = _remember(shown[:RATE])
    writing, rate = _write(shown)
    _tell(store, shown)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE recommender_ranking, recommender_event")
    counting = _count(store, shown)
    started = time.perf_counter()
    report = report_experiment(experiment)
    reporting = time.perf_counter() - started
    assert sum(variant.rankings for variant in report.variants) == scale
    started = time.perf_counter()
    dropped = expire_rankings(now=timezone.now() + timedelta(days=365))
    expiring = time.perf_counter() - started
    assert not Ranking.objects.exists()
    figures = [
        Figure(f"remember(), {RATE:,} in a row: mean", 1e6 * float(np.mean(remembering)), "µs"),
        Figure("the same, p99.9", 1e6 * float(np.quantile(remembering, 0.999)), "µs"),
        Figure(f"share of one core at {RATE:,} rankings/s", float(np.mean(remembering)) * RATE, ""),
        Figure("written, in batches of 500", rate, "rankings/s"),
        *milliseconds("a batch of 500", writing),
        *milliseconds("what was shown to a shopper in a week, counted", counting),
        Figure(f"experiment report over {scale:,} rankings", reporting, "s"),
        Figure(f"expiry of {len(dropped)} days, {scale:,} rankings", 1e3 * expiring, "ms"),
    ]
    return Report(figures, seed=SEED, notes=[f"{PAGE} products a ranking, {DAYS} days."])


def _start(store: Store) -> Experiment:
    variants = [NewVariant("control", 0.5), NewVariant("diverse", 0.5, {"diversity": 0.4})]
    experiment = start_experiment(create_experiment(store=store, name="e1", scenario="home", variants=variants))
    experiment.started_at = timezone.now() - timedelta(days=DAYS + 1)
    experiment.save()
    return experiment


def _draw(store: Store, products: Sequence[Product], *, count: int, shoppers: int) -> Iterator[ShownRanking]:
    generator = np.random.default_rng(SEED)
    ids = np.array([product.pk for product in products])
    now = timezone.now()
    for number in range(count):
        shopper = f"s-{generator.integers(shoppers)}"
        part = assign(store, "home", shopper)
        yield ShownRanking(
            id=uuid.UUID(int=int.from_bytes(generator.bytes(16))),
            store_id=store.pk,
            scenario="home",
            product_ids=ids[generator.integers(0, len(ids), PAGE)].tolist(),
            scores=generator.random(PAGE).tolist(),
            shopper=shopper,
            request={"limit": PAGE},
            variant_id=part.variant_id if part else None,
            created_at=now - timedelta(days=DAYS) * (number / count),
        )


def _remember(shown: Sequence[ShownRanking]) -> list[float]:
    """Seconds of each call, in a process whose thread is writing all the while."""
    seconds = []
    for ranking in shown:
        started = time.perf_counter()
        rankings.remember(ranking)
        seconds.append(time.perf_counter() - started)
    rankings.flush()
    return seconds


def _write(shown: Sequence[ShownRanking]) -> tuple[list[float], float]:
    Ranking.objects.all().delete()
    seconds = []
    for start in range(0, len(shown), rankings.BATCH):
        started = time.perf_counter()
        write_rankings(rankings=shown[start : start + rankings.BATCH])
        seconds.append(time.perf_counter() - started)
    return seconds, len(shown) / sum(seconds)


def _tell(store: Store, shown: Sequence[ShownRanking]) -> None:
    """Every tenth ranking is clicked, every fiftieth shopper's ranking bought from."""
    skus = dict(Product.objects.of(store).values_list("pk", "sku"))
    events: list[dict[str, Any]] = []
    for number, ranking in enumerate(shown):
        if number % 10 == 0:
            kind = "purchase" if number % 50 == 0 else "click"
            events.append({"shopper": ranking.shopper, "sku": skus[ranking.product_ids[0]], "kind": kind})
            events[-1] |= {"event_id": str(ranking.id), "at": ranking.created_at, "ranking_id": ranking.id}
    for start in range(0, len(events), 1_000):
        batch = [NewEvent(**facts) for facts in events[start : start + 1_000]]
        record_events(store=store, events=dict(enumerate(batch)))


def _count(store: Store, shown: Sequence[ShownRanking]) -> list[float]:
    seconds = []
    since = timezone.now() - timedelta(days=7)
    for ranking in shown[:COUNTS]:
        started = time.perf_counter()
        counts = fetch(*counts_statement(store, ranking.shopper, since=since))
        seconds.append(time.perf_counter() - started)
        assert counts
    return seconds
