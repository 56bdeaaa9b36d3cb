"""More sofas, armchairs, chairs and stools."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import HAVNBY, VALE, Item

OAK, WALNUT, BLACK = Finish("wood", "oak"), Finish("wood", "walnut"), Finish("painted", "black")

SOFAS = [
    Item(
        sku="SOF-005",
        title="Pennant Compact Couch in Sage Wool, Slim Arms",
        description=(
            "Built for flats with awkward stairwells: the arms unbolt and the whole thing fits through 68 cm. Two "
            "people, or one person and a dog."
        ),
        brand=VALE,
        category="Furniture/Sofas & Armchairs",
        price=990.0,
        attributes={"material": "wool", "colour": "sage", "seats": 2, "width_cm": 142},
        family="sofa-pennant",
        shape="sofa",
        look={"cover": Finish("wool", "sage"), "legs": OAK, "seats": 2, "arm": "slim", "depth": 0.8, "back": 0.78},
    ),
    Item(
        sku="SOF-006",
        title="Pennant Compact Couch in Terracotta Wool, Slim Arms",
        description=(
            "Terracotta wool with a touch of hair in the yarn, so it looks lived-in from the first day. Loose "
            "seat cushions turn over when life spills on them."
        ),
        brand=VALE,
        category="Furniture/Sofas & Armchairs",
        price=990.0,
        attributes={"material": "wool", "colour": "terracotta", "seats": 2, "width_cm": 142},
        family="sofa-pennant",
        shape="sofa",
        look={
            "cover": Finish("wool", "terracotta"),
            "legs": OAK,
            "seats": 2,
            "arm": "slim",
            "depth": 0.8,
            "back": 0.78,
        },
    ),
]

STOOLS = [
    Item(
        sku="STL-005",
        title="Chapel Stool, Black-Stained Oak, 45 cm",
        description=(
            "Four legs, four rungs, one thick seat. Stackable it is not, but it will outlive everybody at the table."
        ),
        brand=HAVNBY,
        category="Furniture/Stools & Poufs",
        price=82.0,
        attributes={"material": "oak wood", "colour": "black oak", "seat_height_cm": 45},
        shape="stool",
        look={
            "seat": Finish("wood", "black oak"),
            "legs": Finish("wood", "black oak"),
            "height": 0.45,
            "width": 0.33,
        },
    ),
]

ITEMS = [*SOFAS, *STOOLS]
