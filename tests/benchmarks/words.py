"""Lexical search of a large shop: what it takes beside reading every product that has a word, and what it misses."""

from __future__ import annotations

import random
import time
from unittest.mock import patch

import numpy as np
from django.db import connection

from catalog.models import Product, Store
from catalog.services.stores import create_store
from catalog.services.vocabulary import count_words
from recommender.candidates import lexical
from tests.benchmarks.figures import Figure, Report, milliseconds
from tests.synthetic_words import fill_words

SEED = 17
QUERIES = 200
TWIN_QUERIES = 40
LIMIT = 50
TYPICAL_MS = 25


def measure_words(scale: int) -> Report:
    store = create_store(slug="words")
    fill_words(store, count=scale)
    started = time.perf_counter()
    count_words(store_id=store.pk)
    counting = time.perf_counter() - started
    with connection.cursor() as cursor:  # as autovacuum does before long
        cursor.execute("VACUUM (ANALYZE) catalog_product, catalog_lexeme, catalog_category")
    queries = _draw_queries(store)
    lexical.cover(store, queries[0], limit=LIMIT)
    taken = [_cover(store, query)[1] for query in queries]
    recalls, ratios = zip(*(_beside_twin(store, query, scale) for query in queries[:TWIN_QUERIES]), strict=True)
    return Report(
        [
            *milliseconds("coverage", taken),
            Figure("coverage: median", float(np.median(taken)) * 1000, "ms", at_most=TYPICAL_MS),
            Figure(f"recall@{LIMIT} against reading everything", float(np.mean(recalls)), at_least=0.98),
            Figure("times as fast as reading everything, median", float(np.median(ratios))),
            Figure("counting the store's words for the first time", counting, "s"),
        ],
        SEED,
        [
            f"{QUERIES} texts of 1 to 6 words of a title, {scale:,} products of 42 words by Zipf's law; one connection",
            "what is covered as well as the last of the page counts as found: which of equals come first is no matter",
            f"reading everything: every product with a word, counted when asked; {TWIN_QUERIES} of the texts, in turns",
        ],
    )


def _draw_queries(store: Store) -> list[str]:
    draw = random.Random(SEED)
    titles = list(Product.objects.of(store).order_by("pk").values_list("title", flat=True))
    return [" ".join(draw.sample(title.split(), 1 + at % 6)) for at, title in enumerate(draw.sample(titles, QUERIES))]


def _cover(store: Store, text: str) -> tuple[dict[int, float], float]:
    started = time.perf_counter()
    found = lexical.cover(store, text, limit=LIMIT)
    return found, time.perf_counter() - started


def _beside_twin(store: Store, text: str, scale: int) -> tuple[float, float]:
    """Recall, and how many times as long the twin takes."""
    found, seconds = _cover(store, text)
    with patch.object(lexical, "SMALL_STORE", scale):
        whole, slow_seconds = _cover(store, text)
    last = min(whole.values(), default=0.0) - 1e-4  # numbers of products counted a moment apart
    good = sum(coverage >= last for coverage in found.values())
    return good / max(len(whole), 1), slow_seconds / seconds
