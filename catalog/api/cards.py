"""The few facts by which any list shows a product."""

from decimal import Decimal
from typing import TypedDict

from rest_framework import serializers

from catalog.models import Product, ProductImage


class ProductCard(TypedDict):
    sku: str
    title: str
    brand: str
    category: str
    price: str | None
    currency: str
    image: str | None


class ProductCardSerializer(serializers.Serializer):
    """Describes `product_card` in the OpenAPI schema."""

    sku = serializers.CharField()
    title = serializers.CharField()
    brand = serializers.CharField()
    category = serializers.CharField(help_text="The path from the root, joined by `/`.")
    price = serializers.DecimalField(12, 2, allow_null=True)
    currency = serializers.CharField()
    image = serializers.CharField(allow_null=True, help_text="Address of the first picture.")


def product_card(product: Product) -> ProductCard:
    """Expects a product from `with_card()`: no query is made here."""
    return {
        "sku": product.sku,
        "title": product.title,
        "brand": product.brand,
        "category": product.category.path if product.category else "",
        "price": spell_price(product.price),
        "currency": product.currency,
        "image": next((url for url in map(image_url, product.images.all()) if url), None),
    }


def spell_price(price: Decimal | None) -> str | None:
    return None if price is None else f"{price:.2f}"


def image_url(image: ProductImage) -> str | None:
    return image.file.url if image.status == ProductImage.Status.READY else None
