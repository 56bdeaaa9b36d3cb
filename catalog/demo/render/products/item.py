"""One product: what is written about it and what is rendered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

LOAM = "Loam & Kiln"
CORVIN = "Corvin Forge"
OSTRA = "Ostra Light"
HAVNBY = "Havnby"
VALE = "Nordlund Vale"
TESSEL = "Tessel"
WILLOW = "Willowmere"
AUDEN = "Auden Audio"


@dataclass(frozen=True, kw_only=True)
class Item:
    """`shape` is a row of `shapes.SHAPES`, `look` its arguments; `family` becomes the row's variant_group.

    A few products have no picture (`photographed=False`) or an empty description, as in any real shop.
    """

    sku: str
    title: str
    description: str
    brand: str
    category: str
    price: float
    attributes: dict[str, Any]
    shape: str
    look: dict[str, Any]
    family: str | None = None
    backdrop: str = "white"
    photographed: bool = True

    @property
    def stage(self) -> str | None:
        """Where it stands in its second picture, when size alone would say it wrongly."""
        leaf = self.category.rsplit("/", 1)[-1].lower()
        return "table" if "table lamp" in leaf or "desk lamp" in leaf else None
