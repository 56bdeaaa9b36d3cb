"""What people decided of offers: what each is, or that it is none of the store's products. Reads, and writes nothing.

Only what stands counts, only what people said, and only of offers that have an answer: of one whose candidates were
rejected, and no more said, it is not known what it is.

The offers are no fair sample: people are asked where the machine is unsure, hence the easy ones are missing. The
machine's own links are not taken for true instead, which would only teach it what it believes; nor does an identifier
prove a link, for suppliers' lie (see `identifiers.SUPPORT`). So what is learned is scored and given its thresholds on
harder offers than it will meet: it accepts with more care than asked for.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef

from catalog.models import Store
from recommender.matching.contract import ACCEPT, NEW, REJECT
from recommender.models import MatchDecision


@dataclass(frozen=True)
class Decision:
    pk: int
    offer_id: int
    verdict: str
    product_id: int | None
    at: datetime


@dataclass(frozen=True)
class Decided:
    """The decisions learned from, the newest first."""

    decisions: Sequence[Decision]

    @property
    def sha256(self) -> str:
        """Of their ids: a decision never changes but for being undone."""
        return hashlib.sha256(" ".join(str(each.pk) for each in self.decisions).encode()).hexdigest()

    @property
    def last(self) -> int:
        return max((each.pk for each in self.decisions), default=0)

    def since(self, decision_id: int) -> Decided:
        return Decided([each for each in self.decisions if each.pk > decision_id])

    def count(self) -> tuple[int, int]:
        """Those that say what an offer is, and those that say what it is not."""
        accepted = sum(each.verdict == ACCEPT for each in self.decisions)
        return accepted, len(self.decisions) - accepted

    @property
    def answers(self) -> dict[int, int | None]:
        """Offer -> the product it is, None for none."""
        answers = (each for each in self.decisions if each.verdict in (ACCEPT, NEW))
        return {each.offer_id: each.product_id for each in answers}


def read_decided(store: Store, *, limit: int) -> Decided:
    """At most `limit`, the newest. A link whose product is gone says nothing any more; nor does an offer that a product
    was made of, for the one is the other's copy."""
    standing = MatchDecision.objects.of(store).standing().made_by_people().exclude(offer=None)
    copied = MatchDecision.objects.standing().filter(offer=OuterRef("offer"), made_product=True)
    telling = standing.exclude(verdict__in=[ACCEPT, REJECT], product=None).exclude(Exists(copied)).order_by("-pk")
    found = telling.values_list("pk", "offer", "verdict", "product", "at")[:limit]
    return Decided([Decision(*row) for row in found])
