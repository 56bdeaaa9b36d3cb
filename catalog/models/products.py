from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Upper

from catalog.models.stores import Store
from catalog.querysets import CategoryQuerySet, ProductImageQuerySet, ProductQuerySet


class Category(models.Model):
    """A node of the store's tree; `path` joins the names from the root, `Kitchen & Dining/Mugs`."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="categories")
    parent = models.ForeignKey("self", models.CASCADE, null=True, blank=True, related_name="children")
    slug = models.SlugField(max_length=200)
    name = models.CharField(max_length=200)
    path = models.CharField(max_length=600)  # 4 bytes a character stay below the 2,704 of a btree row

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["path"]
        verbose_name_plural = "categories"
        constraints = [models.UniqueConstraint(fields=["store", "path"], name="category_path_once_per_store")]

    def __str__(self) -> str:
        return self.path


class Availability(models.TextChoices):
    IN_STOCK = "in_stock"
    OUT_OF_STOCK = "out_of_stock"
    PREORDER = "preorder"
    BACKORDER = "backorder"


def _filter_index(field: str) -> models.Index:
    """Finds the eligible ids of a storefront filter without touching a product's row."""
    return models.Index(
        fields=["store", field],
        include=["id", "availability"],
        condition=Q(is_published=True),
        name=f"product_store_{field}",
    )


class Product(models.Model):
    """Something a store sells. `content_hash` covers exactly what encoders are shown (see `catalog.content`)."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="products")
    sku = models.CharField(max_length=128)
    title = models.CharField(max_length=500)
    description = models.TextField(blank=True)
    brand = models.CharField(max_length=200, blank=True)
    category = models.ForeignKey(Category, models.SET_NULL, null=True, blank=True, related_name="products")
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    gtin = models.CharField(max_length=14, blank=True)
    mpn = models.CharField(max_length=128, blank=True)
    variant_group = models.CharField(max_length=128, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    # What `attributes` call colour, in plain names (see `catalog.colours`), so that words find it.
    plain_colours = models.CharField(max_length=200, blank=True, editable=False, db_default="")
    availability = models.CharField(max_length=16, choices=Availability.choices, default=Availability.IN_STOCK)
    is_published = models.BooleanField(default=True)
    # The product that stands for this one since somebody found them to be the same; never one that is merged itself.
    merged_into = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, editable=False, related_name="merged", db_index=False
    )
    content_hash = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ProductQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["store", "sku"], name="product_sku_once_per_store"),
            models.CheckConstraint(
                condition=Q(price__isnull=True) | Q(price__gte=0), name="product_price_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(is_published=False), name="product_merged_is_not_shown"
            ),
        ]
        indexes = [
            models.Index(fields=["store", "-id"], name="product_store_newest"),
            _filter_index("category"),
            _filter_index("brand"),
            _filter_index("price"),
            GinIndex(fields=["attributes"], opclasses=["jsonb_path_ops"], name="product_attributes"),
            models.Index(F("store"), OpClass(Upper("sku"), name="text_pattern_ops"), name="product_store_upper_sku"),
            models.Index(F("store"), Upper("mpn"), condition=~Q(mpn=""), name="product_store_upper_mpn"),
            models.Index(fields=["store", "gtin"], condition=~Q(gtin=""), name="product_store_gtin"),
            models.Index(
                fields=["store", "variant_group"], condition=~Q(variant_group=""), name="product_store_variant"
            ),
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="product_merged_into"),
        ]

    def __str__(self) -> str:
        return f"{self.title} [{self.sku}]"


class ProductImage(models.Model):
    """A picture of a product: verified, upright, without metadata, stored under its own hash.

    `source_sha256` is the hash of the bytes as they came, so that the same upload is recognised without decoding it;
    `sha256` is the hash of the stored file.
    """

    class Status(models.TextChoices):
        PENDING = "pending"  # a source_url that is still to be fetched
        READY = "ready"
        FAILED = "failed"

    product = models.ForeignKey(Product, models.CASCADE, related_name="images")
    file = models.ImageField(upload_to="products", blank=True, max_length=255)
    source_url = models.URLField(max_length=2000, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    # Of a product merged into this one, until somebody gives this one the picture too.
    is_lent = models.BooleanField(default=False, db_default=False, editable=False)
    source_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    width = models.PositiveIntegerField(default=0, editable=False)
    height = models.PositiveIntegerField(default=0, editable=False)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.PENDING)
    error = models.CharField(max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    next_try = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ProductImageQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            # Checked at commit, so that pictures can trade places.
            models.UniqueConstraint(
                fields=["product", "position"],
                name="image_position_once_per_product",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]
        indexes = [
            models.Index(fields=["next_try"], condition=Q(status="pending"), name="image_pending"),
            models.Index(fields=["sha256"], name="image_sha256"),
            models.Index(fields=["source_sha256"], name="image_source_sha256"),
        ]

    def __str__(self) -> str:
        return f"{self.product_id}/{self.position}"
