"""Every form the shop can render, by the name the product list uses. Add a row here for a new one.

A builder takes keyword arguments (finishes and sizes in metres) and returns a `Model`. Files import numpy only.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from catalog.demo.render.model import Model

SHAPES = {
    "mug": "tableware.make_mug",
    "bowl": "tableware.make_bowl",
    "plate": "tableware.make_plate",
    "bottle": "tableware.make_bottle",
    "carafe": "tableware.make_carafe",
    "board": "tableware.make_board",
    "kettle": "cookware.make_kettle",
    "teapot": "cookware.make_teapot",
    "pan": "cookware.make_pan",
    "casserole": "cookware.make_casserole",
    "tumbler": "glassware.make_tumbler",
    "stem_glass": "glassware.make_stem_glass",
    "cup_and_saucer": "teaware.make_cup_and_saucer",
    "jug": "teaware.make_jug",
    "jar": "jars.make_jar",
    "mill": "jars.make_mill",
    "moka_pot": "coffee.make_moka_pot",
    "french_press": "coffee.make_french_press",
    "pour_over": "coffee.make_pour_over",
    "gooseneck_kettle": "coffee.make_gooseneck_kettle",
    "tray": "serveware.make_tray",
    "colander": "serveware.make_colander",
    "bowl_nest": "serveware.make_bowl_nest",
    "utensil_crock": "serveware.make_utensil_crock",
    "tea_towel": "kitchen_linen.make_tea_towel",
    "folded_towels": "kitchen_linen.make_folded_towels",
    "napkin": "kitchen_linen.make_napkin",
    "soap_dispenser": "bathroom.make_soap_dispenser",
    "tooth_mug": "bathroom.make_tooth_mug",
    "soap_dish": "bathroom.make_soap_dish",
    "bath_set": "bathroom.make_bath_set",
    "table_lamp": "lighting.make_table_lamp",
    "globe_lamp": "lighting.make_globe_lamp",
    "desk_lamp": "lighting.make_desk_lamp",
    "tripod_lamp": "lighting.make_tripod_lamp",
    "arc_lamp": "lighting.make_arc_lamp",
    "column_lamp": "lighting.make_column_lamp",
    "spindle_chair": "seating.make_spindle_chair",
    "shell_chair": "seating.make_shell_chair",
    "padded_chair": "seating.make_padded_chair",
    "stool": "seating.make_stool",
    "pouf": "seating.make_pouf",
    "sofa": "sofas.make_sofa",
    "round_table": "tables.make_round_table",
    "drum_table": "tables.make_drum_table",
    "pedestal_table": "tables.make_pedestal_table",
    "bookcase": "shelving.make_bookcase",
    "ladder_shelf": "shelving.make_ladder_shelf",
    "wall_shelf": "shelving.make_wall_shelf",
    "vase": "decor.make_vase",
    "planter": "plants.make_planter",
    "pillar_candle": "decor.make_pillar_candle",
    "jar_candle": "decor.make_jar_candle",
    "taper_candle": "decor.make_taper_candle",
    "clock": "wall.make_clock",
    "mirror": "wall.make_mirror",
    "cushion": "textiles.make_cushion",
    "rug": "textiles.make_rug",
    "round_rug": "textiles.make_round_rug",
    "throw": "textiles.make_throw",
    "woven_basket": "storage.make_woven_basket",
    "rope_basket": "storage.make_rope_basket",
    "box_speaker": "audio.make_box_speaker",
    "column_speaker": "audio.make_column_speaker",
    "cabinet": "cabinets.make_cabinet",
    "desk": "desks.make_desk",
    "bench": "desks.make_bench",
    "tub_chair": "easy_chairs.make_tub_chair",
    "sling_chair": "easy_chairs.make_sling_chair",
    "bentwood_chair": "easy_chairs.make_bentwood_chair",
    "ottoman": "easy_chairs.make_ottoman",
    "backpack": "bags.make_backpack",
    "tote": "bags.make_tote",
    "duffel": "bags.make_duffel",
    "pendant": "pendants.make_pendant",
    "globe_pendant": "pendants.make_globe_pendant",
    "woven_pendant": "pendants.make_woven_pendant",
    "lantern": "pendants.make_lantern",
    "storm_lantern": "pendants.make_storm_lantern",
}


def build(shape: str, look: dict[str, Any]) -> Model:
    module, function = SHAPES[shape].split(".")
    model: Model = getattr(import_module(f"{__name__}.{module}"), function)(**look)
    return model
