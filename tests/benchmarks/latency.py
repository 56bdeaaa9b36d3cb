"""How long a storefront waits for each of its questions, from the web server of an installation."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from catalog.models import Store
from tests.benchmarks.figures import Figure, Report, milliseconds
from tests.benchmarks.phrasings import read_phrasings
from tests.benchmarks.shops import draw_rows, visited_shop
from tests.benchmarks.web import WARMING_CONNECTIONS, WARMING_REQUESTS, Load, Request, Site, running_web

SEED = 47
CONNECTIONS = 4
SECONDS = 10
DRAWN = 1_000
PHOTOS = 64
BATCHES, EVENTS_A_BATCH = 40, 1_000
EVENTS_A_SECOND = 2_000

QUESTIONS = "/api/v1"


@dataclass(frozen=True)
class Scenario:
    """Requests of one kind. `is_fresh`: each is sent once, so that nothing of it was asked before."""

    name: str
    requests: Sequence[Request]
    p95_ms: float | None = None
    is_fresh: bool = False


def measure_latency(scale: int) -> Report:
    space = visited_shop("visited", scale)
    store = Store.objects.get(pk=space.store_id)
    figures: list[Figure] = []
    with running_web(store) as site:
        for scenario in draw_scenarios(store):
            figures += milliseconds(scenario.name, _ask(site, scenario).latencies, p95_at_most=scenario.p95_ms)
        figures += _measure_ingestion(site, store)
    return Report(
        figures,
        SEED,
        [
            f"{scale:,} products x {space.layout.dims} dimensions, {2 * scale:,} events of {scale // 20:,} shoppers;"
            f" {CONNECTIONS} keep-alive connections, {SECONDS} s a question, pages of 10 unless said otherwise",
            "vectors are synthetic and passed off as the starter's, so that words and photos go through the real"
            " model; texts are the demo's in turn, so that a word is in as large a share of products as there",
            "words never asked: 100 requests written by hand, each with another price, one after the other and once",
            f"photos: {PHOTOS} JPEGs of 400 to 1,000 pixels in turn",
            f"events: {BATCHES} batches of {EVENTS_A_BATCH:,}, all new, over {CONNECTIONS} connections",
        ],
    )


def draw_scenarios(store: Store) -> Iterator[Scenario]:
    """A row for each question of a storefront; all are drawn with the same seed, whatever is asked before."""
    skus = _draw(store.products.order_by("pk").values_list("sku", flat=True))
    shoppers = _draw(store.shoppers.order_by("pk").values_list("external_id", flat=True))
    texts = [phrasing.query for phrasing in read_phrasings()]
    fresh = [f"{text} under {price} euros" for price in range(20, 28) for text in texts]
    photos = [_upload(row["images"][0]) for row in draw_rows(PHOTOS, seed=SEED)]
    narrowed = {"max_price": 300, "filters": json.dumps({"not": {"brand": "Havnby"}})}

    yield Scenario("similar", [_similar(sku) for sku in skus], p95_ms=40)
    yield Scenario("similar, filtered", [_similar(sku, **narrowed) for sku in skus])
    yield Scenario("similar, diverse", [_similar(sku, diversity=0.3) for sku in skus])
    yield Scenario("similar, page of 50", [_similar(sku, limit=50) for sku in skus])
    yield Scenario("recommendations", [_ask_for("recommendations", shopper=name) for name in shoppers], p95_ms=40)
    yield Scenario(
        "recommendations, diverse", [_ask_for("recommendations", shopper=name, diversity=0.3) for name in shoppers]
    )
    yield Scenario(
        "recommendations, unknown shopper", [_ask_for("recommendations", shopper=f"new-{n}") for n in range(DRAWN)]
    )
    yield Scenario("words never asked", [_ask_for("search", q=text) for text in fresh], p95_ms=80, is_fresh=True)
    yield Scenario("words asked before", [_ask_for("search", q=text) for text in texts], p95_ms=40)
    yield Scenario("words asked before, filtered", [_ask_for("search", q=text, **narrowed) for text in texts])
    yield Scenario("photo", photos, p95_ms=250)


def _ask(site: Site, scenario: Scenario) -> Load:
    warming = scenario.requests[-WARMING_REQUESTS:]
    measured = scenario.requests[:-WARMING_REQUESTS] if scenario.is_fresh else scenario.requests
    site.load(warming, seconds=0, connections=WARMING_CONNECTIONS)
    if not scenario.is_fresh:
        site.load(measured, seconds=SECONDS / 4, connections=CONNECTIONS)
    return site.load(measured, seconds=0 if scenario.is_fresh else SECONDS, connections=CONNECTIONS)


def _measure_ingestion(site: Site, store: Store) -> list[Figure]:
    """Events of known shoppers and new ones, three to one, as batches and then one by one."""
    random_ = random.Random(SEED)
    skus = _draw(store.products.order_by("pk").values_list("sku", flat=True))
    numbers = count()

    def tell(size: int) -> Request:
        events = [_draw_event(random_, skus, next(numbers)) for _ in range(size)]
        return Request("/api/v1/events/", "POST", json.dumps({"events": events}).encode())

    bulk = site.load([tell(EVENTS_A_BATCH) for _ in range(BATCHES)], seconds=0, connections=CONNECTIONS)
    single = site.load([tell(1) for _ in range(DRAWN)], seconds=0, connections=CONNECTIONS)
    return [
        Figure("events in bulk", bulk.rate * EVENTS_A_BATCH, "events/s", at_least=EVENTS_A_SECOND),
        *milliseconds(f"a batch of {EVENTS_A_BATCH:,} events", bulk.latencies),
        *milliseconds("a single event", single.latencies),
    ]


def _draw_event(random_: random.Random, skus: Sequence[str], number: int) -> dict[str, Any]:
    shopper = random_.randrange(4_000) if random_.random() < 0.75 else f"new-{number}"
    return {
        "event_id": f"told-{number}",
        "shopper": f"shopper-{shopper}",
        "sku": random_.choice(skus),
        "kind": random_.choice(("view", "click", "cart")),
    }


def _similar(sku: str, **query: Any) -> Request:
    return _ask_for(f"products/{quote(sku, safe='')}/similar", **query)


def _ask_for(what: str, **query: Any) -> Request:
    return Request(f"{QUESTIONS}/{what}/" + (f"?{urlencode(query)}" if query else ""))


def _upload(photo: bytes) -> Request:
    form = encode_multipart(BOUNDARY, {"image": SimpleUploadedFile("photo.jpg", photo, "image/jpeg")})
    return Request(f"{QUESTIONS}/search/", "POST", form, MULTIPART_CONTENT)


def _draw(names: Any) -> list[str]:
    known = list(names)
    return random.Random(SEED).sample(known, min(DRAWN, len(known)))
