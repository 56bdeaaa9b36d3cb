"""Visits, and the pages that were open in them.

A visit is a shopper's events with no gap of more than 30 minutes (25.5 by Catledge and Pitkow 1995,
doi:10.1016/0169-7552(95)00043-7, since then rounded up). A page is scored on the rest of its visit, as sessions are in
Ludewig and Jannach 2018 (doi:10.1007/s11257-018-9209-6).

Pure: no ORM.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from recommender.profile_vectors import STRENGTHS

GAP = timedelta(minutes=30)


class Deed(NamedTuple):
    """What a shopper did with a product. Of a variant group everything is one thing in several looks."""

    product_id: int
    kind: str
    at: datetime
    is_published: bool
    variant_group: str


@dataclass(frozen=True)
class Opening:
    """The first deed of one of `kinds` opens the page, what is done afterwards gains its strength."""

    kinds: Collection[str]
    strengths: Mapping[str, float]


OPENINGS = {
    "product": Opening(STRENGTHS.keys(), STRENGTHS),
    "basket": Opening({"cart"}, {kind: STRENGTHS[kind] for kind in ("cart", "purchase")}),
}


def visits_of(deeds: Iterable[Deed]) -> Iterator[list[Deed]]:
    """One shopper's, in the order of time."""
    visit: list[Deed] = []
    for deed in deeds:
        if visit and deed.at - visit[-1].at > GAP:
            yield visit
            visit = []
        visit.append(deed)
    if visit:
        yield visit


def page_of(visit: Sequence[Deed], opening: Opening) -> tuple[int, dict[int, float]] | None:
    """The product whose page was open, and the strongest that was done afterwards with each other product, above 0.

    None where nothing was. Variants of the page's product are no gains: its page has them already, and what is
    recommended beside it never holds them. What is not published was never seen.
    """
    seen = [deed for deed in visit if deed.is_published]
    at = next((at for at, deed in enumerate(seen) if deed.kind in opening.kinds), len(seen))
    gains: dict[int, float] = {}
    for deed in seen[at + 1 :]:
        strength = opening.strengths.get(deed.kind, 0.0)
        if strength > 0 and not _is_same(deed, seen[at]):
            gains[deed.product_id] = max(strength, gains.get(deed.product_id, 0.0))
    return (seen[at].product_id, gains) if gains else None


def _is_same(one: Deed, other: Deed) -> bool:
    is_variant = bool(one.variant_group) and one.variant_group == other.variant_group
    return is_variant or one.product_id == other.product_id
