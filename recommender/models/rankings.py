from django.contrib.postgres.fields import ArrayField
from django.db import models

from catalog.models import Store
from recommender.models.experiments import Variant
from recommender.models.scenarios import Scenario
from recommender.querysets import RankingQuerySet


class Ranking(models.Model):
    """What an answer showed, to whom: `id` is the answer's `ranking_id`, `product_ids` and `scores` in its order.

    A log, one partition for each day (`services.rankings`): a day past its time goes by dropping its table, in a
    millisecond and without leaving anything to vacuum, while deleting a busy shop's millions of rows a day by index
    would write each of them a second time. Foreign keys have no constraint, because dropping a table that has one locks
    the table it refers to, and every request reads that.
    """

    id = models.UUIDField(primary_key=True)
    store = models.ForeignKey(Store, models.CASCADE, related_name="rankings", db_constraint=False, db_index=False)
    shopper = models.CharField(max_length=128, blank=True, help_text="The storefront's name for them; empty: unknown.")
    scenario = models.CharField(max_length=8, choices=Scenario.choices)
    request = models.JSONField()
    product_ids = ArrayField(models.BigIntegerField())
    scores = ArrayField(models.FloatField())
    variant = models.ForeignKey(
        Variant, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    fallback = models.CharField(max_length=20, blank=True)
    created_at = models.DateTimeField()

    objects = RankingQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return str(self.id)
