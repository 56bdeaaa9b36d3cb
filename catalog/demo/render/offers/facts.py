"""A product as bare facts, free of any language, for suppliers to put into their own words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog.demo.render.offers.vocabulary.features import FEATURES
from catalog.demo.render.offers.vocabulary.types import ALIASES, TABLE
from catalog.demo.render.products.item import Item

#: Measures in the order in which suppliers name them; all end in their unit, save `size_cm`, which reads `50x50`.
MEASURES = (
    *("capacity_ml", "capacity_l", "diameter_cm", "size_cm", "length_cm", "width_cm", "height_cm", "depth_cm"),
    "seat_height_cm",
)

#: What attributes call the pieces of a set.
COUNTS = ("count", "set_of", "pieces")

# Words that begin a title and are no model's name.
_ORDINARY = {
    *("acacia", "bedside", "camp", "cappuccino", "clip-top", "dusty", "enamel", "footed", "french", "gingham", "hand"),
    *("handmade", "heavy-based", "kitchen", "large", "little", "long", "low", "nesting", "oval", "pastry", "riesling"),
    *("rinse", "round", "rust", "sea", "set", "slim", "small", "straight-sided", "tall", "the", "water", "weizen"),
    *("whisky", "wide"),
}
_BREAK = re.compile(r",| with | in | on ")


@dataclass(frozen=True)
class Facts:
    """`features` are keys of the vocabulary; `line` is the model's name and may be empty."""

    type: str
    line: str
    brand: str
    category: str
    material: str
    colour: str
    accent: str
    features: tuple[str, ...]
    measures: Mapping[str, float | str]
    count: int
    price: float


def read_facts(item: Item) -> Facts:
    attributes = item.attributes
    kind = find_type(item.title)
    return Facts(
        type=kind,
        line=find_line(item, kind),
        brand=item.brand,
        category=item.category,
        material=attributes["material"],
        colour=attributes["colour"],
        accent=attributes.get("accent_colour", ""),
        features=tuple(find_features(item, kind)),
        measures={name: attributes[name] for name in MEASURES if name in attributes},
        count=int(next((attributes[name] for name in COUNTS if name in attributes), 1)),
        price=item.price,
    )


def find_telling(facts: Facts, others: Sequence[Facts]) -> frozenset[str]:
    """The facts that, beside type and colour, have to be said for no other product of the category to be meant."""
    confusable = [other for other in others if other.category == facts.category and other.colour == facts.colour]
    told = []
    for name in ("material", "accent", "features", "measures", "line"):
        if not confusable:
            break
        left = [other for other in confusable if getattr(other, name) == getattr(facts, name)]
        if len(left) < len(confusable):
            told.append(name)
        confusable = left
    return frozenset(told)


def find_type(title: str) -> str:
    """The title's type, a key of TYPES. Raises KeyError for a title that names none."""
    for text in (_BREAK.split(title)[0], title):
        found = list(_occurring([*TABLE, *ALIASES], text.lower()))
        if found:
            key = max(found, key=len)
            return ALIASES.get(key, key)
    raise KeyError(f"No type of the vocabulary occurs in {title!r}.")


def find_line(item: Item, kind: str) -> str:
    """The model's name: the first word of the title, unless it is an ordinary one."""
    first = _BREAK.split(item.title)[0].split()[0]
    known = " ".join([kind, item.attributes["material"], item.attributes["colour"], *FEATURES]).split()
    return "" if first.lower() in {*_ORDINARY, *known} else first


def find_features(item: Item, kind: str) -> Iterable[str]:
    """Those of the title and the attributes, without what the type's own name says."""
    attributes = item.attributes
    text = " ".join([item.title, str(attributes.get("pattern", "")), str(attributes.get("shape", ""))]).lower()
    found = set(_occurring(FEATURES, text))
    inside = {short for short in found for longer in found if short != longer and short in longer.split()}
    return [name for name in FEATURES if name in found - inside and name not in kind.split()]


def _occurring(keys: Iterable[str], text: str) -> Iterable[str]:
    padded = f" {re.sub(r'[^a-zà-ÿ0-9-]+', ' ', text)} "
    return (key for key in keys if f" {key} " in padded or f" {key}s " in padded)
