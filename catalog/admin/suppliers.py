from decimal import Decimal

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin
from unfold.decorators import display

from catalog.admin.forms import StoredForm
from catalog.admin.identifiers import check_gtin
from catalog.admin.pictures import show_file
from catalog.models import Offer, Supplier
from catalog.normalize import normalize_slug

STATUS_LABELS = {"new": "info", "linked": "success", "review": "warning", "rejected": "danger"}


class SupplierForm(StoredForm):
    def clean_slug(self) -> str:
        """As offers that name it are read."""
        slug = normalize_slug(self.cleaned_data["slug"])
        if not slug:
            raise forms.ValidationError("A slug has letters or digits.")
        return slug


@admin.register(Supplier)
class SupplierAdmin(ModelAdmin):
    form = SupplierForm
    list_display = ["name", "slug", "store"]
    list_filter = ["store"]
    list_select_related = ["store"]
    search_fields = ["name", "slug"]
    autocomplete_fields = ["store"]
    prepopulated_fields = {"slug": ["name"]}

    def get_readonly_fields(self, request: HttpRequest, obj: Supplier | None = None) -> list[str]:
        return ["store"] if obj else []


class OfferForm(forms.ModelForm):
    class Meta:
        model = Offer
        exclude = ["image"]  # noqa: DJ006  (its picture is changed by the API alone)

    def clean_gtin(self) -> str:
        """What a supplier wrote is kept, right or wrong; what is typed here is checked as a product's is."""
        gtin: str = self.cleaned_data["gtin"]
        return check_gtin(gtin) if "gtin" in self.changed_data else gtin

    def clean_price(self) -> Decimal | None:
        price: Decimal | None = self.cleaned_data["price"]
        if price is not None and price < 0:
            raise forms.ValidationError("A price is not below 0.")
        return price


@admin.register(Offer)
class OfferAdmin(ModelAdmin):
    """What an offer is, its status and product, follows from decisions alone and is not edited here."""

    form = OfferForm
    list_display = [
        *("picture", "title", "supplier", "supplier_sku", "brand", "shown_gtin", "price", "currency", "shown_status"),
        "product",
    ]
    list_display_links = ["picture", "title"]
    list_filter = ["status", "supplier"]
    list_select_related = ["supplier", "product"]
    search_fields = ["title", "supplier_sku", "gtin", "brand"]
    autocomplete_fields = ["supplier"]
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Offer | None = None) -> list[str]:
        fixed = ["supplier", "supplier_sku"] if obj else []
        return [*fixed, "status", "product", "preview", "created_at", "updated_at"]

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
