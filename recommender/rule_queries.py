"""What rules mean for the products of an answer, asked of the database."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import connection

from catalog.models import Store
from catalog.querysets import ProductQuerySet
from recommender.models import Rule
from recommender.rules import ActiveRule

Kind = Rule.Kind
# The others need no look at single products: they narrow the whole answer, or name one.
CHECKED = (Kind.BOOST, Kind.BURY, Kind.QUOTA)


def excluded(eligible: ProductQuerySet, rules: Iterable[ActiveRule]) -> ProductQuerySet:
    """What the rules of kind exclude leave."""
    return without(eligible, [rule for rule in rules if rule.kind == Kind.EXCLUDE])


def without(eligible: ProductQuerySet, rules: Iterable[ActiveRule]) -> ProductQuerySet:
    """Those that none of the rules is about, whatever their kinds."""
    for rule in rules:
        if rule.condition is not None:
            # What has no price is in no price range, and stays: `exclude` minds SQL's third truth value.
            eligible = eligible.exclude(rule.condition.q)
    return eligible


def matches_of(rules: Iterable[ActiveRule], product_ids: Collection[int], store: Store) -> dict[int, set[int]]:
    """rule's id -> which of these products it boosts, buries or counts; one query for all rules, none for no rules."""
    conditions = {rule.id: rule.condition for rule in rules if rule.kind in CHECKED and rule.condition}
    matches: dict[int, set[int]] = {rule_id: set() for rule_id in conditions}
    if not conditions or not product_ids:
        return matches
    holds = ", ".join(f"CASE WHEN {condition.sql} THEN {rule_id} END" for rule_id, condition in conditions.items())
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, ARRAY[{holds}]::bigint[] FROM catalog_product WHERE store_id = %s AND id = ANY(%s)",  # noqa: S608
            [
                *(parameter for condition in conditions.values() for parameter in condition.parameters),
                *(store.pk, list(product_ids)),
            ],
        )
        for pk, held in cursor.fetchall():
            for rule_id in held:
                if rule_id is not None:
                    matches[rule_id].add(pk)
    return matches


def pinned(eligible: ProductQuerySet, rules: Iterable[ActiveRule], *, exclude: Collection[int] = ()) -> dict[int, int]:
    """position -> product, of eligible products alone; one query, none without pins.

    A position that several rules want goes to the one that prevails, the first; the others have no effect.
    """
    pins = [(rule.position, rule.product_id) for rule in rules if rule.kind == Kind.PIN and rule.product_id is not None]
    if not pins:
        return {}
    left = set(eligible.filter(pk__in={pk for _, pk in pins} - set(exclude)).order_by().values_list("pk", flat=True))
    placed: dict[int, int] = {}
    for position, pk in pins:
        if position not in placed and pk in left:
            placed[position] = pk
            left.remove(pk)
    return placed
