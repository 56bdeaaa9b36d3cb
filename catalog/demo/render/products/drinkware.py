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

GLASSES = [
    Item(
        sku="GLS-001",
        title="Colonnade Fluted Water Glass, Clear",
        description=(
            "Ribs pressed from foot to shoulder catch candlelight and give wet hands something to hold. Toughened, so "
            "a knock against the tap is forgiven; 280 ml."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Drinking Glasses",
        price=9.5,
        attributes={"material": "toughened glass", "colour": "clear", "pattern": "ribbed", "capacity_ml": 280},
        family="glass-colonnade",
        shape="tumbler",
        look={"glass": Finish("glass", "clear"), "outline": "tapered", "relief": "ribs"},
        backdrop="sage",
    ),
    Item(
        sku="GLS-002",
        title="Colonnade Fluted Water Glass, Rose",
        description=(
            "Lemonade looks pinker, water looks like an event. Tinted in the melt rather than sprayed, which means "
            "the blush will outlast the dishwasher."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Drinking Glasses",
        price=9.5,
        attributes={"material": "toughened glass", "colour": "rose", "pattern": "ribbed", "capacity_ml": 280},
        family="glass-colonnade",
        shape="tumbler",
        look={"glass": Finish("glass", "rose"), "outline": "tapered", "relief": "ribs"},
    ),
    Item(
        sku="GLS-003",
        title="Colonnade Fluted Water Glass, Bottle Green",
        description="",
        brand=BRINDLE,
        category="Kitchen & Dining/Drinking Glasses",
        price=9.5,
        attributes={"material": "toughened glass", "colour": "bottle green", "pattern": "ribbed", "capacity_ml": 280},
        family="glass-colonnade",
        shape="tumbler",
        look={"glass": Finish("glass", "bottle green"), "outline": "tapered", "relief": "ribs"},
    ),
    Item(
        sku="GLS-004",
        title="Whisky Tumblers in Cut Amber Crystal, Set of 2",
        description=(
            "Two fingers, one rock, no hurry. Deep lozenge cuts and a base as thick as a thumb make these "
            "old-fashioned glasses pleasantly heavy; they arrive as a pair in a gift box."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Drinking Glasses",
        price=48.0,
        attributes={"material": "crystal glass", "colour": "amber", "pattern": "diamond cut", "capacity_ml": 300},
        shape="tumbler",
        look={
            "glass": Finish("glass", "amber"),
            "relief": "diamonds",
            "ribs": 18,
            "height": 0.09,
            "radius": 0.041,
            "base": 0.013,
            "count": 2,
        },
    ),
    Item(
        sku="GLS-005",
        title="Highball Trio, Smoke Grey, 400 ml",
        description=(
            "Tall, straight and very nearly invisible on a dark shelf. Three in the box, for gin and tonic, iced "
            "coffee or whatever the evening brings."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Drinking Glasses",
        price=27.0,
        attributes={"material": "soda-lime glass", "colour": "smoke", "capacity_ml": 400, "height_cm": 15},
        shape="tumbler",
        look={"glass": Finish("glass", "smoke"), "height": 0.15, "radius": 0.034, "base": 0.01, "count": 3},
        backdrop="sand",
    ),
    Item(
        sku="GLS-006",
        title="Istanbul Tulip Tea Glass, Clear",
        description=(
            "The nipped-in waist keeps the tea below hot while the rim cools. Thin blown borosilicate; hold it by the "
            "lip as they do on the ferry."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Drinking Glasses",
        price=6.5,
        attributes={"material": "borosilicate glass", "colour": "clear", "capacity_ml": 120, "height_cm": 9},
        shape="tumbler",
        look={"glass": Finish("glass", "clear"), "outline": "tulip", "height": 0.092, "radius": 0.03},
        backdrop="blush",
    ),
    Item(
        sku="GLS-007",
        title="Weizen Wheat Beer Glass, Half Litre",
        description=(
            "Slim at the hip, wide at the shoulder, with headroom for a proper crown of foam. Rinse it with cold "
            "water first and pour down the side."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Drinking Glasses",
        price=8.9,
        attributes={"material": "glass", "colour": "clear", "capacity_ml": 500, "height_cm": 22},
        shape="tumbler",
        look={"glass": Finish("glass", "clear"), "outline": "beer", "height": 0.22, "radius": 0.041, "base": 0.016},
        backdrop="mist",
    ),
]

STEMWARE = [
    Item(
        sku="WIN-001",
        title="Sommelier Red Wine Glass, Hand-Blown",
        description=(
            "A roomy balloon that lets Burgundy stretch, on a drawn stem no thicker than a pencil lead. Mouth-blown "
            "in one piece; we recommend a linen cloth and a little patience."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Wine Glasses",
        price=29.0,
        attributes={"material": "crystal glass", "colour": "clear", "capacity_ml": 620, "height_cm": 23},
        shape="stem_glass",
        look={"glass": Finish("glass", "clear"), "height": 0.23, "bowl": 0.125, "radius": 0.05},
        backdrop="mist",
    ),
    Item(
        sku="WIN-002",
        title="Riesling Pair, Clear Bowl on a Green Stem",
        description=(
            "Along the Moselle they have poured white wine into green-stemmed goblets for three centuries. Ours come "
            "as a twosome and survive the dishwasher."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Wine Glasses",
        price=34.0,
        attributes={
            "material": "glass",
            "colour": "clear",
            "accent_colour": "bottle green",
            "capacity_ml": 310,
            "height_cm": 19,
        },
        shape="stem_glass",
        look={
            "glass": Finish("glass", "clear"),
            "stem": Finish("glass", "bottle green"),
            "outline": "white",
            "height": 0.19,
            "bowl": 0.085,
            "radius": 0.038,
            "count": 2,
        },
        backdrop="sand",
    ),
    Item(
        sku="WIN-003",
        title="Soiree Champagne Flutes, Set of Three",
        description=(
            "A laser-etched point at the bottom keeps the bubbles rising in a single string. Slender and 25 cm tall; "
            "toasts included, wine not."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Wine Glasses",
        price=42.0,
        attributes={"material": "crystal glass", "colour": "clear", "capacity_ml": 190, "height_cm": 25},
        shape="stem_glass",
        look={
            "glass": Finish("glass", "clear"),
            "outline": "flute",
            "height": 0.25,
            "bowl": 0.155,
            "radius": 0.027,
            "count": 3,
        },
        backdrop="blush",
    ),
    Item(
        sku="WIN-004",
        title="Gatsby Coupe, Ribbed Rose Glass",
        description=(
            "For daiquiris, sorbet, or simply for show. Shallow, fluted beneath, tinted the pink of a good rosé from "
            "rim to foot."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Wine Glasses",
        price=18.0,
        attributes={
            "material": "glass",
            "colour": "rose",
            "pattern": "ribbed",
            "capacity_ml": 240,
            "style": "art deco",
        },
        family="coupe-gatsby",
        shape="stem_glass",
        look={
            "glass": Finish("glass", "rose"),
            "outline": "coupe",
            "height": 0.145,
            "bowl": 0.055,
            "radius": 0.05,
            "ribs": 40,
        },
    ),
    Item(
        sku="WIN-005",
        title="Gatsby Coupe, Ribbed Smoke Glass",
        description=(
            "Moodier sister of the pink one, for martinis stirred rather than photographed. Stands 14.5 cm, holds 240 "
            "ml to the very edge."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Wine Glasses",
        price=18.0,
        attributes={
            "material": "glass",
            "colour": "smoke",
            "pattern": "ribbed",
            "capacity_ml": 240,
            "style": "art deco",
        },
        family="coupe-gatsby",
        shape="stem_glass",
        look={
            "glass": Finish("glass", "smoke"),
            "outline": "coupe",
            "height": 0.145,
            "bowl": 0.055,
            "radius": 0.05,
            "ribs": 40,
        },
        backdrop="mist",
    ),
]

CUPS = [
    Item(
        sku="CUP-001",
        title="Linden Teacup and Saucer, White with Gold Line",
        description=(
            "Porcelain thin enough to show the shadow of your fingers. The gilded edge matches our dinner plate of "
            "the same name, and the saucer has a well that grips."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Cups & Saucers",
        price=27.0,
        attributes={"material": "porcelain", "colour": "white", "accent_colour": "gold", "capacity_ml": 220},
        shape="cup_and_saucer",
        look={"cup": Finish("glaze", "white"), "band": Finish("polished", "gold")},
        backdrop="sage",
    ),
    Item(
        sku="CUP-002",
        title="Corso Espresso Cup with Saucer, Black",
        description=(
            "Thick walls, small mouth, 80 ml: the geometry of every good bar in Naples. Glossy black keeps the crema "
            "centre stage."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Cups & Saucers",
        price=14.0,
        attributes={"material": "vitrified china", "colour": "black", "capacity_ml": 80, "finish": "glossy"},
        family="cup-corso",
        shape="cup_and_saucer",
        look={"cup": Finish("enamel", "black"), "outline": "espresso", "height": 0.055, "radius": 0.032},
    ),
    Item(
        sku="CUP-003",
        title="Corso Espresso Cup with Saucer, Crimson",
        description="Lipstick red, barista weight. Preheat it on the machine and the last drop is as hot as the first.",
        brand=LOAM,
        category="Kitchen & Dining/Cups & Saucers",
        price=14.0,
        attributes={"material": "vitrified china", "colour": "crimson", "capacity_ml": 80, "finish": "glossy"},
        family="cup-corso",
        shape="cup_and_saucer",
        look={"cup": Finish("enamel", "crimson"), "outline": "espresso", "height": 0.055, "radius": 0.032},
    ),
    Item(
        sku="CUP-004",
        title="Petunia Fluted Cup & Saucer, Sage",
        description=(
            "Two dozen soft pleats, like the skirt of a flower turned upside down. Reach for it at four o'clock with "
            "something buttery on the side."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Cups & Saucers",
        price=23.0,
        attributes={"material": "glazed stoneware", "colour": "sage", "pattern": "fluted", "capacity_ml": 240},
        shape="cup_and_saucer",
        look={
            "cup": Finish("glaze", "sage"),
            "outline": "bell",
            "flutes": 24,
            "height": 0.075,
            "radius": 0.046,
            "ear": "square",
        },
    ),
    Item(
        sku="CUP-005",
        title="Cappuccino Cup, Speckled Cream on a Terracotta Saucer",
        description=(
            "Low and wide, so there is room for a rosetta. The two pieces are glazed in different kilns and meet on "
            "your table."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Cups & Saucers",
        price=22.0,
        attributes={
            "material": "stoneware",
            "colour": "cream",
            "accent_colour": "terracotta",
            "pattern": "speckled",
            "capacity_ml": 200,
        },
        shape="cup_and_saucer",
        look={
            "cup": Finish("glaze", "cream", "speckle", "chestnut", 0.014),
            "saucer": Finish("stoneware", "terracotta"),
            "outline": "low",
            "height": 0.058,
            "radius": 0.052,
        },
    ),
]

JUGS = [
    Item(
        sku="JUG-001",
        title="Dairy Jug, Dusty Blue Stoneware, 1.5 L",
        description=(
            "A farmhouse pitcher for milk, for lemonade, for the first sweet peas. Pinched spout, thumb-sized handle, "
            "and a glaze that thins to brown where it runs over the edge."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Jugs & Pitchers",
        price=39.0,
        attributes={"material": "glazed stoneware", "colour": "dusty blue", "capacity_l": 1.5, "height_cm": 21},
        family="jug-dairy",
        shape="jug",
        look={"body": Finish("glaze", "dusty blue"), "height": 0.21, "radius": 0.07},
    ),
    Item(
        sku="JUG-002",
        title="Dairy Jug, Mustard Stoneware, 1.5 L",
        description=(
            "Put it on a windowsill and the whole room warms up a degree. Holds a bottle and a half of anything; not "
            "for the hob."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Jugs & Pitchers",
        price=39.0,
        attributes={"material": "glazed stoneware", "colour": "mustard", "capacity_l": 1.5, "height_cm": 21},
        family="jug-dairy",
        shape="jug",
        look={"body": Finish("glaze", "mustard"), "height": 0.21, "radius": 0.07},
    ),
    Item(
        sku="JUG-003",
        title="Enamel Water Pitcher, White and Navy, 2 Litres",
        description=(
            "Straight from a 1930s wash-stand, only lighter. Conical steel with a hand-dipped dark rim and a handle "
            "big enough for a garden glove."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Jugs & Pitchers",
        price=34.0,
        attributes={
            "material": "enamelled steel",
            "colour": "white",
            "accent_colour": "navy",
            "capacity_l": 2.0,
            "height_cm": 24,
        },
        shape="jug",
        look={
            "body": Finish("enamel", "white"),
            "rim": Finish("enamel", "navy"),
            "outline": "cone",
            "height": 0.24,
            "radius": 0.08,
            "wall": 0.0025,
        },
    ),
    Item(
        sku="JUG-004",
        title="Sangria Pitcher in Ribbed Clear Glass",
        description=(
            "Round-bellied and roomy: two litres of ice, oranges and poor decisions. The throat narrows so the fruit "
            "stays behind when you pour."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Jugs & Pitchers",
        price=32.0,
        attributes={"material": "glass", "colour": "clear", "pattern": "ribbed", "capacity_l": 2.0, "height_cm": 23},
        shape="jug",
        look={
            "body": Finish("glass", "clear"),
            "outline": "ball",
            "height": 0.23,
            "radius": 0.085,
            "ribs": 22,
            "wall": 0.003,
        },
        backdrop="blush",
    ),
    Item(
        sku="JUG-005",
        title="Little Creamer, Ivory with Chestnut Speckle",
        description=(
            "Milk for two, maple syrup for one, or a dressing you would rather not serve from the bottle. Nine "
            "centimetres tall and impossible to dribble from."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Jugs & Pitchers",
        price=16.0,
        attributes={
            "material": "stoneware",
            "colour": "ivory",
            "accent_colour": "chestnut",
            "pattern": "speckled",
            "capacity_ml": 180,
        },
        shape="jug",
        look={
            "body": Finish("glaze", "ivory", "speckle", "chestnut", 0.015),
            "outline": "creamer",
            "height": 0.09,
            "radius": 0.036,
            "wall": 0.003,
        },
    ),
]

ITEMS = [*MUGS, *GLASSES, *STEMWARE, *CUPS, *JUGS]
