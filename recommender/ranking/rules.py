"""What rules do to scores and to a page.

Boost and bury move a score s part of the way to the end of its range, by their value v:

    boost: s + v (1 - s)        bury: s (1 - v)

so that it stays between 0 and 1, never overtakes by more than it was asked to, and keeps the order among those it
moves. All boosts come before all buries; within each the order does not matter.

Pure: no ORM.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from recommender.rules import ActiveRule

Quota = tuple[int, Collection[int]]


@dataclass(frozen=True)
class RuledScore:
    """`change` is what the rules added to the score that was, or took from it; `rule_ids` those that did."""

    score: float
    change: float = 0.0
    rule_ids: tuple[int, ...] = ()


def boosted(
    scores: Mapping[int, float], matches: Mapping[int, Collection[int]], rules: Iterable[ActiveRule]
) -> dict[int, RuledScore]:
    """The same products in the same order; `matches` are rule id -> products."""
    moved = dict(scores)
    applied: dict[int, list[int]] = {}
    for rule in _in_order(rules):
        for pk in matches.get(rule.id, ()):
            if pk in moved:
                score = moved[pk]
                moved[pk] = score + rule.value * (1 - score) if rule.kind == "boost" else score * (1 - rule.value)
                applied.setdefault(pk, []).append(rule.id)
    return {pk: RuledScore(moved[pk], moved[pk] - before, tuple(applied.get(pk, ()))) for pk, before in scores.items()}


def quotas_of(rules: Iterable[ActiveRule], matches: Mapping[int, Collection[int]]) -> list[Quota]:
    """(how many on a page, of which products)"""
    return [(int(rule.value), matches.get(rule.id, ())) for rule in rules if rule.kind == "quota"]


def place(
    order: Sequence[int], *, pins: Mapping[int, int], quotas: Sequence[Quota], start: int, limit: int
) -> list[int]:
    """The next page. Neither `order`, best first, nor `pins`, position -> product, hold what earlier pages showed.

    Positions count from 1 over all pages, of which earlier ones showed `start` products. A pinned product stands at its
    position and, before its page has come, nowhere else, unless the page would be short without it. Pins count towards
    quotas, and win: where they alone exceed one, they all stand, and nothing else that it counts.

    Others come in their order, each if it fits into every quota. So a page is short only when everything left would
    exceed one, and where a product counts for two quotas it can take the room of two others. Where nothing is left
    to stand before a pin, the pin moves up.
    """
    coming = _once((at, pins[at]) for at in sorted(pins) if at > start)
    here = {at: pk for at, pk in coming.items() if at <= start + limit}
    reserved = set(coming.values())
    later = [pk for at, pk in coming.items() if at not in here]
    rooms = [_Room(most - sum(pk in counted for pk in here.values()), counted) for most, counted in quotas]
    others = _fitting([*(pk for pk in dict.fromkeys(order) if pk not in reserved), *later], rooms)
    slots = (here[at] if at in here else next(others, None) for at in range(start + 1, start + limit + 1))
    return [pk for pk in slots if pk is not None]


@dataclass
class _Room:
    """What a quota still lets on the page."""

    left: int
    counted: Collection[int]


def _fitting(products: Iterable[int], rooms: Sequence[_Room]) -> Iterator[int]:
    for pk in products:
        taken = [room for room in rooms if pk in room.counted]
        if all(room.left > 0 for room in taken):
            for room in taken:
                room.left -= 1
            yield pk


def _once(pins: Iterable[tuple[int, int]]) -> dict[int, int]:
    """A product that is pinned twice has the first place."""
    first = {pk: at for at, pk in reversed(list(pins))}
    return {at: pk for pk, at in sorted(first.items(), key=lambda item: item[1])}


def _in_order(rules: Iterable[ActiveRule]) -> list[ActiveRule]:
    moving = sorted((rule for rule in rules if rule.kind in ("boost", "bury")), key=lambda rule: rule.id)
    return sorted(moving, key=lambda rule: rule.kind == "bury")
