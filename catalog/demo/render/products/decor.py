"""Vases, planters, candles, clocks and mirrors."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import HAVNBY, LOAM, WILLOW, Item

OAK, WALNUT, BRASS, BLACK = (
    Finish("wood", "oak"),
    Finish("wood", "walnut"),
    Finish("polished", "brass"),
    Finish("painted", "black"),
)

VASES = [
    Item(
        sku="VAS-001",
        title="Amphora Terracotta Vase, Unglazed",
        description=(
            "Broad shoulders, narrow neck and the dusty warmth of unglazed clay. Dried grasses suit it best; a "
            "liner is included for fresh stems."
        ),
        brand=LOAM,
        category="Decor/Vases",
        price=48.0,
        attributes={"material": "terracotta", "colour": "terracotta", "height_cm": 32},
        shape="vase",
        look={"body": Finish("clay", "terracotta"), "height": 0.32, "width": 0.2},
        backdrop="sand",
    ),
    Item(
        sku="VAS-002",
        title="Longneck Bottle Vase, Cobalt Blue Glaze",
        description=(
            "One branch of cherry blossom is all this cobalt bottle vase asks for. High-gloss glaze, slender "
            "neck, heavy foot."
        ),
        brand=LOAM,
        category="Decor/Vases",
        price=39.0,
        attributes={"material": "glazed ceramic", "colour": "cobalt", "height_cm": 28},
        family="vase-longneck",
        shape="vase",
        look={"body": Finish("glaze", "cobalt"), "outline": "bottle", "height": 0.28},
    ),
    Item(
        sku="VAS-003",
        title="Longneck Bottle Vase, Mustard Yellow Glaze",
        description=(
            "Turned on the wheel and glazed in a yellow you can taste. The long neck holds a single stem upright."
        ),
        brand=LOAM,
        category="Decor/Vases",
        price=39.0,
        attributes={"material": "glazed ceramic", "colour": "mustard", "height_cm": 28},
        family="vase-longneck",
        shape="vase",
        look={"body": Finish("glaze", "mustard"), "outline": "bottle", "height": 0.28},
    ),
    Item(
        sku="VAS-004",
        title="Pleat Fluted Vase, White Porcelain",
        description=(
            "Fine vertical flutes run from lip to base, so the white porcelain is never quite the same white "
            "twice. For tulips, which will bend beautifully."
        ),
        brand=LOAM,
        category="Decor/Vases",
        price=55.0,
        attributes={"material": "porcelain", "colour": "white", "height_cm": 25},
        shape="vase",
        look={"body": Finish("glaze", "white"), "outline": "tulip", "height": 0.25, "width": 0.15, "flutes": 24},
        backdrop="blush",
    ),
    Item(
        sku="VAS-005",
        title="Ripple Smoked Glass Vase",
        description=(
            "Three soft rings swell and narrow in smoke-grey glass. Empty, it throws ripples of light on the "
            "wall; with eucalyptus, even better."
        ),
        brand=LOAM,
        category="Decor/Vases",
        price=44.0,
        attributes={"material": "glass", "colour": "smoke", "height_cm": 26},
        shape="vase",
        look={"body": Finish("glass", "smoke"), "outline": "ripple", "width": 0.14},
        backdrop="sand",
    ),
    Item(
        sku="VAS-006",
        title="Moon Round Vase, Sage Green Dipped Stoneware",
        description=(
            "A full-moon vase in pale oatmeal clay, dipped to the waist in matt sage. Short stems from the garden"
            " look after themselves in its small mouth."
        ),
        brand=LOAM,
        category="Decor/Vases",
        price=46.0,
        attributes={
            "material": "stoneware",
            "colour": "oatmeal",
            "accent_colour": "sage",
            "pattern": "dipped",
            "height_cm": 20,
        },
        shape="vase",
        look={
            "body": Finish("stoneware", "oatmeal", "dipped", "sage", level=0.095),
            "outline": "ball",
            "height": 0.2,
            "width": 0.2,
        },
    ),
    Item(
        sku="VAS-007",
        title="Zigzag Hourglass Vase, Black and White Ceramic",
        description=(
            "Hand-painted black zigzags chase each other around a pinched white waist. Bold on its own, bolder "
            "with red tulips."
        ),
        brand=LOAM,
        category="Decor/Vases",
        price=58.0,
        attributes={
            "material": "glazed ceramic",
            "colour": "white",
            "accent_colour": "black",
            "pattern": "zigzag",
            "height_cm": 27,
        },
        shape="vase",
        look={
            "body": Finish("glaze", "white", "zigzag", "black", 0.034),
            "outline": "hourglass",
            "height": 0.27,
            "width": 0.14,
        },
        backdrop="mist",
    ),
]

PLANTERS = [
    Item(
        sku="PLA-001",
        title="Potting Shed Terracotta Plant Pot with Lip",
        description=(
            "The classic lipped flowerpot, fired from Tuscan-red clay that breathes. Shown with a snake plant, "
            "which wants very little from you."
        ),
        brand=WILLOW,
        category="Decor/Planters",
        price=18.0,
        attributes={"material": "terracotta", "colour": "terracotta", "diameter_cm": 19},
        shape="planter",
        look={"body": Finish("clay", "terracotta"), "outline": "lipped"},
    ),
    Item(
        sku="PLA-002",
        title="Basalt Cylinder Planter, Raw Concrete",
        description=(
            "A plain cylinder cast in grey concrete, sealed inside. It shows every air bubble, as it should, and "
            "sets off a fern like nothing else."
        ),
        brand=WILLOW,
        category="Decor/Planters",
        price=32.0,
        attributes={"material": "concrete", "colour": "concrete", "diameter_cm": 18},
        shape="planter",
        look={
            "body": Finish("concrete", "concrete"),
            "outline": "cylinder",
            "width": 0.18,
            "height": 0.15,
            "plant": "fern",
        },
    ),
    Item(
        sku="PLA-003",
        title="Jardin Ceramic Planter on Walnut Stand, Matt White",
        description=(
            "Lifts a rubber plant towards the light on a crossed walnut frame. Matt white stoneware, no drainage "
            "hole, so your floor stays dry."
        ),
        brand=WILLOW,
        category="Decor/Planters",
        price=74.0,
        attributes={"material": "stoneware", "colour": "white", "accent_colour": "walnut", "diameter_cm": 22},
        shape="planter",
        look={
            "body": Finish("stoneware", "white"),
            "outline": "cylinder",
            "width": 0.22,
            "height": 0.19,
            "plant": "rubber",
            "stand": WALNUT,
        },
        backdrop="sage",
    ),
    Item(
        sku="PLA-004",
        title="Sorbet Striped Succulent Pot, Blush and White",
        description=(
            "Ribbons of blush and white climb a little round pot that fits in one hand. Ideal for succulents on a"
            " sunny sill."
        ),
        brand=WILLOW,
        category="Decor/Planters",
        price=15.0,
        attributes={
            "material": "glazed ceramic",
            "colour": "blush",
            "accent_colour": "white",
            "pattern": "striped",
            "diameter_cm": 13,
        },
        shape="planter",
        look={
            "body": Finish("glaze", "blush", "stripes", "white", 0.034),
            "outline": "round",
            "width": 0.13,
            "height": 0.1,
            "plant": "rosette",
        },
    ),
    Item(
        sku="PLA-005",
        title="Piazza Terrazzo Planter, Ivory with Emerald Chips",
        description=(
            "Emerald, brick and slate chips float in ivory terrazzo. Tapered walls make repotting painless; the "
            "spider plant is up to you."
        ),
        brand=WILLOW,
        category="Decor/Planters",
        price=39.0,
        attributes={
            "material": "terrazzo",
            "colour": "ivory",
            "accent_colour": "emerald",
            "pattern": "terrazzo",
            "diameter_cm": 17,
        },
        shape="planter",
        look={
            "body": Finish("terrazzo", "ivory", accent="emerald", grain=0.8),
            "width": 0.17,
            "height": 0.15,
            "plant": "fern",
            "seed": 4,
        },
    ),
]

CANDLES = [
    Item(
        sku="CDL-001",
        title="Vesper Pillar Candle Trio, Ivory",
        description=(
            "Three ivory pillars in stepped heights, poured from a stearin blend that burns without soot. Around "
            "120 hours of light between them."
        ),
        brand=WILLOW,
        category="Decor/Candles",
        price=29.0,
        attributes={"material": "wax", "colour": "ivory", "count": 3},
        shape="pillar_candle",
        look={"wax": Finish("wax", "ivory"), "count": 3},
        backdrop="mist",
    ),
    Item(
        sku="CDL-002",
        title="Vesper Pillar Candle, Forest Green",
        description=(
            "One stout candle, dyed through in forest green so that it keeps its colour to the end. Unscented, "
            "for the dinner table."
        ),
        brand=WILLOW,
        category="Decor/Candles",
        price=12.0,
        attributes={"material": "wax", "colour": "forest green", "count": 1},
        shape="pillar_candle",
        look={"wax": Finish("wax", "forest green")},
    ),
    Item(
        sku="CDL-003",
        title="Amberwood Scented Candle in Amber Glass Jar",
        description=(
            "Cedar, smoked vanilla and a trace of orange peel, poured into an amber glass jar you will want to "
            "keep. Soy wax, cotton wick, 45 hours."
        ),
        brand=WILLOW,
        category="Decor/Candles",
        price=26.0,
        attributes={"material": "soy wax", "colour": "amber", "scent": "cedar and vanilla"},
        shape="jar_candle",
        look={"wax": Finish("wax", "cream"), "jar": Finish("glass", "amber"), "label": Finish("plastic", "ivory")},
    ),
    Item(
        sku="CDL-004",
        title="Sea Mist Scented Candle in White Ceramic Pot with Oak Lid",
        description=(
            "Salt air, sage and driftwood. The white pot becomes a pen cup afterwards, and its oak lid keeps the "
            "scent in between evenings."
        ),
        brand=WILLOW,
        category="Decor/Candles",
        price=31.0,
        attributes={"material": "soy wax", "colour": "white", "accent_colour": "oak", "scent": "sea salt and sage"},
        shape="jar_candle",
        look={
            "wax": Finish("wax", "white"),
            "jar": Finish("stoneware", "white"),
            "label": Finish("plastic", "sand"),
            "lid": OAK,
        },
        backdrop="sage",
    ),
    Item(
        sku="CDL-005",
        title="Banquet Taper Candles in Brass Holders, Burgundy, Set of Two",
        description=(
            "A pair of turned brass candlesticks with wine-red tapers already in them. Dripless, so the "
            "tablecloth survives the speeches."
        ),
        brand=WILLOW,
        category="Decor/Candles",
        price=49.0,
        attributes={"material": "brass", "colour": "burgundy", "accent_colour": "brass", "count": 2},
        shape="taper_candle",
        look={"wax": Finish("wax", "burgundy"), "holder": BRASS},
    ),
]

CLOCKS = [
    Item(
        sku="CLK-001",
        title="Meridian Wall Clock, Oak Rim and White Dial",
        description=(
            "Black batons, white dial, a ring of solid oak. The movement sweeps rather than ticks, which light "
            "sleepers will appreciate."
        ),
        brand=HAVNBY,
        category="Decor/Wall Clocks",
        price=59.0,
        attributes={"material": "oak wood", "colour": "oak", "accent_colour": "white", "diameter_cm": 32},
        shape="clock",
        look={"face": Finish("painted", "white"), "rim": OAK, "hands": BLACK},
        backdrop="sage",
    ),
    Item(
        sku="CLK-002",
        title="Nocturne Wall Clock, Black Dial with Brass Hands",
        description=(
            "Twelve brass dots and two brass hands on a midnight-black dial. Reads clearly from across the room, "
            "even with the lamps low."
        ),
        brand=HAVNBY,
        category="Decor/Wall Clocks",
        price=72.0,
        attributes={"material": "metal", "colour": "black", "accent_colour": "brass", "diameter_cm": 32},
        shape="clock",
        look={"face": Finish("painted", "black"), "rim": BRASS, "hands": BRASS, "marks": "dots", "time": (1, 52)},
    ),
    Item(
        sku="CLK-003",
        title="Pantry Kitchen Wall Clock, Crimson Red Metal",
        description=(
            "Grandmother's kitchen clock with a fresh coat of red. The pressed-metal case wipes clean and the "
            "hour marks are big enough to cook by."
        ),
        brand=HAVNBY,
        category="Decor/Wall Clocks",
        price=38.0,
        attributes={"material": "metal", "colour": "crimson", "accent_colour": "ivory", "diameter_cm": 26},
        shape="clock",
        look={
            "face": Finish("painted", "ivory"),
            "rim": Finish("enamel", "crimson"),
            "hands": BLACK,
            "radius": 0.11,
            "rim_width": 0.022,
            "time": (8, 20),
        },
    ),
    Item(
        sku="CLK-004",
        title="Minima Walnut Wall Clock, Four Marks",
        description=(
            "All walnut, no numbers, just four pale marks where you need them. It takes a day to learn and then "
            "you never look for the time again, you simply see it."
        ),
        brand=HAVNBY,
        category="Decor/Wall Clocks",
        price=84.0,
        attributes={"material": "walnut wood", "colour": "walnut", "accent_colour": "white", "diameter_cm": 32},
        shape="clock",
        look={"face": WALNUT, "rim": WALNUT, "hands": Finish("painted", "white"), "marks": "quarters", "time": (4, 40)},
    ),
]

MIRRORS = [
    Item(
        sku="MIR-001",
        title="Halo Round Wall Mirror, Brass Frame",
        description=(
            "Sixty centimetres of clear glass in a slim brass hoop. Hang it opposite a window and the hall "
            "doubles in size."
        ),
        brand=HAVNBY,
        category="Decor/Mirrors",
        price=129.0,
        attributes={"material": "brass", "colour": "brass", "shape": "round", "diameter_cm": 60},
        shape="mirror",
        look={"frame": BRASS},
        backdrop="blush",
    ),
    Item(
        sku="MIR-002",
        title="Cloister Arched Mirror, Black Metal Frame",
        description=(
            "Shaped like a doorway you can't walk through. Thin black frame, ninety centimetres tall, equally "
            "good above a fireplace or a basin."
        ),
        brand=HAVNBY,
        category="Decor/Mirrors",
        price=139.0,
        attributes={"material": "metal", "colour": "black", "shape": "arched", "height_cm": 90},
        shape="mirror",
        look={"frame": BLACK, "form": "arch", "width": 0.55, "height": 0.9, "thick": 0.009},
    ),
    Item(
        sku="MIR-003",
        title="Steading Rectangular Mirror, Oak Frame",
        description=(
            "A wide frame of natural oak with softened corners, hung upright or on its side. The bevelled glass "
            "is backed in copper-free silver."
        ),
        brand=HAVNBY,
        category="Decor/Mirrors",
        price=149.0,
        attributes={"material": "oak wood", "colour": "oak", "shape": "rectangular", "height_cm": 80},
        shape="mirror",
        look={"frame": OAK, "form": "rectangle", "width": 0.56, "height": 0.8, "thick": 0.022},
        backdrop="mist",
    ),
]

ITEMS = [*VASES, *PLANTERS, *CANDLES, *CLOCKS, *MIRRORS]
