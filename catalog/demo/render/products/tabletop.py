"""More bowls, plates, boards and carafes: what stands on the table."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.drinkware import BRINDLE
from catalog.demo.render.products.item import CORVIN, LOAM, Item

BOWLS = [
    Item(
        sku="BWL-005",
        title="Osteria Pasta Bowl with Broad Rim, Dusty Rose",
        description=(
            "Spaghetti deserves a rim to rest the fork on. This one is broad, faintly uneven and glazed a chalky "
            "pink; the well takes a generous 350 ml of sauce and noodles."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Bowls",
        price=18.5,
        attributes={"material": "glazed stoneware", "colour": "dusty rose", "diameter_cm": 25, "finish": "glossy"},
        family="bowl-osteria",
        shape="bowl",
        look={"body": Finish("glaze", "dusty rose"), "outline": "rimmed", "width": 0.25, "height": 0.055},
    ),
    Item(
        sku="BWL-006",
        title="Osteria Pasta Bowl with Broad Rim, Moss",
        description=(
            "Same wide-brimmed dish, in a green that flatters tomatoes and hides nothing. Oven proof up to 220 "
            "degrees, so lasagne for one is an option."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Bowls",
        price=18.5,
        attributes={"material": "glazed stoneware", "colour": "moss", "diameter_cm": 25, "finish": "glossy"},
        family="bowl-osteria",
        shape="bowl",
        look={"body": Finish("glaze", "moss"), "outline": "rimmed", "width": 0.25, "height": 0.055},
    ),
    Item(
        sku="BWL-007",
        title="Straight-Sided Serving Dish in Indigo Stripe Porcelain",
        description=(
            "Upright walls make the most of a crowded table. Indigo bands on a warm white ground, banded by eye "
            "on a slow wheel. 20 cm wide, 1.4 litres to the brim."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Bowls",
        price=31.0,
        attributes={
            "material": "porcelain",
            "colour": "white",
            "accent_colour": "indigo",
            "pattern": "striped",
            "diameter_cm": 20,
            "capacity_l": 1.4,
        },
        shape="bowl",
        look={
            "body": Finish("glaze", "white", "rings", "indigo", 0.024),
            "outline": "upright",
            "width": 0.2,
            "height": 0.075,
        },
    ),
    Item(
        sku="BWL-008",
        title="Heavy-Based Olive Dish in Smoked Glass",
        description=(
            "Nuts, dips or the first figs of the year. Pressed grey glass with a thick bottom and a soft lip, 11 cm "
            "across and happy in the top rack."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Bowls",
        price=14.0,
        attributes={"material": "pressed glass", "colour": "smoke", "diameter_cm": 11},
        shape="bowl",
        look={"body": Finish("glass", "smoke"), "outline": "upright", "width": 0.11, "height": 0.05, "wall": 0.006},
        backdrop="sand",
    ),
]

PLATES = [
    Item(
        sku="PLT-005",
        title="Regent Oval Platter, Ivory with Brass-Gold Edge",
        description=(
            "Roast chicken, whole sea bream, a mountain of meringues. The long ivory oval measures 38 cm and the hand-"
            "painted gilt line means washing up in the sink."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Plates",
        price=54.0,
        attributes={"material": "bone china", "colour": "ivory", "accent_colour": "gold", "width_cm": 38},
        shape="plate",
        look={
            "body": Finish("glaze", "ivory"),
            "band": Finish("polished", "gold"),
            "rim": "wide",
            "width": 0.38,
            "height": 0.03,
            "oval": 0.66,
        },
        backdrop="mist",
    ),
    Item(
        sku="PLT-006",
        title="Camp Enamel Dinner Plate, White with Cobalt Edge",
        description=(
            "Drop it, stack it, put it over the fire. Steel coated twice in hard white enamel and finished with "
            "a blue rolled rim that will chip before it breaks."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Plates",
        price=12.0,
        attributes={"material": "enamelled steel", "colour": "white", "accent_colour": "cobalt", "diameter_cm": 26},
        shape="plate",
        look={"body": Finish("enamel", "white"), "band": Finish("enamel", "cobalt"), "rim": "wide", "width": 0.26},
    ),
    Item(
        sku="PLT-007",
        title="Kiosk Breakfast Plate, Mustard and Ivory Dots",
        description=(
            "Toast has never had such company. Mustard stoneware, 20 cm, scattered with pale dots that we print "
            "under the glaze so cutlery cannot reach them."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Plates",
        price=13.0,
        attributes={
            "material": "glazed stoneware",
            "colour": "mustard",
            "accent_colour": "ivory",
            "pattern": "polka dot",
            "diameter_cm": 20,
        },
        shape="plate",
        look={"body": Finish("glaze", "mustard", "dots", "ivory", 0.03), "rim": "upright", "width": 0.2},
    ),
    Item(
        sku="PLT-008",
        title="Acacia Wood Charger Plate, 30 cm",
        description=(
            "Slip it under the china for a layered table, or let it carry the bread on its own. Turned wood with "
            "a food-safe oil finish; wipe, never soak."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Plates",
        price=26.0,
        attributes={"material": "acacia wood", "colour": "acacia", "diameter_cm": 30, "finish": "oiled"},
        shape="plate",
        look={"body": Finish("wood", "acacia"), "rim": "upright", "width": 0.3, "height": 0.02},
    ),
]

BOARDS = [
    Item(
        sku="BRD-004",
        title="Chapel Arched Cheese Board, White Marble",
        description=(
            "Cool stone keeps butter firm and pastry obedient. Cut with a rounded top, polished on one face, felt "
            "dots beneath; 40 x 24 cm and a satisfying three kilos."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Boards",
        price=62.0,
        attributes={"material": "marble", "colour": "white", "accent_colour": "grey", "length_cm": 40, "width_cm": 24},
        family="board-chapel",
        shape="board",
        look={"body": Finish("marble", "white", accent="grey", grain=0.4), "form": "arch"},
        backdrop="sand",
    ),
    Item(
        sku="BRD-005",
        title="Chapel Arched Cheese Board, Charcoal Slate",
        description=(
            "Write the name of each cheese beside it in chalk. Riven dark slate with smoothed edges, shaped like a "
            "little doorway."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Boards",
        price=48.0,
        attributes={"material": "slate stone", "colour": "charcoal", "length_cm": 40, "width_cm": 24},
        family="board-chapel",
        shape="board",
        look={"body": Finish("concrete", "charcoal"), "form": "arch"},
    ),
    Item(
        sku="BRD-006",
        title="Long Baguette Board, Black Oak",
        description="",
        brand=CORVIN,
        category="Kitchen & Dining/Boards",
        price=36.0,
        attributes={"material": "stained oak wood", "colour": "black oak", "length_cm": 46, "width_cm": 14},
        shape="board",
        look={"body": Finish("wood", "black oak"), "form": "plank"},
    ),
]

CARAFES = [
    Item(
        sku="CRF-004",
        title="Mariner Ship's Decanter, Clear Crystal",
        description=(
            "Broad in the base so that it stays upright in a swell, or at a lively dinner. Lead-free crystal, blown "
            "and cut by hand; 800 ml."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Bottles & Carafes",
        price=84.0,
        attributes={"material": "crystal glass", "colour": "clear", "capacity_ml": 800, "height_cm": 25},
        shape="carafe",
        look={"body": Finish("glass", "clear"), "outline": "ship", "radius": 0.095, "height": 0.25},
        backdrop="sand",
    ),
    Item(
        sku="CRF-005",
        title="Bedside Water Carafe, Aqua Glass with Cork",
        description=(
            "For the night table: half a litre of water under a cork stopper, in glass the colour of a shallow bay."
        ),
        brand=BRINDLE,
        category="Kitchen & Dining/Bottles & Carafes",
        price=24.0,
        attributes={"material": "recycled glass", "colour": "aqua", "capacity_ml": 500, "height_cm": 18},
        shape="carafe",
        look={
            "body": Finish("glass", "aqua"),
            "stopper": Finish("clay", "natural"),
            "outline": "column",
            "radius": 0.043,
            "height": 0.18,
        },
    ),
    Item(
        sku="BTL-004",
        title="Commuter Flask, Cobalt Blue with Steel Lid, 750 ml",
        description=(
            "Coffee poured at six is still hot at the end of the line. The taller of our vacuum flasks, leakproof in a "
            "bag and lacquered a saturated blue."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Bottles & Carafes",
        price=36.0,
        attributes={"material": "stainless steel", "colour": "cobalt", "accent_colour": "steel", "capacity_ml": 750},
        shape="bottle",
        look={
            "body": Finish("painted", "cobalt"),
            "cap": Finish("brushed", "steel"),
            "height": 0.31,
            "radius": 0.038,
        },
    ),
]

ITEMS = [*BOWLS, *PLATES, *BOARDS, *CARAFES]
