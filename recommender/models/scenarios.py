from django.db import models

from catalog.models import Store
from recommender.querysets import ScenarioSettingsQuerySet


class Scenario(models.TextChoices):
    """Where an answer is shown, and so what is asked of it; `any` speaks for those that say nothing of their own."""

    ANY = "any"
    SIMILAR = "similar"
    SEARCH = "search"
    HOME = "home"
    PRODUCT = "product"
    BASKET = "basket"
    TOGETHER = "together"


class AreWeights(models.Func):
    """A JSON object whose values are all numbers from 0 to 1000."""

    template = """jsonb_path_exists(%(expressions)s,
        'strict $ ? (@.type() == "object" && !exists(@.* ? (!(@.type() == "number" && @ >= 0 && @ <= 1000))))')"""
    output_field = models.BooleanField()
    conditional = True


class IsObject(models.Func):
    template = "(jsonb_typeof(%(expressions)s) = 'object')"
    output_field = models.BooleanField()
    conditional = True


class ScenarioSettings(models.Model):
    """A store's own weights, diversity and policies of a scenario. What is absent is as the endpoint has it."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="scenario_settings", db_index=False)
    scenario = models.CharField(max_length=8, choices=Scenario.choices)
    weights = models.JSONField(default=dict, blank=True)
    diversity = models.FloatField(null=True, blank=True)
    policies = models.JSONField(default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ScenarioSettingsQuerySet.as_manager()

    class Meta:
        ordering = ["store", "scenario"]
        verbose_name_plural = "scenario settings"
        constraints = [
            models.UniqueConstraint(fields=["store", "scenario"], name="settings_once_per_scenario"),
            models.CheckConstraint(condition=models.Q(scenario__in=Scenario.values), name="settings_scenario_known"),
            models.CheckConstraint(condition=models.Q(AreWeights("weights")), name="settings_weights_in_range"),
            models.CheckConstraint(
                condition=models.Q(diversity=None) | models.Q(diversity__gte=0, diversity__lte=1),
                name="settings_diversity_in_range",
            ),
            models.CheckConstraint(condition=models.Q(IsObject("policies")), name="settings_policies_an_object"),
        ]

    def __str__(self) -> str:
        return self.scenario
