"""A shop as `make demo` opens it, and a shopper who asks its API."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.test import Client

from catalog.models import Product, Scope, Store
from catalog.services.api_keys import create_api_key
from catalog.services.stores import create_store
from catalog.services.vocabulary import count_words
from embeddings import services, spaces


def open_shop(slug: str, folder: Path) -> Store:
    """The shop of a folder's `products.jsonl`, imported, embedded, indexed and counted as `make demo` does it."""
    store, answer = create_store(slug=slug), io.StringIO()
    arguments = [str(folder / "products.jsonl"), "--store", slug, "--images", str(folder)]
    call_command("import_catalog", *arguments, stdout=answer, stderr=io.StringIO())
    summary = json.loads(answer.getvalue().strip().splitlines()[-1])
    assert summary["created"] and not summary["failed"], summary
    space = spaces.ensure_space(store)
    report = services.embed_stale(space)
    assert report.embedded == summary["created"] and not report.failed, report
    assert spaces.finish_building(space)
    count_words(store_id=store.pk)
    return store


class Shopper:
    """Asks a store's search over the API, in this process."""

    def __init__(self, store: Store) -> None:
        key = create_api_key(store=store, scopes=[Scope.READ])[1]
        self._client = Client(headers={"authorization": f"Api-Key {key}"}, SERVER_NAME="localhost")

    def ask(self, words: str, **parameters: str) -> list[str]:
        return self._skus(self._client.get("/api/v1/search/", {"q": words, **parameters}))

    def show(self, photo: bytes, **parameters: str) -> list[str]:
        file = io.BytesIO(photo)
        file.name = "photo.jpg"
        return self._skus(self._client.post("/api/v1/search/", {"image": file, **parameters}))

    def _skus(self, answer: Any) -> list[str]:
        assert answer.status_code == 200, answer.content
        return [result["sku"] for result in answer.json()["results"]]


def ids_of(store: Store) -> list[int]:
    return list(Product.objects.of(store).order_by("pk").values_list("pk", flat=True))
