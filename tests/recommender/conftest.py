import time
from collections.abc import Callable, Iterator
from itertools import count
from types import SimpleNamespace
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import transaction

from catalog.models import Offer, Product, Store
from catalog.rows import OfferFacts, OfferRow
from catalog.services.offers import ensure_suppliers, upsert_offers
from embeddings import search
from embeddings.models import EmbeddingSpace
from embeddings.services import embed_stale
from embeddings.spaces import ensure_space, finish_building
from recommender import experiments, rules, scenarios
from recommender.services.events import NewEvent, Report, record_events
from tests.factories import make_image, make_products
from tests.recommender.bazaar import Bazaar, open_bazaar

# What the shop's pictures show: reds, blues and the rest, no two alike.
COLOURS = {
    "mug-red": "#f00000",
    "pan-red": "#c01010",
    "lamp-red": "#e03030",
    "mug-blue": "#0000f0",
    "lamp-blue": "#1020a0",
    "mug-rose": "#ffc0cb",
    "lamp-gone": "#808080",
}


def embed(store: Store) -> EmbeddingSpace:
    """Embed everything the store has; its space is active afterwards."""
    space = ensure_space(store)
    embed_stale(space)
    assert finish_building(space)
    return space


@pytest.fixture
def broker() -> redis.Redis:
    """What holds the workers' messages, without any of ours."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete("match", "train")
    return client


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """By which answers remember for a second or a minute what they read. It stands; add to `seconds`."""
    clock = SimpleNamespace(seconds=time.monotonic())
    for module in (experiments, rules, scenarios, search):
        monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: clock.seconds))
    return clock


@pytest.fixture
def shop(store: Store) -> dict[str, Product]:
    """Eight products, oldest first: words group the mugs and the lamps, colours the red and the blue. `bare` has no
    picture. Nothing is embedded yet."""
    rows: list[dict[str, Any]] = [
        {"sku": "mug-red", "title": "stoneware mug red", "category": "Kitchen/Mugs", "brand": "Fjord", "price": 10},
        {"sku": "mug-blue", "title": "stoneware mug blue", "category": "Kitchen/Mugs", "brand": "Fjord", "price": 12},
        {"sku": "mug-rose", "title": "stoneware mug rose", "category": "Kitchen/Mugs", "brand": "Lumo", "price": 20},
        {"sku": "pan-red", "title": "frying pan iron", "category": "Kitchen/Pans", "brand": "Fjord", "price": 40},
        {"sku": "lamp-red", "title": "desk lamp red", "category": "Lighting", "brand": "Lumo", "price": 60},
        {"sku": "lamp-blue", "title": "desk lamp blue", "category": "Lighting", "brand": "Lumo", "price": 80},
        {"sku": "lamp-gone", "title": "desk lamp old", "category": "Lighting", "availability": "out_of_stock"},
        {"sku": "bare", "title": "gift card", "category": "Gifts"},
    ]
    for row in rows:
        row["images"] = [make_image(COLOURS[row["sku"]])] if row["sku"] in COLOURS else []
    return {product.sku: product for product in make_products(store, rows)}


@pytest.fixture
def embedded_shop(store: Store, shop: dict[str, Product]) -> dict[str, Product]:
    embed(store)
    return shop


@pytest.fixture
def other_shop(other_store: Store) -> dict[str, Product]:
    """Another store's products, embedded: the same first title and picture, and a sku `store` does not have."""
    rows: list[dict[str, Any]] = [
        {"sku": "mug-red", "title": "stoneware mug red", "images": [make_image(COLOURS["mug-red"])]},
        {"sku": "theirs", "title": "stoneware mug red", "images": [make_image(COLOURS["mug-red"])]},
    ]
    products = make_products(other_store, rows)
    embed(other_store)
    return {product.sku: product for product in products}


@pytest.fixture
def happens(store: Store) -> Callable[..., Report]:
    """`happens("ann", "click", "mug-red", "lamp-red")`: events, now unless `at` is given."""
    numbers = count(1)

    def record(shopper: str, kind: str, *skus: str, store: Store = store, **more: Any) -> Report:
        events = [NewEvent(event_id=f"e{next(numbers)}", shopper=shopper, sku=sku, kind=kind, **more) for sku in skus]
        report = record_events(store=store, events=dict(enumerate(events)))
        assert report.accepted == len(skus)
        return report

    return record


@pytest.fixture(scope="module")
def bazaars(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Bazaar]]:
    """Two stores of the same products, one with an encoder whose words and pictures share a space; gone at the module's
    end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield {
            "plain": open_bazaar("plain", encoder="fake:32"),
            "joint": open_bazaar("joint", encoder="fake:32:joint"),
        }
        transaction.set_rollback(True)


@pytest.fixture
def offers(store: Store) -> Callable[..., Offer]:
    """`offers("A-1", title="stoneware mug red")`: what the supplier Nord sells, written as a feed would."""

    def write(number: str, *, store: Store = store, supplier: str = "nord", **facts: Any) -> Offer:
        ensure_suppliers(store=store, slugs=[supplier], names={})
        [outcome] = upsert_offers(store=store, rows=[OfferRow(supplier, number, OfferFacts(**facts))])
        assert outcome.status != "failed", outcome
        return Offer.objects.get(supplier__store=store, supplier__slug=supplier, supplier_sku=number)

    return write


MEANT = {"blush": "zartrosa", "mustard": "senfgelb", "sage": "salbei"}
KINDS = {"mug": "becher", "bowl": "schale", "vase": "blumenvase", "plate": "teller", "jug": "krug"}
LINES = ("harbour", "quarry", "meadow", "lantern")


@pytest.fixture
def family_shop(store: Store) -> list[Product]:
    """60 products in 20 families of three colours."""
    return make_products(
        store,
        [
            {
                "sku": f"{line}-{kind}-{colour}",
                "title": f"{line} {kind}, {colour}",
                "price": 20,
                "currency": "EUR",
                "attributes": {"colour": colour},
                "variant_group": f"{line}-{kind}",
            }
            for line in LINES
            for kind in KINDS
            for colour in MEANT
        ],
    )


@pytest.fixture
def truth(family_shop: list[Product], offers: Callable[..., Offer]) -> dict[tuple[str, str], str]:
    """Every product is offered once in another language, and every family in a colour that nobody sells."""
    told = {}
    for number, product in enumerate(family_shop):
        line, kind, colour = product.sku.split("-")
        offers(f"A-{number}", title=f"{KINDS[kind]} {line} {MEANT[colour]}")
        told["nord", f"A-{number}"] = product.sku
    for line in LINES:
        for kind, theirs in KINDS.items():
            offers(f"B-{line}-{kind}", title=f"{theirs} {line} himmelblau")
            told["nord", f"B-{line}-{kind}"] = ""
    return told


def skus(answer: Any) -> list[str]:
    """Of an answer's body or response, in order."""
    body = answer if isinstance(answer, dict) else answer.json()
    return [result["sku"] for result in body["results"]]


def assert_problem(response: Any, status: int, *, field: str | None = None, code: str | None = None) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    if field is not None:
        assert [error["field"] for error in problem["errors"]] == [field], problem
    if code is not None:
        assert code in ([problem["code"]] if field is None else [error["code"] for error in problem["errors"]]), problem
    return problem
