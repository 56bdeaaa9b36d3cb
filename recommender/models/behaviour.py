from django.db import models

from catalog.models import Product, Store


class Companion(models.Model):
    """`other` goes with `product` in shoppers' baskets: `score` 0 to 1, higher is better, seen in `baskets` of them.

    Derived from events, and replaced as a whole (`recommender.services.behaviour`). Made in SQL (migration 0030).
    """

    pk = models.CompositePrimaryKey("product_id", "other_id")
    store = models.ForeignKey(Store, models.DO_NOTHING, related_name="+")
    product = models.ForeignKey(Product, models.DO_NOTHING, related_name="+")
    other = models.ForeignKey(Product, models.DO_NOTHING, related_name="+")
    score = models.FloatField()
    baskets = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"{self.product_id} with {self.other_id}: {self.score:.3f}"


class BehaviourRefresh(models.Model):
    """When a store's behaviour was last learned, from how many events; `finished_at` None: under way, or killed."""

    store = models.OneToOneField(Store, models.CASCADE, related_name="behaviour_refresh")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    events = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.store_id}: {self.finished_at or 'under way'}"
