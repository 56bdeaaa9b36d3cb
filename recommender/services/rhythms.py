"""How the store's products are bought again, counted anew."""

from django.db import connection, transaction

from catalog.models import Store
from recommender.models import Event, Rhythm
from recommender.rhythm import LEAST_REPEATERS, LEAST_SHARE

_COUNT = """
INSERT INTO recommender_rhythm (product_id, buyers, repeaters, gap_days)
WITH bought AS (
    SELECT DISTINCT product_id, shopper_id, (at AT TIME ZONE 'UTC')::date AS day
      FROM recommender_event WHERE store_id = %(store)s AND kind = %(purchase)s
), gapped AS (
    SELECT product_id, shopper_id, day - lag(day) OVER (PARTITION BY product_id, shopper_id ORDER BY day) AS gap
      FROM bought
), counted AS (
    SELECT product_id, count(DISTINCT shopper_id) AS buyers,
           count(DISTINCT shopper_id) FILTER (WHERE gap IS NOT NULL) AS repeaters,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY gap) AS gap
      FROM gapped GROUP BY product_id
)
SELECT product_id, buyers, repeaters,
       CASE WHEN repeaters >= %(repeaters)s AND repeaters >= %(share)s * buyers THEN gap END
  FROM counted
"""


def refresh_rhythms(*, store: Store) -> int:
    """Replace the store's rhythms, in Postgres alone and one refresh at a time; the number of products ever bought."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('rhythms', %s))", [store.pk])
        Rhythm.objects.filter(product__store=store).delete()
        cursor.execute(
            _COUNT,
            {
                "store": store.pk,
                "purchase": Event.Kind.PURCHASE,
                "repeaters": LEAST_REPEATERS,
                "share": LEAST_SHARE,
            },
        )
        return cursor.rowcount
