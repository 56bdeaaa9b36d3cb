"""Products that say the shopper's very words: names, materials and models an embedding blurs.

    coverage(product) = sum of idf over the words it has / sum of idf over all words asked,
    idf(word) = ln(1 + (N - n + 1/2) / (n + 1/2)),  n of the store's N products having it

(Robertson and Sparck Jones 1976, doi:10.1002/asi.4630270302, in the form that is never negative.) A word counts once,
however often it stands there: in a shop's texts frequency says how long the text is. Coverage is 0 to 1 like every
other score, so it is mixed with them by a weight, and a word that nobody's text has makes it smaller for all.

Words are PostgreSQL's English lexemes (stemmed, without stop words) of title, brand, category, attributes, description.
"""

import time
from collections.abc import Collection
from functools import lru_cache

from django.core.exceptions import EmptyResultSet

from catalog.models import Product, Store
from catalog.querysets import ProductQuerySet
from embeddings.wire import fetch

_COVERAGE = """
WITH word AS (
    SELECT w, quote_literal(w)::tsquery AS query FROM unnest(tsvector_to_array(to_tsvector('english', %s))) AS w
), hit AS MATERIALIZED (
    SELECT w, p.id FROM word JOIN catalog_product p ON p.lexemes @@ query
     WHERE p.store_id = %s AND p.is_published
    UNION ALL
    SELECT w, p.id FROM word
      JOIN catalog_category c ON c.store_id = %s AND to_tsvector('english', c.name) @@ query
      JOIN catalog_product p ON p.category_id = c.id AND p.store_id = c.store_id AND p.is_published
     WHERE NOT p.lexemes @@ query
), weight AS (
    SELECT w, ln(1 + (greatest(%s, count(hit.id)) - count(hit.id) + 0.5) / (count(hit.id) + 0.5)) AS idf
      FROM word LEFT JOIN hit USING (w) GROUP BY w
), covered AS MATERIALIZED (
    SELECT id, (sum(idf) / (SELECT sum(idf) FROM weight))::float8 AS coverage
      FROM hit JOIN weight USING (w) GROUP BY id
)
(SELECT id, coverage FROM covered
  WHERE {eligible} AND id <> ALL(%s) ORDER BY coverage DESC, id LIMIT %s)
UNION
SELECT id, coverage FROM covered WHERE id = ANY(%s)
"""


def cover(
    store: Store,
    text: str,
    *,
    eligible: ProductQuerySet | None = None,
    limit: int,
    exclude: Collection[int] = (),
    also: Collection[int] = (),
) -> dict[int, float]:
    """id -> coverage, 0 to 1: of the `limit` eligible products that cover most, and of those in `also` with a word.

    `eligible` None is every published product. Empty when no word is left of the text, or none is in the store.
    """
    condition, parameters = "true", ()
    if eligible is not None:
        try:
            sql, parameters = eligible.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:
            return {}
        condition = f"id IN ({sql})"
    total = _count_published(store.pk, int(time.monotonic() // 60))
    rows = fetch(
        _COVERAGE.format(eligible=condition),
        [text, store.pk, store.pk, total, *parameters, list(exclude), limit, list(also)],
    )
    return dict(rows)


@lru_cache(maxsize=1024)
def _count_published(store_id: int, minute: int) -> int:
    """Counted at most once in the `minute` it is asked in: it reads 100,000 rows to move a logarithm. A word found in
    more products than were counted, because some came since, counts as one that all have."""
    return Product.objects.filter(store_id=store_id).published().count()
