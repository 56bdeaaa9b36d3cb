"""What goes with these products in shoppers' baskets."""

from collections.abc import Collection

from catalog.models import Store
from catalog.querysets import ProductQuerySet, ids_of
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
    condition = ids_of(eligible, store_id=store.pk)
    if condition is None:
        return {}
    sql, parameters = condition
    asked = sorted(set(product_ids))
    rows = fetch(
        f"""
        SELECT other_id, sum(score) / %s AS mean FROM recommender_companion
         WHERE product_id = ANY(%s) AND store_id = %s AND other_id <> ALL(%s) AND other_id IN ({sql})
         GROUP BY other_id ORDER BY mean DESC, other_id LIMIT %s
        """,  # noqa: S608  (Django's own SQL)
        [max(len(asked), 1), asked, store.pk, [*asked, *exclude], *parameters, limit],
    )
    return dict(rows)
