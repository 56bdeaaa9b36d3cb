"""SKUs in addresses: any text, percent-encoded once, as every client library does it.

A sku may hold slashes: `products/AB%2F12/similar/`. What follows a sku, like `/similar/`, is never taken for a part of
it, so a sku that itself holds `/similar/` has no address of its own; the list finds it by `?sku=`.
"""

from urllib.parse import quote

from django.urls import register_converter

# What may stand behind a sku, here or in other apps.
SUBRESOURCES = ("images", "similar", "bought-together", "explain", "offers", "matches", "recommendations", "embedding")


class SkuConverter:
    regex = rf"(?:(?!/(?:{'|'.join(SUBRESOURCES)})/)[^\x00-\x1f\x7f])+?"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return quote(value, safe="")


register_converter(SkuConverter, "sku")
