"""Products that say the shopper's very words: names, materials and models an embedding blurs.

    coverage(product) = sum of idf over the words it has / sum of idf over all words asked,
    idf(word) = ln(1 + (N - n + 1/2) / (n + 1/2)),  n of the store's N products having it

(Robertson and Sparck Jones 1976, doi:10.1002/asi.4630270302, in the form that is never negative.) A word counts once,
however often it stands there: in a shop's texts frequency says how long the text is. Coverage is 0 to 1 like every
other score, so it is mixed with them by a weight, and a word that nobody's text has makes it smaller for all.

Words are PostgreSQL's English lexemes (stemmed, without stop words) of title, brand, category, attributes, description.
"""

from collections.abc import Collection

from django.core.exceptions import EmptyResultSet

from catalog.models import Store
from catalog.querysets import ProductQuerySet
from embeddings.wire import fetch

_COVERAGE = """
WITH word AS (
    SELECT w, quote_literal(w)::tsquery AS query FROM unnest(tsvector_to_array(to_tsvector('english', %s))) AS w
), hit AS MATERIALIZED (
    SELECT w, p.id FROM word JOIN catalog_product p ON p.lexemes @@ query
     WHERE p.store_id = %s AND p.is_published
    UNION
    SELECT w, p.id FROM word
      JOIN catalog_category c ON c.store_id = %s AND to_tsvector('english', c.name) @@ query
      JOIN catalog_product p ON p.category_id = c.id AND p.store_id = c.store_id AND p.is_published
), everything AS (
    SELECT count(*) AS n FROM catalog_product WHERE store_id = %s AND is_published
), weight AS (
    SELECT w, ln(1 + ((SELECT n FROM everything) - count(hit.id) + 0.5) / (count(hit.id) + 0.5)) AS idf
      FROM word LEFT JOIN hit USING (w) GROUP BY w
), covered AS MATERIALIZED (
    SELECT id, (sum(idf) / (SELECT sum(idf) FROM weight))::float8 AS coverage
      FROM hit JOIN weight USING (w) GROUP BY id
)
(SELECT id, coverage FROM covered
  WHERE id IN ({eligible}) AND id <> ALL(%s) ORDER BY coverage DESC, id LIMIT %s)
UNION
SELECT id, coverage FROM covered WHERE id = ANY(%s)
"""


def cover(
    store: Store,
    text: str,
    *,
    eligible: ProductQuerySet,
    limit: int,
    exclude: Collection[int] = (),
    also: Collection[int] = (),
) -> dict[int, float]:
    """id -> coverage, 0 to 1: of the `limit` eligible products that cover most, and of those in `also` with a word.

    Empty when no word is left of the text, or none is in the store.
    """
    try:
        sql, parameters = eligible.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return {}
    rows = fetch(
        _COVERAGE.format(eligible=sql),
        [text, store.pk, store.pk, store.pk, *parameters, list(exclude), limit, list(also)],
    )
    return dict(rows)
