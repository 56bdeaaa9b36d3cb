"""The next basket of a real shop's customers, from nothing but what they bought before: text only, no picture."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from catalog.models import Product, Store
from recommender.evaluation import baselines, bootstrap
from recommender.evaluation.asking import OWN, Setting, ask_pipeline
from recommender.evaluation.baselines import Occasion, Recommender
from recommender.evaluation.cases import Case
from recommender.evaluation.history import read_past
from recommender.evaluation.scoring import Figures, score_audience
from recommender.evaluation.trials import PIPELINE, POPULARITY, facts_of
from recommender.services.behaviour import refresh_behaviour
from recommender.services.rhythms import refresh_rhythms
from recommender.services.scenarios import save_settings
from tests.benchmarks.figures import Figure, Report
from tests.benchmarks.gift_shop import GiftShop, Purchase, next_baskets, read_gift_shop
from tests.benchmarks.storefront import open_shop

SEED = 4_011
SPLIT = datetime(2011, 8, 1, tzinfo=UTC)
K = 20
TIMES_POPULARITY = 2.0
METRICS = {"recall": f"recall@{K}", "ndcg": f"nDCG@{K}"}

NOTES = [
    "a real shop's invoices from December 2010 to August 2011, cleaned as tests/benchmarks/gift_shop.py says",
    "asked about: customers who bought before August and in August; the truth is their first invoice of August",
    "popularity, frequency and co-occurrence count everything before August, an invoice once; nothing bought is hidden",
    "intervals are 95 %, BCa over customers",
]


def measure_baskets(scale: int) -> Report:
    """`scale` plays no part: the shop is as large as it was."""
    folder = settings.KINDRED_SAMPLE_DATA / "retail"
    if not folder.is_dir():
        return Report([], SEED, [f"no sample data in {folder}: not measured"])
    shop = read_gift_shop(folder)
    store = open_gift_shop("retail", shop)
    cases = _cases(store, shop)
    past = read_past(store, before=SPLIT)
    recommenders: dict[str, Recommender] = {
        PIPELINE: ask_pipeline(store, OWN, now=SPLIT),
        "textual only": ask_pipeline(store, Setting({"textual": 1.0}), now=SPLIT),
        "personal frequency": baselines.most_frequent(past),
        "co-occurrence": baselines.cooccurrence(past),
        POPULARITY: baselines.popularity(past),
        "random": baselines.random_pages(past, seed=SEED),
    }
    found = score_audience("any", cases, recommenders, facts_of(store, past), k=K, seed=SEED)
    sizes = f"{len(past.ids):,} products, {len(past.names):,} customers before August, {len(cases):,} asked about"
    return Report([*_ratios(found), *_figures(found)], SEED, [*NOTES, sizes, *_intervals(found)])


def open_gift_shop(slug: str, shop: GiftShop) -> Store:
    """The store as it was when August began: what was sold by then, and what was bought."""
    known = [one for one in shop.purchases if one.at < SPLIT]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write_products(folder / "products.jsonl", shop, sorted({one.sku for one in known}))
        store = open_shop(slug, folder)
        _write_events(folder / "events.csv", known)
        answer = io.StringIO()
        call_command("import_events", str(folder / "events.csv"), "--store", slug, stdout=answer)
    assert json.loads(answer.getvalue())["accepted"] == len(known)
    # A wholesaler's customers buy the same again and again.
    save_settings(store=store, scenario="home", policies={"bought": "keep"})
    refresh_behaviour(store=store, now=SPLIT)
    refresh_rhythms(store=store)
    return store


def _write_products(path: Path, shop: GiftShop, skus: Iterable[str]) -> None:
    rows = (
        {"sku": sku, "title": shop.titles[sku].title(), "price": shop.prices[sku], "currency": "GBP"} for sku in skus
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _write_events(path: Path, purchases: Iterable[Purchase]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(("event_id", "shopper", "sku", "kind", "at"))
        for one in purchases:
            table.writerow((f"{one.invoice}-{one.sku}", one.customer, one.sku, "purchase", one.at.isoformat()))


def _cases(store: Store, shop: GiftShop) -> list[Case]:
    """What the shop did not sell before August cannot be shown, and nobody is asked to."""
    ids: Mapping[str, Any] = dict(Product.objects.of(store).values_list("sku", "pk"))
    before: dict[str, set[int]] = {}
    for one in shop.purchases:
        if one.at < SPLIT:
            before.setdefault(one.customer, set()).add(ids[one.sku])
    baskets = next_baskets(shop.purchases, since=SPLIT)
    cases = [
        Case(Occasion(customer), {ids[sku]: 1.0 for sku in sorted(skus) if sku in ids}, frozenset(before[customer]))
        for customer, skus in sorted(baskets.items())
        if customer in before
    ]
    return [case for case in cases if case.gains]


def _ratios(found: Mapping[str, Figures]) -> list[Figure]:
    return [
        Figure(
            f"{title}, {PIPELINE} as a multiple of {POPULARITY}",
            found[PIPELINE].estimates[metric].value / found[POPULARITY].estimates[metric].value,
            "x",
            at_least=TIMES_POPULARITY,
        )
        for metric, title in METRICS.items()
    ]


def _figures(found: Mapping[str, Figures]) -> list[Figure]:
    return [
        Figure(f"{title}, {name}", figures.estimates[metric].value)
        for metric, title in METRICS.items()
        for name, figures in found.items()
    ]


def _intervals(found: Mapping[str, Figures]) -> list[str]:
    def spell(one: bootstrap.Estimate) -> str:
        return f"{one.value:.4f} ({one.low:.4f} to {one.high:.4f})"

    return [
        f"{name}: " + ", ".join(f"{title} {spell(figures.estimates[metric])}" for metric, title in METRICS.items())
        for name, figures in found.items()
    ]
