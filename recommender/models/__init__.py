"""Who shops and what they did."""

from recommender.models.events import Event, Shopper

__all__ = ["Event", "Shopper"]
