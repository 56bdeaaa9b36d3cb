"""Reads of shoppers, their histories, and what stands in where there is no history to go by."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Prefetch, Q

from catalog.models import Offer, Product, Store
from catalog.querysets import ProductQuerySet
from embeddings.wire import fetch, fetch_each
from recommender.candidates.popular import popular_scores
from recommender.matching.contract import MACHINE
from recommender.models import DuplicateDecision, DuplicatePair, Event, Match, MatchCandidate, MatchDecision, Shopper
from recommender.policies import KEEP, Past, Policy
from recommender.profile_vectors import Touch
from recommender.rhythm import ShopRhythm
from recommender.shown import counts_statement

# Past this many events decay has left little, and a profile costs one vector read for each product.
HISTORY_LENGTH = 100
# Of a history, what policies look back on: more than a person does, and a bound on what a robot does.
POLICY_LENGTH = 10_000
# What was shown longer ago has been forgotten.
TIRED_FOR = timedelta(days=7)

Kind = Event.Kind


@dataclass(frozen=True)
class Visitor:
    """A shopper with their latest events, newest first, and the rhythms of the products in them.

    `withdrawn` are those that are not published; `unwanted` what the policy does not show them now, `shown` how often
    what was shown to them lately.
    """

    shopper: Shopper
    history: tuple[Touch, ...]
    rhythms: Mapping[int, ShopRhythm] = field(default_factory=dict)
    withdrawn: frozenset[int] = frozenset()
    unwanted: frozenset[int] = frozenset()
    shown: Mapping[int, int] = field(default_factory=dict)

    @property
    def recent(self) -> tuple[Touch, ...]:
        """What tells of their taste."""
        return self.history[:HISTORY_LENGTH]


_VISITOR = """
SELECT s.id, s.created_at, e.product_id, e.kind, e.at, p.is_published, r.buyers, r.repeaters, r.gap_days
  FROM recommender_shopper s
  LEFT JOIN LATERAL (SELECT id, product_id, kind, at FROM recommender_event
                      WHERE shopper_id = s.id ORDER BY at DESC, id DESC LIMIT %s) e ON true
  LEFT JOIN catalog_product p ON p.id = e.product_id
  LEFT JOIN recommender_rhythm r ON r.product_id = e.product_id
 WHERE s.store_id = %s AND s.external_id = %s
 ORDER BY e.at DESC, e.id DESC
"""


def find_visitor(
    store: Store, external_id: str, *, length: int = HISTORY_LENGTH, policy: Policy | None = None, now: datetime
) -> Visitor | None:
    """The shopper with `length` events, and what the policy makes of them, in one round trip: every home page comes
    through here."""
    asked = [(_VISITOR, [length, store.pk, external_id])]
    asked += [_pasts_statement(store.pk, external_id, policy)] if policy else []
    asked += [counts_statement(store, external_id, since=now - TIRED_FOR)] if policy and policy.tired else []
    rows, *more = fetch_each(*asked) if policy else [fetch(*asked[0])]
    if not rows:
        return None
    return Visitor(
        Shopper(pk=rows[0][0], store=store, external_id=external_id, created_at=rows[0][1]),
        history=tuple(Touch(*row[2:5]) for row in rows if row[2] is not None),
        rhythms={row[2]: ShopRhythm(*row[6:]) for row in rows if row[6] is not None},
        withdrawn=frozenset(row[2] for row in rows if row[5] is False),
        unwanted=frozenset(_hidden(more[0], policy, now=now)) if policy else frozenset(),
        shown=dict(more[1]) if len(more) > 1 else {},
    )


def find_shopper(store: Store, external_id: str) -> Shopper | None:
    return Shopper.objects.of(store).known_as(external_id).first()


def history_of(shopper: Shopper, *, length: int = HISTORY_LENGTH) -> list[Touch]:
    """The shopper's latest events, newest first."""
    events = Event.objects.by(shopper).latest_first().values_list("product_id", "kind", "at")[:length]
    return [Touch(product_id, kind, at) for product_id, kind, at in events]


def unwanted(shopper: Shopper, policy: Policy, *, now: datetime) -> set[int]:
    """Ids of what the policy does not show this shopper now. One query."""
    return _hidden(fetch(*_pasts_statement(shopper.store_id, shopper.external_id, policy)), policy, now=now)


def _pasts_statement(store_id: int, external_id: str, policy: Policy) -> tuple[str, list[Any]]:
    kinds = [Kind.PURCHASE, Kind.LIKE, Kind.DISLIKE]
    kinds += [Kind.VIEW, Kind.CLICK] if policy.seen != KEEP else []
    kinds += [Kind.CART] if policy.carted != KEEP else []
    return _PASTS, [store_id, external_id, [kind.value for kind in kinds], POLICY_LENGTH]


def _hidden(rows: Iterable[tuple[Any, ...]], policy: Policy, *, now: datetime) -> set[int]:
    return {past.product_id for past in (Past(*row) for row in rows) if policy.hides(past, now=now)}


_PASTS = """
SELECT e.product_id,
       max(at) FILTER (WHERE kind IN ('view', 'click')),
       max(at) FILTER (WHERE kind = 'cart'),
       max(at) FILTER (WHERE kind = 'purchase'),
       max(at) FILTER (WHERE kind = 'like'),
       max(at) FILTER (WHERE kind = 'dislike'),
       coalesce(array_agg(DISTINCT (at AT TIME ZONE 'UTC')::date) FILTER (WHERE kind = 'purchase'), '{}'),
       r.gap_days, coalesce(c.path, '')
  FROM (SELECT product_id, kind, at FROM recommender_event
         WHERE shopper_id = (SELECT id FROM recommender_shopper WHERE store_id = %s AND external_id = %s)
           AND kind = ANY(%s) ORDER BY at DESC LIMIT %s) e
  JOIN catalog_product p ON p.id = e.product_id
  LEFT JOIN catalog_category c ON c.id = p.category_id
  LEFT JOIN recommender_rhythm r ON r.product_id = e.product_id
 GROUP BY e.product_id, r.gap_days, c.path
"""


def popular(
    eligible: ProductQuerySet, *, store: Store, now: datetime, limit: int, exclude: Collection[int] = ()
) -> list[int]:
    """Ids of the most popular, to fill a page; ties by id."""
    return list(popular_scores(store, eligible=eligible, limit=limit, exclude=exclude, now=now))


def newest(eligible: ProductQuerySet, *, limit: int, exclude: Collection[int] = ()) -> list[int]:
    return list(eligible.exclude(pk__in=exclude).order_by("-pk").values_list("pk", flat=True)[:limit])


def newest_beside(
    product: Product, eligible: ProductQuerySet, *, limit: int, exclude: Collection[int] = ()
) -> list[int]:
    """Ids of the newest in the product's own category."""
    if product.category_id is None:
        return []
    return newest(eligible.in_categories([product.category_id]), limit=limit, exclude=exclude)


def find_product(store: Store, sku: str) -> Product | None:
    """Published or not: the page of a product just withdrawn is where alternatives are wanted most.

    What a question needs of it; to compose the statement anew, and to read the rest, was a fifth of Python's part in
    an answer.
    """
    rows = fetch(_PRODUCT, [store.pk, sku])
    return Product.from_db("default", _PRODUCT_FIELDS, rows[0]) if rows else None


_PRODUCT_FIELDS = ("id", "store_id", "sku", "category_id", "variant_group")
_PRODUCT = f"SELECT {', '.join(_PRODUCT_FIELDS)} FROM catalog_product WHERE store_id = %s AND sku = %s"  # noqa: S608


def siblings_of(store: Store, product_ids: Collection[int]) -> set[int]:
    """Ids of all variants of these products, themselves too where they have any. One query, none for no products."""
    if not product_ids:
        return set()
    groups = Product.objects.of(store).filter(pk__in=product_ids).exclude(variant_group="").values("variant_group")
    return set(Product.objects.of(store).filter(variant_group__in=groups).values_list("pk", flat=True))


def find_products(store: Store, skus: Collection[str]) -> dict[str, Product]:
    """sku -> product, published or not. One query, none for no skus."""
    return {product.sku: product for product in Product.objects.of(store).filter(sku__in=skus)} if skus else {}


def find_offer(store: Store, offer_id: int) -> Offer | None:
    """With everything its own page shows, in a fixed number of queries."""
    shown = Offer.objects.of(store).select_related("supplier", "product", "match__version")
    candidates = Prefetch("candidates", MatchCandidate.objects.unmerged().with_products())
    decisions = Prefetch("decisions", MatchDecision.objects.with_standing())
    shown = shown.defer("match__version__artifact").prefetch_related(candidates, decisions)
    return shown.filter(pk=offer_id).first()


@dataclass(frozen=True)
class ReviewProgress:
    """Of `judged` items people have said something, and of `right` of them that the machine's best guess was it.
    `question` is what that says, before a share."""

    left: int
    decided: int
    judged: int
    right: int = 0
    question: str = ""

    @property
    def precision(self) -> float | None:
        """In percent."""
        return 100 * self.right / self.judged if self.judged else None


def review_progress(store: Store, *, by: str) -> ReviewProgress:
    """How far the queue is, and how often the likeliest candidate was the right one as people see it: a product
    made of the offer was none of them. Three queries."""
    people = MatchDecision.objects.of(store).standing().exclude(by=MACHINE).filter(made_product=False)
    # The first word on each offer tells of its first candidate: a later one may have been of the second.
    likeliest = MatchCandidate.objects.filter(offer=OuterRef("offer"), product=OuterRef("product"), rank=1)
    first = (
        people.exclude(offer=None).order_by("offer_id", "pk").distinct("offer_id").annotate(is_first=Exists(likeliest))
    )
    words = list(first.values_list("verdict", "is_first"))
    return ReviewProgress(
        left=Match.objects.of(store).in_review().count(),
        decided=people.filter(by=by).count(),
        judged=len(words),
        right=words.count((MatchDecision.Verdict.ACCEPT.value, True)),
        question="the first candidate was right",
    )


def duplicate_progress(store: Store, *, by: str) -> ReviewProgress:
    """How far the queue is, and how often two products were one as people see it. Two queries."""
    said = DuplicateDecision.objects.of(store).standing()
    accepted = Count("pk", filter=Q(verdict=DuplicateDecision.Verdict.ACCEPT))
    counts = said.aggregate(decided=Count("pk", filter=Q(by=by)), judged=Count("pk"), right=accepted)
    return ReviewProgress(
        left=DuplicatePair.objects.of(store).in_review().count(), question="the two were one", **counts
    )
