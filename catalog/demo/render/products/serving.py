"""Drinking bottles, carafes, serving boards and loudspeakers."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import AUDEN, CORVIN, LOAM, Item

WALNUT, OAK, BLACK = Finish("wood", "walnut"), Finish("wood", "oak"), Finish("plastic", "black")

BOTTLES = [
    Item(
        sku="BTL-001",
        title="Trailhead Insulated Bottle, Forest Green with Bamboo Cap",
        description=(
            "Ice water at noon, still ice water at six. Double-walled steel in a powder coat of forest green, "
            "closed with a bamboo cap and a loop for your finger."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Bottles & Carafes",
        price=32.0,
        attributes={"material": "stainless steel", "colour": "forest green", "capacity_ml": 500},
        family="bottle-trailhead",
        shape="bottle",
        look={"body": Finish("painted", "forest green"), "cap": Finish("wood", "bamboo")},
    ),
    Item(
        sku="BTL-002",
        title="Trailhead Insulated Bottle, Blush Pink with Bamboo Cap",
        description=(
            "The Trailhead in powdery blush. It fits bike cages and cup holders, does not sweat on the desk and "
            "weighs less than your phone when empty."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Bottles & Carafes",
        price=32.0,
        attributes={"material": "stainless steel", "colour": "blush", "capacity_ml": 500},
        family="bottle-trailhead",
        shape="bottle",
        look={"body": Finish("painted", "blush"), "cap": Finish("wood", "bamboo")},
    ),
    Item(
        sku="BTL-003",
        title="Trailhead Insulated Bottle, Brushed Steel with Leather Sleeve",
        description=(
            "Bare brushed steel for people who like to see what a thing is made of. A stitched cognac leather "
            "sleeve gives a warm grip; tea stays hot for twelve hours."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Bottles & Carafes",
        price=39.0,
        attributes={"material": "stainless steel", "colour": "steel", "accent_colour": "cognac", "capacity_ml": 500},
        family="bottle-trailhead",
        shape="bottle",
        look={"body": Finish("brushed", "steel"), "cap": BLACK, "sleeve": Finish("leather", "cognac")},
    ),
    Item(
        sku="CRF-001",
        title="Spring Glass Carafe with Oak Stopper",
        description=(
            "Clear hand-blown glass and a solid oak stopper: water has rarely looked better at the table. One "
            "litre, slim enough for the fridge door."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Bottles & Carafes",
        price=28.0,
        attributes={"material": "glass", "colour": "clear", "capacity_l": 1.0},
        shape="carafe",
        look={"body": Finish("glass", "clear"), "stopper": OAK},
        backdrop="sage",
    ),
    Item(
        sku="CRF-002",
        title="Apothecary Amber Glass Bottle, Column Shape",
        description=(
            "A straight amber bottle with a narrow neck, as happy holding cold-brew coffee as a single dried "
            "branch. The brown glass keeps light away from what is inside."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Bottles & Carafes",
        price=22.0,
        attributes={"material": "glass", "colour": "amber", "capacity_ml": 900},
        shape="carafe",
        look={"body": Finish("glass", "amber"), "stopper": BLACK, "outline": "column", "radius": 0.045},
    ),
    Item(
        sku="CRF-003",
        title="Droplet Wine Decanter, Bottle Green Glass",
        description=(
            "Let a young red breathe in this drop-shaped decanter of bottle-green glass. Its low waist gives the "
            "wine room, and the flared lip pours cleanly."
        ),
        brand=LOAM,
        category="Kitchen & Dining/Bottles & Carafes",
        price=36.0,
        attributes={"material": "glass", "colour": "bottle green", "capacity_l": 1.2},
        shape="carafe",
        look={"body": Finish("glass", "bottle green"), "outline": "drop", "radius": 0.075, "height": 0.25},
        backdrop="sand",
    ),
]

BOARDS = [
    Item(
        sku="BRD-001",
        title="Grove Walnut Paddle Serving Board",
        description=(
            "Cheese at one end, figs at the other. A long walnut paddle with rounded edges and a leather-lined "
            "eye to hang it by when the guests have gone."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Boards",
        price=38.0,
        attributes={"material": "walnut wood", "colour": "walnut", "length_cm": 43},
        shape="board",
        look={"body": WALNUT},
    ),
    Item(
        sku="BRD-002",
        title="Grove Round Chopping Board, Beech",
        description=(
            "Pale beech, 32 cm across and nearly two fingers thick. Kind to knives, big enough for pizza, and "
            "reversible once one side has earned its scars."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Boards",
        price=34.0,
        attributes={"material": "beech wood", "colour": "beech", "diameter_cm": 32},
        shape="board",
        look={"body": Finish("wood", "beech"), "form": "round"},
    ),
    Item(
        sku="BRD-003",
        title="Inlay Rectangular Cutting Board, Oak with Walnut Stripe",
        description=(
            "One dark walnut stripe runs the length of this oak cutting board, glued and pegged so that neither "
            "wood moves. Oiled by hand before it leaves the workshop."
        ),
        brand=CORVIN,
        category="Kitchen & Dining/Boards",
        price=45.0,
        attributes={"material": "oak wood", "colour": "oak", "accent_colour": "walnut", "length_cm": 38},
        shape="board",
        look={"body": OAK, "inlay": WALNUT, "form": "rectangle"},
    ),
]

SPEAKERS = [
    Item(
        sku="SPK-001",
        title="Cantata Bookshelf Speaker, Walnut",
        description=(
            "Real walnut veneer over a stiff birch cabinet, with a paper-cone woofer that makes cellos sound like"
            " wood and rosin. Bluetooth and optical in; sold singly, pairs with a second one."
        ),
        brand=AUDEN,
        category="Audio/Speakers",
        price=249.0,
        attributes={"material": "walnut veneer", "colour": "walnut", "height_cm": 29},
        family="speaker-cantata",
        shape="box_speaker",
        look={"cabinet": WALNUT, "front": Finish("painted", "black")},
    ),
    Item(
        sku="SPK-002",
        title="Cantata Bookshelf Speaker, White Lacquer",
        description=(
            "For pale shelves and pale walls, the Cantata in silky white lacquer. The same two drivers, the same "
            "unhurried sound."
        ),
        brand=AUDEN,
        category="Audio/Speakers",
        price=239.0,
        attributes={"material": "lacquered wood", "colour": "white", "height_cm": 29},
        family="speaker-cantata",
        shape="box_speaker",
        look={"cabinet": Finish("painted", "white"), "front": Finish("painted", "white")},
        backdrop="grey",
    ),
    Item(
        sku="SPK-003",
        title="Parlour Wireless Speaker, Oak with Slate Grey Cloth Front",
        description=(
            "Furniture first, loudspeaker second. An oak case on four short legs, a front of slate woven cloth, "
            "and enough bass to fill a living room through the home network."
        ),
        brand=AUDEN,
        category="Audio/Speakers",
        price=329.0,
        attributes={"material": "oak veneer", "colour": "oak", "accent_colour": "slate", "width_cm": 38},
        shape="box_speaker",
        look={
            "cabinet": OAK,
            "front": Finish("grille", "slate"),
            "drivers": False,
            "width": 0.38,
            "height": 0.2,
            "depth": 0.18,
            "legs": OAK,
        },
    ),
    Item(
        sku="SPK-004",
        title="Pebble Portable Bluetooth Speaker, Rust Cloth with Leather Strap",
        description=(
            "Take it to the balcony, the bath or the back seat. A rust-coloured knit all the way round, dials on "
            "top, a leather strap to carry it and fourteen hours of music in the battery."
        ),
        brand=AUDEN,
        category="Audio/Speakers",
        price=119.0,
        attributes={"material": "cloth", "colour": "rust", "height_cm": 17},
        family="speaker-pebble",
        shape="column_speaker",
        look={
            "cloth": Finish("grille", "rust"),
            "cap": Finish("plastic", "charcoal"),
            "strap": Finish("leather", "chestnut"),
        },
    ),
    Item(
        sku="SPK-005",
        title="Pebble Portable Bluetooth Speaker, Light Grey Cloth",
        description=(
            "A quiet grey cylinder that is anything but quiet. Splash-proof, charges by USB-C, and remembers the "
            "last two phones it met."
        ),
        brand=AUDEN,
        category="Audio/Speakers",
        price=109.0,
        attributes={"material": "cloth", "colour": "light grey", "height_cm": 17},
        family="speaker-pebble",
        shape="column_speaker",
        look={"cloth": Finish("grille", "light grey"), "cap": Finish("plastic", "white")},
        backdrop="mist",
    ),
]

ITEMS = [*BOTTLES, *BOARDS, *SPEAKERS]
