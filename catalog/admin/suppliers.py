from django.contrib import admin
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from catalog.admin.pictures import show_file
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
    list_display = [
        *("picture", "title", "supplier", "supplier_sku", "brand", "shown_gtin", "price", "currency", "shown_status"),
        "product",
    ]
    list_display_links = ["picture", "title"]
    list_filter = ["status", "supplier"]
    list_select_related = ["supplier", "product"]
    search_fields = ["title", "supplier_sku", "gtin", "brand"]
    autocomplete_fields = ["supplier", "product"]
    exclude = ["image"]
    readonly_fields = ["preview", "created_at", "updated_at"]
    show_full_result_count = False

    @display(description="")
    def picture(self, offer: Offer) -> SafeString | str:
        return show_file(offer.image)

    @display(description="Picture")
    def preview(self, offer: Offer) -> SafeString | str:
        return show_file(offer.image, side=320)

    @display(description="GTIN", ordering="gtin")
    def shown_gtin(self, offer: Offer) -> str:
        return offer.gtin if offer.trusted_gtin or not offer.gtin else f"{offer.gtin} (wrong)"

    @display(description="Status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, offer: Offer) -> str:
        return offer.status
