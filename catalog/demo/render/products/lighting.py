"""Table, desk and floor lamps."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import OSTRA, Item

OAK, WALNUT, BRASS, BLACK = (
    Finish("wood", "oak"),
    Finish("wood", "walnut"),
    Finish("polished", "brass"),
    Finish("painted", "black"),
)

TABLE_LAMPS = [
    Item(
        sku="LMP-001",
        title="Calabash Ceramic Table Lamp, Navy Blue with Ivory Linen Shade",
        description=(
            "A double-gourd base under a thick navy glaze, topped with a tapered ivory linen shade. Sits well on "
            "a console or beside a bed, and the light it gives is warm and even."
        ),
        brand=OSTRA,
        category="Lighting/Table Lamps",
        price=129.0,
        attributes={"material": "glazed ceramic", "colour": "navy", "accent_colour": "ivory", "height_cm": 52},
        family="lamp-calabash",
        shape="table_lamp",
        look={"base": Finish("glaze", "navy"), "shade": Finish("shade", "ivory"), "trim": BRASS},
    ),
    Item(
        sku="LMP-002",
        title="Calabash Ceramic Table Lamp, Emerald Green with Ivory Linen Shade",
        description=(
            "Emerald glaze this deep needs nothing else on the table. Gourd-shaped ceramic, brass fittings and a "
            "linen shade that softens the bulb."
        ),
        brand=OSTRA,
        category="Lighting/Table Lamps",
        price=129.0,
        attributes={"material": "glazed ceramic", "colour": "emerald", "accent_colour": "ivory", "height_cm": 52},
        family="lamp-calabash",
        shape="table_lamp",
        look={"base": Finish("glaze", "emerald"), "shade": Finish("shade", "ivory"), "trim": BRASS},
    ),
    Item(
        sku="LMP-003",
        title="Boulder Concrete Table Lamp with Black Shade",
        description=(
            "A ball of cast concrete, pitted here and there by trapped air, wears a wide black shade. Industrial "
            "on paper, surprisingly gentle in the room."
        ),
        brand=OSTRA,
        category="Lighting/Table Lamps",
        price=98.0,
        attributes={"material": "concrete", "colour": "concrete", "accent_colour": "black", "height_cm": 46},
        shape="table_lamp",
        look={
            "base": Finish("concrete", "concrete"),
            "shade": Finish("linen", "black"),
            "trim": BLACK,
            "outline": "ball",
            "height": 0.2,
            "taper": 0.9,
        },
    ),
    Item(
        sku="LMP-004",
        title="Pin Column Table Lamp, Walnut and White Linen",
        description=(
            "One slim walnut column rises from a turned disc to a crisp white drum. Made for reading corners "
            "where space is short."
        ),
        brand=OSTRA,
        category="Lighting/Table Lamps",
        price=89.0,
        attributes={"material": "walnut wood", "colour": "walnut", "accent_colour": "white", "height_cm": 54},
        shape="table_lamp",
        look={
            "base": WALNUT,
            "shade": Finish("shade", "white"),
            "trim": BRASS,
            "outline": "column",
            "height": 0.32,
            "width": 0.18,
            "shade_width": 0.28,
            "taper": 1.0,
        },
        backdrop="sand",
    ),
    Item(
        sku="LMP-005",
        title="Moonrise Opal Globe Lamp on Brass Foot",
        description=(
            "A milk-glass globe glows like a low moon above its polished brass foot. Dim it for dinner, or leave "
            "it on in the hall all evening."
        ),
        brand=OSTRA,
        category="Lighting/Table Lamps",
        price=109.0,
        attributes={"material": "opal glass", "colour": "white", "accent_colour": "brass", "height_cm": 29},
        shape="globe_lamp",
        look={"base": BRASS, "globe": Finish("opal", "white")},
        backdrop="blush",
    ),
    Item(
        sku="LMP-006",
        title="Crane Adjustable Desk Lamp, Mustard Yellow Metal",
        description=(
            "Two arms, two brass joints and a cone that tips exactly where the page is. Powder-coated in mustard "
            "so that the desk has something to smile about."
        ),
        brand=OSTRA,
        category="Lighting/Desk Lamps",
        price=79.0,
        attributes={"material": "metal", "colour": "mustard", "accent_colour": "brass", "height_cm": 44},
        family="lamp-crane",
        shape="desk_lamp",
        look={"body": Finish("painted", "mustard"), "joint": BRASS},
    ),
    Item(
        sku="LMP-007",
        title="Crane Adjustable Desk Lamp, Matt Black Metal",
        description=(
            "The working lamp, stripped back to black. Swivels, tilts, folds away behind the monitor; switch on "
            "the cable within reach of your left hand."
        ),
        brand=OSTRA,
        category="Lighting/Desk Lamps",
        price=79.0,
        attributes={"material": "metal", "colour": "black", "accent_colour": "brass", "height_cm": 44},
        family="lamp-crane",
        shape="desk_lamp",
        look={"body": BLACK, "joint": BRASS},
    ),
]

FLOOR_LAMPS = [
    Item(
        sku="FLR-001",
        title="Surveyor Oak Tripod Floor Lamp with White Drum Shade",
        description=(
            "Three oak legs lean into a black steel hub, as on an old surveyor's stand. The generous white drum "
            "throws light up the wall and down on your book."
        ),
        brand=OSTRA,
        category="Lighting/Floor Lamps",
        price=199.0,
        attributes={"material": "oak wood", "colour": "oak", "accent_colour": "white", "height_cm": 149},
        family="lamp-surveyor",
        shape="tripod_lamp",
        look={"legs": OAK, "shade": Finish("shade", "white"), "trim": BLACK},
        backdrop="grey",
    ),
    Item(
        sku="FLR-002",
        title="Surveyor Walnut Tripod Floor Lamp with Sand Linen Shade",
        description=(
            "Darker wood, warmer shade: the Surveyor in walnut with a drum of natural sand linen. Legs unscrew "
            "for moving day."
        ),
        brand=OSTRA,
        category="Lighting/Floor Lamps",
        price=219.0,
        attributes={"material": "walnut wood", "colour": "walnut", "accent_colour": "sand", "height_cm": 149},
        family="lamp-surveyor",
        shape="tripod_lamp",
        look={"legs": WALNUT, "shade": Finish("shade", "sand"), "trim": BRASS},
    ),
    Item(
        sku="FLR-003",
        title="Overture Brass Arc Floor Lamp with Marble Foot",
        description=(
            "It reaches right over the sofa and hangs its black dome above the coffee table, no ceiling hook "
            "required. A solid marble foot keeps the brass bow steady."
        ),
        brand=OSTRA,
        category="Lighting/Floor Lamps",
        price=289.0,
        attributes={"material": "brass", "colour": "brass", "accent_colour": "black", "height_cm": 175},
        shape="arc_lamp",
        look={"stand": BRASS, "head": BLACK, "foot": Finish("marble", "white", accent="grey")},
    ),
    Item(
        sku="FLR-004",
        title="Sentinel Slim Floor Lamp, Black Steel with Terracotta Shade",
        description=(
            "A straight black stem and a cone of terracotta cloth that turns the light amber. Takes up less floor"
            " than a dinner plate."
        ),
        brand=OSTRA,
        category="Lighting/Floor Lamps",
        price=119.0,
        attributes={"material": "steel", "colour": "black", "accent_colour": "terracotta", "height_cm": 155},
        shape="column_lamp",
        look={"stand": BLACK, "shade": Finish("shade", "terracotta"), "height": 1.3},
    ),
]

ITEMS = [*TABLE_LAMPS, *FLOOR_LAMPS]
