"""What is known of a shopper, to look at: why they are recommended what they are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from catalog.cards import ProductCard, published_cards
from catalog.models import Store
from embeddings.selectors import active_space, vectors_of
from recommender.profile_vectors import Touch, interests, interests_of
from recommender.selectors import find_shopper, history_of

LATEST = 20
BEHIND = 10


@dataclass(frozen=True)
class Reason:
    """A product behind an interest, or a dislike, and what the shopper's events with it still count."""

    card: ProductCard
    strength: float


@dataclass(frozen=True)
class ShownInterest:
    share: float
    products: tuple[Reason, ...]


@dataclass(frozen=True)
class Happening:
    sku: str
    kind: str
    at: datetime


@dataclass(frozen=True)
class ShopperProfile:
    """`interests` are empty while nothing they like is embedded; `latest` is newest first."""

    interests: tuple[ShownInterest, ...]
    disliked: tuple[Reason, ...]
    latest: tuple[Happening, ...]


def describe_profile(*, store: Store, external_id: str, now: datetime) -> ShopperProfile | None:
    """None when nothing is known of the shopper. Products that are not published are left out."""
    shopper = find_shopper(store, external_id)
    if shopper is None:
        return None
    history = history_of(shopper)
    space = active_space(store)
    vectors = vectors_of(space, {touch.product_id for touch in history}) if space else {}
    strengths = interests(history, now=now)
    cards = published_cards(store_id=store.pk, product_ids=list(strengths))

    def reasons(product_ids: Collection[int]) -> tuple[Reason, ...]:
        shown = [pk for pk in product_ids if pk in cards][:BEHIND]
        return tuple(Reason(cards[pk], strengths[pk]) for pk in shown)

    disliked = sorted((pk for pk, strength in strengths.items() if strength < 0), key=lambda pk: (strengths[pk], pk))
    return ShopperProfile(
        interests=tuple(
            ShownInterest(interest.share, reasons(interest.product_ids))
            for interest in interests_of(history, vectors, now=now)
        ),
        disliked=reasons(disliked),
        latest=_latest(history, cards),
    )


def _latest(history: list[Touch], cards: dict[int, ProductCard]) -> tuple[Happening, ...]:
    shown = [touch for touch in history if touch.product_id in cards][:LATEST]
    return tuple(Happening(cards[touch.product_id].sku, touch.kind, touch.at) for touch in shown)
