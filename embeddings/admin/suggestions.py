from collections.abc import Iterator
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from catalog.admin.pictures import thumbnail
from embeddings.models import CategorySuggestion
from embeddings.suggestions import accept_suggestions, dismiss_suggestions

STATUS_LABELS = {"open": "info", "accepted": "success", "dismissed": "warning"}


class StatusFilter(admin.SimpleListFilter):
    """Open ones, unless others are asked for."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [*CategorySuggestion.Status.choices, ("all", "All")]

    def value(self) -> str:
        return super().value() or CategorySuggestion.Status.OPEN

    def choices(self, changelist: Any) -> Iterator[Any]:
        # Without the first, which would be "All" and select nothing in particular.
        yield from list(super().choices(changelist))[1:]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() == "all" else queryset.filter(status=self.value())


@admin.register(CategorySuggestion)
class CategorySuggestionAdmin(ModelAdmin):
    """Decided by the actions alone; made by `manage.py suggest_categories`."""

    list_display = [
        *("picture", "product", "suggested", "present", "shown_probability", "modality", "shown_status", "created_at"),
    ]
    list_display_links = ["product"]
    list_filter = [StatusFilter, "product__store"]
    list_select_related = ["product", "product__category", "category"]
    search_fields = ["product__sku", "product__title", "category__path"]
    show_full_result_count = False
    actions = ["accept", "dismiss"]
    fields = [
        *("preview", "product", "suggested", "present", "shown_probability", "score", "modality", "space"),
        *("encoder_id", "status", "created_at", "decided_at"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[CategorySuggestion]:
        return super().get_queryset(request).prefetch_related("product__images")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: CategorySuggestion | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: CategorySuggestion | None = None) -> bool:
        return False

    def has_accept_permission(self, request: HttpRequest) -> bool:
        return self.has_dismiss_permission(request) and request.user.has_perm("catalog.change_product")

    def has_dismiss_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("embeddings.change_categorysuggestion")

    @display(description="")
    def picture(self, suggestion: CategorySuggestion) -> SafeString | str:
        return thumbnail(next(iter(suggestion.product.images.all()), None))

    @display(description="Picture")
    def preview(self, suggestion: CategorySuggestion) -> SafeString | str:
        return thumbnail(next(iter(suggestion.product.images.all()), None), side=320)

    @display(description="Suggested category", ordering="category__path")
    def suggested(self, suggestion: CategorySuggestion) -> str:
        return suggestion.category.path

    @display(description="Category now", ordering="product__category__path", empty_value="none")
    def present(self, suggestion: CategorySuggestion) -> str | None:
        return suggestion.product.category.path if suggestion.product.category else None

    @display(description="Probability", ordering="probability")
    def shown_probability(self, suggestion: CategorySuggestion) -> str:
        return f"{suggestion.probability:.0%}"

    @display(description="Status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, suggestion: CategorySuggestion) -> str:
        return suggestion.status

    @action(description="Accept: give the products these categories", permissions=["accept"])
    def accept(self, request: HttpRequest, queryset: QuerySet[CategorySuggestion]) -> None:
        decided = accept_suggestions(suggestion_ids=queryset.values_list("pk", flat=True))
        messages.success(request, f"{decided.accepted} products have the suggested category now.")
        if decided.outdated:
            messages.warning(
                request,
                f"{decided.outdated} were left open: the products' categories have changed since they were suggested.",
            )

    @action(description="Dismiss: never suggest these again", permissions=["dismiss"])
    def dismiss(self, request: HttpRequest, queryset: QuerySet[CategorySuggestion]) -> None:
        count = dismiss_suggestions(suggestion_ids=queryset.values_list("pk", flat=True))
        messages.success(request, f"{count} suggestions dismissed.")
