"""Kitchen linen and the bathroom shelf."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import TESSEL, VALE, Item

SALTERN = "Saltern Bath"

OAK, BRASS = Finish("wood", "oak"), Finish("polished", "brass")

LINEN = [
    Item(
        sku="TWL-001",
        title="Gingham Tea Towel, White and Navy",
        description=(
            "Picnic checks for drying up. Washed linen drinks water from the first day and gets softer with every "
            "spin; 50 x 70 cm, with a loop."
        ),
        brand=TESSEL,
        category="Kitchen & Dining/Tea Towels & Napkins",
        price=14.0,
        attributes={"material": "linen", "colour": "white", "accent_colour": "navy", "pattern": "gingham"},
        family="towel-gingham",
        shape="tea_towel",
        look={"cloth": Finish("linen", "white", "checks", "navy", 0.035), "rail": OAK},
        backdrop="mist",
    ),
    Item(
        sku="TWL-002",
        title="Gingham Tea Towel, White and Crimson",
        description=(
            "Red squares, like the lid of a jam jar. Half cotton and half flax, which polishes glasses without "
            "leaving a hair behind."
        ),
        brand=TESSEL,
        category="Kitchen & Dining/Tea Towels & Napkins",
        price=14.0,
        attributes={"material": "linen", "colour": "white", "accent_colour": "crimson", "pattern": "gingham"},
        family="towel-gingham",
        shape="tea_towel",
        look={"cloth": Finish("linen", "white", "checks", "crimson", 0.035), "rail": OAK, "seed": 3},
    ),
    Item(
        sku="TWL-003",
        title="French Stripe Dish Cloth, Natural Linen with Rust Border",
        description=(
            "Undyed flax with a broad band and a narrow one woven in near the hem, after a pattern from a Normandy "
            "mill. Hang it up damp; it dries in an hour."
        ),
        brand=VALE,
        category="Kitchen & Dining/Tea Towels & Napkins",
        price=18.0,
        attributes={"material": "linen", "colour": "natural", "accent_colour": "rust", "pattern": "striped"},
        shape="tea_towel",
        look={
            "cloth": Finish("linen", "natural"),
            "band": Finish("linen", "rust"),
            "rail": Finish("painted", "black"),
            "seed": 2,
        },
    ),
    Item(
        sku="TWL-004",
        title="Kitchen Towel Bundle, Sage, White and Rust",
        description=(
            "Three big cotton towels tied with a ribbon: a house-warming present that will actually be used. Wash at "
            "sixty, tumble low."
        ),
        brand=TESSEL,
        category="Kitchen & Dining/Tea Towels & Napkins",
        price=32.0,
        attributes={"material": "cotton", "colour": "sage", "accent_colour": "rust", "set_of": 3},
        shape="folded_towels",
        look={
            "cloths": [Finish("linen", "sage"), Finish("linen", "white"), Finish("linen", "rust")],
            "tie": Finish("linen", "natural"),
        },
    ),
    Item(
        sku="NAP-001",
        title="Rust Linen Napkin with Brass Ring",
        description=(
            "Stonewashed until it drapes, then gathered through a plain gold-coloured hoop. Mitred corners; no "
            "ironing, on principle."
        ),
        brand=VALE,
        category="Kitchen & Dining/Tea Towels & Napkins",
        price=16.0,
        attributes={"material": "linen", "colour": "rust", "accent_colour": "brass", "width_cm": 45},
        family="napkin-hoop",
        shape="napkin",
        look={"cloth": Finish("linen", "rust"), "ring": BRASS},
    ),
    Item(
        sku="NAP-002",
        title="Dusty Blue Linen Napkin with Walnut Ring",
        description=(
            "Faded denim blue against dark timber, for tables that take themselves lightly. 45 cm square when you "
            "shake it out."
        ),
        brand=VALE,
        category="Kitchen & Dining/Tea Towels & Napkins",
        price=16.0,
        attributes={"material": "linen", "colour": "dusty blue", "accent_colour": "walnut", "width_cm": 45},
        family="napkin-hoop",
        shape="napkin",
        look={"cloth": Finish("linen", "dusty blue"), "ring": Finish("wood", "walnut")},
        backdrop="sand",
    ),
]

BATHROOM = [
    Item(
        sku="SOP-001",
        title="Pleat Soap Dispenser, White Ceramic with Brass Pump",
        description=(
            "Fine flutes, a brushed gold spout and enough liquid soap for a month. The neck is wide, so refilling "
            "needs no funnel and no swearing."
        ),
        brand=SALTERN,
        category="Bathroom/Soap Dispensers",
        price=26.0,
        attributes={"material": "glazed ceramic", "colour": "white", "accent_colour": "brass", "capacity_ml": 350},
        family="soap-pleat",
        shape="soap_dispenser",
        look={"body": Finish("glaze", "white"), "pump": BRASS, "flutes": 24},
        backdrop="sage",
    ),
    Item(
        sku="SOP-002",
        title="Pleat Soap Dispenser, Blush Ceramic with Brass Pump",
        description=(
            "A rosy take on the ribbed bottle beside the basin. Rustproof mechanism, felt foot, holds hand wash or "
            "lotion."
        ),
        brand=SALTERN,
        category="Bathroom/Soap Dispensers",
        price=26.0,
        attributes={"material": "glazed ceramic", "colour": "blush", "accent_colour": "brass", "capacity_ml": 350},
        family="soap-pleat",
        shape="soap_dispenser",
        look={"body": Finish("glaze", "blush"), "pump": BRASS, "flutes": 24},
    ),
    Item(
        sku="SOP-003",
        title="Apothecary Pump Bottle in Amber Glass, 500 ml",
        description=(
            "Buy soap by the litre and decant it here. Brown pharmacy glass with a black lockable pump; peel-off "
            "labels come in the box."
        ),
        brand=SALTERN,
        category="Bathroom/Soap Dispensers",
        price=15.0,
        attributes={"material": "glass", "colour": "amber", "accent_colour": "black", "capacity_ml": 500},
        shape="soap_dispenser",
        look={
            "body": Finish("glass", "amber"),
            "pump": Finish("plastic", "black"),
            "outline": "apothecary",
            "height": 0.145,
            "radius": 0.039,
        },
        backdrop="sand",
    ),
    Item(
        sku="SOP-004",
        title="Square Marble Lotion Dispenser",
        description=(
            "Drilled from a solid block, so it is cold, heavy and going nowhere. Pale stone with smoky veins under a "
            "steel pump."
        ),
        brand=SALTERN,
        category="Bathroom/Soap Dispensers",
        price=48.0,
        attributes={"material": "marble", "colour": "white", "accent_colour": "grey", "capacity_ml": 250},
        shape="soap_dispenser",
        look={
            "body": Finish("marble", "white", accent="grey", grain=0.3),
            "pump": Finish("polished", "steel"),
            "outline": "square",
            "height": 0.115,
        },
        backdrop="mist",
    ),
    Item(
        sku="SOP-005",
        title="Pebble Hand Soap Bottle, Charcoal Stoneware",
        description=(
            "Worn smooth like something off the beach. Matt dark clay that does not show water marks, with a gunmetal "
            "nozzle."
        ),
        brand=SALTERN,
        category="Bathroom/Soap Dispensers",
        price=29.0,
        attributes={"material": "stoneware", "colour": "charcoal", "accent_colour": "gunmetal", "capacity_ml": 400},
        shape="soap_dispenser",
        look={
            "body": Finish("stoneware", "charcoal"),
            "pump": Finish("polished", "gunmetal"),
            "outline": "pebble",
            "radius": 0.046,
        },
    ),
    Item(
        sku="BTH-001",
        title="Toothbrush Tumbler, Concrete Grey",
        description=(
            "Cast concrete, sealed against toothpaste, deep enough that electric handles stay put. Shown with our "
            "bamboo brushes, which are sold apart."
        ),
        brand=SALTERN,
        category="Bathroom/Bathroom Accessories",
        price=19.0,
        attributes={"material": "concrete", "colour": "concrete", "accent_colour": "bamboo", "height_cm": 10},
        shape="tooth_mug",
        look={
            "body": Finish("concrete", "concrete"),
            "handles": [Finish("wood", "bamboo"), Finish("wood", "bamboo")],
            "bristles": Finish("plastic", "white"),
        },
    ),
    Item(
        sku="BTH-002",
        title="Rinse Cup, Fluted Aqua Ceramic",
        description=(
            "For brushes, razors or a single stem of eucalyptus. A tapering beaker the green-blue of old swimming "
            "baths, ten centimetres high."
        ),
        brand=SALTERN,
        category="Bathroom/Bathroom Accessories",
        price=17.0,
        attributes={"material": "glazed ceramic", "colour": "turquoise", "pattern": "fluted", "height_cm": 10},
        shape="tooth_mug",
        look={
            "body": Finish("glaze", "turquoise"),
            "handles": [Finish("plastic", "coral"), Finish("plastic", "navy")],
            "bristles": Finish("plastic", "white"),
            "flutes": 20,
            "taper": 0.8,
        },
    ),
    Item(
        sku="BTH-003",
        title="Oval Soap Dish with Drainage Ribs, Sage",
        description=(
            "Five raised ridges keep the bar dry so it lasts twice as long. Glossy ceramic; lift, rinse, done."
        ),
        brand=SALTERN,
        category="Bathroom/Bathroom Accessories",
        price=12.0,
        attributes={"material": "glazed ceramic", "colour": "sage", "accent_colour": "ivory", "width_cm": 13},
        shape="soap_dish",
        look={"body": Finish("glaze", "sage"), "soap": Finish("wax", "ivory")},
    ),
    Item(
        sku="BTH-004",
        title="Square Travertine-Look Soap Tray in Sand",
        description=(
            "Gritty to the touch and gently cornered, this holder suits walk-in showers and guest basins alike. A bar "
            "of lavender soap is on us."
        ),
        brand=SALTERN,
        category="Bathroom/Bathroom Accessories",
        price=16.0,
        attributes={"material": "cast stone", "colour": "sand", "accent_colour": "lavender", "width_cm": 12},
        shape="soap_dish",
        look={
            "body": Finish("concrete", "sand"),
            "soap": Finish("wax", "lavender"),
            "form": "square",
            "width": 0.12,
            "depth": 0.095,
        },
    ),
    Item(
        sku="BTH-005",
        title="Terrazzo Bathroom Set on Walnut Tray, 4 Pieces",
        description=(
            "Pump, tumbler and dish, ground from chips of marble and lined up on a dark wooden board. A quick way to "
            "make a rented bathroom feel like yours."
        ),
        brand=SALTERN,
        category="Bathroom/Bathroom Accessories",
        price=74.0,
        attributes={"material": "terrazzo", "colour": "white", "accent_colour": "walnut", "set_of": 4},
        shape="bath_set",
        look={
            "body": Finish("terrazzo", "white", accent="terracotta", grain=0.6),
            "pump": BRASS,
            "soap": Finish("wax", "ivory"),
            "tray": Finish("wood", "walnut"),
        },
        backdrop="sage",
    ),
    Item(
        sku="BTH-006",
        title="Basin Set, Ribbed Navy Ceramic, 3 Pieces",
        description=(
            "Inky blue and finely grooved, the trio tidies a family washbasin in one go. All parts are dishwasher "
            "safe apart from the pump."
        ),
        brand=SALTERN,
        category="Bathroom/Bathroom Accessories",
        price=56.0,
        attributes={"material": "glazed ceramic", "colour": "navy", "accent_colour": "steel", "set_of": 3},
        shape="bath_set",
        look={
            "body": Finish("glaze", "navy"),
            "pump": Finish("polished", "steel"),
            "soap": Finish("wax", "cream"),
            "flutes": 24,
        },
        photographed=False,
    ),
]

ITEMS = [*LINEN, *BATHROOM]
