"""The shapes of requests and answers. What a value must be like is decided in `catalog.importers.rows`."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from catalog.api.cards import image_url, spell_price
from catalog.importers import FORMATS
from catalog.models import ImportIssue, ImportRun, Product, ProductImage
from catalog.models.products import Availability
from catalog.rows import MAX_PICTURES, RowOutcome, Severity, Status

MAX_ROWS = 1_000
_BLANK: dict[str, Any] = {"required": False, "allow_blank": True}


class ProductImageSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField(help_text="Where the stored picture lies, once it is ready.")
    source_url = serializers.CharField(read_only=True, help_text="Where it was fetched from; empty for an upload.")

    class Meta:
        model = ProductImage
        fields = ["id", "url", "source_url", "position", "width", "height", "status", "error"]
        read_only_fields = fields
        extra_kwargs = {"status": {"help_text": "Only what is ready is shown and embedded."}}

    def get_url(self, image: ProductImage) -> str | None:
        return image_url(image)


class ProductSerializer(serializers.ModelSerializer):
    category = serializers.SerializerMethodField(help_text="The path from the root, joined by `/`.")
    price = serializers.SerializerMethodField()
    attributes = serializers.DictField(read_only=True)
    merged_into = serializers.CharField(
        source="merged_into.sku", read_only=True, allow_null=True, help_text="The product that stands for it, if any."
    )
    images = ProductImageSerializer(many=True, read_only=True)

    class Meta:
        model = Product
        fields = [
            *("sku", "title", "description", "brand", "category", "price", "currency", "gtin", "mpn", "variant_group"),
            *("attributes", "availability", "is_published", "merged_into", "images", "created_at", "updated_at"),
        ]
        read_only_fields = fields

    def get_category(self, product: Product) -> str:
        return product.category.path if product.category else ""

    @extend_schema_field(serializers.DecimalField(12, 2, allow_null=True))
    def get_price(self, product: Product) -> str | None:
        return spell_price(product.price)


class ProductWriteSerializer(serializers.Serializer):
    """Describes a product to be written; `parse_row` reads it."""

    sku = serializers.CharField(max_length=128)
    title = serializers.CharField(max_length=500)
    description = serializers.CharField(**_BLANK)
    brand = serializers.CharField(max_length=200, **_BLANK)
    category = serializers.CharField(help_text="A path like `Kitchen/Mugs`; created where missing.", **_BLANK)
    price = serializers.DecimalField(12, 2, min_value=0, required=False, allow_null=True)
    currency = serializers.CharField(max_length=3, **_BLANK)
    gtin = serializers.CharField(help_text="8 to 14 digits with a valid check digit; kept as 14.", **_BLANK)
    mpn = serializers.CharField(max_length=128, **_BLANK)
    variant_group = serializers.CharField(max_length=128, **_BLANK)
    attributes = serializers.DictField(required=False, help_text="Text, numbers, booleans or lists of these, by name.")
    availability = serializers.ChoiceField(Availability.choices, required=False)
    is_published = serializers.BooleanField(required=False)
    images = serializers.ListField(
        child=serializers.URLField(),
        required=False,
        max_length=MAX_PICTURES,
        help_text="Addresses to fetch pictures from, the main one first. Absent leaves the stored pictures alone.",
    )


class ProductPatchSerializer(ProductWriteSerializer):
    """Describes a change: what is absent stays."""

    sku = serializers.CharField(max_length=128, required=False)
    title = serializers.CharField(max_length=500, required=False)


class ProductBulkSerializer(serializers.Serializer):
    products = serializers.ListField(child=serializers.JSONField(allow_null=True), min_length=1, max_length=MAX_ROWS)


class ProductBulkDescription(serializers.Serializer):
    products = ProductPatchSerializer(many=True, help_text=f"At most {MAX_ROWS:,}; a new one needs sku and title.")


class IssueSerializer(serializers.Serializer):
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class RowOutcomeSerializer(serializers.Serializer):
    sku = serializers.CharField(allow_null=True)
    status = serializers.ChoiceField([status.value for status in Status])
    errors = IssueSerializer(many=True, help_text="Why it failed; empty when it did not.")  # type: ignore[assignment]


class BulkAnswerSerializer(serializers.Serializer):
    results = RowOutcomeSerializer(many=True, help_text="One for each row, in order.")


class ProductFilterSerializer(serializers.Serializer):
    """The list's query."""

    q = serializers.CharField(required=False, max_length=200, help_text="A part of the title or the sku.")
    sku = serializers.CharField(required=False, max_length=128)
    brand = serializers.CharField(required=False, max_length=200)
    category = serializers.CharField(required=False, max_length=600, help_text="A path; with everything below it.")
    min_price = serializers.DecimalField(12, 2, required=False)
    max_price = serializers.DecimalField(12, 2, required=False)
    available = serializers.BooleanField(required=False)


class ImageUploadSerializer(serializers.Serializer):
    image = serializers.FileField(help_text="A JPEG, PNG, WebP or GIF picture.")


class ImportStartSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="The feed.")
    format = serializers.ChoiceField(FORMATS, default=FORMATS[0])


class ImportRunSerializer(serializers.ModelSerializer):
    created = serializers.IntegerField(source="created_count", help_text="New products so far.")
    updated = serializers.IntegerField(source="updated_count", help_text="Products changed so far.")
    unchanged = serializers.IntegerField(source="unchanged_count", help_text="Products that were so already.")
    failed = serializers.IntegerField(source="failed_count", help_text="Rows not taken so far; the issues say why.")

    class Meta:
        model = ImportRun
        fields = [
            *("id", "file_name", "format", "status", "error", "created", "updated", "unchanged", "failed", "next_row"),
            *("queued_at", "started_at", "heartbeat_at", "finished_at"),
        ]
        read_only_fields = fields
        extra_kwargs = {"status": {"help_text": "How far it is."}}


class ImportIssueSerializer(serializers.ModelSerializer):
    severity = serializers.ChoiceField([severity.value for severity in Severity])

    class Meta:
        model = ImportIssue
        fields = ["row", "severity", "field", "code", "message", "raw"]
        read_only_fields = fields


def describe_outcome(outcome: RowOutcome) -> dict[str, Any]:
    errors = [{"field": issue.field, "code": issue.code, "message": issue.message} for issue in outcome.issues]
    return {"sku": outcome.sku or None, "status": outcome.status.value, "errors": errors}
