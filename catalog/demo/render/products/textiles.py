"""Cushions, rugs, throws and baskets."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import TESSEL, WILLOW, Item

CUSHIONS = [
    Item(
        sku="CSH-001",
        title="Deckchair Striped Cushion, Ivory and Navy Linen",
        description=(
            "Broad navy stripes on washed ivory linen, as on a beach hut awning. Feather-filled, with a hidden "
            "zip along the lower edge. 50 by 50 cm."
        ),
        brand=TESSEL,
        category="Textiles/Cushions",
        price=39.0,
        attributes={
            "material": "linen",
            "colour": "ivory",
            "accent_colour": "navy",
            "pattern": "striped",
            "size_cm": "50x50",
        },
        family="cushion-deckchair",
        shape="cushion",
        look={"cover": Finish("linen", "ivory", "stripes", "navy", 0.08)},
    ),
    Item(
        sku="CSH-002",
        title="Deckchair Striped Cushion, Ivory and Terracotta Linen",
        description=(
            "The Deckchair stripe in baked terracotta. Put one with the navy, or three in a row on a bench by the"
            " back door."
        ),
        brand=TESSEL,
        category="Textiles/Cushions",
        price=39.0,
        attributes={
            "material": "linen",
            "colour": "ivory",
            "accent_colour": "terracotta",
            "pattern": "striped",
            "size_cm": "50x50",
        },
        family="cushion-deckchair",
        shape="cushion",
        look={"cover": Finish("linen", "ivory", "stripes", "terracotta", 0.08), "seed": 4},
    ),
    Item(
        sku="CSH-003",
        title="Larkspur Velvet Cushion, Mustard with Charcoal Piping",
        description=(
            "Mustard velvet with a neat charcoal cord around the edge. It warms up a grey sofa in about a second."
        ),
        brand=TESSEL,
        category="Textiles/Cushions",
        price=34.0,
        attributes={"material": "velvet", "colour": "mustard", "accent_colour": "charcoal", "size_cm": "45x45"},
        family="cushion-larkspur",
        shape="cushion",
        look={
            "cover": Finish("velvet", "mustard"),
            "piping": Finish("linen", "charcoal"),
            "width": 0.45,
            "height": 0.45,
            "seed": 1,
        },
    ),
    Item(
        sku="CSH-004",
        title="Larkspur Velvet Cushion, Plum with Piping",
        description=(
            "A deep plum for winter rooms and candlelight. Short-pile cotton velvet, self-coloured piped edge, "
            "plump enough to prop up a reader."
        ),
        brand=TESSEL,
        category="Textiles/Cushions",
        price=34.0,
        attributes={"material": "velvet", "colour": "plum", "size_cm": "45x45"},
        family="cushion-larkspur",
        shape="cushion",
        look={
            "cover": Finish("velvet", "plum"),
            "piping": Finish("velvet", "plum"),
            "width": 0.45,
            "height": 0.45,
            "seed": 2,
        },
    ),
    Item(
        sku="CSH-005",
        title="Picnic Gingham Lumbar Cushion, Forest Green Check",
        description=(
            "A long, low cushion for the small of your back, in green-and-white gingham. Machine wash, line dry, "
            "back on the garden chair by four."
        ),
        brand=TESSEL,
        category="Textiles/Cushions",
        price=32.0,
        attributes={
            "material": "cotton",
            "colour": "white",
            "accent_colour": "forest green",
            "pattern": "gingham check",
            "size_cm": "60x38",
        },
        shape="cushion",
        look={
            "cover": Finish("linen", "white", "checks", "forest green", 0.055),
            "width": 0.6,
            "height": 0.38,
            "seed": 3,
        },
        backdrop="grey",
    ),
    Item(
        sku="CSH-006",
        title="Tassel Wool Cushion, Rust Red",
        description=(
            "Thick hand-loomed wool in rust, finished with a tassel at every corner. Looks as if it came home in "
            "somebody's suitcase."
        ),
        brand=TESSEL,
        category="Textiles/Cushions",
        price=45.0,
        attributes={"material": "wool", "colour": "rust", "size_cm": "50x50"},
        shape="cushion",
        look={"cover": Finish("wool", "rust", grain=0.7), "tassels": Finish("fibre", "rust"), "seed": 5},
    ),
    Item(
        sku="CSH-007",
        title="Cloud Bouclé Cushion, Cream White",
        description=(
            "Loopy bouclé in cream, soft on both sides and a shade more sculptural than plain cotton. Pairs with "
            "almost anything."
        ),
        brand=TESSEL,
        category="Textiles/Cushions",
        price=42.0,
        attributes={"material": "bouclé", "colour": "cream", "size_cm": "50x50"},
        shape="cushion",
        look={"cover": Finish("boucle", "cream", grain=0.8), "seed": 6},
        backdrop="blush",
    ),
]

RUGS = [
    Item(
        sku="RUG-001",
        title="Atlas Diamond Wool Rug, Cream and Charcoal",
        description=(
            "Charcoal lines cross a cream ground in a loose diamond lattice, after the rugs of the Atlas "
            "mountains. Pure wool with a knotted fringe at both ends, 200 by 140 cm."
        ),
        brand=TESSEL,
        category="Textiles/Rugs",
        price=320.0,
        attributes={
            "material": "wool",
            "colour": "cream",
            "accent_colour": "charcoal",
            "pattern": "diamond",
            "size_cm": "200x140",
        },
        shape="rug",
        look={"pile": Finish("pile", "cream", "diamonds", "charcoal", 0.42), "fringe": Finish("fibre", "cream")},
        backdrop="grey",
    ),
    Item(
        sku="RUG-002",
        title="Marina Striped Flatweave Rug, Dusty Blue and White",
        description=(
            "Wide bands of faded blue and white run across this flat-woven cotton rug. Reversible and light "
            "enough to shake out of the window."
        ),
        brand=TESSEL,
        category="Textiles/Rugs",
        price=149.0,
        attributes={
            "material": "cotton",
            "colour": "dusty blue",
            "accent_colour": "white",
            "pattern": "striped",
            "size_cm": "200x140",
        },
        shape="rug",
        look={
            "pile": Finish("wool", "dusty blue", "stripes", "white", 0.32),
            "thick": 0.01,
            "fringe": Finish("fibre", "natural"),
        },
    ),
    Item(
        sku="RUG-003",
        title="Berber Border Rug, Rust Red with Cream Edge",
        description=(
            "A field of dense rust-red pile framed by one cream line. Underfoot it feels like moss; under a "
            "dining table it forgives a great deal."
        ),
        brand=TESSEL,
        category="Textiles/Rugs",
        price=379.0,
        attributes={
            "material": "wool",
            "colour": "rust",
            "accent_colour": "cream",
            "pattern": "bordered",
            "size_cm": "200x140",
        },
        shape="rug",
        look={"pile": Finish("pile", "rust"), "border": Finish("pile", "cream")},
    ),
    Item(
        sku="RUG-004",
        title="Coil Round Jute Rug, Natural with Black Rings",
        description=(
            "Jute rope, coiled from the middle out and sewn by hand, with black rings near the rim. Robust enough"
            " for a hallway; 140 cm in diameter."
        ),
        brand=WILLOW,
        category="Textiles/Rugs",
        price=129.0,
        attributes={
            "material": "jute",
            "colour": "jute",
            "accent_colour": "black",
            "shape": "round",
            "diameter_cm": 140,
        },
        shape="round_rug",
        look={"braid": Finish("fibre", "jute"), "accent": Finish("fibre", "black")},
    ),
]

THROWS = [
    Item(
        sku="THR-001",
        title="Heath Fringed Wool Throw, Moss Green",
        description=(
            "Woven from undyed and moss-green yarns in a mill that still uses its old looms. Folded over the arm "
            "of a chair by day, fought over by night."
        ),
        brand=TESSEL,
        category="Textiles/Throws & Blankets",
        price=89.0,
        attributes={"material": "wool", "colour": "moss", "size_cm": "180x130"},
        family="throw-heath",
        shape="throw",
        look={"cloth": Finish("wool", "moss", grain=0.6), "fringe": Finish("fibre", "moss")},
    ),
    Item(
        sku="THR-002",
        title="Heath Fringed Wool Throw, Lavender",
        description=(
            "A soft grey-purple, the colour of hills a long way off. Lambswool, so it is warm without weight, and"
            " fringed at the short ends."
        ),
        brand=TESSEL,
        category="Textiles/Throws & Blankets",
        price=89.0,
        attributes={"material": "wool", "colour": "lavender", "size_cm": "180x130"},
        family="throw-heath",
        shape="throw",
        look={"cloth": Finish("wool", "lavender", grain=0.6), "fringe": Finish("fibre", "lavender")},
    ),
    Item(
        sku="THR-003",
        title="Windowpane Check Blanket, Ivory and Charcoal",
        description=(
            "Fine charcoal lines draw a grid over ivory cotton. Big enough for a double bed, tidy enough to leave out."
        ),
        brand=TESSEL,
        category="Textiles/Throws & Blankets",
        price=75.0,
        attributes={
            "material": "cotton",
            "colour": "ivory",
            "accent_colour": "charcoal",
            "pattern": "windowpane check",
            "size_cm": "220x200",
        },
        shape="throw",
        look={"cloth": Finish("linen", "ivory", "grid", "charcoal", 0.06)},
        backdrop="sage",
    ),
]

BASKETS = [
    Item(
        sku="BSK-001",
        title="Osier Woven Willow Laundry Basket, Brown",
        description=(
            "Whole willow rods, woven over and under by a basket maker who signs the base. Two handles, and room "
            "for a weekend's washing."
        ),
        brand=WILLOW,
        category="Storage/Baskets",
        price=69.0,
        attributes={"material": "willow", "colour": "willow", "diameter_cm": 42},
        shape="woven_basket",
        look={"strand": Finish("fibre", "willow"), "width": 0.42, "height": 0.42, "rows": 30},
    ),
    Item(
        sku="BSK-002",
        title="Lagos Seagrass Basket with White Band",
        description=(
            "Seagrass dries to a mixture of straw and green, which no dye has managed to copy. A chalk-white band"
            " circles the top. Good for blankets, better for toys."
        ),
        brand=WILLOW,
        category="Storage/Baskets",
        price=45.0,
        attributes={"material": "seagrass", "colour": "seagrass", "accent_colour": "white", "diameter_cm": 38},
        shape="woven_basket",
        look={
            "strand": Finish("fibre", "seagrass"),
            "rim": Finish("fibre", "white"),
            "form": "belly",
            "width": 0.38,
            "height": 0.32,
        },
    ),
    Item(
        sku="BSK-003",
        title="Coil Cotton Rope Basket, Natural with Teal Base",
        description=(
            "Thick cotton rope wound into a round-bellied basket, its lower half dyed teal. Collapses flat when "
            "empty and washes at thirty degrees."
        ),
        brand=WILLOW,
        category="Storage/Baskets",
        price=36.0,
        attributes={"material": "cotton rope", "colour": "natural", "accent_colour": "teal", "diameter_cm": 36},
        family="basket-coil",
        shape="rope_basket",
        look={"rope": Finish("fibre", "natural"), "dip": Finish("fibre", "teal")},
    ),
    Item(
        sku="BSK-004",
        title="Coil Cotton Rope Basket, Natural with Blush Pink Base",
        description="The nursery favourite: soft rope, no sharp edges, and a base the pink of a seashell.",
        brand=WILLOW,
        category="Storage/Baskets",
        price=36.0,
        attributes={"material": "cotton rope", "colour": "natural", "accent_colour": "blush", "diameter_cm": 36},
        family="basket-coil",
        shape="rope_basket",
        look={"rope": Finish("fibre", "natural"), "dip": Finish("fibre", "blush")},
    ),
    Item(
        sku="BSK-005",
        title="Bakery Shallow Rattan Bread Basket",
        description=(
            "A low, open basket of honey-coloured rattan for rolls on Sunday and fruit the rest of the week. 28 "
            "cm wide."
        ),
        brand=WILLOW,
        category="Storage/Baskets",
        price=24.0,
        attributes={"material": "rattan", "colour": "rattan", "diameter_cm": 28},
        shape="woven_basket",
        look={
            "strand": Finish("fibre", "rattan"),
            "form": "shallow",
            "width": 0.28,
            "height": 0.09,
            "rows": 9,
            "stakes": 26,
            "handles": False,
        },
    ),
]

ITEMS = [*CUSHIONS, *RUGS, *THROWS, *BASKETS]
