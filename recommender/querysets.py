"""The words in which shoppers, events, rankings, rules and what decides about them are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from recommender.matching.contract import MACHINE

if TYPE_CHECKING:
    from catalog.models import Offer, Store
    from recommender.models import Match, Shopper


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


class MatchQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def in_review(self) -> Self:
        return self.filter(status="review")

    def free_for(self, who: str, now: datetime) -> Self:
        """Claimed by nobody else."""
        return self.filter(Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_by=who))

    def behind(self, other: Match) -> Self:
        """What comes after it in that order."""
        return self.filter(
            Q(uncertainty__lt=other.uncertainty) | Q(uncertainty=other.uncertainty, pk__gt=other.pk),
        )

    def most_informative_first(self) -> Self:
        return self.order_by("-uncertainty", "id")

    def for_queue(self) -> Self:
        """Everything an item of the queue shows, in a fixed number of queries."""
        return self.select_related("offer__supplier", "offer__product", "version").prefetch_related(
            "offer__candidates__product__images", "offer__candidates__product__category", "offer__decisions"
        )


class MatchDecisionQuerySet(models.QuerySet):
    def of(self, store: Store) -> Self:
        return self.filter(store=store)

    def standing(self) -> Self:
        return self.filter(undone_at=None)

    def by_people(self) -> Self:
        """Made or undone by somebody; the machine leaves such an offer to people."""
        return self.filter(~Q(by=MACHINE) | Q(undone_at__isnull=False) & ~Q(undone_by=MACHINE))


def due_offers(store: Store, *, version_id: int | None) -> models.QuerySet[Offer]:
    """The store's offers that were never matched, have changed since, lost their product, or wait for review with the
    scores of another version than the one in use."""
    from catalog.models import Offer

    rescored = Q(match__status="review") & ~Q(match__version_id=version_id)
    return Offer.objects.of(store).filter(
        Q(match=None) | ~Q(match__offer_at=F("updated_at")) | Q(match__status="linked", product=None) | rescored
    )
