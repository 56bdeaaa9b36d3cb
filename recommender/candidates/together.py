"""What goes with these products in shoppers' baskets."""

from collections.abc import Collection

from django.core.exceptions import EmptyResultSet

from catalog.models import Product, Store
from catalog.querysets import ProductQuerySet
from embeddings.wire import fetch


def companions(
    store: Store,
    product_ids: Collection[int],
    *,
    eligible: ProductQuerySet | None = None,
    limit: int,
    exclude: Collection[int] = (),
) -> dict[int, float]:
    """id -> 0 to 1, best first, ties by id: the mean of the scores beside each of the products, 0 where not seen with.

    Never one of the products themselves. `eligible` None is every published product.
    """
    if eligible is None:
        eligible = Product.objects.of(store).published()
    try:
        condition, parameters = eligible.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return {}
    asked = sorted(set(product_ids))
    rows = fetch(
        f"""
        SELECT other_id, sum(score) / %s AS mean FROM recommender_companion
         WHERE product_id = ANY(%s) AND store_id = %s AND other_id <> ALL(%s) AND other_id IN ({condition})
         GROUP BY other_id ORDER BY mean DESC, other_id LIMIT %s
        """,  # noqa: S608  (Django's own SQL)
        [max(len(asked), 1), asked, store.pk, [*asked, *exclude], *parameters, limit],
    )
    return dict(rows)
