"""How soon the storefront sees what happened: measured from the answer that took it, over real processes.

A missed bar fails with the seconds it took, up to PATIENCE. Every poll asks over connections of their own, so that all
web processes are asked, and what counts is when they were last asked for what turned out to be the old answer: how long
a busy machine takes to give the new one does not.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import psycopg
import pytest
import requests
from django.core.management import call_command

from embeddings.models import EmbeddingSpace
from tests.factories import make_image
from tests.flows.conftest import Installation, installed, open_shop, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

# Seconds.
CHANGE, CLICK, REVOKED, SEARCHABLE, SIMILAR = 1, 1, 1, 5, 10
PATIENCE = 60
# Connections of a poll: the chance that one of two web processes gets none of them is 1 in 128.
ASKED_AT_ONCE = 8

SHOP = [
    *({"sku": f"mug-{n}", "title": f"stoneware mug glaze{n}", "category": "Mugs", "price": 10 + n} for n in range(8)),
    *({"sku": f"lamp-{n}", "title": f"desk lamp brass{n}", "category": "Lamps", "price": 50 + n} for n in range(8)),
]
SIMILAR_TO_A_MUG = "/api/v1/products/mug-0/similar/"
SEARCH = "/api/v1/search/"
RECOMMENDATIONS = "/api/v1/recommendations/"


@pytest.fixture(scope="module")
def storefront(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Installation]:
    """A small shop that answers by vectors, with every process that an installation has; the same for all tests here,
    for those processes take longer to start than all that is asked of them."""
    with django_db_blocker.unblock():
        with installed(tmp_path_factory.mktemp("home")) as installation:
            open_shop(installation)
            installation.start("web", "worker-default", "worker-import", "worker-embed", "beat")
            installation.session.headers["Connection"] = "close"
            installation.post("/api/v1/products/bulk/", json={"products": SHOP})
            wait_until(lambda: EmbeddingSpace.objects.active().exists())
            answers = poll(installation, SIMILAR_TO_A_MUG)
            assert all(answer["fallback"] is None and answer["results"] for answer in answers)
            yield installation
        call_command("flush", "--no-input", verbosity=0, reset_sequences=False)


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    """Redis stays as it is: it holds the workers' queues."""


def poll(installation: Installation, path: str, **query: Any) -> list[dict[str, Any]]:
    return [installation.get(path, **query) for _ in range(ASKED_AT_ONCE)]


def seconds_until(is_shown: Callable[[], bool], *, since: float) -> float:
    last_old = since
    while True:
        asked = time.monotonic()
        if is_shown():
            return last_old - since
        last_old = asked
        assert asked - since < PATIENCE


def skus(answer: dict[str, Any]) -> list[str]:
    return [result["sku"] for result in answer["results"]]


PAGES: list[tuple[str, dict[str, str]]] = [
    (SIMILAR_TO_A_MUG, {}),
    (SEARCH, {"q": "stoneware mug"}),
    (RECOMMENDATIONS, {"shopper": "ann"}),
]


def test_a_price_and_a_withdrawal_show(storefront: Installation) -> None:
    tell(storefront, "click", "ann", "mug-0")
    for path, query in PAGES:
        prices = partial(prices_of_a_mug, storefront, path, **query)
        narrowed = partial(prices, max_price=100)
        assert prices() == narrowed() == {"11.00"}
        assert seconds_after(storefront, {"price": 123.5}, prices, {"123.50"}) <= CHANGE
        assert seconds_after(storefront, {"price": 12}, narrowed, {"12.00"}) <= CHANGE
        assert seconds_after(storefront, {"price": 124}, narrowed, {None}) <= CHANGE
        assert seconds_after(storefront, {"is_published": False}, prices, {None}) <= CHANGE
        assert seconds_after(storefront, {"is_published": True, "price": 11}, prices, {"11.00"}) <= CHANGE


def prices_of_a_mug(storefront: Installation, path: str, **query: Any) -> set[str | None]:
    """What the answers say it costs; None where they leave it out."""
    answers = poll(storefront, path, limit=50, **query)
    return {next((each["price"] for each in answer["results"] if each["sku"] == "mug-1"), None) for answer in answers}


def seconds_after(
    storefront: Installation, change: dict[str, Any], prices: Callable[[], set[str | None]], wanted: set[str | None]
) -> float:
    storefront.post("/api/v1/products/", json={"sku": "mug-1", **change})
    return seconds_until(lambda: prices() == wanted, since=time.monotonic())


def test_a_click_changes_the_feed(storefront: Installation) -> None:
    def feed_is_of(kind: str) -> bool:
        pages = poll(storefront, RECOMMENDATIONS, shopper="ben", limit=4)
        return all(answer["fallback"] is None and {sku[:3] for sku in skus(answer)} == {kind} for answer in pages)

    tell(storefront, "click", "ben", "mug-0")
    assert seconds_until(lambda: feed_is_of("mug"), since=time.monotonic()) <= CLICK
    tell(storefront, "dislike", "ben", "mug-0")
    tell(storefront, "click", "ben", "lamp-0", "lamp-1")
    assert seconds_until(lambda: feed_is_of("lam"), since=time.monotonic()) <= CLICK


def test_a_revoked_key_opens_nothing(storefront: Installation) -> None:
    plain = storefront.command("create_api_key", "--store", "main", "--scopes", "read").stdout.strip().splitlines()[-1]
    address = f"http://127.0.0.1:{storefront.port}/api/v1/products/"
    headers = {"Authorization": f"Api-Key {plain}", "Connection": "close"}

    def statuses() -> set[int]:
        return {requests.get(address, headers=headers, timeout=PATIENCE).status_code for _ in range(ASKED_AT_ONCE)}

    assert statuses() == {200}
    with psycopg.connect(storefront.environment["DATABASE_URL"]) as committed:
        committed.execute("UPDATE catalog_apikey SET revoked_at = now() WHERE prefix = %s", [plain.partition(".")[0]])
    assert seconds_until(lambda: statuses() == {401}, since=time.monotonic()) <= REVOKED


def test_a_new_product_is_found(storefront: Installation) -> None:
    storefront.post("/api/v1/products/", json={"sku": "fresh", "title": "stoneware mug speckled celadon"})
    posted = time.monotonic()

    def is_found() -> bool:
        return first_of(storefront, SEARCH, q="speckled celadon", lexical=0) == {"fresh"}

    def is_similar() -> bool:
        return all("fresh" in skus(page) for page in poll(storefront, SIMILAR_TO_A_MUG))

    assert seconds_until(is_found, since=posted) <= SEARCHABLE
    assert seconds_until(is_similar, since=posted) <= SIMILAR


def test_a_new_picture_is_found(storefront: Installation) -> None:
    """The product's words were embedded before: only its picture is new."""
    picture = make_image("#20c060", size=(200, 200))
    storefront.post("/api/v1/products/lamp-3/images/", files={"image": ("lamp.jpg", picture)})
    posted = time.monotonic()

    def is_found() -> bool:
        answer = storefront.post(SEARCH, files={"image": ("photo.jpg", picture)}, data={"limit": 1})
        return skus(answer) == ["lamp-3"] and answer["results"][0]["image"] is not None

    assert seconds_until(is_found, since=posted) <= SIMILAR


def tell(storefront: Installation, kind: str, shopper: str, *skus: str) -> None:
    now = time.monotonic_ns()
    events = [{"event_id": f"{now}-{sku}", "shopper": shopper, "sku": sku, "kind": kind} for sku in skus]
    assert storefront.post("/api/v1/events/", json={"events": events})["accepted"] == len(skus)


def first_of(storefront: Installation, path: str, **query: Any) -> set[str]:
    return {skus(answer)[0] for answer in poll(storefront, path, **query)}
