import secrets

from django.db import models

from catalog.models import Store
from recommender.models.scenarios import IsObject, Scenario
from recommender.querysets import ExperimentQuerySet


def make_salt() -> str:
    return secrets.token_hex(16)


class Experiment(models.Model):
    """Shows a share of the shoppers a scenario's variants. The salt makes it independent of every other experiment."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        RUNNING = "running"
        STOPPED = "stopped"

    store = models.ForeignKey(Store, models.CASCADE, related_name="experiments", db_index=False)
    name = models.CharField(max_length=100)
    scenario = models.CharField(max_length=8, choices=Scenario.choices)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.DRAFT, editable=False)
    share = models.FloatField(default=1.0, help_text="Of the shoppers, above 0 to 1; the others take no part.")
    salt = models.CharField(max_length=32, default=make_salt, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    stopped_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["store", "name"], name="experiment_name_once_per_store"),
            models.UniqueConstraint(
                fields=["store", "scenario"],
                condition=models.Q(status="running"),
                name="one_running_experiment_per_scenario",
            ),
            models.CheckConstraint(condition=models.Q(scenario__in=Scenario.values), name="experiment_scenario_known"),
            models.CheckConstraint(condition=models.Q(share__gt=0, share__lte=1), name="experiment_share_in_range"),
            models.CheckConstraint(
                condition=models.Q(status="draft", started_at=None, stopped_at=None)
                | models.Q(status="running", started_at__isnull=False, stopped_at=None)
                | models.Q(status="stopped", started_at__isnull=False, stopped_at__isnull=False),
                name="experiment_times_fit_status",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Variant(models.Model):
    """What a part of the experiment's shoppers gets; without settings it is the control, which shows what all others
    get."""

    experiment = models.ForeignKey(Experiment, models.CASCADE, related_name="variants", db_index=False)
    name = models.CharField(max_length=100)
    share = models.FloatField(help_text="Of the experiment's shoppers; the variants' shares sum to 1.")
    settings = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["experiment", "name"], name="variant_name_once_per_experiment"),
            models.CheckConstraint(condition=models.Q(share__gt=0, share__lte=1), name="variant_share_in_range"),
            models.CheckConstraint(condition=models.Q(IsObject("settings")), name="variant_settings_an_object"),
        ]

    def __str__(self) -> str:
        return self.name
