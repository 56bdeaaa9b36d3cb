"""What tests are made of. Products and pictures are made by the same services that make real ones."""

import io
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.test import Client
from PIL import Image, ImageDraw

from catalog.images import hash_source
from catalog.models import Product, Store
from catalog.rows import ProductFacts, ProductRow, StoredPicture
from catalog.services.images import keep_files, keep_picture
from catalog.services.products import upsert_products


class Api:
    """A JSON client with a key: `api.get("/api/v1/products/", brand="Acme").json()`."""

    def __init__(self, key: str | None) -> None:
        self.key = key
        self._client = Client(headers={"authorization": f"Api-Key {key}"} if key else None)

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self._client.get(path, query)

    def post(self, path: str, data: Any = None, **extra: Any) -> HttpResponse:
        return self._client.post(path, {} if data is None else data, content_type="application/json", **extra)

    def put(self, path: str, data: Any) -> HttpResponse:
        return self._client.put(path, data, content_type="application/json")

    def patch(self, path: str, data: Any) -> HttpResponse:
        return self._client.patch(path, data, content_type="application/json")

    def delete(self, path: str) -> HttpResponse:
        return self._client.delete(path)

    def upload(self, path: str, **parts: Any) -> HttpResponse:
        """POST multipart/form-data."""
        return self._client.post(path, parts)


def make_image(
    color: Any = "red", *, size: tuple[int, int] = (64, 64), format: str = "JPEG", mark: int | None = None, **save: Any
) -> bytes:
    """Bytes of a plain picture; `mark` draws a number, so that pictures of one colour differ."""
    mode = save.pop("mode", "RGB")
    picture = Image.new(mode, size, color)
    if mark is not None:
        ImageDraw.Draw(picture).text((4, 4), str(mark), fill="white")
    file = io.BytesIO()
    picture.save(file, format, **save)
    return file.getvalue()


def make_product(store: Store, *, sku: str = "sku-1", images: list[bytes] | None = None, **facts: Any) -> Product:
    """A product through `upsert_products`. `category` is a path, `price` anything a Decimal takes."""
    return make_products(store, [{"sku": sku, "images": images, **facts}])[0]


def make_products(store: Store, rows: list[dict[str, Any]]) -> list[Product]:
    """Many products in one batch; keys as in `make_product`."""
    upsert_products(store=store, rows=[_row(**row) for row in rows])
    stored = {product.sku: product for product in Product.objects.of(store).with_card()}
    return [stored[row["sku"]] for row in rows]


def keep_image(data: bytes) -> StoredPicture:
    with keep_files():
        return keep_picture(data, source_sha256=hash_source(data))


def _row(*, sku: str, images: list[bytes] | None = None, **given: Any) -> ProductRow:
    facts: dict[str, Any] = {"title": f"Product {sku}"} | given
    if "category" in facts:
        facts["category_path"] = facts.pop("category")
    if facts.get("price") is not None:
        facts["price"] = Decimal(str(facts["price"]))
    pictures = None if images is None else tuple(keep_image(data) for data in images)
    return ProductRow(sku=sku, facts=ProductFacts(**facts), pictures=pictures)  # type: ignore[typeddict-item]
