"""Every colour of the shop by the name a shopper reads, so a picture and its text can't disagree."""

from __future__ import annotations

import math

#: sRGB, as seen under white light. For metals and glass it is the tint of the material.
COLOURS = {
    "white": "#eeece6",
    "ivory": "#e9dfc8",
    "cream": "#e6d6b4",
    "sand": "#cdb48c",
    "oatmeal": "#cfc2aa",
    "beige": "#c4ab88",
    "taupe": "#8d7b6a",
    "caramel": "#b0703a",
    "cognac": "#9a4f22",
    "chestnut": "#6b3820",
    "chocolate": "#46291b",
    "black": "#1c1b1b",
    "charcoal": "#3b3c3f",
    "slate": "#59626b",
    "grey": "#8b8c8b",
    "light grey": "#bdbdba",
    "terracotta": "#b85a37",
    "rust": "#a3431f",
    "burnt orange": "#cc5a14",
    "coral": "#e2664f",
    "crimson": "#a31727",
    "burgundy": "#601a27",
    "blush": "#dfa698",
    "dusty rose": "#bd7f7b",
    "mustard": "#cf9a1b",
    "yellow": "#eebf2a",
    "olive": "#6f6f2c",
    "sage": "#93a585",
    "moss": "#586b33",
    "forest green": "#1f4a33",
    "emerald": "#0c6b4a",
    "mint": "#a9d3bd",
    "teal": "#12686d",
    "turquoise": "#2ea3a3",
    "sky blue": "#86b4d3",
    "dusty blue": "#6f8ca6",
    "cobalt": "#1f46a3",
    "navy": "#1b2a4d",
    "indigo": "#333a75",
    "lavender": "#a79bc6",
    "plum": "#5d2b50",
    # woods
    "oak": "#c09660",
    "light oak": "#d3b07c",
    "walnut": "#6b452b",
    "ash": "#d9c19a",
    "beech": "#d4a470",
    "acacia": "#93592f",
    "bamboo": "#d8b26a",
    "black oak": "#2a2523",
    # metals
    "steel": "#c6c7c9",
    "brass": "#d6a64d",
    "gold": "#dcae4e",
    "copper": "#d08a63",
    "gunmetal": "#4d5054",
    # fibres and stone
    "rattan": "#c08d52",
    "seagrass": "#a8935a",
    "jute": "#b8945f",
    "willow": "#8f6336",
    "natural": "#cdb895",
    "concrete": "#a19f9a",
    # glass
    "clear": "#e9f3f0",
    "smoke": "#bdbab6",
    "amber": "#d7872a",
    "bottle green": "#4f9468",
    "aqua": "#a7d8dc",
    "rose": "#e8b3ad",
    # wall paints
    "chalk": "#e8e4da",
    "putty": "#d9cdbc",
    "fog": "#ced3d5",
    "celadon": "#c2cab7",
    "pale blue": "#b9c8d2",
    "shell": "#e3cbc0",
    "clay": "#c7a793",
    "greige": "#b0a596",
    "storm": "#8797a1",
    "eucalyptus": "#93a598",
    # backdrops: pale, so that product colours stay clean
    "pure white": "#fdfdfd",
    "white paper": "#f7f6f3",
    "grey paper": "#cbcccd",
    "sand paper": "#e5d4bf",
    "sage paper": "#bcc7b5",
    "blush paper": "#e7c7bc",
    "mist paper": "#bcc8d3",
}


def linear(name: str) -> tuple[float, float, float, float]:
    """The colour as scene-linear RGBA, which is what Blender's shaders take."""
    text = COLOURS[name].lstrip("#")
    channels = [int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue, 1.0


def measure_difference(first: str, second: str) -> float:
    """CIE76: the distance of two colours in Lab. About 2 is just visible, 25 is plainly another colour."""
    return math.dist(_lab(first), _lab(second))


def _lab(name: str) -> tuple[float, float, float]:
    red, green, blue, _ = linear(name)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)
