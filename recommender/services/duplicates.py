"""Looking for duplicates inside a catalogue: due products in batches, each written by itself.

Safe to run twice or to be killed: what was looked for is noted with the batch, and the next run goes on behind it. What
people decided is never touched, and never asked again. Who asks for a search is noted until it is done.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Product, Store
from catalog.services.stores import lock_store
from embeddings.selectors import SpaceView, active_space
from recommender.matching.grouping import Ids, group_pairs
from recommender.matching.standing import entropy
from recommender.matching.twins import Twins, find_twins, shown_from
from recommender.models import DuplicatePair, DuplicateSearch, DuplicateWish
from recommender.querysets import due_products
from recommender.services.matchers import ActiveMatcher, active_matcher, active_version_id

# Products asked at a time: with 20 candidates each, some 1,300 pairs and as many vectors.
BATCH = 64
# Pairs whose group is written at a time, with the store locked.
REGROUPED = 5_000

_WRITTEN = [
    *("probability", "uncertainty", "contributions", "sources", "why", "accept_at", "reject_below", "version"),
    "found_at",
]


@dataclass(frozen=True)
class DuplicateReport:
    """`searched` is how many products were asked now; `pairs`, of so many groups, wait for people afterwards, and
    `largest` is the number of products in the largest group. `is_done`: it was not stopped underway; if it was, nothing
    is grouped yet."""

    searched: int
    pairs: int
    groups: int
    largest: int
    is_done: bool


@dataclass(frozen=True)
class _Due:
    """A product as it was read: what is found is true for that."""

    updated_at: datetime
    vector_hash: str


def ask_for_duplicates(*, store: Store) -> None:
    """Wish that somebody looks for them, from now on."""
    DuplicateWish.objects.update_or_create(store=store, defaults={"asked_at": timezone.now()})


def stores_to_search() -> list[int]:
    """Ids of stores whose duplicates were asked for and not looked for since."""
    return list(DuplicateWish.objects.order_by("asked_at").values_list("store", flat=True))


def find_duplicates(*, store: Store, seconds: float | None = None) -> DuplicateReport | None:
    """Look for the duplicates of whatever is due; stop after `seconds` at a batch's end. None when another process is
    at it."""
    deadline = None if seconds is None else time.monotonic() + seconds
    searched, is_done = 0, True
    groups: dict[int, set[int]] = {}
    with _alone(store) as is_alone:
        if not is_alone:
            return None
        wish = DuplicateWish.objects.filter(store=store).first()
        for batch in _due_batches(store):
            searched += _search(store, batch)
            if deadline is not None and time.monotonic() > deadline:
                is_done = False
                break
        if is_done:
            groups = regroup(store=store)
            _fulfil(wish)
    sizes = [len(products) for products in groups.values()]
    pairs = DuplicatePair.objects.of(store).in_review().count()
    return DuplicateReport(searched, pairs, len(groups), max(sizes, default=0), is_done)


def _fulfil(wish: DuplicateWish | None) -> None:
    """Unless it was wished anew meanwhile: what changed before that may not have been looked at."""
    if wish is not None:
        DuplicateWish.objects.filter(store=wish.store_id, asked_at=wish.asked_at).delete()


def regroup(*, store: Store) -> dict[int, set[int]]:
    """Number the groups of what waits for people. Returns number -> products. The store is locked for what is written
    alone: to read and group 87,000 pairs takes a second, and writing them all two."""
    waiting = DuplicatePair.objects.of(store).in_review()
    rows = list(waiting.values_list("pk", "one", "other", "probability", "group"))
    numbers = group_pairs({(one, other): probability for _, one, other, probability, _ in rows})
    changed = {pk: numbers[one, other] for pk, one, other, _, group in rows if group != numbers[one, other]}
    ids = list(changed)
    for start in range(0, len(ids), REGROUPED):
        _write_groups(store, {pk: changed[pk] for pk in ids[start : start + REGROUPED]})
    groups: dict[int, set[int]] = {}
    for pair, group in numbers.items():
        if group is not None:
            groups.setdefault(group, set()).update(pair)
    return groups


@transaction.atomic
def _write_groups(store: Store, numbers: Mapping[int, int | None]) -> None:
    lock_store(store.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            'UPDATE recommender_duplicatepair pair SET "group" = new.number'
            " FROM unnest(%s::bigint[], %s::bigint[]) new (id, number) WHERE pair.id = new.id",
            [list(numbers), list(numbers.values())],
        )


def _due_batches(store: Store) -> Iterator[dict[int, _Due]]:
    """By id; each product once, also when it changes underway: then it is due in the next run."""
    after = 0
    while True:
        space = active_space(store)
        due = due_products(store, version_id=active_version_id(store), space_id=space.id if space else None)
        rows = due.filter(pk__gt=after).order_by("pk").values_list("pk", "updated_at", "vector_hash")[:BATCH]
        batch = {pk: _Due(updated_at, vector_hash) for pk, updated_at, vector_hash in rows}
        if not batch:
            return
        yield batch
        after = max(batch)


def _search(store: Store, due: Mapping[int, _Due]) -> int:
    """How many were looked at, and are still as they were."""
    active, space = active_matcher(store), active_space(store)
    about = DuplicatePair.objects.of(store).about(due)
    known: list[Ids] = list(about.in_review().values_list("one", "other"))
    decided: set[Ids] = set(about.decided().values_list("one", "other"))
    found = find_twins(store, space, active.matcher, due, also=known, never=decided)
    return _write(store, space, active, due, {twins.ids: twins for twins in found})


@transaction.atomic
def _write(
    store: Store,
    space: SpaceView | None,
    active: ActiveMatcher,
    due: Mapping[int, _Due],
    found: Mapping[Ids, Twins],
) -> int:
    """Keep what was found of the products that are still as they were read. A fixed number of statements."""
    now = timezone.now()
    lock_store(store.pk)
    mentioned = {pk for pair in found for pk in pair} | due.keys()
    present = dict(Product.objects.unmerged().filter(pk__in=mentioned).values_list("pk", "updated_at"))
    still = [pk for pk, product in due.items() if present.get(pk) == product.updated_at]
    decided = set(DuplicatePair.objects.of(store).about(still).decided().values_list("one", "other"))
    kept = [
        twins
        for pair, twins in found.items()
        if present.keys() >= set(pair) and not set(still).isdisjoint(pair) and pair not in decided
    ]
    _forget_unlike(store, still, {twins.ids for twins in kept})
    DuplicatePair.objects.bulk_create(
        [_describe(store, active, twins, now) for twins in kept],
        update_conflicts=True,
        unique_fields=["one", "other"],
        update_fields=_WRITTEN,
        batch_size=500,
    )
    _note_searches(space, active, {pk: due[pk] for pk in still})
    return len(still)


def _describe(store: Store, active: ActiveMatcher, twins: Twins, now: datetime) -> DuplicatePair:
    return DuplicatePair(
        store=store,
        one_id=twins.ids[0],
        other_id=twins.ids[1],
        probability=twins.probability,
        uncertainty=entropy(twins.probability),
        contributions=dict(twins.contributions),
        sources=list(twins.sources),
        why=twins.why,
        accept_at=active.matcher.accept_at,
        reject_below=shown_from(active.matcher),
        version_id=active.version_id,
        found_at=now,
    )


def _forget_unlike(store: Store, searched: Sequence[int], found: set[Ids]) -> None:
    """Pairs that are no longer alike, and of which nobody ever said a word."""
    unsaid = DuplicatePair.objects.of(store).about(searched).in_review().filter(decisions=None)
    gone = [pk for pk, *pair in unsaid.values_list("pk", "one", "other") if tuple(pair) not in found]
    DuplicatePair.objects.filter(pk__in=gone).delete()


def _note_searches(space: SpaceView | None, active: ActiveMatcher, due: Mapping[int, _Due]) -> None:
    searches = [
        DuplicateSearch(
            product_id=pk,
            product_at=product.updated_at,
            version_id=active.version_id,
            space_id=space.id if space else None,
            vector_hash=product.vector_hash,
        )
        for pk, product in due.items()
    ]
    DuplicateSearch.objects.bulk_create(
        searches,
        update_conflicts=True,
        unique_fields=["product"],
        update_fields=["product_at", "version", "space_id", "vector_hash"],
    )


@contextmanager
def _alone(store: Store) -> Iterator[bool]:
    """Yields whether this process alone now looks through the store. The lock dies with the process."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended('find duplicates', %s))", [store.pk])
        is_alone = bool(cursor.fetchone()[0])
        try:
            yield is_alone
        finally:
            if is_alone:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended('find duplicates', %s))", [store.pk])
