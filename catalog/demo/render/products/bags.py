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

TOTES = [
    Item(
        sku="TOT-001",
        title="Quayside Canvas Tote, Natural with Navy Base",
        description=(
            "Ice-carrier canvas, doubled and dipped in navy where it meets the ground. Carries a week of "
            "groceries or one very large beach towel."
        ),
        brand=FERRIER,
        category="Bags/Totes & Travel Bags",
        price=49.0,
        attributes={"material": "cotton canvas", "colour": "natural", "accent_colour": "navy", "width_cm": 40},
        shape="tote",
        look={
            "body": Finish("linen", "natural"),
            "handle": Finish("linen", "navy"),
            "base": Finish("linen", "navy"),
        },
    ),
    Item(
        sku="TOT-002",
        title="Sunday Market Shopper, Ivory and Crimson Stripe",
        description=(
            "Deckchair ticking sewn into a roomy shopper with long shoulder loops. Folds to the size of a newspaper."
        ),
        brand=FERRIER,
        category="Bags/Totes & Travel Bags",
        price=36.0,
        attributes={
            "material": "cotton",
            "colour": "ivory",
            "accent_colour": "crimson",
            "pattern": "striped",
            "width_cm": 44,
        },
        shape="tote",
        look={
            "body": Finish("linen", "ivory", "stripes", "crimson", 0.05),
            "handle": Finish("linen", "crimson"),
            "width": 0.44,
            "height": 0.36,
            "drop": 0.26,
            "flare": 1.02,
        },
        backdrop="grey",
    ),
    Item(
        sku="TOT-003",
        title="Counsel Leather Work Bag, Black",
        description=(
            "Slim, upright and unlined, cut from one hide with raw edges burnished by hand. Fits A4 folders, a "
            "thin laptop and a packed lunch."
        ),
        brand=FERRIER,
        category="Bags/Totes & Travel Bags",
        price=229.0,
        attributes={"material": "leather", "colour": "black", "width_cm": 36},
        shape="tote",
        look={"body": BLACK, "handle": BLACK, "width": 0.36, "height": 0.3, "depth": 0.11, "drop": 0.17, "flare": 1.14},
    ),
    Item(
        sku="TOT-004",
        title="Branch Line Weekend Holdall, Forest Green Canvas",
        description=(
            "Two nights away and the good shoes. Bridle-leather ends and handles that run right under the bag, so "
            "the stitching never carries the load."
        ),
        brand=FERRIER,
        category="Bags/Totes & Travel Bags",
        price=189.0,
        attributes={"material": "canvas", "colour": "forest green", "accent_colour": "cognac", "capacity_l": 34},
        family="holdall-branch-line",
        shape="duffel",
        look={"body": Finish("linen", "forest green"), "trim": COGNAC, "metal": BRASS},
    ),
    Item(
        sku="TOT-005",
        title="Branch Line Weekend Holdall, Sand Canvas",
        description=(
            "Pale canvas that looks better with every luggage rack. Cabin size on most airlines, with a ring at "
            "each end for a shoulder strap."
        ),
        brand=FERRIER,
        category="Bags/Totes & Travel Bags",
        price=189.0,
        attributes={"material": "canvas", "colour": "sand", "accent_colour": "chestnut", "capacity_l": 34},
        family="holdall-branch-line",
        shape="duffel",
        look={"body": Finish("linen", "sand"), "trim": CHESTNUT, "metal": BRASS},
        backdrop="sage",
    ),
]

ITEMS = [*BACKPACKS, *TOTES]
