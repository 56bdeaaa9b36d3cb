"""Mugs, bowls, plates, kettles, teapots and cookware."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import CORVIN, LOAM, Item

STEEL, BRASS, WALNUT, BLACK = (
    Finish("brushed", "steel"),
    Finish("polished", "brass"),
    Finish("wood", "walnut"),
    Finish("plastic", "black"),
)

MUGS = [
    Item(
        sku="MUG-001",
        title="Harbour Stoneware Mug, Sage Green",
        description=(
            "Thrown in dense stoneware and dipped in a soft sage glaze, the Harbour mug keeps a flat white warm "
            "to the last sip. The handle leaves room for three fingers, and it goes in the dishwasher without "
            "complaint."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Mugs",
        price=14.5,
        attributes={"material": "glazed stoneware", "colour": "sage", "capacity_ml": 330},
        family="mug-harbour",
        shape="mug",
        look={"body": Finish("glaze", "sage"), "outline": "barrel"},
    ),
    Item(
        sku="MUG-002",
        title="Harbour Stoneware Mug, Navy Blue",
        description=(
            "The same rounded Harbour shape in deep navy, glossy enough to catch the window light on your desk. "
            "Holds 330 ml; microwave safe."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Mugs",
        price=14.5,
        attributes={"material": "glazed stoneware", "colour": "navy", "capacity_ml": 330},
        family="mug-harbour",
        shape="mug",
        look={"body": Finish("glaze", "navy"), "outline": "barrel"},
    ),
    Item(
        sku="MUG-003",
        title="Harbour Stoneware Mug, Mustard Yellow",
        description=(
            "A cheerful mustard for grey mornings. Our potters glaze each Harbour mug by hand, so the colour "
            "pools a touch darker towards the foot."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Mugs",
        price=14.5,
        attributes={"material": "glazed stoneware", "colour": "mustard", "capacity_ml": 330},
        family="mug-harbour",
        shape="mug",
        look={"body": Finish("glaze", "mustard"), "outline": "barrel"},
    ),
    Item(
        sku="MUG-004",
        title="Regatta Striped Porcelain Mug, White and Cobalt",
        description=(
            "Crisp cobalt rings run around a straight porcelain cup, a little like a sailor's jersey. Light in "
            "the hand and thin at the lip, it is our favourite for black tea."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Mugs",
        price=17.0,
        attributes={
            "material": "porcelain",
            "colour": "white",
            "accent_colour": "cobalt",
            "pattern": "striped",
            "capacity_ml": 400,
        },
        shape="mug",
        look={"body": Finish("glaze", "white", "rings", "cobalt", 0.018), "height": 0.1, "ear": "square"},
    ),
    Item(
        sku="MUG-005",
        title="Confetti Polka Dot Mug, Coral and White",
        description=(
            "White dots on warm coral: hard to be cross before coffee with this one. The tapered foot lets a pair"
            " nest neatly on a narrow shelf."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Mugs",
        price=13.0,
        attributes={
            "material": "glazed ceramic",
            "colour": "coral",
            "accent_colour": "white",
            "pattern": "polka dot",
            "capacity_ml": 300,
        },
        shape="mug",
        look={"body": Finish("glaze", "coral", "dots", "white", 0.023), "outline": "tapered"},
    ),
    Item(
        sku="MUG-006",
        title="Fell Speckled Espresso Mug, Oatmeal with Charcoal Dip",
        description=(
            "Raw oatmeal clay flecked with iron, its lower half dipped in matt charcoal. Small and stout, made "
            "for a double espresso or a cortado."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Mugs",
        price=12.0,
        attributes={
            "material": "stoneware",
            "colour": "oatmeal",
            "accent_colour": "charcoal",
            "pattern": "dipped",
            "capacity_ml": 140,
        },
        shape="mug",
        look={
            "body": Finish("stoneware", "oatmeal", "dipped", "charcoal", level=0.031),
            "outline": "belly",
            "height": 0.07,
            "radius": 0.036,
        },
    ),
]

BOWLS = [
    Item(
        sku="BWL-001",
        title="Tidal Ramen Bowl, Charcoal with Turquoise Glaze",
        description=(
            "A deep noodle bowl with a secret: matt charcoal outside, a pool of glossy turquoise within. The "
            "conical foot keeps hot broth away from the table."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Bowls",
        price=24.0,
        attributes={"material": "stoneware", "colour": "charcoal", "accent_colour": "turquoise", "diameter_cm": 18},
        shape="bowl",
        look={
            "body": Finish("stoneware", "charcoal"),
            "inside": Finish("glaze", "turquoise"),
            "outline": "conical",
            "width": 0.18,
            "height": 0.085,
        },
    ),
    Item(
        sku="BWL-002",
        title="Farmhouse Cereal Bowl, Cream Speckled Stoneware",
        description=(
            "Porridge, soup, a scoop of ice cream: this is the bowl that never makes it back to the cupboard. "
            "Creamy glaze over clay with chocolate-brown speckles."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Bowls",
        price=12.9,
        attributes={"material": "glazed stoneware", "colour": "cream", "pattern": "speckled", "diameter_cm": 15},
        shape="bowl",
        look={
            "body": Finish("glaze", "cream", "speckle", "chocolate", 0.016),
            "outline": "coupe",
            "width": 0.15,
            "height": 0.068,
        },
    ),
    Item(
        sku="BWL-003",
        title="Grove Acacia Wood Salad Bowl",
        description=(
            "Turned from one block of acacia, so no two have the same grain. Wide enough to toss a salad for six;"
            " rub in a little oil now and then and it only gets better."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Bowls",
        price=49.0,
        attributes={"material": "acacia wood", "colour": "acacia", "diameter_cm": 28},
        shape="bowl",
        look={"body": Finish("wood", "acacia"), "outline": "round", "width": 0.28, "height": 0.11, "wall": 0.009},
    ),
    Item(
        sku="BWL-004",
        title="Plinth Footed Fruit Bowl, White Marble",
        description=(
            "Lemons look like a still life in this heavy footed bowl, cut from white marble with soft grey "
            "veining. A quiet centrepiece for the kitchen island."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Bowls",
        price=79.0,
        attributes={"material": "marble", "colour": "white", "accent_colour": "grey", "diameter_cm": 26},
        shape="bowl",
        look={
            "body": Finish("marble", "white", accent="grey", grain=0.4),
            "outline": "footed",
            "width": 0.26,
            "height": 0.12,
            "wall": 0.01,
        },
        backdrop="mist",
    ),
]

PLATES = [
    Item(
        sku="PLT-001",
        title="Linden Coupe Dinner Plate, White with Gold Rim",
        description=(
            "A fine brass-gold line around bright white porcelain makes Tuesday's pasta feel like an occasion. "
            "Rimless coupe shape, 27 cm across."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Plates",
        price=19.0,
        attributes={"material": "porcelain", "colour": "white", "accent_colour": "gold", "diameter_cm": 27},
        shape="plate",
        look={"body": Finish("glaze", "white"), "band": Finish("polished", "gold")},
        backdrop="sage",
    ),
    Item(
        sku="PLT-002",
        title="Fjord Dinner Plate, Reactive Teal Glaze",
        description=(
            "The Fjord plate comes out of the kiln with a teal glaze that breaks darker in its hollows. Stack a "
            "few and you have the colours of deep water."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Plates",
        price=16.5,
        attributes={"material": "glazed stoneware", "colour": "teal", "diameter_cm": 27},
        family="plate-fjord",
        shape="plate",
        look={"body": Finish("glaze", "teal"), "rim": "wide", "height": 0.026},
    ),
    Item(
        sku="PLT-003",
        title="Fjord Dinner Plate, Terracotta Glaze",
        description=(
            "Sun-baked terracotta in place of sea blue, on the same broad-rimmed Fjord plate. Tomatoes, burrata, done."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Plates",
        price=16.5,
        attributes={"material": "glazed stoneware", "colour": "terracotta", "diameter_cm": 27},
        family="plate-fjord",
        shape="plate",
        look={"body": Finish("glaze", "terracotta"), "rim": "wide", "height": 0.026},
    ),
    Item(
        sku="PLT-004",
        title="Quarry Side Plate, Black Speckled Stoneware",
        description=(
            "Cake, cheese or bread: on matt black with pale flecks everything stands out. A shallow upright rim "
            "keeps crumbs where they belong; 21 cm."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Plates",
        price=11.5,
        attributes={"material": "stoneware", "colour": "black", "pattern": "speckled", "diameter_cm": 21},
        shape="plate",
        look={"body": Finish("stoneware", "black", "speckle", "light grey", 0.018), "rim": "upright", "width": 0.21},
    ),
]

KETTLES = [
    Item(
        sku="KET-001",
        title="Bellows Stovetop Kettle, Brushed Steel and Walnut",
        description=(
            "Brushed stainless steel with a walnut grip that stays cool while the water sings. Works on gas, "
            "ceramic and induction; 1.6 litres is six mugs of tea."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Kettles & Teapots",
        price=69.0,
        attributes={"material": "stainless steel", "colour": "steel", "capacity_l": 1.6},
        family="kettle-bellows",
        shape="kettle",
        look={"body": STEEL, "trim": STEEL, "knob": WALNUT},
    ),
    Item(
        sku="KET-002",
        title="Bellows Stovetop Kettle, Crimson Red Enamel",
        description=(
            "Red enough to be the only colour your kitchen needs. Hard glossy enamel over steel, black heatproof "
            "grip and a wide lid for easy filling."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Kettles & Teapots",
        price=74.0,
        attributes={"material": "enamelled steel", "colour": "crimson", "capacity_l": 1.6},
        family="kettle-bellows",
        shape="kettle",
        look={"body": Finish("enamel", "crimson"), "trim": STEEL, "knob": BLACK},
    ),
    Item(
        sku="KET-003",
        title="Chimney Cone Kettle, Mint Green Enamel with Oak Grip",
        description=(
            "A sloping cone on a broad base heats quickly and pours without a drip. Pale mint enamel, solid oak "
            "handle and knob, and a spout that whistles softly rather than shrieks."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Kettles & Teapots",
        price=72.0,
        attributes={"material": "enamelled steel", "colour": "mint", "capacity_l": 1.4},
        shape="kettle",
        look={
            "body": Finish("enamel", "mint"),
            "trim": STEEL,
            "knob": Finish("wood", "oak"),
            "outline": "cone",
            "height": 0.165,
        },
    ),
    Item(
        sku="TPT-001",
        title="Marrow Round Teapot, Dusty Blue Ceramic",
        description=(
            "Round as a pebble and glazed the blue of an early morning. Pours four cups, and the strainer behind "
            "the spout keeps loose leaves where they should be."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Kettles & Teapots",
        price=42.0,
        attributes={"material": "glazed ceramic", "colour": "dusty blue", "capacity_ml": 900},
        shape="teapot",
        look={"body": Finish("glaze", "dusty blue"), "handle": Finish("wood", "beech")},
    ),
    Item(
        sku="TPT-002",
        title="Signal Tall Teapot, Matt Black Stoneware with Bamboo Handle",
        description=(
            "Upright, a bit stern, and very good at its job. Matt black stoneware holds the heat for half an "
            "hour; handle and knob are bamboo."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Kettles & Teapots",
        price=46.0,
        attributes={"material": "stoneware", "colour": "black", "capacity_ml": 800},
        shape="teapot",
        look={"body": Finish("stoneware", "black"), "handle": Finish("wood", "bamboo"), "outline": "tall"},
    ),
]

PANS = [
    Item(
        sku="PAN-001",
        title="Ember Copper Frying Pan with Brass Handle, 26 cm",
        description=(
            "Copper answers the flame at once, which is why sauces rarely catch in it. Lined with stainless steel"
            " and fitted with a cast brass handle, riveted for good."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Pots & Pans",
        price=149.0,
        attributes={"material": "copper", "colour": "copper", "diameter_cm": 26},
        shape="pan",
        look={"body": Finish("brushed", "copper"), "inside": STEEL, "handle": Finish("polished", "brass")},
    ),
    Item(
        sku="PAN-002",
        title="Smithy Black Skillet with Beech Handle, 28 cm",
        description=(
            "Pre-seasoned carbon steel in blue-black, light enough to toss and tough enough to sear. The turned "
            "beech handle unscrews when the pan has to finish in the oven."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Pots & Pans",
        price=59.0,
        attributes={"material": "carbon steel", "colour": "black", "diameter_cm": 28},
        shape="pan",
        look={
            "body": Finish("painted", "black"),
            "inside": Finish("painted", "charcoal"),
            "handle": Finish("wood", "beech"),
            "width": 0.28,
        },
    ),
    Item(
        sku="PAN-003",
        title="Larder Lidded Saucepan, Brushed Stainless Steel, 18 cm",
        description=(
            "The saucepan you reach for every day: two litres, a snug lid, and steel all the way round so it goes"
            " under the grill. Hollow handle, cool to the touch."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Pots & Pans",
        price=54.0,
        attributes={"material": "stainless steel", "colour": "steel", "diameter_cm": 18},
        shape="pan",
        look={"body": STEEL, "inside": STEEL, "handle": STEEL, "width": 0.18, "depth": 0.1, "lid": BLACK},
        backdrop="mist",
    ),
    Item(
        sku="PAN-004",
        title="Hearth Cast Iron Casserole, Forest Green Enamel",
        description=(
            "Low and slow is what it was born for. Thick cast iron under forest-green enamel browns, braises and "
            "bakes, then goes straight to the table with its brass-topped lid."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Pots & Pans",
        price=189.0,
        attributes={"material": "enamelled cast iron", "colour": "forest green", "capacity_l": 4.7},
        family="casserole-hearth",
        shape="casserole",
        look={"body": Finish("enamel", "forest green"), "knob": BRASS},
    ),
    Item(
        sku="PAN-005",
        title="Hearth Cast Iron Casserole, Burnt Orange Enamel",
        description=(
            "Beef stew on Sunday, sourdough on Monday. This Dutch oven wears a glowing burnt-orange enamel and a "
            "brass knob that takes oven heat."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Pots & Pans",
        price=189.0,
        attributes={"material": "enamelled cast iron", "colour": "burnt orange", "capacity_l": 4.7},
        family="casserole-hearth",
        shape="casserole",
        look={"body": Finish("enamel", "burnt orange"), "knob": BRASS},
    ),
    Item(
        sku="PAN-006",
        title="Hearth Cast Iron Casserole, Ivory Enamel",
        description=(
            "For cooks who like a calm kitchen, the Hearth pot in warm ivory. Self-basting lid, wide loop handles"
            " made for oven gloves, lifetime guarantee."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Pots & Pans",
        price=189.0,
        attributes={"material": "enamelled cast iron", "colour": "ivory", "capacity_l": 4.7},
        family="casserole-hearth",
        shape="casserole",
        look={"body": Finish("enamel", "ivory"), "knob": BRASS},
        backdrop="sand",
    ),
]

ITEMS = [*MUGS, *BOWLS, *PLATES, *KETTLES, *PANS]
