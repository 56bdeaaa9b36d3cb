"""Who looks at what waits for people, for a while: two reviewers don't get the same item."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from django.db import transaction
from django.db.models import Case, When
from django.utils import timezone

from catalog.models import Store
from catalog.services.stores import lock_store
from recommender.models import DuplicatePair, Match

# Time enough to look at a handful of items, and short enough for what a reviewer leaves behind.
CLAIM = timedelta(minutes=10)
MAX_CLAIMED = 50

Item = TypeVar("Item", Match, DuplicatePair)


class MatchRefused(ValueError):  # noqa: N818  (it is a verdict)
    """Why a decision can't be taken now: the item is in another state, or in another's hands."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class UnknownSkuError(ValueError):
    """The store has no such product."""


class NotACandidateError(UnknownSkuError):
    """The product is none that the offer could be."""


class UnknownDecisionError(ValueError):
    """The item has no such decision."""


@transaction.atomic
def claim_next(kind: type[Item], *, store: Store, by: str, limit: int = 1, after: int | None = None) -> list[Item]:
    """The most informative items of the queue that nobody else holds, held for CLAIM; those `by` holds come first.

    `after` is an item to go on behind: for a reviewer who skips. Of two reviewers asking at once, each gets items of
    their own: rows another is just taking are passed over. Raises `kind`.DoesNotExist for an unknown `after`.
    """
    now = timezone.now()
    own = Case(When(claimed_by=by, claimed_until__gt=now, then=0), default=1)
    queue = kind.objects.of(store).in_review().free_for(by, now).order_by(own, "-uncertainty", "id")
    if after is not None:
        queue = queue.behind(kind.objects.of(store).get(pk=after)).most_informative_first()
    rows = queue.select_for_update(skip_locked=True, of=("self",))
    taken = list(rows.values_list("pk", flat=True)[: min(limit, MAX_CLAIMED)])
    kind.objects.filter(pk__in=taken).update(claimed_by=by, claimed_until=now + CLAIM)
    found = kind.objects.for_queue().in_bulk(taken)
    return [found[pk] for pk in taken]


def claim_item(kind: type[Item], *, store: Store, pk: int, by: str) -> Item | None:
    """An item to look at, whatever its status; held for CLAIM if it waits for review and nobody else holds it."""
    now = timezone.now()
    free = kind.objects.of(store).in_review().free_for(by, now).filter(pk=pk)
    free.update(claimed_by=by, claimed_until=now + CLAIM)
    return kind.objects.of(store).for_queue().filter(pk=pk).first()


def open_item(kind: type[Item], *, store: Store, pk: int, by: str) -> Item:
    """The item with the store locked, unless another holds it. Raises `kind`.DoesNotExist, MatchRefused."""
    lock_store(store.pk)
    item = kind.objects.of(store).get(pk=pk)
    holder = item.holder_at(timezone.now())
    if holder not in ("", by):
        raise MatchRefused("claimed", f"{holder} is looking at it until {item.claimed_until:%H:%M:%S} UTC.")
    return item
