"""The words in which shoppers, events, rankings, rules and what decides about them are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from recommender.matching.contract import MACHINE

if TYPE_CHECKING:
    from catalog.models import Offer, Store
    from catalog.querysets import ProductQuerySet
    from recommender.models import DuplicatePair, Match, Shopper


class ShopperQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def known_as(self, external_id: str) -> Self:
        return self.filter(external_id=external_id)


class EventQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def by(self, shopper: Shopper) -> Self:
        return self.filter(shopper=shopper)

    def latest_first(self) -> Self:
        return self.order_by("-at", "-id")


class RuleQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def active(self) -> Self:
        """Switched on, whatever the time."""
        return self.filter(is_active=True)

    def in_state(self, state: str, now: datetime) -> Self:
        """As `Rule.state_at`."""
        over, planned = Q(ends__isnull=False, ends__lte=now), Q(starts__isnull=False, starts__gt=now)
        conditions = {
            "off": Q(is_active=False),
            "over": Q(is_active=True) & over,
            "planned": Q(is_active=True) & ~over & planned,
            "live": Q(is_active=True) & ~over & ~planned,
        }
        return self.filter(conditions[state])


class RankingQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def shown_to(self, shopper_external_id: str) -> Self:
        return self.filter(shopper=shopper_external_id)

    def since(self, moment: datetime) -> Self:
        return self.filter(created_at__gte=moment)


class ScenarioSettingsQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)


class ExperimentQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def running(self) -> Self:
        return self.filter(status="running")


class ReviewQuerySet(models.QuerySet):
    """Of what people are asked about, whatever it is."""

    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def in_review(self) -> Self:
        return self.filter(status="review")

    def free_for(self, who: str, now: datetime) -> Self:
        """Claimed by nobody else."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_by=who))

    def behind(self, other: Match | DuplicatePair) -> Self:
        """What comes after it in that order."""
        return self.filter(
            Q(uncertainty__lt=other.uncertainty) | Q(uncertainty=other.uncertainty, pk__gt=other.pk),
        )

    def most_informative_first(self) -> Self:
        return self.order_by("-uncertainty", "id")


class MatchQuerySet(ReviewQuerySet):
    def for_queue(self) -> Self:
        """Everything an item of the queue shows, in a fixed number of queries."""
        from recommender.models import MatchCandidate, MatchDecision

        candidates = models.Prefetch("offer__candidates", MatchCandidate.objects.unmerged().with_products())
        shown = self.select_related("offer__supplier", "offer__product", "version").defer("version__artifact")
        decisions = models.Prefetch("offer__decisions", MatchDecision.objects.with_standing())
        return shown.prefetch_related(candidates, decisions)


class MatchCandidateQuerySet(models.QuerySet):
    def unmerged(self) -> Self:
        """Whose product stands for itself."""
        return self.filter(product__merged_into=None)

    def with_products(self) -> Self:
        """Everything a candidate shows, in a fixed number of queries."""
        return self.select_related("product__category").prefetch_related("product__images")


class DuplicatePairQuerySet(ReviewQuerySet):
    def open(self) -> Self:
        """Both products stand for themselves: there is something to decide."""
        return self.filter(one__merged_into=None, other__merged_into=None)

    def in_review(self) -> Self:
        return super().in_review().open()

    def in_status(self, status: str) -> Self:
        return self.in_review() if status == "review" else self.filter(status=status)

    def decided(self) -> Self:
        return self.exclude(status="review")

    def about(self, product_ids: Iterable[int]) -> Self:
        ids = list(product_ids)
        return self.filter(Q(one__in=ids) | Q(other__in=ids))

    def for_queue(self) -> Self:
        """Everything an item of the queue shows, in a fixed number of queries."""
        return self.select_related("one__category", "other__category", "version").prefetch_related(
            "one__images", "other__images", "decisions"
        )


class DecisionQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def standing(self) -> Self:
        return self.filter(undone_at=None)

    def made_by_people(self) -> Self:
        return self.exclude(by=MACHINE)


class MatchDecisionQuerySet(DecisionQuerySet):
    def standing(self) -> Self:
        """Not undone; and of rejections those whose product was not accepted after all. Nothing is written on the
        others: undo the accept, and they stand again."""
        return self.with_standing().filter(stands=True)

    def with_standing(self) -> Self:
        """Each with `stands`, whether it counts. What was merged since is the product that stands for it."""
        from recommender.models import MatchDecision

        accepts = MatchDecision.objects.filter(offer=OuterRef("offer"), verdict="accept", undone_at=None)
        same = Q(product=OuterRef("product")) | Q(product=OuterRef("product__merged_into"))
        is_superseded = Q(verdict="reject") & Exists(accepts.filter(same))
        stands = models.ExpressionWrapper(Q(undone_at=None) & ~is_superseded, models.BooleanField())
        return self.annotate(stands=stands)

    def by_people(self) -> Self:
        """Made or undone by somebody; the machine leaves such an offer to people."""
        return self.filter(~Q(by=MACHINE) | Q(undone_at__isnull=False) & ~Q(undone_by=MACHINE))


def due_products(store: Store, *, version_id: int | None, space_id: int | None) -> ProductQuerySet:
    """The store's products whose duplicates were never looked for, or not as they and their vectors are now, or with
    another version or space than those in use. `vector_hash` is that of the vector they have."""
    from catalog.models import Product
    from embeddings.models import Embedding
    from recommender.models import DuplicateSearch

    vectors = Embedding.objects.filter(space_id=space_id, product_id=OuterRef("pk")).values("content_hash")
    as_it_is = DuplicateSearch.objects.filter(
        product=OuterRef("pk"),
        product_at=OuterRef("updated_at"),
        vector_hash=OuterRef("vector_hash"),
        version_id=version_id,
        space_id=space_id,
    )
    found = Product.objects.of(store).unmerged().annotate(vector_hash=Coalesce(Subquery(vectors), Value("")))
    return found.filter(~Exists(as_it_is))


def due_offers(
    store: Store,
    *,
    version_id: int | None,
    encoder_id: str = "",
    tried_before: datetime | None = None,
    outdated_at: datetime | None = None,
) -> models.QuerySet[Offer]:
    """The store's offers that were never matched, have changed since, lost their product, wait for review with the
    scores of another version than the one in use or beside a candidate that was merged into another product, found
    no product without the vectors of `encoder_id` (empty: whatever they had) or before `outdated_at`, or failed with
    another version, without those vectors or before `tried_before`."""
    from catalog.models import Offer
    from recommender.models import MatchCandidate, MatchDecision

    merged = MatchCandidate.objects.filter(offer=OuterRef("pk"), product__merged_into__isnull=False)
    other_version = ~Q(match__version_id=version_id)
    unseen = ~Q(match__encoder_id=encoder_id) if encoder_id else Q(pk__in=[])
    called_new = MatchDecision.objects.filter(offer=OuterRef("pk"), verdict="new").standing()  # by people alone
    unplaced = Q(match__status__in=["review", "rejected", "new"]) & ~Exists(called_new)
    return Offer.objects.of(store).filter(
        Q(match=None)
        | ~Q(match__offer_at=F("updated_at"))
        | Q(match__status="linked", product=None)
        | Q(match__status="review") & (other_version | Exists(merged))
        | unplaced & (unseen | _matched_before(outdated_at))
        | Q(match__status="failed") & (other_version | unseen | _matched_before(tried_before))
    )


def _matched_before(moment: datetime | None) -> Q:
    return Q(match__matched_at__lt=moment) if moment else Q(pk__in=[])
