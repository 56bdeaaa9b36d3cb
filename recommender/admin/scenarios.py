from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminTextareaWidget

from recommender.mix import WEIGHT_NAMES
from recommender.models import ScenarioSettings
from recommender.scenario_settings import SettingsError, parse_settings
from recommender.services.scenarios import save_settings

JSON_TEXT = {"rows": 4, "style": "font-family:monospace", "spellcheck": "false"}


class ScenarioSettingsForm(forms.ModelForm):
    class Meta:
        model = ScenarioSettings
        fields = ["store", "scenario", "weights", "diversity", "policies"]
        help_texts = {
            "weights": f"As JSON; what is absent is as the endpoint has it. There are {', '.join(WEIGHT_NAMES)}.",
            "diversity": "0: the most alike; towards 1 a page shows less of the same. Empty: as the endpoint has it.",
            "policies": "As JSON: when it is shown again after being bought, seen or put into the cart, which"
            " categories are bought again and again, and how much repeated visits differ."
            ' {"bought": "replenishable", "seen": {"after_days": 3}, "carted": "never",'
            ' "replenishable": ["Kitchen/Coffee"], "rotation": 0.1, "tired": true}',
        }
        widgets = {name: UnfoldAdminTextareaWidget(JSON_TEXT) for name in ("weights", "policies")}

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        try:
            objects = {name: given.get(name) or {} for name in ("weights", "policies")}
            parse_settings(objects | {"diversity": given.get("diversity")})
        except SettingsError as error:
            raise ValidationError({error.field.partition(".")[0]: str(error)}) from error
        return given


@admin.register(ScenarioSettings)
class ScenarioSettingsAdmin(ModelAdmin):
    form = ScenarioSettingsForm
    fields = ["store", "scenario", "weights", "diversity", "policies"]
    list_display = ["scenario", "store", "weights", "diversity", "policies", "updated_at"]
    list_filter = ["store", "scenario"]
    list_select_related = ["store"]
    autocomplete_fields = ["store"]

    def get_readonly_fields(self, request: HttpRequest, obj: ScenarioSettings | None = None) -> list[str]:
        return ["store", "scenario"] if obj else []

    def save_model(self, request: HttpRequest, obj: ScenarioSettings, form: Any, change: bool) -> None:
        saved = save_settings(
            store=obj.store,
            scenario=obj.scenario,
            weights=obj.weights,
            diversity=obj.diversity,
            policies=obj.policies,
        )
        obj.pk = saved.pk
