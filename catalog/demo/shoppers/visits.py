"""What one shopper does in a month: sessions with an intent, a page for each, choices on the page, and what follows.

The choice of what to look at is a multinomial logit, taste plus Gumbel noise (McFadden 1974, "Conditional logit
analysis of qualitative choice behavior"), among the products that were examined; lower places are examined less
(position-based model: Craswell et al. 2008, "An experimental comparison of click position-bias models"). Each later
step of the funnel is a logit of its own in the same utility. Sessions are a Poisson process with the rhythm of day and
week, by thinning (Lewis & Shedler 1979, "Simulation of nonhomogeneous Poisson processes").
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from catalog.demo.shoppers import END, START
from catalog.demo.shoppers.draws import Draws
from catalog.demo.shoppers.shelves import Good, Shop
from catalog.demo.shoppers.tastes import Taste

DAY = timedelta(days=1)
WEEKDAYS = (0.8, 0.8, 0.85, 0.9, 0.9, 1.2, 1.4)  # from Monday
HOURS = (1, 0.5, 0.3, 0.2, 0.2, 0.4, 1, 2, 2.5, 2.5, 3, 3.2, 4, 3.5, 3, 3, 3.2, 4, 5, 6.5, 8, 8, 6, 3)

INTENTS = {"type": 0.45, "look": 0.15, "front page": 0.15, "together": 0.1, "again": 0.15}
STRAY = 0.15  # of the sessions with a type in mind, those with one that is not the shopper's own
FRONT_PAGE = 24
LOOKED_FOR = 0.8  # utility of a product of the shopper's own types, where all types are mixed
NEW_IS_SEEN = 1.0  # appeal of a product's first week on the front page
SAME_COLOUR, SAME_MATERIAL, SAME_BRAND = 1.2, 0.4, 0.5  # utility beside the product it is to go with
KNOWN = 0.5
EXAMINATION = 0.6  # the exponent by which lower places are examined less
BASKET_LASTS = timedelta(days=10)

Event = tuple[datetime, str, str, str]  # at, shopper, sku, kind


@dataclass
class Shopper:
    """A taste and what has happened to it so far."""

    taste: Taste
    shop: Shop
    draws: Draws
    events: list[Event] = field(default_factory=list)
    sessions: int = 0
    interesting: dict[str, Good] = field(default_factory=dict)  # clicked, neither bought nor disliked
    basket: dict[str, tuple[Good, datetime]] = field(default_factory=dict)
    anchors: list[Good] = field(default_factory=list)  # what was put into a basket, latest last
    done_with: set[str] = field(default_factory=set)
    sated: dict[str, float] = field(default_factory=dict)  # type -> what is left of the interest

    def __post_init__(self) -> None:
        self.utilities = {good.sku: self.taste.utility(good, self.shop.appeal[good.sku]) for good in self.shop.goods}
        self._mean = math.fsum(self.utilities.values()) / len(self.utilities)
        spread = math.fsum((value - self._mean) ** 2 for value in self.utilities.values()) / len(self.utilities)
        self._deviation = math.sqrt(spread) or 1.0
        prices = sorted(good.price for good in self.shop.goods)
        self._usual_price = prices[len(prices) // 2]

    def live_through_the_month(self) -> None:
        free_from = START
        for start in self._draw_starts():
            if start >= free_from:
                self._visit(start)
                free_from = self._now + timedelta(hours=1)
        self.events = [event for event in self.events if event[0] < END]

    def _draw_starts(self) -> list[datetime]:
        first, last = self.taste.first_day, self.taste.last_day
        count = max(1, self.draws.poisson(self.taste.sessions_a_week * (last - first) / 7))
        return sorted(self._draw_moment(first, last) for _ in range(count))

    def _draw_moment(self, first: float, last: float) -> datetime:
        while True:
            moment = START + timedelta(seconds=int(self.draws.between(first, last) * 86_400))
            busy = WEEKDAYS[moment.weekday()] / max(WEEKDAYS) * HOURS[moment.hour] / max(HOURS)
            if self.draws.chance(busy):
                return moment

    def _visit(self, start: datetime) -> None:
        self._now = start
        self.sessions += 1
        self.basket = {sku: kept for sku, kept in self.basket.items() if start - kept[1] < BASKET_LASTS}
        page, bonus = self._open_page()
        carted = self._walk(page, bonus, count=1 + self.draws.poisson(4.0))
        if carted and self.draws.chance(0.5):
            page, bonus = self._page_beside(carted[-1])
            self._walk(page, bonus, count=1 + self.draws.poisson(1.5))
        if self.basket and self.draws.chance(0.3):
            self._check_out()

    # Pages

    def _open_page(self) -> tuple[list[Good], Mapping[str, float]]:
        intent = self.draws.pick(list(INTENTS), list(INTENTS.values()))
        page: list[Good] = []
        bonus: Mapping[str, float] = {}
        if intent == "together" and self.anchors:
            page, bonus = self._page_beside(self.anchors[-1])
        elif intent == "again":
            page = self._shown(list(self.interesting.values()))
            bonus = dict.fromkeys(self.interesting, KNOWN)
        elif intent == "look":
            page, bonus = self._page_of_a_look(), self._own_types()
        elif intent == "type":
            page = self._shown(self.shop.of_type(self._draw_type()))
        return (page, bonus) if page else (self._front_page(), self._own_types())

    def _shown(self, goods: list[Good]) -> list[Good]:
        return [good for good in goods if good.sku not in self.done_with and self.shop.is_shown(good, self._now)]

    def _draw_type(self) -> str:
        if self.draws.chance(STRAY):
            return self.draws.pick(list(self.shop.pull), list(self.shop.pull.values()))
        day = (self._now - START) / DAY
        own = list(self.taste.types)
        return self.draws.pick(own, [self.taste.interest(name, day) * self.sated.get(name, 1.0) for name in own])

    def _page_of_a_look(self) -> list[Good]:
        liked = {family: weight for family, weight in self.taste.colours.items() if weight > 0}
        if not liked:
            return []
        family = self.draws.pick(list(liked), list(liked.values()))
        return self._shown([good for good in self.shop.goods if good.colours.get(family, 0.0) == 1.0])

    def _front_page(self) -> list[Good]:
        goods = self._shown(list(self.shop.goods))
        return self.draws.top(goods, [self._appeal_now(good) for good in goods], FRONT_PAGE)

    def _appeal_now(self, good: Good) -> float:
        since = self.shop.on_sale_from[good.sku]
        is_new = since > START and self._now - since < timedelta(days=7)
        return self.shop.appeal[good.sku] + (NEW_IS_SEEN if is_new else 0.0)

    def _own_types(self) -> dict[str, float]:
        return {good.sku: LOOKED_FOR for good in self.shop.goods if good.type in self.taste.types}

    def _page_beside(self, anchor: Good) -> tuple[list[Good], Mapping[str, float]]:
        """What goes with the anchor, and how well."""
        types = self.shop.companions[anchor.type]
        page = self._shown([good for good in self.shop.goods if good.type in types])
        return page, {good.sku: _match(good, anchor) for good in page}

    # On a page

    def _walk(self, page: list[Good], bonus: Mapping[str, float], *, count: int) -> list[Good]:
        """Look at some of the page, one after the other; what went into the basket."""
        carted: list[Good] = []
        examined = self._examine(page)
        utilities = [self.utilities[good.sku] + bonus.get(good.sku, 0.0) for good in examined]
        for good in self.draws.top(examined, utilities, count):
            z = (self.utilities[good.sku] + bonus.get(good.sku, 0.0) - self._mean) / self._deviation
            if self._consider(good, z):
                carted.append(good)
        return carted

    def _examine(self, page: list[Good]) -> list[Good]:
        order = self.draws.top(page, [0.6 * self._appeal_now(good) for good in page], len(page))
        return [good for place, good in enumerate(order) if self.draws.chance((1 + place) ** -EXAMINATION)]

    def _consider(self, good: Good, z: float) -> bool:
        """Down the funnel; True when it went into the basket."""
        self._tell(good, "view")
        if not self._decides(0.1 + 0.9 * z):
            if self._decides(-2.6 - 1.3 * z):
                self._tell(good, "dislike")
                self.done_with.add(good.sku)
                self.interesting.pop(good.sku, None)
                self.basket.pop(good.sku, None)
            return False
        self._tell(good, "click")
        self.interesting[good.sku] = good
        if self._decides(-2.0 + 0.7 * z):
            self._tell(good, "like")
        if good.sku in self.basket or not self._decides(
            -2.0 + 0.9 * z - 0.3 * math.log(good.price / self._usual_price)
        ):
            return False
        self._tell(good, "cart")
        self.basket[good.sku] = (good, self._now)
        self.anchors.append(good)
        return True

    def _check_out(self) -> None:
        for sku, (good, _) in list(self.basket.items()):
            if not self.draws.chance(0.85):
                continue
            self._tell(good, "purchase")
            del self.basket[sku]
            self.interesting.pop(sku, None)
            is_dear = good.price > 2 * self._usual_price
            self.sated[good.type] = self.sated.get(good.type, 1.0) * (0.3 if is_dear else 0.8)
            # The small things are bought again now and then.
            if is_dear or not self.draws.chance(0.2):
                self.done_with.add(sku)

    def _decides(self, log_odds: float) -> bool:
        return self.draws.chance(1 / (1 + math.exp(-log_odds)))

    def _tell(self, good: Good, kind: str) -> None:
        self.events.append((self._now, self.taste.shopper, good.sku, kind))
        pause = 2 if kind == "purchase" else max(3, int(self.draws.lognormal(25, 0.8)))
        self._now += timedelta(seconds=pause)


def _match(good: Good, anchor: Good) -> float:
    main = {family for family, share in anchor.colours.items() if share == 1.0}
    return math.fsum(
        [
            SAME_COLOUR * max((share for family, share in good.colours.items() if family in main), default=0.0),
            SAME_MATERIAL * (good.material == anchor.material),
            SAME_BRAND * (good.brand == anchor.brand),
        ]
    )
