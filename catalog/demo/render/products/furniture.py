"""Chairs, stools, sofas, side tables and shelves."""

from __future__ import annotations

from catalog.demo.render.model import Finish
from catalog.demo.render.products.item import HAVNBY, VALE, Item

OAK, WALNUT, BLACK = Finish("wood", "oak"), Finish("wood", "walnut"), Finish("painted", "black")
BRASS, STEEL = Finish("polished", "brass"), Finish("brushed", "steel")

CHAIRS = [
    Item(
        sku="CHR-001",
        title="Wren Spindle Dining Chair, Natural Oak",
        description=(
            "Seven turned sticks, a saddled seat and a steam-bent rail. The Wren borrows from country chairs but "
            "drops the fuss, and it is lighter than it looks."
        ),
        brand=HAVNBY,
        category="Furniture/Chairs",
        price=189.0,
        attributes={"material": "oak wood", "colour": "oak", "seat_height_cm": 47},
        family="chair-wren",
        shape="spindle_chair",
        look={"frame": OAK},
    ),
    Item(
        sku="CHR-002",
        title="Wren Spindle Dining Chair, Black Stained Oak",
        description=(
            "Stained rather than painted, so the oak grain still shows through the black. Mix with the natural "
            "Wren around one table."
        ),
        brand=HAVNBY,
        category="Furniture/Chairs",
        price=199.0,
        attributes={"material": "oak wood", "colour": "black oak", "seat_height_cm": 47},
        family="chair-wren",
        shape="spindle_chair",
        look={"frame": Finish("wood", "black oak")},
    ),
    Item(
        sku="CHR-003",
        title="Lagoon Moulded Shell Chair, Sage Green with Oak Legs",
        description=(
            "The seat and back flow into one another in a single sweep of recycled plastic, here in sage. Four "
            "oak legs, felt pads underneath, wipe-clean for breakfast with children."
        ),
        brand=HAVNBY,
        category="Furniture/Chairs",
        price=95.0,
        attributes={"material": "recycled plastic", "colour": "sage", "seat_height_cm": 44},
        family="chair-lagoon",
        shape="shell_chair",
        look={"shell": Finish("plastic", "sage"), "legs": OAK},
    ),
    Item(
        sku="CHR-004",
        title="Lagoon Moulded Shell Chair, Burnt Orange with Black Steel Legs",
        description=(
            "Burnt orange on thin black legs gives a plain kitchen table a jolt of colour. Made from old bottle "
            "caps and strong enough for a chair-tipper."
        ),
        brand=HAVNBY,
        category="Furniture/Chairs",
        price=89.0,
        attributes={"material": "recycled plastic", "colour": "burnt orange", "seat_height_cm": 44},
        family="chair-lagoon",
        shape="shell_chair",
        look={"shell": Finish("plastic", "burnt orange"), "legs": BLACK, "metal": True},
    ),
    Item(
        sku="CHR-005",
        title="Hollis Velvet Dining Chair, Emerald Green",
        description=(
            "Long dinners ask for padding. Dense foam under emerald velvet, a gently curved back and walnut legs "
            "that taper to a point."
        ),
        brand=VALE,
        category="Furniture/Chairs",
        price=169.0,
        attributes={"material": "velvet", "colour": "emerald", "seat_height_cm": 48},
        family="chair-hollis",
        shape="padded_chair",
        look={"seat": Finish("velvet", "emerald"), "legs": WALNUT},
    ),
    Item(
        sku="CHR-006",
        title="Hollis Leather Dining Chair with Arms, Cognac",
        description=(
            "Full-grain cognac leather that will darken where hands rest. The carver of the Hollis family, its "
            "slim black arms tucking under most tables."
        ),
        brand=VALE,
        category="Furniture/Chairs",
        price=239.0,
        attributes={"material": "leather", "colour": "cognac", "seat_height_cm": 48},
        family="chair-hollis",
        shape="padded_chair",
        look={"seat": Finish("leather", "cognac"), "legs": BLACK, "arms": True},
    ),
]

STOOLS = [
    Item(
        sku="STL-001",
        title="Tern Low Stool, Solid Ash",
        description=(
            "Milking-stool simple: a thick round of pale ash on four legs. Seat, bedside table, step up to the "
            "top shelf."
        ),
        brand=HAVNBY,
        category="Furniture/Stools & Poufs",
        price=75.0,
        attributes={"material": "ash wood", "colour": "ash", "seat_height_cm": 46},
        shape="stool",
        look={"seat": Finish("wood", "ash"), "legs": Finish("wood", "ash")},
    ),
    Item(
        sku="STL-002",
        title="Anvil Bar Stool, Cognac Leather and Black Steel",
        description=(
            "Counter height with a foot ring in just the right place. The thick round cushion is covered in "
            "cognac leather and stitched underneath, so there is no seam to sit on."
        ),
        brand=VALE,
        category="Furniture/Stools & Poufs",
        price=145.0,
        attributes={"material": "leather", "colour": "cognac", "accent_colour": "black", "seat_height_cm": 66},
        shape="stool",
        look={"seat": Finish("leather", "cognac"), "legs": BLACK, "padded": True, "height": 0.66, "ring": True},
    ),
    Item(
        sku="STL-003",
        title="Perch Three-Legged Bar Stool, Walnut with Brass Foot Ring",
        description=(
            "Three legs never wobble, even on an old stone floor. Walnut throughout, apart from the brass ring "
            "your shoes will polish for you."
        ),
        brand=HAVNBY,
        category="Furniture/Stools & Poufs",
        price=179.0,
        attributes={"material": "walnut wood", "colour": "walnut", "seat_height_cm": 68},
        shape="stool",
        look={"seat": WALNUT, "legs": WALNUT, "height": 0.68, "width": 0.34, "count": 3, "ring": True},
    ),
    Item(
        sku="STL-004",
        title="Teddy Bouclé Footstool, Cream with Oak Legs",
        description=(
            "Curly cream bouclé, like a very well-behaved sheep. Put your feet up on it, or park a tray of tea "
            "there for the afternoon."
        ),
        brand=VALE,
        category="Furniture/Stools & Poufs",
        price=115.0,
        attributes={"material": "bouclé", "colour": "cream", "seat_height_cm": 40},
        shape="stool",
        look={"seat": Finish("boucle", "cream"), "legs": OAK, "padded": True, "height": 0.4, "width": 0.46},
        backdrop="sage",
    ),
    Item(
        sku="PUF-001",
        title="Souk Leather Pouf, Caramel Brown",
        description=(
            "Eight panels of caramel leather, hand-stitched and stuffed firm. It begins stiff and within a year "
            "it knows you."
        ),
        brand=VALE,
        category="Furniture/Stools & Poufs",
        price=159.0,
        attributes={"material": "leather", "colour": "caramel", "diameter_cm": 50},
        shape="pouf",
        look={"body": Finish("leather", "caramel")},
    ),
    Item(
        sku="PUF-002",
        title="Dune Knitted Wool Pouf, Charcoal Grey",
        description=(
            "Chunky charcoal wool stretched over a filling of buckwheat husk. Children will roll it around the "
            "room; it was tested for that."
        ),
        brand=VALE,
        category="Furniture/Stools & Poufs",
        price=99.0,
        attributes={"material": "wool", "colour": "charcoal", "diameter_cm": 54},
        shape="pouf",
        look={"body": Finish("wool", "charcoal"), "width": 0.54, "height": 0.32, "seams": 12},
    ),
]

SOFAS = [
    Item(
        sku="SOF-001",
        title="Alder Three-Seater Sofa, Dusty Blue Linen",
        description=(
            "Loose-covered in washable linen the colour of faded denim. Three deep seats, feather-wrapped "
            "cushions, oak feet: the sofa for whole-family film nights."
        ),
        brand=VALE,
        category="Furniture/Sofas & Armchairs",
        price=1490.0,
        attributes={"material": "linen", "colour": "dusty blue", "seats": 3},
        family="sofa-alder",
        shape="sofa",
        look={"cover": Finish("linen", "dusty blue"), "legs": OAK, "accent": Finish("linen", "ivory")},
    ),
    Item(
        sku="SOF-002",
        title="Alder Two-Seater Sofa, Oatmeal Linen",
        description=(
            "For smaller rooms, the Alder as a loveseat in oatmeal linen. Same deep seat, same soft arms, and it "
            "goes through a standard door."
        ),
        brand=VALE,
        category="Furniture/Sofas & Armchairs",
        price=1190.0,
        attributes={"material": "linen", "colour": "oatmeal", "seats": 2},
        family="sofa-alder",
        shape="sofa",
        look={"cover": Finish("linen", "oatmeal"), "legs": OAK, "seats": 2, "accent": Finish("linen", "rust")},
    ),
    Item(
        sku="SOF-003",
        title="Gramercy Leather Sofa, Chestnut Brown",
        description=(
            "Slim arms and a long low line in chestnut leather, aniline dyed so scratches become character. Seats"
            " three on two generous cushions."
        ),
        brand=VALE,
        category="Furniture/Sofas & Armchairs",
        price=2290.0,
        attributes={"material": "leather", "colour": "chestnut", "seats": 3},
        shape="sofa",
        look={
            "cover": Finish("leather", "chestnut"),
            "legs": BLACK,
            "seats": 2,
            "arm": "slim",
            "seat_width": 0.86,
            "back": 0.76,
        },
    ),
    Item(
        sku="SOF-004",
        title="Bonbon Velvet Two-Seater Sofa, Dusty Rose",
        description=(
            "Plump rolled arms, brass feet and a blushing rose velvet. It photographs like a film star and sits "
            "like an old friend."
        ),
        brand=VALE,
        category="Furniture/Sofas & Armchairs",
        price=1350.0,
        attributes={"material": "velvet", "colour": "dusty rose", "seats": 2},
        shape="sofa",
        look={"cover": Finish("velvet", "dusty rose"), "legs": BRASS, "seats": 2, "arm": "round"},
    ),
    Item(
        sku="ARM-001",
        title="Fable Bouclé Armchair, Cream",
        description=(
            "A round-armed reading chair in nubbly cream bouclé. Sink in with a novel and you may well miss dinner."
        ),
        brand=VALE,
        category="Furniture/Sofas & Armchairs",
        price=690.0,
        attributes={"material": "bouclé", "colour": "cream", "seats": 1},
        shape="sofa",
        look={"cover": Finish("boucle", "cream"), "legs": WALNUT, "seats": 1, "arm": "round", "seat_width": 0.6},
        backdrop="sand",
    ),
    Item(
        sku="ARM-002",
        title="Skagen Lounge Chair, Oak Frame with Moss Green Wool",
        description=(
            "An open oak frame you can lift with one hand, holding two loose cushions in moss-green wool. The "
            "flat armrests were made wide enough for a coffee cup."
        ),
        brand=HAVNBY,
        category="Furniture/Sofas & Armchairs",
        price=790.0,
        attributes={"material": "wool", "colour": "moss", "accent_colour": "oak", "seats": 1},
        shape="sofa",
        look={"cover": Finish("wool", "moss"), "legs": OAK, "seats": 1, "arm": "wood"},
    ),
]

TABLES = [
    Item(
        sku="TBL-001",
        title="Tern Round Side Table, Walnut",
        description=(
            "A round walnut top on three splayed legs, tall enough to reach from the sofa without stretching. "
            "Finished in hard wax oil, so a wet glass is no drama."
        ),
        brand=HAVNBY,
        category="Furniture/Side Tables",
        price=149.0,
        attributes={"material": "walnut wood", "colour": "walnut", "diameter_cm": 48},
        shape="round_table",
        look={"top": WALNUT, "legs": WALNUT},
    ),
    Item(
        sku="TBL-002",
        title="Butler Tray Side Table, Teal Metal",
        description=(
            "The rim stops things rolling off; the tray lifts away to carry the cups back. Powder-coated steel in"
            " teal on four slender legs."
        ),
        brand=VALE,
        category="Furniture/Side Tables",
        price=85.0,
        attributes={"material": "steel", "colour": "teal", "diameter_cm": 44},
        shape="round_table",
        look={
            "top": Finish("painted", "teal"),
            "legs": Finish("painted", "teal"),
            "tray": Finish("painted", "teal"),
            "count": 4,
            "width": 0.44,
        },
    ),
    Item(
        sku="TBL-003",
        title="Piazza Terrazzo Drum Side Table, White with Mustard Chips",
        description=(
            "Cast terrazzo, ground smooth so that every mustard, grey and brick-red chip shows. Heavy, cool to "
            "the touch, fine outdoors."
        ),
        brand=VALE,
        category="Furniture/Side Tables",
        price=229.0,
        attributes={"material": "terrazzo", "colour": "white", "accent_colour": "mustard", "diameter_cm": 40},
        shape="drum_table",
        look={"body": Finish("terrazzo", "white", accent="mustard", grain=1.6), "width": 0.4},
        backdrop="mist",
    ),
    Item(
        sku="TBL-004",
        title="Column Fluted Drum Table, Light Oak",
        description=(
            "Vertical flutes catch the light all the way round this drum of pale oak. Hide the router underneath "
            "or simply set down a lamp."
        ),
        brand=HAVNBY,
        category="Furniture/Side Tables",
        price=259.0,
        attributes={"material": "oak wood", "colour": "light oak", "diameter_cm": 42},
        shape="drum_table",
        look={"body": Finish("wood", "light oak"), "top": Finish("wood", "light oak"), "flutes": 36},
    ),
    Item(
        sku="TBL-005",
        title="Cavatina Pedestal Side Table, White Marble and Brass",
        description=(
            "A trumpet of polished brass opens into a foot below and carries a disc of veined white marble above."
            " Small, and rather grand."
        ),
        brand=VALE,
        category="Furniture/Side Tables",
        price=279.0,
        attributes={"material": "marble", "colour": "white", "accent_colour": "brass", "diameter_cm": 45},
        shape="pedestal_table",
        look={"top": Finish("marble", "white", accent="slate"), "stem": BRASS},
        backdrop="grey",
    ),
    Item(
        sku="TBL-006",
        title="Ledger Square Side Table with Shelf, Oak and Black Steel",
        description=(
            "Two oak boards, four straight steel legs, nothing to go wrong. Magazines live on the lower shelf, "
            "the rest of life on top."
        ),
        brand=HAVNBY,
        category="Furniture/Side Tables",
        price=135.0,
        attributes={"material": "oak wood", "colour": "oak", "accent_colour": "black", "width_cm": 45},
        shape="round_table",
        look={"top": OAK, "legs": BLACK, "count": 4, "square": True, "width": 0.45},
    ),
]

SHELVES = [
    Item(
        sku="SHF-001",
        title="Foundry Open Bookcase, Walnut Boards on Black Steel",
        description=(
            "Four thick walnut boards in a slim black frame, braced at the back so that it won't sway under a "
            "lifetime of paperbacks. Open on all sides, it also divides a room."
        ),
        brand=HAVNBY,
        category="Furniture/Shelves",
        price=349.0,
        attributes={"material": "walnut wood", "colour": "walnut", "accent_colour": "black", "height_cm": 150},
        shape="bookcase",
        look={"boards": WALNUT, "frame": BLACK},
    ),
    Item(
        sku="SHF-002",
        title="Library Closed-Side Bookcase, Natural Oak",
        description=(
            "A proper bookcase with sides, a back and five shelves, all in oak. Fix it to the wall with the "
            "bracket supplied and fill it double."
        ),
        brand=HAVNBY,
        category="Furniture/Shelves",
        price=429.0,
        attributes={"material": "oak wood", "colour": "oak", "height_cm": 160},
        shape="bookcase",
        look={"boards": OAK, "frame": OAK, "open_frame": False, "levels": 6, "height": 1.6, "width": 0.75},
    ),
    Item(
        sku="SHF-003",
        title="Rung Ladder Shelf, Bamboo",
        description=(
            "Leaning rails and five shelves that grow deeper towards the floor: plants above, baskets below. "
            "Bamboo shrugs off steam, so bathrooms are welcome."
        ),
        brand=HAVNBY,
        category="Furniture/Shelves",
        price=119.0,
        attributes={"material": "bamboo", "colour": "bamboo", "height_cm": 170},
        shape="ladder_shelf",
        look={"boards": Finish("wood", "bamboo"), "frame": Finish("wood", "bamboo")},
    ),
    Item(
        sku="SHF-004",
        title="Tack Wall Shelf, Oak with Black Brackets",
        description=(
            "A single oak plank and a pair of strutted black brackets. Holds cookery books, spice jars or the "
            "good glasses, up to fifteen kilos."
        ),
        brand=HAVNBY,
        category="Furniture/Shelves",
        price=59.0,
        attributes={"material": "oak wood", "colour": "oak", "accent_colour": "black", "width_cm": 70},
        shape="wall_shelf",
        look={"board": OAK, "bracket": BLACK},
    ),
    Item(
        sku="SHF-005",
        title="Tack Double Wall Shelf, White with Brass Brackets",
        description=(
            "Two white lacquered boards, one above the other, on brackets of polished brass. All screws and a "
            "paper drilling guide are in the box."
        ),
        brand=HAVNBY,
        category="Furniture/Shelves",
        price=99.0,
        attributes={"material": "lacquered wood", "colour": "white", "accent_colour": "brass", "width_cm": 60},
        shape="wall_shelf",
        look={"board": Finish("painted", "white"), "bracket": BRASS, "levels": 2, "width": 0.6},
        backdrop="sage",
    ),
]

ITEMS = [*CHAIRS, *STOOLS, *SOFAS, *TABLES, *SHELVES]
