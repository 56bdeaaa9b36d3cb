from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from recommender.models import Event, Shopper


class ReadOnlyAdmin(ModelAdmin):
    """A list to read. Counting the rows of a filtered list of millions is left out."""

    show_full_result_count = False
    list_per_page = 50

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ["event_id", "kind", "shopper", "product", "store", "at"]
    list_select_related = ["shopper", "product", "store"]
    list_filter = ["kind", "store"]
    search_fields = ["event_id__exact", "shopper__external_id__exact", "product__sku__exact"]
    search_help_text = "A whole event id, shopper or sku"


@admin.register(Shopper)
class ShopperAdmin(ReadOnlyAdmin):
    list_display = ["external_id", "store", "created_at"]
    list_select_related = ["store"]
    list_filter = ["store"]
    search_fields = ["external_id"]
