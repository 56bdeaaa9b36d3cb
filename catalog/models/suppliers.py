from django.db import models
from django.db.models.functions import Lower

from catalog.models.products import Product
from catalog.models.stores import Store
from catalog.normalize import is_gtin
from catalog.querysets import OfferQuerySet


class Supplier(models.Model):
    """`slug` is spelt as `normalize_slug` does, so that whoever names the supplier finds it."""

    store = models.ForeignKey(Store, models.CASCADE, related_name="suppliers")
    slug = models.SlugField()
    name = models.CharField(max_length=200)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["store", "slug"], name="supplier_slug_once_per_store"),
            models.CheckConstraint(condition=models.Q(slug=Lower("slug")), name="supplier_slug_in_small_letters"),
        ]

    def __str__(self) -> str:
        return self.name


class Offer(models.Model):
    """What a supplier says they sell; `product` is the store's product it was matched to, if any."""

    class Status(models.TextChoices):
        NEW = "new"
        LINKED = "linked"
        REVIEW = "review"
        REJECTED = "rejected"

    supplier = models.ForeignKey(Supplier, models.CASCADE, related_name="offers")
    supplier_sku = models.CharField(max_length=128)
    title = models.CharField(max_length=500)
    description = models.TextField(blank=True)
    brand = models.CharField(max_length=200, blank=True)
    gtin = models.CharField(max_length=14, blank=True)
    mpn = models.CharField(max_length=128, blank=True)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    image = models.ImageField(upload_to="offers", blank=True, max_length=255)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.NEW)
    product = models.ForeignKey(Product, models.SET_NULL, null=True, blank=True, related_name="offers")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = OfferQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["supplier", "supplier_sku"], name="offer_sku_once_per_supplier")]
        indexes = [models.Index(fields=["image"], name="offer_image")]

    def __str__(self) -> str:
        return f"{self.title} [{self.supplier_sku}]"

    @property
    def trusted_gtin(self) -> str:
        """The GTIN, unless its check digit shows that somebody mistyped it."""
        return self.gtin if is_gtin(self.gtin) else ""
