"""Reads of what was shown and of what came of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection

from catalog.models import Store

# Of a shopper's rankings the latest so many count, so that a robot's million cost no more than a person's dozen.
MOST_RANKINGS = 500


def counts_statement(store: Store, shopper_external_id: str, *, since: datetime) -> tuple[str, list[Any]]:
    """A statement with its parameters, to be sent with others: rows of a product's id and in how many of the rankings
    shown to the shopper it was; what was shown this very second may be missing. Not for shoppers without a name, who
    are many."""
    return _COUNTS, [store.pk, shopper_external_id, since, MOST_RANKINGS]


_COUNTS = """
SELECT product_id, count(*)
  FROM (SELECT product_ids FROM recommender_ranking
         WHERE store_id = %s AND shopper = %s AND created_at >= %s
         ORDER BY created_at DESC LIMIT %s) AS latest,
       unnest(product_ids) AS product_id
 GROUP BY product_id
"""


@dataclass(frozen=True)
class Outcomes:
    """What came of the rankings of a scenario, as told by events that name them.

    `clicked` are the rankings with a click, `position` the mean place, from 1, of what was clicked. `revenue` is the
    sum of present prices of what was bought; None where the products' currencies differ, for those do not add up.
    """

    scenario: str
    rankings: int
    clicked: int
    clicks: int
    carts: int
    purchases: int
    position: float | None
    revenue: Decimal | None
    currency: str | None


_OUTCOMES = """
WITH shown AS (
    SELECT scenario, count(*) AS rankings FROM recommender_ranking
     WHERE store_id = %(store)s AND created_at >= %(since)s AND created_at < %(until)s
     GROUP BY scenario
), came AS (
    SELECT r.scenario, r.id, e.kind, p.price, p.currency,
           array_position(r.product_ids, coalesce(e.told_of_id, e.product_id)) AS position
      FROM recommender_event e
      JOIN recommender_ranking r ON r.id = e.ranking AND r.store_id = e.store_id
      JOIN catalog_product p ON p.id = e.product_id
     WHERE e.store_id = %(store)s AND e.ranking IS NOT NULL AND e.kind IN ('click', 'cart', 'purchase')
       AND r.store_id = %(store)s AND r.created_at >= %(since)s AND r.created_at < %(until)s
), summed AS (
    SELECT scenario,
           count(DISTINCT id) FILTER (WHERE kind = 'click') AS clicked,
           count(*) FILTER (WHERE kind = 'click') AS clicks,
           count(*) FILTER (WHERE kind = 'cart') AS carts,
           count(*) FILTER (WHERE kind = 'purchase') AS purchases,
           (avg(position) FILTER (WHERE kind = 'click'))::float8 AS position,
           sum(price) FILTER (WHERE kind = 'purchase') AS revenue,
           array_agg(DISTINCT currency) FILTER (WHERE kind = 'purchase' AND price IS NOT NULL) AS currencies
      FROM came GROUP BY scenario
)
SELECT scenario, rankings, coalesce(clicked, 0), coalesce(clicks, 0), coalesce(carts, 0), coalesce(purchases, 0),
       position, revenue, currencies
  FROM shown LEFT JOIN summed USING (scenario) ORDER BY scenario
"""


def ranking_outcomes(store: Store, *, since: datetime, until: datetime) -> list[Outcomes]:
    """Of the rankings shown from `since` up to `until`, by scenario; events count whenever they came."""
    with connection.cursor() as cursor:
        cursor.execute(_OUTCOMES, {"store": store.pk, "since": since, "until": until})
        return [_add_up(*row) for row in cursor.fetchall()]


def _add_up(
    scenario: str,
    rankings: int,
    clicked: int,
    clicks: int,
    carts: int,
    purchases: int,
    position: float | None,
    revenue: Decimal | None,
    currencies: list[str] | None,
) -> Outcomes:
    adds_up = currencies is not None and len(currencies) == 1
    return Outcomes(
        *(scenario, rankings, clicked, clicks, carts, purchases, position),
        revenue=revenue if adds_up else None,
        currency=currencies[0] if currencies and adds_up else None,
    )
