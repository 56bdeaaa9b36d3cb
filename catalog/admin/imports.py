from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from catalog.models import ImportIssue, ImportRun

STATUS_LABELS = {"queued": "info", "running": "warning", "done": "success", "failed": "danger"}


class IssueInline(TabularInline):
    model = ImportIssue
    fields = ["row", "severity", "field", "code", "message", "raw"]
    readonly_fields = fields
    per_page = 50
    hide_title = True
    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False


@admin.register(ImportRun)
class ImportRunAdmin(ModelAdmin):
    """A record to read; imports are started over REST, by command or by a worker."""

    inlines = [IssueInline]
    list_display = [
        *("file_name", "store", "format", "shown_status", "created_count", "updated_count", "unchanged_count"),
        *("failed_count", "queued_at", "finished_at"),
    ]
    list_filter = ["status", "store"]
    list_select_related = ["store"]
    search_fields = ["file_name"]
    exclude = ["file", "images_dir"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ImportRun | None = None) -> bool:
        return False

    @display(description="Status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, run: ImportRun) -> str:
        return run.status
