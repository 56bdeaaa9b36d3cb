from django.contrib import admin
from unfold.admin import ModelAdmin
from unfold.decorators import display

from catalog.models import Offer, Supplier

STATUS_LABELS = {"new": "info", "linked": "success", "review": "warning", "rejected": "danger"}


@admin.register(Supplier)
class SupplierAdmin(ModelAdmin):
    list_display = ["name", "slug", "store"]
    list_filter = ["store"]
    list_select_related = ["store"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["store"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Offer)
class OfferAdmin(ModelAdmin):
    list_display = ["title", "supplier", "supplier_sku", "brand", "price", "currency", "shown_status", "product"]
    list_filter = ["status", "supplier"]
    list_select_related = ["supplier", "product"]
    search_fields = ["title", "supplier_sku", "gtin", "brand"]
    autocomplete_fields = ["supplier", "product"]
    readonly_fields = ["created_at", "updated_at"]
    show_full_result_count = False

    @display(description="Status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, offer: Offer) -> str:
        return offer.status
