"""Shoppers in addresses: any text, percent-encoded once, as `catalog.api.converters` has it for skus."""

from urllib.parse import quote

from django.urls import register_converter

SUBRESOURCES = ("merge", "profile")


class ShopperConverter:
    regex = rf"(?:(?!/(?:{'|'.join(SUBRESOURCES)})/)[^\x00-\x1f\x7f])+?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return quote(value, safe="")


register_converter(ShopperConverter, "shopper")
