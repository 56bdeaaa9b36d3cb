"""What the shop sells, one file per department. A new product is one more `Item` in a list."""

from __future__ import annotations

from catalog.demo.render.products.item import Item


def list_items() -> list[Item]:
    """All products in shop order."""
    from catalog.demo.render.products import (
        accents,
        bags,
        casework,
        decor,
        drinkware,
        easy_chairs,
        furniture,
        kitchen,
        lighting,
        pantry,
        pendants,
        seats,
        serving,
        soft_furnishings,
        tabletop,
        textiles,
        washroom,
    )

    return [
        *kitchen.ITEMS,
        *drinkware.ITEMS,
        *tabletop.ITEMS,
        *pantry.ITEMS,
        *serving.ITEMS,
        *washroom.ITEMS,
        *lighting.ITEMS,
        *furniture.ITEMS,
        *decor.ITEMS,
        *textiles.ITEMS,
        *accents.ITEMS,
        *soft_furnishings.ITEMS,
        *seats.ITEMS,
        *casework.ITEMS,
        *easy_chairs.ITEMS,
        *bags.ITEMS,
        *pendants.ITEMS,
    ]
