"""Tub and sling chairs, café chairs and ottomans."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import HAVNBY, VALE, Item

OAK, WALNUT, BLACK = Finish("wood", "oak"), Finish("wood", "walnut"), Finish("painted", "black")
BRASS = Finish("polished", "brass")

ARMCHAIRS = [
    Item(
        sku="ARM-003",
        title="Scallop Channel-Back Tub Chair, Rust Velvet",
        description=(
            "Fluted velvet wraps round you from elbow to elbow. The shape is pure cocktail bar, but the seat is "
            "deep enough for an afternoon of detective stories."
        ),
        brand=VALE,
        category="Furniture/Sofas & Armchairs",
        price=520.0,
        attributes={"material": "velvet", "colour": "rust", "accent_colour": "brass", "seats": 1},
        family="armchair-scallop",
        shape="tub_chair",
        look={"cover": Finish("velvet", "rust"), "legs": BRASS, "ribs": 14},
    ),
    Item(
        sku="ARM-004",
        title="Scallop Channel-Back Tub Chair, Teal Velvet",
        description=(
            "Peacock country. Fourteen stitched channels in teal, four brass toes, and a swivel-free base that "
            "stays where you put it."
        ),
        brand=VALE,
        category="Furniture/Sofas & Armchairs",
        price=520.0,
        attributes={"material": "velvet", "colour": "teal", "accent_colour": "brass", "seats": 1},
        family="armchair-scallop",
        shape="tub_chair",
        look={"cover": Finish("velvet", "teal"), "legs": BRASS, "ribs": 14},
        backdrop="sand",
    ),
    Item(
        sku="ARM-005",
        title="Snug Barrel Armchair, Oatmeal Bouclé",
        description=(
            "No corners anywhere, which toddlers and cats both appreciate. The looped yarn hides hair until you "
            "get round to it."
        ),
        brand=VALE,
        category="Furniture/Sofas & Armchairs",
        price=465.0,
        attributes={"material": "bouclé", "colour": "oatmeal", "accent_colour": "walnut", "seats": 1},
        shape="tub_chair",
        look={"cover": Finish("boucle", "oatmeal"), "legs": WALNUT, "width": 0.8, "height": 0.68},
        backdrop="sage",
    ),
    Item(
        sku="ARM-006",
        title="Verandah Sling Lounge Chair, Cognac Leather and Oak",
        description=(
            "One hide, saddle-stitched round two oak rods; gravity does the rest. The leather stretches a "
            "finger's width in its first summer and then stops."
        ),
        brand=HAVNBY,
        category="Furniture/Sofas & Armchairs",
        price=640.0,
        attributes={"material": "leather", "colour": "cognac", "accent_colour": "oak", "seats": 1},
        family="armchair-verandah",
        shape="sling_chair",
        look={"sling": Finish("leather", "cognac"), "frame": OAK},
    ),
    Item(
        sku="ARM-007",
        title="Verandah Sling Lounge Chair, Olive Canvas and Walnut",
        description=(
            "Deckchair comfort with indoor manners. Waxed canvas slides off its rods for the wash, and the walnut "
            "darkens by the window."
        ),
        brand=HAVNBY,
        category="Furniture/Sofas & Armchairs",
        price=495.0,
        attributes={"material": "canvas", "colour": "olive", "accent_colour": "walnut", "seats": 1},
        family="armchair-verandah",
        shape="sling_chair",
        look={"sling": Finish("linen", "olive"), "frame": WALNUT},
    ),
]

CHAIRS = [
    Item(
        sku="CHR-007",
        title="Café Rosa Bentwood Chair, Black with Rattan-Toned Seat",
        description=(
            "Beech steamed until it bends like liquorice, in the manner of every good coffee house since 1859. "
            "Weighs three and a half kilos."
        ),
        brand=HAVNBY,
        category="Furniture/Chairs",
        price=139.0,
        attributes={"material": "beech wood", "colour": "black", "accent_colour": "rattan", "seat_height_cm": 47},
        family="chair-rosa",
        shape="bentwood_chair",
        look={"frame": BLACK, "seat": Finish("fibre", "rattan")},
    ),
    Item(
        sku="CHR-008",
        title="Café Rosa Bentwood Chair, Natural Beech",
        description=(
            "Left pale and merely oiled. Pull up four to a small round table and the kitchen starts serving cake."
        ),
        brand=HAVNBY,
        category="Furniture/Chairs",
        price=139.0,
        attributes={"material": "beech wood", "colour": "beech", "seat_height_cm": 47},
        family="chair-rosa",
        shape="bentwood_chair",
        look={"frame": Finish("wood", "beech"), "seat": Finish("wood", "beech")},
    ),
]

OTTOMANS = [
    Item(
        sku="OTT-001",
        title="Trove Storage Ottoman, Mustard Linen",
        description=(
            "Lift the buttoned lid and there is room for three duvets. Gas strut, so nobody loses a finger; 60 cm "
            "square."
        ),
        brand=VALE,
        category="Furniture/Ottomans",
        price=189.0,
        attributes={"material": "linen", "colour": "mustard", "accent_colour": "oak", "width_cm": 60},
        family="ottoman-trove",
        shape="ottoman",
        look={"cover": Finish("linen", "mustard"), "legs": OAK},
    ),
    Item(
        sku="OTT-002",
        title="Trove Storage Ottoman, Slate Linen with White Piping",
        description=(
            "Grey with a crisp white edge, for anyone who irons tea towels. Board games and blankets vanish inside."
        ),
        brand=VALE,
        category="Furniture/Ottomans",
        price=195.0,
        attributes={"material": "linen", "colour": "slate", "accent_colour": "white", "width_cm": 60},
        family="ottoman-trove",
        shape="ottoman",
        look={"cover": Finish("linen", "slate"), "legs": OAK, "piping": Finish("linen", "white")},
    ),
    Item(
        sku="OTT-003",
        title="Gunroom Long Leather Ottoman, Chestnut, Fifteen Buttons",
        description=(
            "A coffee table that happens to be soft. Oiled chestnut hide, buttoned through to the frame, strong "
            "enough for two people to perch on at a party."
        ),
        brand=VALE,
        category="Furniture/Ottomans",
        price=420.0,
        attributes={"material": "leather", "colour": "chestnut", "accent_colour": "black", "width_cm": 110},
        shape="ottoman",
        look={
            "cover": Finish("leather", "chestnut"),
            "legs": BLACK,
            "width": 1.1,
            "depth": 0.56,
            "height": 0.4,
            "tufts": (5, 3),
        },
    ),
]

ITEMS = [*ARMCHAIRS, *CHAIRS, *OTTOMANS]
