"""What the shop sells, one file per department. A new product is one more `Item` in a list."""

from __future__ import annotations

from catalog.demo.render.products.item import Item


def list_items() -> list[Item]:
    """All products in shop order."""
    from catalog.demo.render.products import decor, furniture, kitchen, lighting, serving, textiles

    return [
        *kitchen.ITEMS,
        *serving.ITEMS,
        *lighting.ITEMS,
        *furniture.ITEMS,
        *decor.ITEMS,
        *textiles.ITEMS,
    ]
