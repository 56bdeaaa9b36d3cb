from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Floor

from catalog.models import Product, Store
from recommender.models.scenarios import Scenario
from recommender.querysets import RuleQuerySet

MAX_POSITION = 1_000
MAX_QUOTA = 100


class Rule(models.Model):
    """What a merchandiser wants shown more, less, at one place, never, or not too often on one page.

    `condition` is a filter tree as the API takes it, and names the products of every kind but a pin, which names one
    `product`. `value` is a strength for boost and bury, 0 to 1, and for a quota the number of products on a page. It
    applies from `starts` until before `ends`, and with `when_text` only to searches that have all of its words.

    Written by `recommender.services.rules` alone, which keeps every change.
    """

    class Kind(models.TextChoices):
        BOOST = "boost"
        BURY = "bury"
        PIN = "pin"
        EXCLUDE = "exclude"
        QUOTA = "quota"

    class State(models.TextChoices):
        LIVE = "live"
        PLANNED = "planned"
        OVER = "over"
        OFF = "off"

    store = models.ForeignKey(Store, models.CASCADE, related_name="rules", db_index=False)
    name = models.CharField(max_length=200)
    scenario = models.CharField(max_length=8, choices=Scenario.choices, default=Scenario.ANY)
    kind = models.CharField(max_length=7, choices=Kind.choices)
    condition = models.JSONField(default=dict, blank=True)
    value = models.FloatField(null=True, blank=True)
    # A deleted product leaves its pin behind, without effect, for a merchandiser to see.
    product = models.ForeignKey(Product, models.SET_NULL, null=True, blank=True, related_name="pins")
    position = models.PositiveSmallIntegerField(null=True, blank=True)
    when_text = models.CharField("search words", max_length=200, blank=True)
    starts = models.DateTimeField(null=True, blank=True)
    ends = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField("active", default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    updated_by = models.CharField(max_length=300, editable=False)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="rule_name_once_per_store"),
            models.CheckConstraint(condition=Q(scenario__in=Scenario.values), name="rule_scenario_known"),
            # A check that is NULL passes, hence every "is not null".
            models.CheckConstraint(
                condition=Q(kind__in=["boost", "bury"], value__isnull=False, value__gt=0, value__lte=1)
                | Q(kind="quota", value__isnull=False, value__gte=1, value__lte=MAX_QUOTA, value=Floor(F("value")))
                | Q(kind__in=["pin", "exclude"], value__isnull=True),
                name="rule_value_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="pin", position__isnull=False, position__gte=1, position__lte=MAX_POSITION, condition={}
                )
                | ~Q(kind="pin") & Q(position__isnull=True, product__isnull=True) & ~Q(condition={}),
                name="rule_names_products_as_its_kind_does",
            ),
            models.CheckConstraint(
                condition=Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gt=F("starts")),
                name="rule_ends_after_it_starts",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def state_at(self, now: datetime) -> State:
        if not self.is_active:
            return self.State.OFF
        if self.ends and self.ends <= now:
            return self.State.OVER
        return self.State.PLANNED if self.starts and self.starts > now else self.State.LIVE


class RuleChange(models.Model):
    """Who did what to a rule: a record, never edited, that outlives the rule.

    `before` and `after` are all the rule said; null before it was there and after it was gone.
    """

    class Action(models.TextChoices):
        CREATED = "created"
        CHANGED = "changed"
        ACTIVATED = "activated"
        DEACTIVATED = "deactivated"
        DELETED = "deleted"

    store = models.ForeignKey(Store, models.CASCADE, related_name="rule_changes")
    # The number stays when the rule is gone.
    rule = models.ForeignKey(Rule, models.DO_NOTHING, related_name="changes", db_constraint=False)
    name = models.CharField(max_length=200)
    action = models.CharField(max_length=11, choices=Action.choices)
    by = models.CharField(max_length=300)
    at = models.DateTimeField(auto_now_add=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.name}: {self.action}"
