"""The words in which shoppers and events are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from catalog.models import Store
    from recommender.models import Shopper


class ShopperQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def known_as(self, external_id: str) -> Self:
        return self.filter(external_id=external_id)


class EventQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def by(self, shopper: Shopper) -> Self:
        return self.filter(shopper=shopper)

    def latest_first(self) -> Self:
        return self.order_by("-at", "-id")
