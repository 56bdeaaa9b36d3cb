"""Two products become one: whatever hung on one of them hangs on the other, and the record says what did.

Events say themselves which product they were told of (`Event.told_of`), also those that come afterwards, so however
many there are, none need be listed. Pictures are lent: the merged product keeps its own. Decisions are listed by
number, and which product an offer is follows from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from catalog.models import Product
from catalog.services.merging import Merged, lend_pictures, merge_product, part_product, return_pictures
from recommender.models import Match, MatchDecision
from recommender.services.match_decisions import settle_offers

# Earlier than any offer: what was read then is to be read again.
_NEVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class Moved:
    """Numbers of what was moved, in their tables. `followers` are products that had been merged into the merged one."""

    was_published: bool
    followers: tuple[int, ...]
    pictures: tuple[int, ...] = ()
    decisions: tuple[int, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Moved:
        return cls(
            was_published=bool(stored["was_published"]),
            **{name: tuple(stored[name]) for name in ("followers", "pictures", "decisions")},
        )


@transaction.atomic
def merge_products(*, gone: Product, kept: Product) -> Moved:
    """Let `kept` stand for `gone`. Both are of one store, and neither is merged."""
    merged = merge_product(gone=gone, kept=kept)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recommender_event SET product_id = %s, told_of_id = coalesce(told_of_id, product_id)"
            " WHERE product_id = %s",
            [kept.pk, gone.pk],
        )
    return hand_over(gone=gone, kept=kept, moved=Moved(merged.was_published, merged.followers))


@transaction.atomic
def hand_over(*, gone: Product, kept: Product, moved: Moved) -> Moved:
    """Move what still hangs on `gone` and has its place at `kept`; said again, nothing happens."""
    decisions = tuple(_movable(gone=gone, kept=kept).values_list("pk", flat=True))
    pictures = lend_pictures(owner=gone, to=kept)
    _move(decisions, source=gone, target=kept)
    return replace(moved, pictures=(*moved.pictures, *pictures), decisions=(*moved.decisions, *decisions))


@transaction.atomic
def part_products(*, gone: Product, kept: Product, moved: Moved, since: datetime) -> None:
    """The way back of `merge_products`, which was `since`: everything is as it was, and what was told of `gone` in the
    meantime is its own. Offers that were matched meanwhile, when it was no candidate, are matched anew."""
    part_product(gone=gone, kept=kept, merged=Merged(moved.was_published, moved.followers))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE recommender_event SET product_id = %s, told_of_id = nullif(told_of_id, %s)"
            " WHERE product_id = %s AND told_of_id = ANY(%s)",
            [gone.pk, gone.pk, kept.pk, [gone.pk, *moved.followers]],
        )
    return_pictures(borrower=kept, image_ids=moved.pictures)
    _move(moved.decisions, source=kept, target=gone)
    Match.objects.filter(offer__candidates__product=kept, matched_at__gte=since).update(offer_at=_NEVER)


def _move(decisions: Sequence[int], *, source: Product, target: Product) -> None:
    """What was said of the one was said of the other, and their offers stand as follows from that."""
    MatchDecision.objects.filter(pk__in=decisions, product=source).update(product=target)
    offers = MatchDecision.objects.filter(pk__in=decisions).values("offer")
    settle_offers(list(Match.objects.filter(offer__in=offers).select_related("offer")))


def _movable(*, gone: Product, kept: Product) -> Any:
    """Decisions on `gone`, but for rejections that `kept` has got too: an offer has one of each product."""
    same = MatchDecision.objects.filter(offer=OuterRef("offer"), product=kept, verdict="reject", undone_at=None)
    own = MatchDecision.objects.filter(product=gone)
    return own.exclude(Exists(same), verdict="reject", undone_at=None)
