"""The words in which spaces and stale products are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

if TYPE_CHECKING:
    from catalog.models import Product, Store
    from embeddings.models import EmbeddingSpace


class EmbeddingSpaceQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def active(self) -> Self:
        return self.filter(status="active")

    def live(self) -> Self:
        """Spaces whose vectors are kept fresh; retired and failed ones are left as they are."""
        return self.filter(status__in=["building", "indexing", "ready", "active"])

    def servable(self) -> Self:
        """Spaces that answer, or would as soon as they are activated."""
        return self.filter(status__in=["ready", "active"])


class CategorySuggestionQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(product__store=store)

    def open(self) -> Self:
        return self.filter(status="open")

    def decided(self) -> Self:
        return self.exclude(status="open")

    def outdated(self) -> Self:
        """Those whose product has got another category, or lost the one it had, since they were made."""
        return self.exclude(Q(product__category=F("instead_of")) | Q(product__category=None, instead_of=None))


def stale_in(space: EmbeddingSpace, *, ignore_backoff: bool = False) -> models.QuerySet[Product]:
    """The store's products whose vector in this space is missing or was made from other content.

    Products that failed and are not due again are left out, unless `ignore_backoff`.
    """
    from catalog.models import Product
    from embeddings.models import Embedding, EmbeddingFailure

    fresh = Embedding.objects.filter(space=space, product=OuterRef("pk"), content_hash=OuterRef("content_hash"))
    found = Product.objects.filter(~Exists(fresh), store_id=space.store_id)
    if not ignore_backoff:
        waiting = EmbeddingFailure.objects.filter(
            Q(next_try__gt=timezone.now()) | Q(next_try=None),
            space=space,
            product=OuterRef("pk"),
            content_hash=F("product__content_hash"),
        )
        found = found.filter(~Exists(waiting))
    return found
