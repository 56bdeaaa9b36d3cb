"""More cushions, rugs and throws."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import TESSEL, Item

CUSHIONS = [
    Item(
        sku="CSH-008",
        title="Chessboard Velvet Cushion, Burgundy and Blush",
        description=(
            "Two reds that have no business together and get on famously. Chequered velvet on the front, plain "
            "burgundy behind; insert included."
        ),
        brand=TESSEL,
        category="Textiles/Cushions",
        price=44.0,
        attributes={
            "material": "velvet",
            "colour": "burgundy",
            "accent_colour": "blush",
            "pattern": "chequered",
            "size_cm": "45x45",
        },
        family="cushion-chessboard",
        shape="cushion",
        look={
            "cover": Finish("velvet", "burgundy", "chequers", "blush", 0.15),
            "width": 0.45,
            "height": 0.45,
            "seed": 8,
        },
    ),
    Item(
        sku="CSH-009",
        title="Chessboard Velvet Cushion, Navy and Sky Blue",
        description=(
            "Same board, cooler players. Squares of navy and pale sky with a hidden zip, 45 cm each way, dry "
            "clean only."
        ),
        brand=TESSEL,
        category="Textiles/Cushions",
        price=44.0,
        attributes={
            "material": "velvet",
            "colour": "navy",
            "accent_colour": "sky blue",
            "pattern": "chequered",
            "size_cm": "45x45",
        },
        family="cushion-chessboard",
        shape="cushion",
        look={
            "cover": Finish("velvet", "navy", "chequers", "sky blue", 0.15),
            "width": 0.45,
            "height": 0.45,
            "seed": 9,
        },
    ),
]

RUGS = [
    Item(
        sku="RUG-005",
        title="Draughts Tufted Rug, Olive and Cream Checkerboard, 170 x 120",
        description=(
            "Twenty-centimetre squares tufted from New Zealand wool, with enough spring for bare feet in January. "
            "It sheds a little at first; hoover gently and it stops."
        ),
        brand=TESSEL,
        category="Textiles/Rugs",
        price=289.0,
        attributes={
            "material": "wool",
            "colour": "olive",
            "accent_colour": "cream",
            "pattern": "chequered",
            "size_cm": "170x120",
        },
        shape="rug",
        look={
            "pile": Finish("pile", "olive", "chequers", "cream", 0.4),
            "width": 1.7,
            "depth": 1.2,
            "thick": 0.025,
        },
    ),
    Item(
        sku="RUG-006",
        title="Saltmarsh Hallway Runner, Indigo Zigzag on Ivory",
        description=(
            "A long, lean flatweave for the stretch between front door and kitchen. Zigzags hide muddy paws "
            "remarkably well. 240 by 70 cm."
        ),
        brand=TESSEL,
        category="Textiles/Rugs",
        price=119.0,
        attributes={
            "material": "cotton",
            "colour": "ivory",
            "accent_colour": "indigo",
            "pattern": "zigzag",
            "size_cm": "240x70",
        },
        shape="rug",
        look={
            "pile": Finish("wool", "ivory", "zigzag", "indigo", 0.2),
            "width": 2.4,
            "depth": 0.7,
            "thick": 0.01,
            "fringe": Finish("fibre", "ivory"),
        },
        backdrop="grey",
    ),
]

THROWS = [
    Item(
        sku="THR-004",
        title="Bonfire Tartan Blanket, Crimson and Charcoal Check",
        description="",
        brand=TESSEL,
        category="Textiles/Throws & Blankets",
        price=95.0,
        attributes={
            "material": "wool",
            "colour": "crimson",
            "accent_colour": "charcoal",
            "pattern": "checked",
            "size_cm": "180x130",
        },
        shape="throw",
        look={
            "cloth": Finish("wool", "crimson", "checks", "charcoal", 0.09, grain=0.6),
            "layers": 7,
        },
    ),
]

ITEMS = [*CUSHIONS, *RUGS, *THROWS]
