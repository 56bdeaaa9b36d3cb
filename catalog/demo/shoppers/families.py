"""The shop's words grouped as a shopper groups them. A word that no table knows has a family all the same: OTHER."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

OTHER = "other"


def _by_word(families: Mapping[str, str], separator: str = ", ") -> dict[str, str]:
    return {word: family for family, words in families.items() for word in words.split(separator)}


COLOURS = _by_word(
    {
        "whites": "white, ivory, cream, oatmeal, natural, sand, beige, clear, ecru",
        "blacks": "black, charcoal, slate, gunmetal, smoke, black oak, graphite",
        "greys": "grey, light grey, concrete, steel, silver, chrome, nickel, pewter",
        "browns": "taupe, caramel, cognac, chestnut, chocolate, brown, tan, oak, light oak, walnut, ash, "
        "beech, acacia, bamboo, rattan, seagrass, jute, willow, cork",
        "reds": "terracotta, rust, burnt orange, orange, coral, red, crimson, burgundy, copper",
        "pinks": "blush, pink, dusty rose, rose, lavender, plum, purple",
        "yellows": "mustard, yellow, ochre, amber, brass, gold",
        "greens": "green, sage, olive, moss, forest green, emerald, mint, bottle green",
        "blues": "blue, teal, turquoise, aqua, sky blue, dusty blue, cobalt, navy, indigo",
    }
)

MATERIALS = _by_word(
    {
        "ceramic": "stoneware porcelain ceramic earthenware terracotta clay china faience",
        "wood": "wood oak walnut beech ash acacia bamboo veneer plywood pine teak birch cork mdf",
        "metal": "metal steel iron copper brass aluminium tin zinc chrome",
        "glass": "glass crystal",
        "textile": "linen cotton wool velvet bouclé boucle cloth canvas felt fabric jersey polyester nylon silk",
        "leather": "leather suede",
        "woven fibre": "rattan jute willow seagrass wicker rope sisal raffia cane",
        "stone": "marble concrete terrazzo stone granite slate travertine",
        "wax": "wax stearin paraffin beeswax",
        "plastic": "plastic acrylic resin silicone melamine",
        "paper": "paper card print",
    },
    separator=" ",
)


def colour_family(name: str) -> str:
    """The word as a whole, else its last part: "pale sage" is a green."""
    return COLOURS.get(name) or COLOURS.get(name.split()[-1] if name.split() else "", OTHER)


def material_family(name: str) -> str:
    """By the last word that is known: enamelled cast iron is a metal, cotton rope is woven."""
    words = re.findall(r"\w+", name.lower())
    return next((MATERIALS[word] for word in reversed(words) if word in MATERIALS), OTHER)


@dataclass(frozen=True)
class Style:
    """What tends to be liked together. Tastes are drawn from it and stray from it."""

    colours: frozenset[str]
    materials: frozenset[str]
    pattern: float  # how welcome a pattern is, -1 to 1


def _style(colours: str, materials: str, pattern: float) -> Style:
    return Style(frozenset(colours.split(", ")), frozenset(materials.split(", ")), pattern)


STYLES = {
    "Nordic": _style("whites, browns, greys, blues", "wood, ceramic, textile", -0.3),
    "industrial": _style("blacks, greys, browns", "metal, leather, stone, wood", -0.5),
    "mid-century": _style("browns, yellows, greens, reds", "wood, leather, textile, metal", -0.1),
    "country": _style("whites, greens, reds, blues", "ceramic, woven fibre, metal, textile", 0.5),
    "bohemian": _style(
        "reds, yellows, pinks, browns",
        "woven fibre, textile, ceramic",
        0.7,
    ),
    "minimal": _style("whites, blacks, greys", "metal, glass, stone, ceramic, plastic", -0.8),
    "playful": _style("pinks, yellows, blues, greens", "ceramic, textile, plastic, glass", 0.8),
}

#: Types that are bought for one another, either way: words that a category's last name has at the beginning of a word.
COMPANIONS = (
    ("kettle|teapot|coffee|cafeti|moka", "mug|cup|tray|milk|jug|jar|canister"),
    ("mug|cup", "plate|bowl|tray|tea towel"),
    ("plate|bowl", "bowl|plate|glass|tumbler|cutlery|napkin|serving|placemat|salt|pepper"),
    ("pots|pan|casserole", "board|utensil|colander|mixing|mill|trivet|oven"),
    ("carafe|decanter|jug|pitcher", "glass|tumbler|tray"),
    ("sofa|armchair", "cushion|throw|rug|side table|coffee table|floor lamp|pouf|ottoman"),
    ("chair|bench|stool", "cushion|side table|dining|pendant"),
    ("desks|writing", "desk lamp|shel|chair|headphone"),
    ("bedside|chest|nightstand|dresser", "table lamp|throw|clock|mirror"),
    ("vase|planter", "side table|shel|candle"),
    ("shel|bookcase", "speaker|basket|vase|frame|planter|radio"),
    ("mirror|hook|coat", "hook|coat|clock|bench|umbrella|basket"),
    ("soap|toothbrush|bath", "towel|bath|soap|toothbrush|basket|mirror"),
    ("speaker|radio", "headphone|shel|side table"),
    ("backpack|tote|bag", "bottle|bag|umbrella|headphone"),
    ("candle|lantern", "lantern|candle|vase|tray|throw"),
    ("frame|print", "mirror|clock|vase|shel"),
)


def go_together(one: str, other: str) -> bool:
    """Of two categories' last names."""
    return one != other and any(
        (_mentions(one, left) and _mentions(other, right)) or (_mentions(other, left) and _mentions(one, right))
        for left, right in COMPANIONS
    )


def _mentions(name: str, words: str) -> bool:
    return re.search(rf"\b(?:{words})", name.lower()) is not None
