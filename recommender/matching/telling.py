"""An item in one line of words, for a model that reads two of them together. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from recommender.matching.items import Item
from recommender.matching.wording import fold

LONGEST_TOLD = 600


def tell_pairs(pairs: Sequence[tuple[Item, Item]]) -> list[tuple[str, str]]:
    """Both items' lines, in the order of the alphabet: the same whichever item comes first."""
    lines: dict[int, str] = {}
    for item in (item for pair in pairs for item in pair):
        if id(item) not in lines:
            lines[id(item)] = tell(item)
    told = ((lines[id(one)], lines[id(other)]) for one, other in pairs)
    return [(min(each), max(each)) for each in told]


def tell(item: Item) -> str:
    """Title, maker, number, kind, attributes, description: what tells two things apart comes before a cut would.

    Each fact stands after its name (Ditto: Li et al. 2020, arXiv:2004.00584), unless something before it says it
    already. Prices and GTINs are left out: word pieces of numbers say less of them than the features that compare them,
    and take a quarter of the reading.
    """
    told, said = [item.title], fold(item.title)
    facts = [("brand", item.brand), ("model", item.mpn), ("kind", item.category)]
    for name, value in [*facts, *((name, str(value)) for name, value in item.attributes.items())]:
        folded = fold(value)
        if folded and folded not in said:
            told.append(f"{name} {value}")
            said = f"{said} {folded}"
    return ". ".join(part for part in [*told, item.description] if part.strip())[:LONGEST_TOLD]
