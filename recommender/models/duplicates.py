from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from catalog.models import Product, Store
from recommender.models.matching import NAME_LENGTH, MatcherVersion
from recommender.querysets import DecisionQuerySet, DuplicatePairQuerySet


class DuplicatePair(models.Model):
    """Two products of a store that may be one and the same, for people to say. `one` has the lower number.

    Pairs whose `group` is the same were all alike among each other when last looked for; it is the lowest number of
    their products, and null of a pair across two groups. `status` is that of the standing decision, and review without
    one.
    """

    class Status(models.TextChoices):
        REVIEW = "review"
        MERGED = "merged"
        REJECTED = "rejected"

    store = models.ForeignKey(Store, models.CASCADE, related_name="duplicates", db_index=False)
    one = models.ForeignKey(Product, models.CASCADE, related_name="+", db_index=False)
    other = models.ForeignKey(Product, models.CASCADE, related_name="+")
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.REVIEW)
    group = models.BigIntegerField(null=True, blank=True)
    probability = models.FloatField()
    uncertainty = models.FloatField()
    contributions = models.JSONField(default=dict)
    sources = ArrayField(models.CharField(max_length=8))
    why = models.CharField(max_length=200)
    accept_at = models.FloatField()
    reject_below = models.FloatField()
    version = models.ForeignKey(MatcherVersion, models.SET_NULL, null=True, blank=True, related_name="+")
    claimed_by = models.CharField(max_length=NAME_LENGTH, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField()

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        ordering = ["-uncertainty", "id"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="duplicate_pair_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="duplicate_pair_in_order"),
            models.CheckConstraint(
                condition=Q(status__in=["review", "merged", "rejected"]), name="duplicate_status_known"
            ),
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1, uncertainty__gte=0),
                name="duplicate_probability_is_one",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by="", claimed_until=None) | ~Q(claimed_by="") & Q(claimed_until__isnull=False),
                name="duplicate_claim_has_an_end",
            ),
        ]
        indexes = [models.Index(fields=["store", "status", "-uncertainty", "id"], name="duplicate_queue")]

    def __str__(self) -> str:
        return f"{self.one_id} and {self.other_id}: {self.status}"

    def holder_at(self, now: datetime) -> str:
        """Who has claimed it, while the claim lasts."""
        return self.claimed_by if self.claimed_until and self.claimed_until > now else ""


def keep_while_standing(collector: Any, field: Any, decisions: Any, using: str) -> None:
    """For `on_delete`: what another product was merged into is not deleted as long as that can be undone, unless both
    go. Afterwards the decision outlives it."""
    standing = decisions.filter(undone_at=None, gone__isnull=False)
    if standing:
        models.RESTRICT(collector, field, standing, using)
    models.SET_NULL(collector, field, decisions, using)


class DuplicateDecision(models.Model):
    """Who said of two products that they are one, or two, when and why: a record that is never edited but for being
    undone, and that outlives the products, whose skus it keeps. `moved` is what a merger moved, so that undoing it puts
    back exactly that (`recommender.services.merging`)."""

    class Verdict(models.TextChoices):
        ACCEPT = "accept"
        REJECT = "reject"

    store = models.ForeignKey(Store, models.CASCADE, related_name="duplicate_decisions")
    pair = models.ForeignKey(DuplicatePair, models.SET_NULL, null=True, related_name="decisions")
    skus = ArrayField(models.CharField(max_length=128), size=2)
    verdict = models.CharField(max_length=6, choices=Verdict.choices)
    kept = models.ForeignKey(Product, keep_while_standing, null=True, blank=True, related_name="+")
    gone = models.ForeignKey(Product, models.SET_NULL, null=True, blank=True, related_name="+")
    kept_sku = models.CharField(max_length=128, blank=True)
    moved = models.JSONField(default=dict)
    probability = models.FloatField()
    contributions = models.JSONField(default=dict)
    why = models.CharField(max_length=500, blank=True)
    by = models.CharField(max_length=NAME_LENGTH)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.CharField(max_length=NAME_LENGTH, blank=True)
    undone_why = models.CharField(max_length=500, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict="accept") & ~Q(kept_sku="") | Q(verdict="reject", kept_sku=""),
                name="duplicate_decision_names_the_kept_as_its_verdict_does",
            ),
            models.CheckConstraint(
                condition=Q(undone_at=None, undone_by="") | Q(undone_at__isnull=False) & ~Q(undone_by=""),
                name="duplicate_decision_undone_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["pair"], condition=Q(undone_at=None), name="one_standing_decision_per_duplicate"
            ),
            # What was kept could be deleted once, its pairs with it: what was merged into it is free for another.
            models.UniqueConstraint(
                fields=["gone"],
                condition=Q(undone_at=None, pair__isnull=False),
                name="one_standing_merger_per_product",
            ),
        ]

    def __str__(self) -> str:
        return f"{' and '.join(self.skus)}: {self.verdict}"


class DuplicateSearch(models.Model):
    """What a product was like when its duplicates were last looked for: where that differs, it is due again.

    `vector_hash` is the content hash of the vector that was compared, in `space_id`; empty when it had none.
    """

    product = models.OneToOneField(Product, models.CASCADE, primary_key=True, related_name="duplicate_search")
    product_at = models.DateTimeField()
    version = models.ForeignKey(MatcherVersion, models.SET_NULL, null=True, related_name="+", db_index=False)
    space_id = models.BigIntegerField(null=True)
    vector_hash = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"{self.product_id}: {self.product_at}"


class DuplicateWish(models.Model):
    """That a store's duplicates are to be looked for, and when that was last asked for; gone when that is done."""

    store = models.OneToOneField(Store, models.CASCADE, primary_key=True, related_name="duplicate_wish")
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.store_id}: {self.asked_at}"
