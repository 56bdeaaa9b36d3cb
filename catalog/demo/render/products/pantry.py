"""Storage jars, mills, coffee makers, trays, colanders, mixing bowls and crocks of spoons."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.drinkware import BRINDLE
from catalog.demo.render.products.item import CORVIN, LOAM, WILLOW, Item

CLEAR, STEEL, POLISHED, BRASS, BLACK = (
    Finish("glass", "clear"),
    Finish("brushed", "steel"),
    Finish("polished", "steel"),
    Finish("polished", "brass"),
    Finish("plastic", "black"),
)
COFFEE = Finish("enamel", "chocolate")

JARS = [
    Item(
        sku="JAR-001",
        title="Dispensa Glass Storage Jar with Oak Stopper, 1 Litre",
        description=(
            "See at a glance when the lentils run low. Borosilicate cylinder, solid oak top with a silicone ring; the "
            "wood wants a wipe, the rest goes in the machine."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Storage Jars",
        price=17.0,
        attributes={"material": "glass and oak", "colour": "clear", "accent_colour": "oak", "capacity_l": 1.0},
        shape="jar",
        look={"body": CLEAR, "lid": Finish("wood", "oak"), "contents": Finish("soil", "burnt orange")},
        backdrop="mist",
    ),
    Item(
        sku="JAR-002",
        title="Clip-Top Preserving Jar, Square, with Orange Rubber Seal",
        description=(
            "Pickles, jam, ground coffee: pull the wire down and the world stays out. Spare gaskets are sold by the "
            "dozen. Holds three quarters of a litre."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Storage Jars",
        price=11.0,
        attributes={
            "material": "glass",
            "colour": "clear",
            "accent_colour": "burnt orange",
            "capacity_ml": 750,
            "height_cm": 15,
        },
        shape="jar",
        look={
            "body": CLEAR,
            "lid": CLEAR,
            "knob": Finish("plastic", "burnt orange"),
            "closure": "clip",
            "form": "square",
            "radius": 0.045,
            "height": 0.135,
            "contents": Finish("soil", "chocolate"),
        },
    ),
    Item(
        sku="JAR-003",
        title="Larder Ceramic Canister with Knob Lid, Sage",
        description=(
            "Flour, sugar, dog biscuits. A barrel-shaped caddy with an easy lid that lifts in one hand while the "
            "other is covered in dough."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Storage Jars",
        price=33.0,
        attributes={"material": "glazed ceramic", "colour": "sage", "capacity_l": 1.6, "height_cm": 20},
        family="canister-larder",
        shape="jar",
        look={
            "body": Finish("glaze", "sage"),
            "lid": Finish("glaze", "sage"),
            "closure": "knob",
            "form": "barrel",
            "height": 0.165,
            "radius": 0.065,
        },
    ),
    Item(
        sku="JAR-004",
        title="Larder Ceramic Canister with Knob Lid, Terracotta",
        description="",
        brand=LOAM,
        category="Kitchen & Dining/Storage Jars",
        price=33.0,
        attributes={"material": "glazed ceramic", "colour": "terracotta", "capacity_l": 1.6, "height_cm": 20},
        family="canister-larder",
        shape="jar",
        look={
            "body": Finish("glaze", "terracotta"),
            "lid": Finish("glaze", "terracotta"),
            "closure": "knob",
            "form": "barrel",
            "height": 0.165,
            "radius": 0.065,
        },
    ),
    Item(
        sku="JAR-005",
        title="Fluted Cookie Jar, Ivory Stoneware with Walnut Lid",
        description=(
            "Tall enough for two packets of shortbread and too heavy for small hands to lift unnoticed. Thirty crisp "
            "flutes run down an ivory body."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Storage Jars",
        price=44.0,
        attributes={"material": "stoneware", "colour": "ivory", "accent_colour": "walnut", "pattern": "fluted"},
        shape="jar",
        look={
            "body": Finish("stoneware", "ivory"),
            "lid": Finish("wood", "walnut"),
            "flutes": 30,
            "height": 0.2,
            "radius": 0.075,
        },
    ),
    Item(
        sku="JAR-006",
        title="Coffee Tin with Airtight Lid, Matt Black Steel",
        description=(
            "Beans hate light and air, so this tin offers neither. Powder-coated steel and a brass-toned screw cap, "
            "for 500 grams of whole roast."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Storage Jars",
        price=24.0,
        attributes={"material": "powder-coated steel", "colour": "black", "accent_colour": "brass", "height_cm": 17},
        shape="jar",
        look={
            "body": Finish("painted", "black"),
            "lid": Finish("brushed", "brass"),
            "closure": "screw",
            "height": 0.16,
            "radius": 0.052,
        },
    ),
]

MILLS = [
    Item(
        sku="MIL-001",
        title="Trattoria Pepper Mill, Turned Walnut, 22 cm",
        description=(
            "The shape waiters wave about, in a size you can keep by the stove. A ceramic grinder goes from dust to "
            "cracked with a turn of the nut."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Salt & Pepper Mills",
        price=39.0,
        attributes={"material": "walnut wood", "colour": "walnut", "height_cm": 22, "style": "classic"},
        shape="mill",
        look={"body": Finish("wood", "walnut"), "metal": STEEL, "height": 0.22, "radius": 0.031},
    ),
    Item(
        sku="MIL-002",
        title="Domino Salt and Pepper Set, Black and White Lacquer",
        description=(
            "Which is which? Black is pepper; guests work it out. Pear-shaped grinders in silky lacquered beech, "
            "delivered filled."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Salt & Pepper Mills",
        price=58.0,
        attributes={"material": "lacquered beech", "colour": "black", "accent_colour": "white", "set_of": 2},
        shape="mill",
        look={
            "body": Finish("painted", "black"),
            "second": Finish("painted", "white"),
            "metal": POLISHED,
            "outline": "pear",
            "height": 0.17,
            "radius": 0.033,
        },
        backdrop="sand",
    ),
    Item(
        sku="MIL-003",
        title="Column Spice Grinder, Copper, 16 cm",
        description=(
            "A plain metal pillar that grinds coriander as willingly as peppercorns. Left alone the copper darkens to "
            "chestnut; lemon and salt bring it back."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Salt & Pepper Mills",
        price=46.0,
        attributes={"material": "copper", "colour": "copper", "height_cm": 16, "style": "minimal"},
        shape="mill",
        look={
            "body": Finish("brushed", "copper"),
            "metal": Finish("polished", "copper"),
            "outline": "column",
            "height": 0.16,
            "radius": 0.024,
        },
    ),
]

COFFEE_MAKERS = [
    Item(
        sku="COF-001",
        title="Vesuvio Moka Pot, 6 Cups, Brushed Aluminium",
        description=(
            "Eight facets, one gasket, no electronics. Fill the boiler to the valve, wait for the gurgle, and pour "
            "something close to espresso."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Coffee Makers",
        price=36.0,
        attributes={"material": "aluminium", "colour": "steel", "accent_colour": "black", "capacity_ml": 300},
        family="moka-vesuvio",
        shape="moka_pot",
        look={"body": STEEL, "handle": BLACK},
    ),
    Item(
        sku="COF-002",
        title="Vesuvio Moka Pot, 6 Cups, Cream over Steel",
        description=(
            "The upper half wears a soft cream lacquer, everything below stays bare metal. Suits gas, electric and "
            "camping stoves; rinse without soap."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Coffee Makers",
        price=39.0,
        attributes={"material": "aluminium", "colour": "cream", "accent_colour": "steel", "capacity_ml": 300},
        family="moka-vesuvio",
        shape="moka_pot",
        look={"body": Finish("painted", "cream"), "base": STEEL, "handle": Finish("wood", "beech")},
    ),
    Item(
        sku="COF-003",
        title="Round Induction Espresso Maker, Gunmetal, 3 Cups",
        description=(
            "Smooth-sided and compact for one greedy or three polite drinkers. The stainless foot works on induction, "
            "which grandmother's never did."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Coffee Makers",
        price=45.0,
        attributes={"material": "stainless steel", "colour": "gunmetal", "capacity_ml": 150, "height_cm": 16},
        shape="moka_pot",
        look={
            "body": Finish("brushed", "gunmetal"),
            "base": Finish("brushed", "steel"),
            "handle": BLACK,
            "sides": 0,
            "height": 0.155,
        },
    ),
    Item(
        sku="COF-004",
        title="Chamonix French Press, Polished Steel Frame, 1 Litre",
        description=(
            "Coarse grounds, four minutes, push. Heatproof beaker in a gleaming cage, with a mesh fine enough to keep "
            "the silt out of the last mug."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Coffee Makers",
        price=42.0,
        attributes={"material": "glass and steel", "colour": "steel", "accent_colour": "black", "capacity_l": 1.0},
        shape="french_press",
        look={"glass": CLEAR, "metal": POLISHED, "handle": BLACK, "coffee": COFFEE},
        backdrop="sand",
    ),
    Item(
        sku="COF-005",
        title="Stoneware Cafetière, Charcoal with Brass Plunger",
        description=(
            "Thick clay walls hold the heat for the whole Sunday paper. Matt charcoal outside, glazed within, brass "
            "lid and an oak grip; brews 800 ml."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Coffee Makers",
        price=64.0,
        attributes={"material": "stoneware", "colour": "charcoal", "accent_colour": "brass", "capacity_ml": 800},
        shape="french_press",
        look={
            "glass": Finish("stoneware", "charcoal"),
            "metal": BRASS,
            "handle": Finish("wood", "oak"),
            "frame": "none",
            "height": 0.18,
            "radius": 0.053,
        },
    ),
    Item(
        sku="COF-006",
        title="Waist Pour-Over Carafe with Walnut Collar",
        description=(
            "Chemistry-lab glass laced into a wooden belt with a leather thong. Set a paper cone in the top, pour in "
            "slow circles, and take your time."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Coffee Makers",
        price=52.0,
        attributes={"material": "borosilicate glass", "colour": "clear", "accent_colour": "walnut", "capacity_ml": 700},
        shape="pour_over",
        look={
            "glass": CLEAR,
            "collar": Finish("wood", "walnut"),
            "tie": Finish("leather", "cognac"),
            "coffee": COFFEE,
        },
        backdrop="sage",
    ),
    Item(
        sku="KET-004",
        title="Heron Gooseneck Kettle, Matt Black with Beech Handle",
        description=(
            "A beak as thin as a straw puts every drop where the recipe wants it. 900 ml, for filter coffee and for "
            "orchids you are nervous about."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Kettles & Teapots",
        price=79.0,
        attributes={"material": "coated steel", "colour": "black", "accent_colour": "beech", "capacity_ml": 900},
        family="kettle-heron",
        shape="gooseneck_kettle",
        look={"body": Finish("painted", "black"), "handle": Finish("wood", "beech")},
    ),
    Item(
        sku="KET-005",
        title="Heron Gooseneck Kettle, Polished Copper",
        description=(
            "Warm metal, cool walnut. Tin-lined and hand-polished; hang it where people can see it, because they will "
            "ask."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Kettles & Teapots",
        price=118.0,
        attributes={"material": "copper", "colour": "copper", "accent_colour": "walnut", "capacity_ml": 900},
        family="kettle-heron",
        shape="gooseneck_kettle",
        look={
            "body": Finish("polished", "copper"),
            "handle": Finish("wood", "walnut"),
            "trim": Finish("polished", "copper"),
        },
    ),
]

TRAYS = [
    Item(
        sku="TRY-001",
        title="Butler's Tray in Oak with Brass Handles, 44 cm",
        description=(
            "Breakfast in bed begins with something to carry it on. Finger-jointed oak, brass bows you can trust with "
            "a full teapot, and a rim that stops the marmalade."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Trays",
        price=59.0,
        attributes={"material": "oak wood", "colour": "oak", "accent_colour": "brass", "width_cm": 44, "depth_cm": 30},
        shape="tray",
        look={"body": Finish("wood", "oak"), "handles": BRASS},
    ),
    Item(
        sku="TRY-002",
        title="Oval Rattan Serving Tray, Natural Weave",
        description=(
            "Woven by hand round a cane frame, so it weighs next to nothing. Looks as good leaning on the sideboard "
            "as it does loaded with iced tea on the terrace."
        ),
        brand=WILLOW,
        category="Kitchen & Dining/Trays",
        price=38.0,
        attributes={"material": "rattan", "colour": "rattan", "width_cm": 46, "pattern": "woven"},
        shape="tray",
        look={
            "body": Finish("fibre", "rattan"),
            "form": "oval",
            "width": 0.46,
            "depth": 0.32,
            "wall": 0.042,
            "rows": 4,
        },
    ),
    Item(
        sku="TRY-003",
        title="Bistro Round Drinks Tray, Crimson Lacquer, 36 cm",
        description=(
            "One hand, six glasses, no spills: the inside has a grippy matt coat. Red enough to find the waiter in a "
            "crowd."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Trays",
        price=29.0,
        attributes={"material": "lacquered metal", "colour": "crimson", "diameter_cm": 36},
        family="tray-bistro",
        shape="tray",
        look={"body": Finish("painted", "crimson"), "form": "round", "width": 0.36, "depth": 0.36, "wall": 0.028},
    ),
    Item(
        sku="TRY-004",
        title="Bistro Round Drinks Tray, Navy Lacquer, 36 cm",
        description=(
            "Dark as a waiter's apron and equally hard-working. Stack it flat behind the toaster between parties."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Trays",
        price=29.0,
        attributes={"material": "lacquered metal", "colour": "navy", "diameter_cm": 36},
        family="tray-bistro",
        shape="tray",
        look={"body": Finish("painted", "navy"), "form": "round", "width": 0.36, "depth": 0.36, "wall": 0.028},
        photographed=False,
    ),
]

TOOLS = [
    Item(
        sku="CRK-001",
        title="Utensil Crock with Beech Tools, White Ceramic",
        description=(
            "Everything you reach for mid-stir in one heavy pot: two spoons, a turner and a balloon whisk are "
            "included. Sixteen centimetres tall, and it will not tip."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Utensil Holders",
        price=48.0,
        attributes={"material": "glazed ceramic", "colour": "white", "accent_colour": "beech", "height_cm": 16},
        shape="utensil_crock",
        look={"body": Finish("glaze", "white"), "tools": Finish("wood", "beech")},
        backdrop="mist",
    ),
    Item(
        sku="CRK-002",
        title="Fluted Spoon Pot, Moss Green, with Acacia Utensils",
        description=(
            "Pleated like a curtain, glazed like a pond. Comes with four acacia cooking spoons; the pot moonlights as "
            "a vase when they are in the sink."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Utensil Holders",
        price=52.0,
        attributes={"material": "glazed stoneware", "colour": "moss", "accent_colour": "acacia", "pattern": "fluted"},
        shape="utensil_crock",
        look={
            "body": Finish("glaze", "moss"),
            "tools": Finish("wood", "acacia"),
            "outline": "flared",
            "flutes": 28,
            "whisk": False,
        },
    ),
    Item(
        sku="COL-001",
        title="Footed Colander, Teal Enamel, 24 cm",
        description=(
            "Drains pasta in the time it takes to find the cheese. Three coats of enamel, two sturdy loops and a ring "
            "foot to hold it clear of the sink."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Colanders",
        price=34.0,
        attributes={"material": "enamelled steel", "colour": "teal", "diameter_cm": 24},
        family="colander-footed",
        shape="colander",
        look={"body": Finish("enamel", "teal")},
    ),
    Item(
        sku="COL-002",
        title="Footed Colander, Cream Enamel with Forest Green Trim",
        description=(
            "Country-kitchen colours on a strainer built like a saucepan. Berries, beans, boiled potatoes; then "
            "straight to the table as a fruit basket."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Colanders",
        price=34.0,
        attributes={
            "material": "enamelled steel",
            "colour": "cream",
            "accent_colour": "forest green",
            "diameter_cm": 24,
        },
        family="colander-footed",
        shape="colander",
        look={"body": Finish("enamel", "cream"), "rim": Finish("enamel", "forest green")},
    ),
    Item(
        sku="MIX-001",
        title="Nesting Mixing Bowls, Set of 3, White, Sage and Mustard",
        description=(
            "Whisk in the small one, fold in the middle one, let dough rise in the big one. They sit inside each "
            "other in a single cupboard space."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Mixing Bowls",
        price=56.0,
        attributes={"material": "glazed stoneware", "colour": "white", "accent_colour": "sage", "set_of": 3},
        shape="bowl_nest",
        look={
            "outer": Finish("glaze", "white"),
            "middle": Finish("glaze", "sage"),
            "inner": Finish("glaze", "mustard"),
        },
        backdrop="sand",
    ),
    Item(
        sku="MIX-002",
        title="Pastry Chef's Steel Bowl Trio",
        description=(
            "Restaurant-supply plain: brushed inside and out, light enough to hold against the hip while you beat. "
            "The largest spans 28 cm."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Mixing Bowls",
        price=44.0,
        attributes={"material": "stainless steel", "colour": "steel", "set_of": 3, "diameter_cm": 28},
        shape="bowl_nest",
        look={"outer": STEEL, "middle": STEEL, "inner": STEEL, "width": 0.28, "height": 0.115},
        photographed=False,
    ),
]

ITEMS = [*JARS, *MILLS, *COFFEE_MAKERS, *TRAYS, *TOOLS]
