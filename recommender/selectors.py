"""Reads of shoppers, their histories, and what stands in where there is no history to go by."""

from collections.abc import Collection
from datetime import timedelta

from django.db.models import Case, Count, F, FloatField, Max, Q, Sum, Value, When

from catalog.models import Product, Store
from catalog.querysets import ProductQuerySet
from recommender.models import Event, Shopper
from recommender.profile_vectors import STRENGTHS, Touch

# Past this many events decay has left little, and a profile costs one vector read for each product.
HISTORY_LENGTH = 100
# Popular means: in the last days on which anything happened at all, so that a quiet or an imported shop has favourites.
POPULARITY_WINDOW = timedelta(days=30)

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
    """Ids of the products shoppers did most with, each event counting by its strength; ties by id."""
    latest = Event.objects.of(store).aggregate(at=Max("at"))["at"]
    if latest is None:
        return []
    strength = Case(
        *(When(kind=kind, then=Value(value)) for kind, value in STRENGTHS.items()), output_field=FloatField()
    )
    found = (
        Event.objects.of(store)
        .since(latest - POPULARITY_WINDOW)
        .filter(product__in=eligible.order_by().values("pk"))
        .exclude(product__in=exclude)
        .values("product_id")
        .annotate(strength=Sum(strength))
        .filter(strength__gt=0)
        .order_by("-strength", "product_id")
    )
    return list(found.values_list("product_id", flat=True)[:limit])


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


def products_in_order(store: Store, product_ids: Collection[int]) -> list[Product]:
    """What cards show of these products, in the order of the ids; one withdrawn meanwhile is left out."""
    found = {p.pk: p for p in Product.objects.of(store).published().filter(pk__in=product_ids).with_card()}
    return [found[pk] for pk in product_ids if pk in found]
