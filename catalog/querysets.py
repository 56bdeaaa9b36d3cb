"""The words in which the catalogue is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.core.exceptions import EmptyResultSet
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from catalog.models import Store


class CategoryQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def subtree(self, path: str) -> Self:
        """The category at `path` and everything below it."""
        return self.subtrees([path])

    def subtrees(self, paths: Iterable[str]) -> Self:
        found = Q(pk__in=[])
        for path in paths:
            found |= Q(path=path) | Q(path__startswith=f"{path}/")
        return self.filter(found)


class ProductQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def published(self) -> Self:
        return self.filter(is_published=True)

    def unmerged(self) -> Self:
        """Products that stand for themselves, published or not."""
        return self.filter(merged_into=None)

    def available(self) -> Self:
        return self.exclude(availability="out_of_stock")

    def unavailable(self) -> Self:
        return self.filter(availability="out_of_stock")

    def in_categories(self, category_ids: list[int]) -> Self:
        return self.filter(category_id__in=category_ids)

    def by_brand(self, brand: str) -> Self:
        return self.filter(brand=brand)

    def named_like(self, text: str) -> Self:
        return self.filter(Q(title__icontains=text) | Q(sku__icontains=text))

    def priced(self, *, at_least: Decimal | None = None, at_most: Decimal | None = None) -> Self:
        found = self
        if at_least is not None:
            found = found.filter(price__gte=at_least)
        if at_most is not None:
            found = found.filter(price__lte=at_most)
        return found

    def with_picture(self) -> Self:
        return self.filter(images__status="ready").distinct()

    def without_picture(self) -> Self:
        return self.exclude(images__status="ready")

    def with_card(self) -> Self:
        """Everything a result card shows, in a fixed number of queries."""
        return self.select_related("category").prefetch_related("images")


def ids_of(products: ProductQuerySet | None, *, store_id: int) -> tuple[str, tuple[Any, ...]] | None:
    """A statement for `IN (…)` and its parameters; of None, every published product of the store. None when Django
    knows that there are no such products."""
    if products is None:  # composing so frequent a condition anew costs 0.4 ms
        return "SELECT id FROM catalog_product WHERE store_id = %s AND is_published", (store_id,)
    try:
        return products.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return None


class OfferQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(supplier__store=store)


class ProductImageQuerySet(models.QuerySet):
    def ready(self) -> Self:
        return self.filter(status="ready")

    def pending(self) -> Self:
        return self.filter(status="pending")

    def failed(self) -> Self:
        return self.filter(status="failed")

    def due(self, now: datetime) -> Self:
        """Pending pictures whose next try has come."""
        return self.pending().filter(Q(next_try=None) | Q(next_try__lte=now))
