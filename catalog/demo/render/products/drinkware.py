"""More mugs, and everything else one drinks from: beakers, glasses, stemware, cups with saucers."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import CORVIN, LOAM, Item

BRINDLE = "Brindle Glassworks"

MUGS = [
    Item(
        sku="MUG-007",
        title="Bothy Enamel Camping Mug, Forest Green with Steel Rim",
        description=(
            "Tin, enamel and a bare steel lip: the mug your grandfather took fishing. Weighs 120 grams, shrugs off "
            "knocks and can stand right at the edge of the embers."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Mugs",
        price=11.5,
        attributes={
            "material": "enamelled steel",
            "colour": "forest green",
            "accent_colour": "steel",
            "capacity_ml": 350,
        },
        family="mug-bothy",
        shape="mug",
        look={"body": Finish("enamel", "forest green"), "rim": Finish("polished", "steel"), "height": 0.082},
    ),
    Item(
        sku="MUG-008",
        title="Bothy Enamel Camping Mug, White with Navy Rim",
        description=(
            "The classic colours of the field kitchen. Nothing to break in the rucksack, nothing to mind if it chips; "
            "not for microwaves, obviously."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Mugs",
        price=11.5,
        attributes={"material": "enamelled steel", "colour": "white", "accent_colour": "navy", "capacity_ml": 350},
        family="mug-bothy",
        shape="mug",
        look={"body": Finish("enamel", "white"), "rim": Finish("enamel", "navy"), "height": 0.082},
    ),
    Item(
        sku="MUG-009",
        title="Thimble Handleless Tea Beaker, Emerald Glaze",
        description=(
            "No handle, on purpose: when you can hold it, the tea is ready to drink. Wheel-thrown with a gentle flare "
            "and a wet-looking emerald coat."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Mugs",
        price=13.5,
        attributes={"material": "glazed ceramic", "colour": "emerald", "capacity_ml": 200, "style": "Japanese"},
        family="mug-thimble",
        shape="mug",
        look={"body": Finish("glaze", "emerald"), "outline": "flared", "ear": "none", "height": 0.085},
    ),
    Item(
        sku="MUG-010",
        title="Thimble Handleless Tea Beaker, Speckled Sand",
        description="Toasty sand clay, freckled all over. Fits the palm, stacks in threes, warms cold fingers.",
        brand=LOAM,
        category="Kitchen & Dining/Mugs",
        price=13.5,
        attributes={"material": "stoneware", "colour": "sand", "pattern": "speckled", "capacity_ml": 200},
        family="mug-thimble",
        shape="mug",
        look={
            "body": Finish("stoneware", "sand", "speckle", "chestnut", 0.014),
            "outline": "flared",
            "ear": "none",
            "height": 0.085,
        },
    ),
    Item(
        sku="MUG-011",
        title="Atelier Latte Mug, Lavender with Squared Handle",
        description=(
            "Pinched in at the waist, generous everywhere else. 450 ml of lilac porcelain for anyone who thinks a "
            "cappuccino is over too soon."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Mugs",
        price=18.0,
        attributes={"material": "porcelain", "colour": "lavender", "capacity_ml": 450, "finish": "glossy"},
        shape="mug",
        look={
            "body": Finish("glaze", "lavender"),
            "outline": "waisted",
            "ear": "square",
            "height": 0.11,
            "radius": 0.046,
        },
    ),
]

ITEMS = [*MUGS]
