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
from catalog.services.categories import ensure_categories
from catalog.services.stores import create_store
from catalog.services.vocabulary import count_words
from embeddings import inference
from embeddings.indexes import partition_of
from embeddings.layout import Layout
from embeddings.models import EmbeddingSpace
from embeddings.selectors import SpaceView, view_of
from recommender.services.behaviour import refresh_behaviour
from recommender.services.rhythms import refresh_rhythms
from tests.factories import make_products
from tests.synthetic import fill_store

DEMO = settings.BASE_DIR / "catalog" / "demo"
LAYOUT = Layout.of(image=640, text=384)
# Longer sides of shops' pictures, in pixels.
PICTURE_SIDES = (400, 1000)
SMALLEST_CROP = 0.7
# As often as shoppers do them.
KINDS = ["view"] * 14 + ["click"] * 3 + ["cart", "like", "purchase"]


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


def visited_shop(slug: str, count: int) -> SpaceView:
    """A synthetic shop in a space of the starter, 1,024 dimensions without the fused and the behaviour block, that
    looks lived in.

    Products have the texts, categories and a picture of the demo's in turn, so that a word is as frequent as it is
    there. There are two events a product, by one shopper for twenty products, over 60 days, on products drawn without
    taste: the mean of so unlike things is the hardest query an index gets.
    """
    model = inference.get_model("starter")
    assert (model.info.image_dim, model.info.text_dim) == tuple(block.size for block in LAYOUT.blocks)
    space = fill_shop(slug, LAYOUT, count)
    EmbeddingSpace.objects.filter(pk=space.id).update(encoder="starter", encoder_id=model.identity)
    store = Store.objects.get(pk=space.store_id)
    _dress(store)
    _visit(store, events=2 * count, shoppers=max(1, count // 20))
    # What workers learn in the background.
    count_words(store_id=store.pk)
    refresh_behaviour(store=store)
    refresh_rhythms(store=store)
    written = "catalog_product, catalog_productimage, catalog_lexeme, recommender_event, recommender_shopper"
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {written}, recommender_rhythm, recommender_companion")
        cursor.execute("CHECKPOINT")
    return view_of(EmbeddingSpace.objects.get(pk=space.id))


def _dress(store: Store) -> None:
    rows = [json.loads(line) for line in (DEMO / "products.jsonl").read_text(encoding="utf-8").splitlines()]
    categories = ensure_categories(store=store, paths={row["category"] for row in rows})
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH model AS (
                SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bigint[], %s::jsonb[])
                       WITH ORDINALITY AS m (title, description, brand, category_id, attributes, number)
            )
            UPDATE catalog_product p
               SET title = model.title || ' no. ' || p.id, description = model.description, brand = model.brand,
                   category_id = model.category_id, attributes = model.attributes
              FROM model WHERE p.store_id = %s AND p.id %% %s = model.number - 1
            """,
            [
                *([row[name] for row in rows] for name in ("title", "description", "brand")),
                [categories[row["category"]].pk for row in rows],
                [json.dumps(row["attributes"]) for row in rows],
                *(store.pk, len(rows)),
            ],
        )
        cursor.execute(
            """
            INSERT INTO catalog_productimage (product_id, file, source_url, position, source_sha256, sha256, width,
                height, status, error, attempts)
            SELECT id, 'products/' || id || '.jpg', '', 0, md5(id::text), md5(id::text), 800, 800, 'ready', '', 0
              FROM catalog_product WHERE store_id = %s
            """,
            [store.pk],
        )


def _visit(store: Store, *, events: int, shoppers: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.2)")
        cursor.execute(
            "INSERT INTO recommender_shopper (store_id, external_id, created_at)"
            " SELECT %s, 'shopper-' || n, now() FROM generate_series(0, %s - 1) n",
            [store.pk, shoppers],
        )
        cursor.execute(
            """
            WITH shopper AS (SELECT array_agg(id ORDER BY id) AS ids FROM recommender_shopper WHERE store_id = %s),
                 product AS (SELECT array_agg(id ORDER BY id) AS ids FROM catalog_product WHERE store_id = %s)
            INSERT INTO recommender_event (store_id, shopper_id, product_id, kind, at, event_id, received_at)
            SELECT %s, shopper.ids[1 + n %% %s], product.ids[1 + floor(random() ^ 2 * array_length(product.ids, 1))],
                   (%s::text[])[1 + floor(random() * %s)], now() - random() * interval '60 days', 'visit-' || n, now()
              FROM generate_series(0, %s - 1) n, shopper, product
            """,
            [*(store.pk,) * 3, shoppers, KINDS, len(KINDS), events],
        )


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
