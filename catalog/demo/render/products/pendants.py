"""Pendant lamps and lanterns."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import OSTRA, WILLOW, Item

BRASS, BLACK, WHITE = Finish("polished", "brass"), Finish("painted", "black"), Finish("painted", "white")
CORD = Finish("plastic", "black")
IVORY_WAX = Finish("wax", "ivory")

PENDANTS = [
    Item(
        sku="PEN-001",
        title="Cupola Dome Pendant, Forest Green Outside, White Within",
        description=(
            "Spun from one disc of steel and enamelled like an old dairy lamp. The white lining bounces every "
            "lumen down onto the table."
        ),
        brand=OSTRA,
        category="Lighting/Pendant Lamps",
        price=119.0,
        attributes={
            "material": "enamelled steel",
            "colour": "forest green",
            "accent_colour": "brass",
            "diameter_cm": 36,
        },
        family="pendant-cupola",
        shape="pendant",
        look={"shade": Finish("enamel", "forest green"), "inside": WHITE, "fitting": BRASS, "cord": CORD},
    ),
    Item(
        sku="PEN-002",
        title="Cupola Dome Pendant, Burnt Orange Outside, White Within",
        description=(
            "An orange you can hear from the street. Hang three in a row above an island, sixty centimetres apart."
        ),
        brand=OSTRA,
        category="Lighting/Pendant Lamps",
        price=119.0,
        attributes={
            "material": "enamelled steel",
            "colour": "burnt orange",
            "accent_colour": "brass",
            "diameter_cm": 36,
        },
        family="pendant-cupola",
        shape="pendant",
        look={"shade": Finish("enamel", "burnt orange"), "inside": WHITE, "fitting": BRASS, "cord": CORD},
    ),
    Item(
        sku="PEN-003",
        title="Hush Cone Ceiling Light, Matt Black and Gold Lining",
        description=(
            "From the side, a plain black funnel. From your chair, a warm gold glow that makes even toast look "
            "expensive."
        ),
        brand=OSTRA,
        category="Lighting/Pendant Lamps",
        price=95.0,
        attributes={"material": "aluminium", "colour": "black", "accent_colour": "gold", "diameter_cm": 30},
        shape="pendant",
        look={
            "shade": BLACK,
            "inside": Finish("painted", "gold"),
            "fitting": BLACK,
            "cord": CORD,
            "outline": "cone",
            "width": 0.3,
            "height": 0.26,
        },
    ),
    Item(
        sku="PEN-004",
        title="Weaverbird Rattan Pendant Shade, Bell Shape",
        description=(
            "Forty canes bent over nine hoops. By day it is a basket on the ceiling; switched on, it draws "
            "stripes round the whole room."
        ),
        brand=WILLOW,
        category="Lighting/Pendant Lamps",
        price=89.0,
        attributes={"material": "rattan", "colour": "rattan", "diameter_cm": 42},
        shape="woven_pendant",
        look={"strand": Finish("fibre", "rattan"), "fitting": BRASS, "cord": CORD},
        backdrop="sage",
    ),
    Item(
        sku="PEN-005",
        title="Paper Moon Hanging Lantern, 45 cm",
        description=(
            "Rice-paper pleats over a spiral of bamboo, flattened slightly at the poles. Ships flat and costs "
            "less than the bulb ought to."
        ),
        brand=OSTRA,
        category="Lighting/Pendant Lamps",
        price=24.0,
        attributes={"material": "paper", "colour": "white", "accent_colour": "black", "diameter_cm": 45},
        shape="globe_pendant",
        look={
            "globe": Finish("shade", "white"),
            "fitting": BLACK,
            "cord": CORD,
            "width": 0.45,
            "squash": 0.82,
            "ribs": 16,
            "drop": 0.26,
        },
        backdrop="sand",
    ),
    Item(
        sku="PEN-006",
        title="Bubble Opal Glass Pendant with Brass Fitting",
        description="",
        brand=OSTRA,
        category="Lighting/Pendant Lamps",
        price=135.0,
        attributes={"material": "opal glass", "colour": "white", "accent_colour": "brass", "diameter_cm": 25},
        shape="globe_pendant",
        look={"globe": Finish("opal", "white"), "fitting": BRASS, "cord": CORD, "width": 0.25, "drop": 0.28},
        backdrop="mist",
    ),
]

LANTERNS = [
    Item(
        sku="LAN-001",
        title="Night Watch Lantern, Black Metal and Glass",
        description=(
            "A squat watchman's light for the doorstep or the middle of a long table. Panes on all sides, ring on "
            "top, candle sold with it."
        ),
        brand=WILLOW,
        category="Decor/Lanterns",
        price=42.0,
        attributes={"material": "metal", "colour": "black", "accent_colour": "ivory", "height_cm": 40},
        family="lantern-night-watch",
        shape="lantern",
        look={"frame": BLACK, "wax": IVORY_WAX},
    ),
    Item(
        sku="LAN-002",
        title="Night Watch Lantern, White Metal and Glass",
        description=(
            "Whitewashed for gardens and balconies. Galvanised before painting, so a wet autumn does it no harm."
        ),
        brand=WILLOW,
        category="Decor/Lanterns",
        price=42.0,
        attributes={"material": "metal", "colour": "white", "accent_colour": "ivory", "height_cm": 40},
        family="lantern-night-watch",
        shape="lantern",
        look={"frame": WHITE, "wax": IVORY_WAX},
        backdrop="mist",
    ),
    Item(
        sku="LAN-003",
        title="Tall Oak Porch Lantern with Brass Ring",
        description=(
            "Half a metre of oak and glass for the foot of the stairs. Use a fat church candle, or a string of "
            "fairy lights coiled inside."
        ),
        brand=WILLOW,
        category="Decor/Lanterns",
        price=79.0,
        attributes={"material": "oak wood", "colour": "oak", "accent_colour": "brass", "height_cm": 62},
        shape="lantern",
        look={
            "frame": Finish("wood", "oak"),
            "wax": IVORY_WAX,
            "handle": BRASS,
            "width": 0.2,
            "height": 0.5,
            "roof": 0.04,
        },
    ),
    Item(
        sku="LAN-004",
        title="Galley Hurricane Light, Smoked Glass with Wooden Grip",
        description=(
            "The bow handle swings, the glass lifts off, the flame sits safely below the rim in any breeze. Brass "
            "tray underneath catches the wax."
        ),
        brand=WILLOW,
        category="Decor/Lanterns",
        price=48.0,
        attributes={"material": "glass", "colour": "smoke", "accent_colour": "brass", "height_cm": 39},
        shape="storm_lantern",
        look={
            "glass": Finish("glass", "smoke"),
            "frame": BRASS,
            "wax": IVORY_WAX,
            "grip": Finish("wood", "walnut"),
        },
    ),
]

ITEMS = [*PENDANTS, *LANTERNS]
