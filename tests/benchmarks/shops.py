"""Shops to measure on: large synthetic ones, and one of real pictures and texts."""

from __future__ import annotations

import io
import json
import random
from typing import Any

from django.conf import settings
from django.db import connection
from PIL import Image

from catalog.models import Product, Store
from catalog.services.stores import create_store
from embeddings.indexes import partition_of
from embeddings.layout import Layout
from embeddings.models import EmbeddingSpace
from embeddings.selectors import SpaceView, view_of
from tests.factories import make_products
from tests.synthetic import fill_store

DEMO = settings.BASE_DIR / "catalog" / "demo"
LAYOUT = Layout.of(image=640, text=384)
# Longer sides of shops' pictures, in pixels.
PICTURE_SIDES = (400, 1000)
SMALLEST_CROP = 0.7


def large_shop(count: int) -> SpaceView:
    """The shop `search` and `http` share: `count` products x 1,024 dimensions. Made once a run."""
    store = Store.objects.filter(slug="large").first()
    if store is None:
        return fill_shop("large", LAYOUT, count)
    return view_of(EmbeddingSpace.objects.of(store).active().get())


def fill_shop(slug: str, layout: Layout, count: int) -> SpaceView:
    """A synthetic shop, vacuumed as autovacuum would have done before long, so that it doesn't while we measure."""
    space = fill_store(create_store(slug=slug), layout, count=count)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {partition_of(space.pk)}, catalog_product")
        cursor.execute("CHECKPOINT")
    return view_of(space)


def pictured_shop(slug: str, count: int, *, seed: int) -> Store:
    """`count` products with a picture each: seeded crops and sizes of the demo's pictures, texts from its rows."""
    store = create_store(slug=slug)
    make_products(store, draw_rows(count, seed=seed))
    assert Product.objects.of(store).filter(images__status="ready").count() == count
    return store


def draw_rows(count: int, *, seed: int) -> list[dict[str, Any]]:
    """Rows for `make_products`, each with a picture of its own."""
    draw = random.Random(seed)
    rows = [json.loads(line) for line in (DEMO / "products.jsonl").read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["images"]]
    return [_draw_row(draw, rows[number % len(rows)], f"PIC-{seed}-{number}") for number in range(count)]


def _draw_row(draw: random.Random, row: dict[str, Any], sku: str) -> dict[str, Any]:
    facts = {name: row[name] for name in ("description", "brand", "category", "price", "attributes")}
    picture = _draw_picture(draw, Image.open(DEMO / draw.choice(row["images"])))
    return {"sku": sku, "title": f"{row['title']}, edition {draw.randrange(1000)}", "images": [picture], **facts}


def _draw_picture(draw: random.Random, picture: Image.Image) -> bytes:
    """A JPEG of a random part of the picture, at a random size."""
    side = round(min(picture.size) * draw.uniform(SMALLEST_CROP, 1))
    left, top = (draw.randint(0, length - side) for length in picture.size)
    target = draw.randint(*PICTURE_SIDES)
    crop = picture.convert("RGB").crop((left, top, left + side, top + side))
    file = io.BytesIO()
    crop.resize((target, target), Image.Resampling.BICUBIC).save(file, "JPEG", quality=90)
    return file.getvalue()
