"""Large synthetic shops: vectors with the structure that real ones have, and filters of known selectivity."""

from __future__ import annotations

import numpy as np
from django.db import connection
from pgvector import HalfVector
from psycopg import Cursor
from psycopg.types.numeric import Int8

from catalog.models import Store
from embeddings import indexes
from embeddings.layout import Layout, Vector, unit
from embeddings.models import EmbeddingSpace

# Prices are uniform in [0, 1000), so `price < 10 * p` lets p percent through.
PRICE_RANGE = 1_000.0
# Real embeddings vary in few directions; independent noise in 1,024 would make every pair equally far.
LATENT_DIMENSIONS = 24


def price_below(percent: float) -> float:
    return percent / 100 * PRICE_RANGE


def draw_vectors(count: int, layout: Layout, *, seed: int, missing: float = 0.1) -> Vector:
    """float32[count, dims]: clustered, image and text block correlated, `missing` of the image blocks zero."""
    random = np.random.default_rng(seed)
    fixed = np.random.default_rng(1234)  # the world's geometry is the same for products and queries
    centres = fixed.standard_normal((256, LATENT_DIMENSIONS))
    latent = centres[random.integers(0, len(centres), count)] + 0.6 * random.standard_normal((count, LATENT_DIMENSIONS))
    vectors = np.zeros((count, layout.dims), np.float32)
    for block in layout.blocks:
        projection = fixed.standard_normal((LATENT_DIMENSIONS, block.size))
        own = latent + 0.4 * random.standard_normal(latent.shape)
        noise = random.standard_normal((count, block.size))
        vectors[:, layout.slice_of(block.name)] = unit((own @ projection + noise).astype(np.float32))
    vectors[random.random(count) < missing, layout.slice_of("image")] = 0
    return vectors


def fill_store(store: Store, layout: Layout, *, count: int, seed: int = 1) -> EmbeddingSpace:
    """`count` products with vectors in a new, indexed, active space. Returns the space; about 4,000 rows/s."""
    space = EmbeddingSpace.objects.create(
        store=store,
        name=f"synthetic-{count}",
        encoder="fake",
        encoder_id="synthetic",
        fusion="none",
        layout=layout.to_json(),
    )
    indexes.create_partition(space)
    ids = _insert_products(store, count, seed)
    connection.ensure_connection()
    with Cursor(connection.connection) as cursor:
        cursor.execute("CREATE TEMP TABLE synthetic (product_id bigint, vector halfvec)")
        for start in range(0, count, 5_000):
            chunk = ids[start : start + 5_000]
            vectors = draw_vectors(len(chunk), layout, seed=seed + start)
            with cursor.copy("COPY synthetic FROM STDIN (FORMAT BINARY)") as copy:
                for product_id, vector in zip(chunk, vectors, strict=True):
                    copy.write_row((Int8(product_id), HalfVector(vector)))
        cursor.execute(
            "INSERT INTO embeddings_embedding"
            " SELECT %s, s.product_id, s.vector, p.content_hash, '', '{image,text}', now()"
            " FROM synthetic s JOIN catalog_product p ON p.id = s.product_id ORDER BY s.product_id",
            [space.pk],
        )
        cursor.execute("DROP TABLE synthetic")
    indexes.build_index(space)
    if not connection.in_atomic_block:  # as autovacuum does within a minute of so many rows
        with connection.cursor() as vacuum:
            vacuum.execute("VACUUM ANALYZE catalog_product")
    EmbeddingSpace.objects.filter(pk=space.pk).update(status="active")
    space.refresh_from_db()
    return space


def _insert_products(store: Store, count: int, seed: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [seed / 1000])
        cursor.execute(
            """
            INSERT INTO catalog_product (store_id, sku, title, description, brand, price, currency, gtin, mpn,
                variant_group, attributes, availability, is_published, content_hash, created_at, updated_at)
            SELECT %s, 'SYN-' || n, 'Synthetic product ' || n, '', 'Brand ' || n %% 50, random() * %s, 'EUR', '', '',
                '', '{}', 'in_stock', true, md5(n::text), now(), now()
              FROM generate_series(1, %s) n
            RETURNING id
            """,
            [store.pk, PRICE_RANGE - 0.01, count],
        )
        ids = [row[0] for row in cursor.fetchall()]
        cursor.execute("ANALYZE catalog_product")
    return ids
