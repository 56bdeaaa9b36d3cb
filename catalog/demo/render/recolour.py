"""The same product in a colour the shop does not sell, said truthfully: looks to learn from, not to sell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from catalog.demo.render.model import Finish
from catalog.demo.render.palette import measure_difference
from catalog.demo.render.products.item import Item

WOODS = ("oak", "light oak", "walnut", "ash", "beech", "acacia", "bamboo", "black oak")
METALS = ("steel", "brass", "gold", "copper", "gunmetal")
FIBRES = ("rattan", "seagrass", "jute", "willow")
GLASSES = ("smoke", "amber", "bottle green", "aqua", "rose")
LEATHERS = ("caramel", "cognac", "chestnut", "chocolate", "black", "taupe", "ivory", "forest green", "navy")
DYES = (
    *("white", "cream", "sand", "taupe", "chocolate", "black", "charcoal", "slate", "grey", "light grey"),
    *("terracotta", "rust", "burnt orange", "coral", "crimson", "burgundy", "blush", "dusty rose", "mustard", "yellow"),
    *("olive", "sage", "moss", "forest green", "emerald", "mint", "teal", "turquoise", "sky blue", "dusty blue"),
    *("cobalt", "navy", "indigo", "lavender", "plum"),
)
#: The colours a kind of finish comes in; kinds that are not named keep theirs.
RANGES: dict[str, tuple[str, ...]] = {
    "wood": WOODS,
    "brushed": METALS,
    "polished": METALS,
    "fibre": FIBRES,
    "glass": GLASSES,
    "leather": LEATHERS,
    **dict.fromkeys(("glaze", "stoneware", "painted", "enamel", "plastic", "wax", "shade"), DYES),
    **dict.fromkeys(("linen", "wool", "boucle", "velvet", "pile"), DYES),
}
#: Ranges in which the colour is the material's own name.
NAMED_BY_MATERIAL = {WOODS: "{} wood", METALS: "{}", FIBRES: "{}"}
#: Colours whose bare name does not say what they look like.
SPOKEN = {
    **{name: f"{name} green" for name in ("sage", "olive", "moss", "emerald", "mint")},
    **{name: f"{name} blue" for name in ("navy", "cobalt")},
    "mustard": "mustard yellow",
    "blush": "blush pink",
    "plum": "plum purple",
    "crimson": "crimson red",
}
#: CIE76 between two colours of one product: plainly another colour.
APART = 24.0


@dataclass(frozen=True)
class Variation:
    """A product that does not exist: `sku~colour`, described by its attributes alone."""

    sku: str
    title: str
    attributes: dict[str, Any]
    look: dict[str, Any]


def vary(item: Item, rng: np.random.Generator, *, count: int) -> list[Variation]:
    """Up to `count` variations in colours plainly different from the product's and from one another."""
    main = item.attributes["colour"]
    ranges = {RANGES.get(finish.kind) for finish in list_finishes(item.look) if finish.colour == main}
    if len(ranges) != 1 or None in ranges:
        return []
    (colours,) = ranges
    assert colours is not None
    taken = [main, *filter(None, [item.attributes.get("accent_colour")])]
    found: list[Variation] = []
    for colour in rng.permutation(colours).tolist():
        if len(found) < count and all(measure_difference(colour, other) >= APART for other in taken):
            taken.append(colour)
            found.append(_make_variation(item, colour, named=NAMED_BY_MATERIAL.get(colours)))
    return found


def list_finishes(look: Any) -> Iterator[Finish]:
    """Every finish in a look, however deep."""
    if isinstance(look, Finish):
        yield look
    elif isinstance(look, dict):
        for value in look.values():
            yield from list_finishes(value)
    elif isinstance(look, (list, tuple)):
        for value in look:
            yield from list_finishes(value)


def _make_variation(item: Item, colour: str, *, named: str | None) -> Variation:
    old = item.attributes["colour"]
    kept: dict[str, Any] = {
        name: item.attributes[name] for name in ("accent_colour", "pattern") if name in item.attributes
    }
    material = item.attributes["material"] if named is None else named.format(colour)
    accent = _speak(kept["accent_colour"]) if "accent_colour" in kept else ""
    kind, pattern = item.shape.replace("_", " "), kept.get("pattern", "")
    if accent and pattern:
        words = f"{_speak(colour)} and {accent} {pattern} {material} {kind}"
    else:
        words = f"{'' if named else _speak(colour)} {pattern} {material} {kind}" + (f" with {accent}" if accent else "")
    return Variation(
        sku=f"{item.sku}~{colour.replace(' ', '-')}",
        title=" ".join(words.split()).capitalize(),
        attributes={"material": material, "colour": colour, **kept},
        look=_swap(item.look, old, colour),
    )


def _speak(colour: str) -> str:
    return SPOKEN.get(colour, colour)


def _swap(look: Any, old: str, new: str) -> Any:
    if isinstance(look, Finish):
        return replace(look, colour=new) if look.colour == old else look
    if isinstance(look, dict):
        return {name: _swap(value, old, new) for name, value in look.items()}
    if isinstance(look, (list, tuple)):
        return type(look)(_swap(value, old, new) for value in look)
    return look
