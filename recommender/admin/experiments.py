from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display

from catalog.admin.forms import StoredForm
from recommender.experiment_reports import report_experiment
from recommender.experiment_tables import tell
from recommender.models import Experiment, Variant
from recommender.services.experiments import (
    ExperimentError,
    NewVariant,
    check_experiment,
    start_experiment,
    stop_experiment,
)

STATUS_LABELS = {"draft": "info", "running": "success", "stopped": "warning"}


class VariantFormSet(forms.BaseInlineFormSet):
    """Judges the experiment whole, by the rules of its service."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors) or not self.instance.name:
            return
        kept = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        variants = [NewVariant(each["name"], each["share"], each["settings"] or {}) for each in kept]
        experiment = self.instance
        try:
            check_experiment(
                name=experiment.name, scenario=experiment.scenario, share=experiment.share, variants=variants
            )
        except ExperimentError as error:
            raise ValidationError(str(error)) from error


class VariantInline(TabularInline):
    model = Variant
    formset = VariantFormSet
    fields = ["name", "share", "settings"]
    min_num = 2
    extra = 0
    hide_title = True

    def has_change_permission(self, request: HttpRequest, obj: Experiment | None = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    has_add_permission = has_change_permission
    has_delete_permission = has_change_permission

    def has_view_permission(self, request: HttpRequest, obj: Experiment | None = None) -> bool:
        return bool(request.user.has_perm("recommender.view_experiment"))


@admin.register(Experiment)
class ExperimentAdmin(ModelAdmin):
    """Changed as a draft; once started it can be looked at, stopped, and its report read."""

    form = StoredForm
    inlines = [VariantInline]
    list_display = ["name", "scenario", "store", "shown_status", "share", "started_at", "stopped_at"]
    list_filter = ["status", "scenario", "store"]
    list_select_related = ["store"]
    search_fields = ["name"]
    autocomplete_fields = ["store"]
    actions = ["start", "stop"]

    def get_fields(self, request: HttpRequest, obj: Experiment | None = None) -> list[str]:
        facts = ["store", "name", "scenario", "share"]
        return facts if _is_draft(obj) else [*facts, "shown_status", "started_at", "stopped_at", "report"]

    def get_readonly_fields(self, request: HttpRequest, obj: Experiment | None = None) -> list[str]:
        if obj is None:
            return []
        return ["store"] if _is_draft(obj) else self.get_fields(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Experiment | None = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Experiment | None = None) -> bool:
        is_running = obj is not None and obj.status == Experiment.Status.RUNNING
        return not is_running and super().has_delete_permission(request, obj)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Without the one that deletes many, which would not look whether they run."""
        return {name: each for name, each in super().get_actions(request).items() if name != "delete_selected"}

    @display(description="Status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, experiment: Experiment) -> str:
        return experiment.status

    @display(description="Report")
    def report(self, experiment: Experiment) -> SafeString:
        return format_html('<pre class="whitespace-pre overflow-x-auto">{}</pre>', tell(report_experiment(experiment)))

    @action(description="Start the drafts", permissions=["change"])
    def start(self, request: HttpRequest, queryset: QuerySet[Experiment]) -> None:
        self._apply(request, queryset, start_experiment, "started")

    @action(description="Stop what runs, for good", permissions=["change"])
    def stop(self, request: HttpRequest, queryset: QuerySet[Experiment]) -> None:
        self._apply(request, queryset, stop_experiment, "stopped")

    def _apply(self, request: HttpRequest, queryset: QuerySet[Experiment], service: Any, done: str) -> None:
        for experiment in queryset:
            try:
                service(experiment)
            except ExperimentError as error:
                messages.error(request, f"{experiment.name}: {error.message}")
            else:
                messages.success(request, f"{experiment.name} {done}.")


def _is_draft(experiment: Experiment | None) -> bool:
    return experiment is None or experiment.status == Experiment.Status.DRAFT
