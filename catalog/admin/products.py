from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.safestring import SafeString
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminFileFieldWidget

from catalog.admin.forms import OwnSearch, StoredForm
from catalog.admin.identifiers import check_gtin
from catalog.admin.pictures import thumbnail
from catalog.images import ImageRejected, read_upload, verify
from catalog.models import Product, ProductImage
from catalog.services.categories import CategoryRefused, own_category
from catalog.services.images import TooManyPicturesError, add_picture, delete_picture, retry_pictures
from catalog.services.products import delete_product, save_product

STATUS_LABELS = {"ready": "success", "pending": "info", "failed": "danger"}


class PictureFilter(SimpleListFilter):
    title = "picture"
    parameter_name = "picture"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "With a picture"), ("no", "Without one")]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        return queryset.with_picture() if self.value() == "yes" else queryset.without_picture()


class PictureForm(forms.ModelForm):
    upload = forms.FileField(required=False, widget=UnfoldAdminFileFieldWidget)

    class Meta:
        model = ProductImage
        fields: list[str] = []

    def clean_upload(self) -> bytes | None:
        upload = self.cleaned_data["upload"]
        if upload is None:
            return None
        data = read_upload(upload)
        try:
            verify(data)
        except ImageRejected as error:
            raise forms.ValidationError(error.message, error.code) from error
        return data


class PictureInline(TabularInline):
    model = ProductImage
    form = PictureForm
    extra = 1
    fields = ["picture", "upload", "source_url", "status", "error"]
    readonly_fields = ["picture", "source_url", "status", "error"]
    verbose_name = "picture"
    hide_title = True

    @display(description="Picture")
    def picture(self, image: ProductImage) -> SafeString | str:
        return thumbnail(image, side=96)


class ProductForm(StoredForm):
    own = ("category",)

    class Meta:
        model = Product
        fields = "__all__"

    def clean_gtin(self) -> str:
        return check_gtin(self.cleaned_data["gtin"])

    def clean_is_published(self) -> bool:
        is_published: bool = self.cleaned_data["is_published"]
        if is_published and self.instance.merged_into:
            raise forms.ValidationError(f"It was merged into {self.instance.merged_into.sku}.", "merged_sku")
        return is_published

    def clean_attributes(self) -> dict[str, Any]:
        attributes = self.cleaned_data["attributes"] or {}
        if not isinstance(attributes, dict):
            raise forms.ValidationError("Attributes are an object of names and values.")
        return attributes

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or self.cleaned_data
        store = facts.get("store") or (self.instance.store if self.instance.pk else None)
        if store and facts.get("category"):
            try:
                own_category(store_id=store.pk, category_id=facts["category"].pk)
            except CategoryRefused as error:
                self.add_error(error.field, error.message)
        return facts


@admin.register(Product)
class ProductAdmin(OwnSearch, ModelAdmin):
    form = ProductForm
    inlines = [PictureInline]
    list_display = ["picture", "title", "sku", "brand", "category", "price", "currency", "availability", "is_published"]
    list_display_links = ["picture", "title"]
    list_filter = ["is_published", "availability", PictureFilter, "store"]
    list_select_related = ["category", "store"]
    search_fields = ["sku", "title", "brand", "gtin"]
    autocomplete_fields = ["category", "store"]
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["store", "sku", "title", "description", "brand", "category", "attributes"]}),
        ("Offer", {"fields": ["price", "currency", "availability", "is_published"]}),
        ("Identifiers", {"fields": ["gtin", "mpn", "variant_group"]}),
        ("Record", {"fields": ["merged_into", "content_hash", "created_at", "updated_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:
        return super().get_queryset(request).prefetch_related("images")

    def get_readonly_fields(self, request: HttpRequest, obj: Product | None = None) -> list[str]:
        fixed = ["store", "sku"] if obj else []
        return [*fixed, "merged_into", "content_hash", "created_at", "updated_at"]

    @display(description="")
    def picture(self, product: Product) -> SafeString | str:
        return thumbnail(next(iter(product.images.all()), None))

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:
        try:
            save_product(product=obj, changed=form.changed_data)
        except Product.DoesNotExist as error:  # it was deleted meanwhile
            raise Http404 from error

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for image in formset.deleted_objects:
            delete_picture(image=image)
        for picture in formset.forms:
            data = picture.cleaned_data.get("upload")
            if not data or picture.cleaned_data.get("DELETE"):
                continue
            try:
                add_picture(product=form.instance, data=data)
            except TooManyPicturesError:
                messages.error(request, "The product has as many pictures as it can have.")

    def delete_model(self, request: HttpRequest, obj: Product) -> None:
        delete_product(product=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Product]) -> None:
        for product in queryset:
            delete_product(product=product)


@admin.register(ProductImage)
class ProductImageAdmin(ModelAdmin):
    list_display = ["picture", "product", "position", "shown_status", "width", "height", "error"]
    list_filter = ["status", "product__store"]
    list_select_related = ["product"]
    search_fields = ["product__sku", "product__title", "sha256"]
    show_full_result_count = False
    actions = ["try_again"]
    fields = [
        *("preview", "product", "position", "status", "error", "source_url", "attempts", "next_try"),
        *("width", "height", "sha256", "source_sha256"),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: ProductImage | None = None) -> bool:
        return False

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("catalog.change_productimage")

    def delete_model(self, request: HttpRequest, obj: ProductImage) -> None:
        delete_picture(image=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[ProductImage]) -> None:
        for image in queryset.select_related("product"):
            delete_picture(image=image)

    @display(description="")
    def picture(self, image: ProductImage) -> SafeString | str:
        return thumbnail(image)

    @display(description="Picture")
    def preview(self, image: ProductImage) -> SafeString | str:
        return thumbnail(image, side=320)

    @display(description="Status", ordering="status", label=STATUS_LABELS)
    def shown_status(self, image: ProductImage) -> str:
        return image.status

    @action(description="Fetch failed pictures again", permissions=["retry"])
    def try_again(self, request: HttpRequest, queryset: QuerySet[ProductImage]) -> None:
        count = retry_pictures(image_ids=queryset.values_list("pk", flat=True))
        messages.success(request, f"{count} pictures will be fetched again.")
