"""What shoppers did, to look at: events are facts, nobody edits them."""

from recommender.admin.events import EventAdmin, ShopperAdmin

__all__ = ["EventAdmin", "ShopperAdmin"]
