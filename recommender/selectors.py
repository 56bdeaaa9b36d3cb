"""Reads of shoppers, their histories, and what stands in where there is no history to go by."""

from collections.abc import Collection

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, F, Max, Q

from catalog.models import Product, Store
from catalog.querysets import ProductQuerySet
from recommender.models import Event, Shopper
from recommender.profile_vectors import STRENGTHS, Touch

# Past this many events decay has left little, and a profile costs one vector read for each product.
HISTORY_LENGTH = 100
# Popular means: among the store's latest events, however long they took, so that a quiet shop has favourites too and a
# busy one is asked in bounded time.
POPULARITY_SAMPLE = 10_000

Kind = Event.Kind


def find_shopper(store: Store, external_id: str) -> Shopper | None:
    return Shopper.objects.of(store).known_as(external_id).first()


def history_of(shopper: Shopper, *, length: int = HISTORY_LENGTH) -> list[Touch]:
    """The shopper's latest events, newest first."""
    events = Event.objects.by(shopper).latest_first().values_list("product_id", "kind", "at")[:length]
    return [Touch(product_id, kind, at) for product_id, kind, at in events]


def unwanted_by(shopper: Shopper) -> set[int]:
    """Products not to recommend: ever bought, or disliked and not liked again since."""
    verdicts = (
        Event.objects.by(shopper)
        .filter(kind__in=[Kind.PURCHASE, Kind.LIKE, Kind.DISLIKE])
        .values("product_id")
        .annotate(
            purchases=Count("id", filter=Q(kind=Kind.PURCHASE)),
            liked_at=Max("at", filter=Q(kind=Kind.LIKE)),
            disliked_at=Max("at", filter=Q(kind=Kind.DISLIKE)),
        )
        .filter(Q(purchases__gt=0) | Q(disliked_at__isnull=False, liked_at=None) | Q(disliked_at__gt=F("liked_at")))
    )
    return set(verdicts.order_by().values_list("product_id", flat=True))


def popular(eligible: ProductQuerySet, *, store: Store, limit: int, exclude: Collection[int] = ()) -> list[int]:
    """Ids of the products shoppers lately did most with, each event counting by its strength; ties by id."""
    try:
        eligible_sql, parameters = eligible.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:  # the filter can't be met, and Django knows it
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH recent AS MATERIALIZED (
                SELECT product_id, kind FROM recommender_event WHERE store_id = %s ORDER BY at DESC LIMIT %s
            ), popular AS (
                SELECT product_id, sum(strength) AS strength
                  FROM recent JOIN unnest(%s::text[], %s::float8[]) AS weighed (kind, strength) USING (kind)
                 GROUP BY product_id
            )
            SELECT product_id FROM popular
             WHERE strength > 0 AND product_id IN ({eligible_sql}) AND product_id <> ALL(%s::bigint[])
             ORDER BY strength DESC, product_id LIMIT %s
            """,  # noqa: S608  (Django's own SQL)
            [
                *(store.pk, POPULARITY_SAMPLE),
                *(list(STRENGTHS), list(STRENGTHS.values())),
                *parameters,
                *(list(exclude), limit),
            ],
        )
        return [product_id for (product_id,) in cursor.fetchall()]


def newest(eligible: ProductQuerySet, *, limit: int, exclude: Collection[int] = ()) -> list[int]:
    return list(eligible.exclude(pk__in=exclude).order_by("-pk").values_list("pk", flat=True)[:limit])


def newest_beside(
    product: Product, eligible: ProductQuerySet, *, limit: int, exclude: Collection[int] = ()
) -> list[int]:
    """Ids of the newest in the product's own category."""
    if product.category_id is None:
        return []
    return newest(eligible.in_categories([product.category_id]), limit=limit, exclude=exclude)


def find_product(store: Store, sku: str) -> Product | None:
    """Published or not: the page of a product just withdrawn is where alternatives are wanted most."""
    return Product.objects.of(store).filter(sku=sku).first()
