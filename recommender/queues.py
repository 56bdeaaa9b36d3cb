"""What waits for people: where each queue's page is, whom it is for, and how much waits there."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from recommender.models import DuplicatePair, Match


@dataclass(frozen=True)
class Queue:
    """`lists` are the names of the models whose lists lead to it."""

    name: str
    kind: type[Match] | type[DuplicatePair]
    lists: Collection[str]

    @property
    def view_name(self) -> str:
        return f"recommender_{self.kind._meta.model_name}_review"

    @property
    def address(self) -> str:
        return reverse(f"admin:{self.view_name}")

    @property
    def waiting(self) -> int:
        """In all stores. Read off the queue's index: 60 ms for 40 000 of 200 000 matches before a vacuum."""
        return self.kind.objects.in_review().count()

    def is_for(self, user: Any) -> bool:
        return bool(user.has_perm(f"recommender.change_{self.kind._meta.model_name}"))


QUEUES = (Queue("Offers", Match, ("match", "offer")), Queue("Duplicates", DuplicatePair, ("duplicatepair",)))


def queue_of(kind: type[Match] | type[DuplicatePair]) -> Queue:
    return next(queue for queue in QUEUES if queue.kind is kind)


def queues_for(user: Any, *, about: str = "") -> list[Queue]:
    """Those that the user may decide; `about` is the model of a list that leads to them."""
    return [queue for queue in QUEUES if queue.is_for(user) and (not about or about in queue.lists)]
