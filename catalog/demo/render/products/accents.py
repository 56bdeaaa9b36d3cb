"""More vases, planters, candles, clocks and mirrors."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import HAVNBY, LOAM, WILLOW, Item

OAK, BRASS, BLACK = Finish("wood", "oak"), Finish("polished", "brass"), Finish("painted", "black")

VASES = [
    Item(
        sku="VAS-008",
        title="Parrot Tulip Vase, Coral Glaze",
        description=(
            "Narrow at the ankle and wide at the lip, so a bunch of tulips can flop the way tulips want to. "
            "Glossy coral outside, 28 cm tall."
        ),
        brand=LOAM,
        category="Decor/Vases",
        price=42.0,
        attributes={"material": "glazed ceramic", "colour": "coral", "finish": "glossy", "height_cm": 28},
        family="vase-parrot",
        shape="vase",
        look={"body": Finish("glaze", "coral"), "outline": "tulip", "height": 0.28, "width": 0.17},
    ),
    Item(
        sku="VAS-009",
        title="Parrot Tulip Vase in Ivory with Iron Speckle",
        description=(
            "The quiet one of the pair: ivory stoneware freckled with iron from the clay itself. Hand wash, and "
            "put a coaster under it on bare wood."
        ),
        brand=LOAM,
        category="Decor/Vases",
        price=42.0,
        attributes={
            "material": "stoneware",
            "colour": "ivory",
            "accent_colour": "chocolate",
            "pattern": "speckled",
            "height_cm": 28,
        },
        family="vase-parrot",
        shape="vase",
        look={
            "body": Finish("stoneware", "ivory", "speckle", "chocolate", 0.02),
            "outline": "tulip",
            "height": 0.28,
            "width": 0.17,
        },
        backdrop="mist",
    ),
    Item(
        sku="VAS-010",
        title="Straight-Sided Aqua Glass Vase, 22 cm",
        description=(
            "Pressed from recycled bottles, which explains the sea-glass tint and the odd trapped bubble. Holds a "
            "supermarket bouquet upright without any help."
        ),
        brand=WILLOW,
        category="Decor/Vases",
        price=27.5,
        attributes={"material": "recycled glass", "colour": "aqua", "height_cm": 22},
        shape="vase",
        look={"body": Finish("glass", "aqua"), "outline": "cylinder", "height": 0.22, "width": 0.12},
        backdrop="sand",
    ),
]

PLANTERS = [
    Item(
        sku="PLA-006",
        title="Dumpling Round Plant Pot, Teal Reactive Glaze",
        description=(
            "Fat-bellied and rather proud of it. Drainage hole in the base, rubber plug included for those who "
            "prefer a cachepot; shown with a spider plant."
        ),
        brand=WILLOW,
        category="Decor/Planters",
        price=29.0,
        attributes={"material": "glazed ceramic", "colour": "teal", "diameter_cm": 22},
        family="planter-dumpling",
        shape="planter",
        look={
            "body": Finish("glaze", "teal"),
            "outline": "round",
            "plant": "fern",
            "width": 0.22,
            "height": 0.18,
            "seed": 6,
        },
    ),
    Item(
        sku="PLA-007",
        title="Dumpling Round Plant Pot, Mustard Glaze",
        description=(
            "A cheerful mustard for a north-facing sill that never sees much sun. Twenty-two centimetres across, "
            "glazed inside as well as out."
        ),
        brand=WILLOW,
        category="Decor/Planters",
        price=29.0,
        attributes={"material": "glazed ceramic", "colour": "mustard", "diameter_cm": 22},
        family="planter-dumpling",
        shape="planter",
        look={
            "body": Finish("glaze", "mustard"),
            "outline": "round",
            "plant": "rubber",
            "width": 0.22,
            "height": 0.18,
            "seed": 7,
        },
    ),
]

CANDLES = [
    Item(
        sku="CDL-006",
        title="Set of Three Taper Candles, Navy, with Steel Holders",
        description=(
            "Three heights, one deep blue. The tapers burn for eight hours and hardly drip; the turned steel "
            "sticks stay for the next dinner."
        ),
        brand=WILLOW,
        category="Decor/Candles",
        price=54.0,
        attributes={"material": "stearin", "colour": "navy", "accent_colour": "steel", "pieces": 3},
        shape="taper_candle",
        look={"wax": Finish("wax", "navy"), "holder": Finish("polished", "steel"), "count": 3},
    ),
]

CLOCKS = [
    Item(
        sku="CLK-005",
        title="Dot Dash Silent Wall Clock, Sage Green",
        description=(
            "Twelve dots, two hands and no tick: the sweep movement is made for bedrooms. Takes one AA battery, "
            "lasts about a year on it."
        ),
        brand=HAVNBY,
        category="Decor/Wall Clocks",
        price=46.0,
        attributes={"material": "metal", "colour": "sage", "accent_colour": "white", "diameter_cm": 32},
        shape="clock",
        look={
            "face": Finish("painted", "white"),
            "rim": Finish("painted", "sage"),
            "hands": Finish("painted", "charcoal"),
            "marks": "dots",
            "time": (8, 21),
            "rim_width": 0.02,
        },
    ),
]

MIRRORS = [
    Item(
        sku="MIR-004",
        title="Cameo Oval Mirror with Thin Walnut Frame",
        description=(
            "Steamed walnut, bent round a tall oval in a single length. It flatters a narrow wall, and hangs "
            "either way up."
        ),
        brand=HAVNBY,
        category="Decor/Mirrors",
        price=159.0,
        attributes={"material": "walnut wood", "colour": "walnut", "shape": "oval", "height_cm": 75},
        shape="mirror",
        look={"frame": Finish("wood", "walnut"), "form": "oval", "width": 0.5, "height": 0.75, "thick": 0.014},
    ),
]

ITEMS = [*VASES, *PLANTERS, *CANDLES, *CLOCKS, *MIRRORS]
