from django.db import models

from catalog.models import Product, Store
from recommender.querysets import EventQuerySet, ShopperQuerySet


class Shopper(models.Model):
    """A person or a session, by the name the storefront gives: an account number, a cookie. Made by its first event."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="shoppers", db_index=False)
    external_id = models.CharField(max_length=128)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ShopperQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["store", "external_id"], name="shopper_once_per_store")]

    def __str__(self) -> str:
        return self.external_id


class Event(models.Model):
    """A shopper did something with a product. `ranking` is the answer that had shown it, as the storefront tells.

    `at` is when it happened, by the storefront's clock; `received_at` when it was stored.
    """

    class Kind(models.TextChoices):
        VIEW = "view"
        CLICK = "click"
        LIKE = "like"
        DISLIKE = "dislike"
        CART = "cart"
        PURCHASE = "purchase"

    store = models.ForeignKey(Store, models.CASCADE, related_name="events", db_index=False)
    shopper = models.ForeignKey(Shopper, models.CASCADE, related_name="events", db_index=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="events")
    # Of a merged product: which it was told of, while `product` is the one that stands for it.
    told_of = models.ForeignKey(Product, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField()
    event_id = models.CharField(max_length=128)
    ranking = models.UUIDField(null=True, blank=True)
    received_at = models.DateTimeField(auto_now_add=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["store", "event_id"], name="event_once_per_store")]
        indexes = [
            models.Index(fields=["shopper", "-at"], name="event_history"),
            # Popularity reads nothing but this index.
            models.Index(fields=["store", "at"], include=["product", "kind"], name="event_popularity"),
            models.Index(fields=["told_of"], condition=models.Q(told_of__isnull=False), name="event_told_of"),
            # What came of an answer.
            models.Index(fields=["ranking"], condition=models.Q(ranking__isnull=False), name="event_ranking"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.event_id}"
