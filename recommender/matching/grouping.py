"""Pairs gathered into groups in which everything is alike. Pure.

Complete linkage (Defays 1977, doi:10.1093/comjnl/20.4.364): two groups become one only if every product of one makes a
pair with every product of the other. Connected components would glue a whole category together, A like B, B like C and
so on to Z, though A and Z have nothing in common; a group here is a clique, so it can't be larger than the candidates
that are looked at. Likelier pairs are joined first, equally likely ones in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Mapping

Ids = tuple[int, int]


def group_pairs(probabilities: Mapping[Ids, float]) -> dict[Ids, int | None]:
    """Each pair -> its group's number, the lowest id in it; None across two groups."""
    members: dict[int, frozenset[int]] = {pk: frozenset((pk,)) for pair in probabilities for pk in pair}
    known = {frozenset(pair) for pair in probabilities}
    for one, other in sorted(probabilities, key=lambda pair: (-probabilities[pair], pair)):
        mine, theirs = members[one], members[other]
        if mine is theirs or any(frozenset((a, b)) not in known for a in mine for b in theirs):
            continue
        joined = mine | theirs
        members.update(dict.fromkeys(joined, joined))
    return {(one, other): min(members[one]) if members[one] is members[other] else None for one, other in probabilities}
