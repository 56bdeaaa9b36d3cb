"""Shoppers who log in, and shoppers who want to be forgotten."""

from django.db import transaction

from catalog.models import Store
from recommender.models import Event, Ranking, Shopper
from recommender.services.events import ensure_shoppers
from recommender.services.rankings import forget_rankings


@transaction.atomic
def merge_shoppers(*, store: Store, session: str, into: str) -> int:
    """What the session did, the shopper did; the session is gone. The number of events moved.

    Told again, nothing is left to move. An event of the session that is told later makes the session anew, to be merged
    again. `into` is made if it is not known yet.
    """
    if session == into:
        raise ValueError("A shopper cannot be merged into itself.")
    if not Shopper.objects.of(store).known_as(session).exists():
        return 0
    ensure_shoppers(store=store, external_ids=[into])
    # In one order everywhere, so that two merges at once cannot lock each other out.
    both = Shopper.objects.of(store).filter(external_id__in=[session, into]).order_by("pk").select_for_update()
    shoppers = {shopper.external_id: shopper for shopper in both}
    if len(shoppers) < 2:  # another merge was first
        return 0
    Ranking.objects.of(store).shown_to(session).update(shopper=into)
    moved = Event.objects.by(shoppers[session]).update(shopper=shoppers[into])
    shoppers[session].delete()
    return moved


@transaction.atomic
def forget_shopper(*, store: Store, external_id: str) -> None:
    """Delete the shopper with everything they did and were shown; of a stranger there may be what they were shown."""
    forget_rankings(store=store, shopper_external_id=external_id)
    shopper = Shopper.objects.of(store).known_as(external_id).select_for_update().first()
    if shopper:
        shopper.delete()
