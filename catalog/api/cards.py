"""The few facts by which any list shows a product."""

from decimal import Decimal

from django.core.files.storage import default_storage
from rest_framework import serializers

from catalog.cards import ProductCard
from catalog.models import ProductImage


class ProductCardSerializer(serializers.Serializer):
    """Describes `spell_card` in the OpenAPI schema."""

    sku = serializers.CharField()
    title = serializers.CharField()
    brand = serializers.CharField()
    category = serializers.CharField(help_text="The path from the root, joined by `/`.")
    price = serializers.DecimalField(12, 2, allow_null=True)
    currency = serializers.CharField()
    image = serializers.CharField(allow_null=True, help_text="Address of the first picture.")


def spell_card(card: ProductCard) -> dict[str, str | None]:
    return {
        "sku": card.sku,
        "title": card.title,
        "brand": card.brand,
        "category": card.category,
        "price": spell_price(card.price),
        "currency": card.currency,
        "image": default_storage.url(card.image) if card.image else None,
    }


def spell_price(price: Decimal | None) -> str | None:
    return None if price is None else f"{price:.2f}"


def image_url(image: ProductImage) -> str | None:
    return image.file.url if image.status == ProductImage.Status.READY else None
