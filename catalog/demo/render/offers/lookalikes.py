"""Things that are in no catalogue but look or read like one that is.

Each differs from its model in one respect: the colour, the material, the size or the form. What differs is always said
in the offer, except a form that has no word, which only its picture shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from inspect import signature
from random import Random
from typing import Any

from catalog.demo.render import shapes
from catalog.demo.render.model import Finish
from catalog.demo.render.offers.facts import Facts, read_facts
from catalog.demo.render.palette import measure_difference
from catalog.demo.render.products.item import Item
from catalog.demo.render.shapes import SHAPES

#: Colours have to be this far apart (CIE76) to be called another one.
APART = 30.0

_WOODS = ("oak", "walnut", "ash", "beech", "acacia", "black oak")
_METALS = ("steel", "brass", "copper", "gunmetal")
_GLASSES = ("clear", "smoke", "amber", "bottle green", "aqua", "rose")
_FIBRES = ("rattan", "seagrass", "willow", "natural", "black", "white")
_PAINTS = (
    *("white", "cream", "sand", "taupe", "black", "charcoal", "grey", "terracotta", "burnt orange", "coral", "crimson"),
    *("burgundy", "blush", "mustard", "yellow", "olive", "sage", "moss", "forest green", "emerald", "mint", "teal"),
    *("turquoise", "sky blue", "dusty blue", "cobalt", "navy", "indigo", "lavender", "plum"),
)
#: What a surface comes in; anything else comes in any paint.
_COLOURS = {
    "wood": _WOODS,
    "brushed": _METALS,
    "polished": _METALS,
    "glass": _GLASSES,
    "fibre": _FIBRES,
    "marble": ("white", "forest green", "blush", "charcoal"),
    "concrete": ("concrete", "charcoal", "terracotta", "blush"),
    "clay": ("terracotta", "sand", "charcoal"),
    "opal": ("white", "amber", "blush"),
    "mirror": (),
}
#: Surface and material by the material it stands in for.
_MATERIALS = {
    "bouclé": ("velvet", "velvet"),
    "canvas": ("leather", "leather"),
    "cotton": ("velvet", "velvet"),
    "glazed ceramic": ("concrete", "concrete"),
    "glazed stoneware": ("enamel", "enamelled steel"),
    "leather": ("velvet", "velvet"),
    "linen": ("velvet", "velvet"),
    "metal": ("wood", "bamboo"),
    "porcelain": ("enamel", "enamelled steel"),
    "recycled plastic": ("velvet", "velvet"),
    "steel": ("wood", "bamboo"),
    "stoneware": ("enamel", "enamelled steel"),
    "velvet": ("linen", "linen"),
    "wool": ("boucle", "bouclé"),
}
#: Other forms a shape can take, and the word for them, if there is one.
_FORMS: dict[str, tuple[tuple[dict[str, Any], str], ...]] = {
    "mug": tuple(({"outline": name}, "") for name in ("straight", "tapered", "belly", "flared", "waisted")),
    "bowl": (({"outline": "footed"}, "footed"), ({"outline": "conical"}, "cone"), ({"outline": "upright"}, "")),
    "plate": (({"rim": "upright"}, ""), ({"rim": "wide"}, ""), ({"rim": "coupe"}, "coupe")),
    "carafe": (({"outline": "column"}, "column"), ({"outline": "drop"}, ""), ({"outline": "ship"}, "")),
    "board": (({"form": "round"}, "round"), ({"form": "rectangle"}, "rectangular"), ({"form": "paddle"}, "paddle")),
    "kettle": (({"outline": "cone"}, "cone"), ({"outline": "belly"}, ""), ({"outline": "dome"}, "")),
    "teapot": (({"outline": "tall"}, "tall"), ({"outline": "round"}, "round")),
    "table_lamp": (({"outline": "cone"}, "cone"), ({"outline": "bottle"}, ""), ({"outline": "ball"}, "globe")),
    "sofa": (({"arm": "round"}, ""), ({"arm": "slim"}, "slim"), ({"arm": "box"}, "")),
    "stool": (({"padded": True, "count": 4}, ""), ({"padded": False, "count": 3}, "")),
    "round_table": (({"square": True, "count": 4}, "square"), ({"square": False, "count": 3}, "round")),
    "vase": (
        *(({"outline": name}, "") for name in ("amphora", "tulip", "bottle")),
        *(({"outline": "ball"}, "round"), ({"outline": "hourglass"}, "hourglass"), ({"flutes": 20}, "fluted")),
    ),
    "planter": (
        ({"outline": "round"}, "round"),
        ({"outline": "cylinder"}, "column"),
        ({"outline": "tapered"}, "tapered"),
    ),
    "mirror": (({"form": "arch"}, "arched"), ({"form": "rectangle"}, "rectangular"), ({"form": "round"}, "round")),
    "woven_basket": (({"form": "belly"}, ""), ({"form": "straight"}, "column"), ({"form": "shallow"}, "shallow")),
    "rope_basket": (({"form": "straight"}, "column"), ({"form": "shallow"}, "shallow")),
    "clock": (({"marks": "dots"}, ""), ({"marks": "bars"}, ""), ({"marks": "quarters"}, "")),
}
#: Words that name a form, which go when the form does.
_FORM_WORDS = frozenset(
    [
        "arched",
        "column",
        "cone",
        "coupe",
        "drum",
        "fluted",
        "footed",
        "globe",
        "hourglass",
        "oval",
        "paddle",
        "rectangular",
        "ripple",
        "round",
        "shallow",
        "slim",
        "square",
        "tall",
        "tapered",
    ]
)
_NO_NAME = ("Avalon", "Bremner", "Casa Linea", "Delmar", "Ellery", "Fonda", "Gavotte", "Homarda", "Inova", "")


@dataclass(frozen=True)
class Lookalike:
    """`told` are the facts that an offer of it has to state; `needs_picture` when none of them tells."""

    facts: Facts
    look: dict[str, Any]
    told: frozenset[str]
    needs_picture: bool


def invent_lookalike(item: Item, catalogue: Sequence[Item], rng: Random) -> Lookalike | None:
    """One change at random, the next one where that would be something the catalogue has; None when all would."""
    changes: list[Callable[[Item, Facts, Sequence[Item], Random], Lookalike | None]] = [
        *[_recolour] * 4,
        *[_resize] * 3,
        *[_reform] * 3,
        *[_remake] * 2,
    ]
    rng.shuffle(changes)
    facts = read_facts(item)
    for change in changes:
        if made := change(item, facts, catalogue, rng):
            return replace(made, facts=_rename(made.facts, rng))
    return None


def _rename(facts: Facts, rng: Random) -> Facts:
    """Sometimes the same maker's, in a version the shop does not carry; mostly somebody else's."""
    if rng.random() < 0.3:
        return facts
    return replace(facts, line=rng.choice(_NO_NAME), brand="", price=round(facts.price * rng.uniform(0.55, 1.25), 2))


def _recolour(item: Item, facts: Facts, catalogue: Sequence[Item], rng: Random) -> Lookalike | None:
    painted = [finish for finish in _finishes(item) if finish.colour == facts.colour]
    if not painted:
        return None
    pool = _COLOURS.get(painted[0].kind, _PAINTS)
    rivals = [other for other in catalogue if _is_rival(other, item)]
    taken = {word for other in rivals for word in (other.attributes["colour"], other.attributes.get("accent_colour"))}
    free = [
        name
        for name in pool
        if name not in taken
        and measure_difference(name, facts.colour) >= APART
        and (not facts.accent or measure_difference(name, facts.accent) >= APART)
    ]
    if not free:
        return None
    colour = rng.choice(free)
    material = facts.material
    if painted[0].kind == "wood" and material.split()[-1] in ("wood", "veneer"):
        material = f"{'stained oak' if colour == 'black oak' else colour} wood"
    elif painted[0].kind == "wood" or facts.colour == material:
        return None  # bamboo in oak and brass in copper are other materials, not other colours
    look = _repaint(item.look, lambda finish: finish.colour == facts.colour, lambda f: replace(f, colour=colour))
    changed = replace(facts, colour=colour, material=material)
    return Lookalike(changed, look, frozenset({"material", "accent"}), needs_picture=False)


def _resize(item: Item, facts: Facts, catalogue: Sequence[Item], rng: Random) -> Lookalike | None:
    if not facts.measures:
        return None
    factor = rng.choice([0.62, 0.72, 1.35, 1.5])
    measures = {name: scale(value, factor) for name, value in facts.measures.items()}
    rivals = [read_facts(other) for other in catalogue if _is_rival(other, item)]
    if any(rival.measures.get(name) == value for rival in rivals for name, value in measures.items()):
        return None
    changed = replace(facts, measures=measures, price=round(facts.price * factor**0.8, 2))
    return Lookalike(changed, item.look, frozenset({"measures", "material", "accent"}), needs_picture=False)


def _reform(item: Item, facts: Facts, catalogue: Sequence[Item], rng: Random) -> Lookalike | None:
    rivals = [other for other in catalogue if other.shape == item.shape and other.attributes["colour"] == facts.colour]
    options = []
    for change, word in _FORMS.get(item.shape, ()):
        if not any(_has(rival, change) for rival in [item, *rivals]):
            options.append((change, word))
    if not options:
        return None
    change, word = rng.choice(options)
    kept = [name for name in facts.features if name not in _FORM_WORDS]
    measures = {name: scale(value, rng.choice([0.9, 1.1])) for name, value in facts.measures.items()}
    changed = replace(facts, features=(*kept, word) if word else tuple(kept), measures=measures)
    return Lookalike(changed, item.look | change, frozenset({"features", "material"}), needs_picture=not word)


def _remake(item: Item, facts: Facts, catalogue: Sequence[Item], rng: Random) -> Lookalike | None:
    if facts.material not in _MATERIALS:
        return None
    kind, material = _MATERIALS[facts.material]
    colour = "bamboo" if kind == "wood" else facts.colour
    rivals = [other for other in catalogue if _is_rival(other, item)]
    if any(other.attributes["material"] == material and other.attributes["colour"] == colour for other in rivals):
        return None
    look = _repaint(
        item.look,
        lambda finish: finish.colour == facts.colour,
        lambda f: replace(f, kind=kind, colour=colour, pattern=f.pattern if kind != "wood" else None),
    )
    if look == item.look:
        return None
    features = tuple(name for name in facts.features if kind != "wood" or name in _FORM_WORDS)
    changed = replace(facts, material=material, colour=colour, features=features)
    return Lookalike(changed, look, frozenset({"material", "accent"}), needs_picture=False)


def scale(value: float | str, factor: float) -> float | str:
    """Another plausible size: centimetres whole, millilitres to 10, litres to 0.1, and never the same."""
    if isinstance(value, str):
        return "x".join(str(5 * round(int(side) * factor / 5)) for side in value.split("x"))
    step = 0.1 if value < 10 else 10 if value >= 100 and factor != 1 and value % 10 == 0 else 1
    scaled = round(round(value * factor / step) * step, 1)
    return scaled if step == 0.1 else int(scaled)


def _is_rival(other: Item, item: Item) -> bool:
    """Whether the catalogue's other product could be meant by words for this one."""
    return (
        other.category == item.category
        or other.shape == item.shape
        or bool(item.family and other.family == item.family)
    )


def _has(item: Item, change: dict[str, Any]) -> bool:
    module, function = SHAPES[item.shape].split(".")
    builder = getattr(import_module(f"{shapes.__name__}.{module}"), function)
    look = {name: parameter.default for name, parameter in signature(builder).parameters.items()} | item.look
    return all(look[name] == value for name, value in change.items())


def _finishes(item: Item) -> list[Finish]:
    return [value for value in item.look.values() if isinstance(value, Finish)]


def _repaint(
    look: dict[str, Any], is_meant: Callable[[Finish], bool], paint: Callable[[Finish], Finish]
) -> dict[str, Any]:
    return {
        name: paint(value) if isinstance(value, Finish) and is_meant(value) else value for name, value in look.items()
    }
