"""Bedside tables, chests, sideboards, desks and benches."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import HAVNBY, VALE, Item

BRAMHALL = "Bramhall Joinery"

OAK, WALNUT, BLACK_OAK = Finish("wood", "oak"), Finish("wood", "walnut"), Finish("wood", "black oak")
WHITE, BLACK, BRASS = Finish("painted", "white"), Finish("painted", "black"), Finish("polished", "brass")

BEDSIDES = [
    Item(
        sku="BED-001",
        title="Fenwick Bedside Table, Walnut, One Drawer",
        description=(
            "A cubby for the current book, a drawer for the ones you meant to read. Dovetailed at the front and "
            "oiled by hand."
        ),
        brand=BRAMHALL,
        category="Furniture/Bedside Tables",
        price=189.0,
        attributes={"material": "walnut wood", "colour": "walnut", "accent_colour": "brass", "height_cm": 55},
        family="bedside-fenwick",
        shape="cabinet",
        look={"body": WALNUT, "pulls": BRASS, "legs": WALNUT, "rows": (("open", 1.0, 1), ("drawer", 0.9, 1))},
    ),
    Item(
        sku="BED-002",
        title="Fenwick Bedside Table in White Lacquer with Oak Legs",
        description=(
            "Silky white lacquer over birch ply, standing on turned oak. Soft-close runner, cable slot at the "
            "back for a charger."
        ),
        brand=BRAMHALL,
        category="Furniture/Bedside Tables",
        price=169.0,
        attributes={"material": "lacquered wood", "colour": "white", "accent_colour": "oak", "height_cm": 55},
        family="bedside-fenwick",
        shape="cabinet",
        look={"body": WHITE, "pulls": OAK, "legs": OAK, "rows": (("open", 1.0, 1), ("drawer", 0.9, 1))},
        backdrop="mist",
    ),
    Item(
        sku="BED-003",
        title="Little Tansy Nightstand, Two Drawers, Sage Green",
        description=(
            "Narrow enough for the gap between bed and wall. Two deep drawers swallow chargers, hand cream and "
            "that torch nobody can find."
        ),
        brand=VALE,
        category="Furniture/Bedside Tables",
        price=129.0,
        attributes={"material": "painted wood", "colour": "sage", "accent_colour": "brass", "width_cm": 36},
        shape="cabinet",
        look={
            "body": Finish("painted", "sage"),
            "pulls": BRASS,
            "legs": BRASS,
            "rows": (("drawer", 1.0, 1), ("drawer", 1.0, 1)),
            "width": 0.36,
            "height": 0.52,
            "depth": 0.34,
            "lift": 0.12,
            "pull": "bar",
            "splay": 0.0,
        },
    ),
]

CHESTS = [
    Item(
        sku="DRW-001",
        title="Bramhall Wide Chest of Six Drawers, Natural Oak",
        description=(
            "Six drawers on full-extension runners, all the same size so nobody argues. 120 cm wide; arrives "
            "assembled, carried to the room by two people."
        ),
        brand=BRAMHALL,
        category="Furniture/Chests & Sideboards",
        price=649.0,
        attributes={"material": "oak wood", "colour": "oak", "accent_colour": "black", "width_cm": 120},
        shape="cabinet",
        look={
            "body": OAK,
            "pulls": BLACK,
            "legs": OAK,
            "rows": (("drawer", 1.0, 2), ("drawer", 1.0, 2), ("drawer", 1.0, 2)),
            "width": 1.2,
            "height": 0.78,
            "depth": 0.45,
            "lift": 0.14,
        },
    ),
    Item(
        sku="DRW-002",
        title="Captain's Tallboy, Five Drawers, Navy with Brass Pulls",
        description=(
            "Painted the blue of a yacht's hull and fitted with unlacquered brass that will dull handsomely. Top "
            "drawer lined in cedar against moths."
        ),
        brand=BRAMHALL,
        category="Furniture/Chests & Sideboards",
        price=529.0,
        attributes={"material": "painted wood", "colour": "navy", "accent_colour": "brass", "height_cm": 115},
        shape="cabinet",
        look={
            "body": Finish("painted", "navy"),
            "pulls": BRASS,
            "rows": (
                ("drawer", 0.7, 2),
                ("drawer", 1.0, 1),
                ("drawer", 1.0, 1),
                ("drawer", 1.0, 1),
            ),
            "width": 0.72,
            "height": 1.15,
            "depth": 0.44,
            "lift": 0.07,
            "pull": "bar",
        },
    ),
    Item(
        sku="DRW-003",
        title="Longship Walnut Sideboard with Doors and Open Bay",
        description=(
            "Plates behind the doors, records in the middle, a lamp on top. The veneer runs unbroken across the "
            "whole front of this 160 cm credenza."
        ),
        brand=HAVNBY,
        category="Furniture/Chests & Sideboards",
        price=890.0,
        attributes={"material": "walnut wood", "colour": "walnut", "accent_colour": "black", "width_cm": 160},
        shape="cabinet",
        look={
            "body": WALNUT,
            "pulls": BLACK,
            "legs": BLACK,
            "rows": (("open", 0.8, 3), ("door", 1.5, 4)),
            "width": 1.6,
            "height": 0.76,
            "depth": 0.44,
            "lift": 0.18,
            "pull": "bar",
        },
    ),
]

DESKS = [
    Item(
        sku="DSK-001",
        title="Copyist Writing Desk, Oak, Two Drawers",
        description=(
            "Long enough for a laptop and an elbow each side. The shallow drawers keep pens in front and secrets "
            "at the back."
        ),
        brand=BRAMHALL,
        category="Furniture/Desks",
        price=459.0,
        attributes={"material": "oak wood", "colour": "oak", "accent_colour": "brass", "width_cm": 120},
        family="desk-copyist",
        shape="desk",
        look={"top": OAK, "legs": OAK, "drawers": OAK, "pulls": BRASS},
    ),
    Item(
        sku="DSK-002",
        title="Copyist Writing Desk, Black Oak, Two Drawers",
        description=(
            "The same table after dark. Stain goes deep into the grain, so scratches barely show; brass knobs "
            "catch what light there is."
        ),
        brand=BRAMHALL,
        category="Furniture/Desks",
        price=479.0,
        attributes={"material": "oak wood", "colour": "black oak", "accent_colour": "brass", "width_cm": 120},
        family="desk-copyist",
        shape="desk",
        look={"top": BLACK_OAK, "legs": BLACK_OAK, "drawers": BLACK_OAK, "pulls": BRASS},
        backdrop="sand",
    ),
    Item(
        sku="DSK-003",
        title="Switchyard Computer Table, Walnut Top on Black Steel Loops",
        description=(
            "No drawers, no fuss: 140 cm of walnut on two bent steel hoops and a brace for the cable tray. Takes "
            "a pair of big screens without bouncing."
        ),
        brand=HAVNBY,
        category="Furniture/Desks",
        price=389.0,
        attributes={"material": "walnut wood", "colour": "walnut", "accent_colour": "black", "width_cm": 140},
        shape="desk",
        look={"top": WALNUT, "legs": BLACK, "style": "loop", "width": 1.4, "depth": 0.68},
    ),
    Item(
        sku="DSK-004",
        title="Atelier Trestle Desk, White Top, Beech A-Frames",
        description=(
            "A drawing table in the old sense. The top lifts off, the trestles fold, and the lot goes behind a "
            "door when guests need the room."
        ),
        brand=HAVNBY,
        category="Furniture/Desks",
        price=245.0,
        attributes={"material": "beech wood", "colour": "white", "accent_colour": "beech", "width_cm": 150},
        shape="desk",
        look={"top": WHITE, "legs": Finish("wood", "beech"), "style": "trestle", "width": 1.5, "depth": 0.7},
        backdrop="sage",
    ),
]

BENCHES = [
    Item(
        sku="BEN-001",
        title="Chapelgate Plank Bench in Solid Ash",
        description=(
            "Three boards and a stretcher, wedged rather than screwed. Fits under the long side of a dining "
            "table, or along a hall wall with boots beneath it."
        ),
        brand=BRAMHALL,
        category="Furniture/Benches",
        price=229.0,
        attributes={"material": "ash wood", "colour": "ash", "width_cm": 120},
        shape="bench",
        look={"seat": Finish("wood", "ash"), "legs": Finish("wood", "ash"), "width": 1.2},
    ),
    Item(
        sku="BEN-002",
        title="Platform 2 Slatted Hall Bench with Shoe Rack, Walnut and Black",
        description=(
            "Sit on the slats to tie your laces; six pairs wait on the rods underneath. Rain drips straight through."
        ),
        brand=HAVNBY,
        category="Furniture/Benches",
        price=199.0,
        attributes={"material": "walnut wood", "colour": "walnut", "accent_colour": "black", "width_cm": 95},
        shape="bench",
        look={"seat": WALNUT, "legs": BLACK, "style": "slats", "width": 0.95, "shelf": BLACK},
    ),
    Item(
        sku="BEN-003",
        title="Overnight Upholstered Bed-End Bench, Forest Green Velvet",
        description=(
            "For the foot of the bed, where tomorrow's clothes go. Ten covered buttons, dense foam, slim brass legs."
        ),
        brand=VALE,
        category="Furniture/Benches",
        price=279.0,
        attributes={"material": "velvet", "colour": "forest green", "accent_colour": "brass", "width_cm": 120},
        family="bench-overnight",
        shape="bench",
        look={"seat": Finish("velvet", "forest green"), "legs": BRASS, "style": "padded", "width": 1.2, "depth": 0.42},
    ),
    Item(
        sku="BEN-004",
        title="Overnight Upholstered Bed-End Bench, Dusty Rose Velvet",
        description="",
        brand=VALE,
        category="Furniture/Benches",
        price=279.0,
        attributes={"material": "velvet", "colour": "dusty rose", "accent_colour": "brass", "width_cm": 120},
        family="bench-overnight",
        shape="bench",
        look={"seat": Finish("velvet", "dusty rose"), "legs": BRASS, "style": "padded", "width": 1.2, "depth": 0.42},
    ),
]

ITEMS = [*BEDSIDES, *CHESTS, *DESKS, *BENCHES]
