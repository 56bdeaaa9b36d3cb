"""Plain names for the colours shops invent names for: who asks for pink should find blush.

The plain names are the eleven basic terms of English (Berlin and Kay 1969, Basic Color Terms) with beige, gold, silver
and turquoise, which shoppers ask for as often. The table holds names that are colours wherever they stand, woods and
metals among them; what is between two is given both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

PLAIN: Mapping[str, str] = {
    "black": "ebony jet onyx obsidian raven anthracite",
    "white": "alabaster chalk eggshell ivory pearl porcelain snow vanilla cream ecru oatmeal bone",
    "grey": "gray anthracite charcoal concrete dove graphite gunmetal pewter slate smoke stone",
    "red": "berry bordeaux brick burgundy cardinal carmine cherry claret crimson garnet maroon merlot oxblood ruby"
    " rust scarlet vermilion wine",
    "orange": "apricot amber clementine copper coral ginger mandarin melon papaya peach pumpkin rust"
    " salmon tangerine terracotta",
    "yellow": "amber butter canary chartreuse citron corn daffodil honey lemon maize mustard ochre ocher saffron"
    " sunflower straw",
    "green": "aqua chartreuse emerald eucalyptus fern forest grass hunter jade khaki lime loden malachite"
    " mint moss olive petrol pine pistachio sage seafoam teal verdigris",
    "blue": "aqua azure cerulean cobalt cornflower cyan denim indigo lapis marine midnight navy periwinkle petrol"
    " royal sapphire sky teal ultramarine",
    "turquoise": "aqua aquamarine cyan teal",
    "purple": "amethyst aubergine eggplant grape heather lavender lilac magenta mauve mulberry orchid plum violet",
    "pink": "blush bubblegum coral flamingo fuchsia magenta peony powder rose rosé rosewood salmon",
    "brown": "almond bronze camel caramel chestnut chocolate cinnamon cocoa coffee cognac espresso hazel mahogany mocha"
    " nut rust sepia sienna tan taupe tawny teak toffee umber walnut",
    "beige": "biscuit buff camel champagne cream ecru fawn linen natural nude oatmeal sand tan taupe",
    "gold": "brass champagne golden",
    "silver": "chrome nickel pewter platinum stainless steel",
}
ATTRIBUTES = ("colour", "color", "colours", "colors")


@lru_cache(maxsize=1)
def _plain_of() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for plain, names in PLAIN.items():
        for name in names.split():
            found.setdefault(name, []).append(plain)
    return found


def plain_colours(text: str) -> tuple[str, ...]:
    """The plain colours of the colour names in a text, in their order, without those it says itself."""
    words = re.findall(r"\w+", text.lower())
    names = [plain for word in words for plain in _plain_of().get(word, ())]
    return tuple(dict.fromkeys(plain for plain in names if plain not in words))


def colours_of(attributes: Mapping[str, Any]) -> tuple[str, ...]:
    """The plain colours of what attributes call colour, without those they say themselves."""
    said = [attributes[name] for name in ATTRIBUTES if name in attributes]
    values = [item for value in said for item in (value if isinstance(value, list) else [value])]
    return plain_colours(" ".join(item for item in values if isinstance(item, str)))
