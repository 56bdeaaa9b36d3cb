"""Backpacks, totes and weekend bags."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import Item

FERRIER = "Ferrier & Daughters"

COGNAC, CHESTNUT, BLACK = Finish("leather", "cognac"), Finish("leather", "chestnut"), Finish("leather", "black")
BRASS, STEEL, ZIP = Finish("polished", "brass"), Finish("polished", "steel"), Finish("plastic", "charcoal")

BACKPACKS = [
    Item(
        sku="BAG-001",
        title="Waymark Canvas Rucksack, Olive with Cognac Straps",
        description=(
            "Waxed canvas, a deep flap and two leather straps that buckle over it: the knapsack your grandfather "
            "lost, minus the mildew. Holds 18 litres."
        ),
        brand=FERRIER,
        category="Bags/Backpacks",
        price=149.0,
        attributes={"material": "waxed canvas", "colour": "olive", "accent_colour": "cognac", "capacity_l": 18},
        family="backpack-waymark",
        shape="backpack",
        look={"body": Finish("linen", "olive"), "trim": COGNAC, "metal": BRASS},
    ),
    Item(
        sku="BAG-002",
        title="Waymark Canvas Rucksack, Navy with Chestnut Straps",
        description=(
            "Sea-going blue, trimmed in dark bridle leather. A padded sleeve inside takes a 14-inch laptop; rain "
            "beads up and rolls off."
        ),
        brand=FERRIER,
        category="Bags/Backpacks",
        price=149.0,
        attributes={"material": "waxed canvas", "colour": "navy", "accent_colour": "chestnut", "capacity_l": 18},
        family="backpack-waymark",
        shape="backpack",
        look={"body": Finish("linen", "navy"), "trim": CHESTNUT, "metal": BRASS},
    ),
    Item(
        sku="BAG-003",
        title="Ferryman Roll-Top Backpack, Mustard and Black",
        description=(
            "Roll it down for the laptop, up for the swimming things and a loaf. Welded seams keep the weather "
            "out on a bicycle."
        ),
        brand=FERRIER,
        category="Bags/Backpacks",
        price=98.0,
        attributes={"material": "recycled polyester", "colour": "mustard", "accent_colour": "black", "capacity_l": 22},
        shape="backpack",
        look={
            "body": Finish("grille", "mustard"),
            "trim": BLACK,
            "metal": STEEL,
            "style": "roll",
            "width": 0.29,
            "height": 0.44,
            "depth": 0.14,
        },
        backdrop="mist",
    ),
    Item(
        sku="BAG-004",
        title="Homework Zip Daypack in Coral",
        description=(
            "Round-shouldered and bright enough to find in a cloakroom. Two zips, a name label inside, wipes "
            "clean of banana."
        ),
        brand=FERRIER,
        category="Bags/Backpacks",
        price=54.0,
        attributes={"material": "recycled polyester", "colour": "coral", "accent_colour": "charcoal", "capacity_l": 14},
        family="backpack-homework",
        shape="backpack",
        look={
            "body": Finish("grille", "coral"),
            "trim": Finish("grille", "charcoal"),
            "metal": ZIP,
            "style": "zip",
            "width": 0.27,
            "height": 0.38,
        },
    ),
    Item(
        sku="BAG-005",
        title="Homework Zip Daypack in Dusty Blue",
        description="",
        brand=FERRIER,
        category="Bags/Backpacks",
        price=54.0,
        attributes={
            "material": "recycled polyester",
            "colour": "dusty blue",
            "accent_colour": "charcoal",
            "capacity_l": 14,
        },
        family="backpack-homework",
        shape="backpack",
        look={
            "body": Finish("grille", "dusty blue"),
            "trim": Finish("grille", "charcoal"),
            "metal": ZIP,
            "style": "zip",
            "width": 0.27,
            "height": 0.38,
        },
    ),
]

ITEMS = BACKPACKS
