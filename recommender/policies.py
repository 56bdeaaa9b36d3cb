"""What a scenario shows again: how long something stays away after it was bought, seen or put in the basket.

    {"bought": "replenishable", "seen": "keep", "carted": {"after_days": 7}, "replenishable": ["Pantry/Coffee"]}

Each is `keep` (it may be shown at once), `never` (again), or comes back `after_days`. `bought` may also be
`replenishable`: what is bought regularly comes back when it is due, by the median gap between the shopper's own
purchases, else between everybody's; what has no rhythm stays away. Under the category paths in `replenishable` this
holds whatever `bought` says, and what has no rhythm yet is due after DEFAULT_GAP.

What was disliked stays away until it is liked again, in every scenario. `rotation`, 0 to 1, is how much visits on
different days differ, and `tired` says whether what was shown often in vain loses (see `recommender.ranking.rotation`).

Pure: dataclasses, no ORM.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from recommender.rhythm import median_gap

# Days that something stays away.
KEEP, NEVER = 0.0, math.inf
WORDS = {"keep": KEEP, "never": NEVER}
REPLENISHABLE: Literal["replenishable"] = "replenishable"
# Of a category that the shop says is replenishable, while nobody bought the product twice.
DEFAULT_GAP = 30.0

_KEYS = ("bought", "seen", "carted", "replenishable", "rotation", "tired")
MAX_DAYS = 3_650
MAX_CATEGORIES = 100
MAX_PATH = 600

Bought = float | Literal["replenishable"]


class PolicyError(ValueError):
    """`field` is the place in the policy, `bought.after_days`; empty for the policy itself."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Past:
    """What a shopper did with one product: when last, and on which days they bought it.

    `gap_days` is the rhythm of all the shop's buyers, where there is one; `category` a path, empty without.
    """

    product_id: int
    seen_at: datetime | None = None
    carted_at: datetime | None = None
    bought_at: datetime | None = None
    liked_at: datetime | None = None
    disliked_at: datetime | None = None
    bought_on: Sequence[date] = ()
    gap_days: float | None = None
    category: str = ""

    @property
    def in_basket_since(self) -> datetime | None:
        """None also for what was bought since: it is in the basket no more."""
        if self.carted_at and self.bought_at and self.carted_at <= self.bought_at:
            return None
        return self.carted_at


@dataclass(frozen=True)
class Policy:
    """Days that something stays away after each; KEEP and NEVER are the ends."""

    bought: Bought = REPLENISHABLE
    seen: float = KEEP
    carted: float = KEEP
    replenishable: tuple[str, ...] = ()
    rotation: float = 0.0
    tired: bool = False

    @classmethod
    def from_json(cls, data: Any, *, default: Policy | None = None) -> Policy:
        """What is not said is as in `default`. Raises PolicyError."""
        given = _object(data, "", _KEYS)
        read: dict[str, Any] = {name: _days(given[name], name) for name in ("seen", "carted") if name in given}
        if "bought" in given:
            again = given["bought"] == REPLENISHABLE
            read["bought"] = REPLENISHABLE if again else _days(given["bought"], "bought", REPLENISHABLE)
        if "replenishable" in given:
            read["replenishable"] = _paths(given["replenishable"], "replenishable")
        if "rotation" in given:
            read["rotation"] = _share(given["rotation"], "rotation")
        if "tired" in given:
            read["tired"] = _yes_or_no(given["tired"], "tired")
        return replace(default or cls(), **read)

    def to_json(self) -> dict[str, Any]:
        return {
            "bought": self.bought if self.bought == REPLENISHABLE else _spell(float(self.bought)),
            "seen": _spell(self.seen),
            "carted": _spell(self.carted),
            "replenishable": list(self.replenishable),
            "rotation": self.rotation,
            "tired": self.tired,
        }

    def hides(self, past: Past, *, now: datetime) -> bool:
        """Whether the product is not to be shown now."""
        if past.disliked_at and (past.liked_at is None or past.disliked_at > past.liked_at):
            return True
        if past.bought_at and _is_away(past.bought_at, self._days_after_purchase(past), now):
            return True
        since = past.in_basket_since
        if since and _is_away(since, self.carted, now):
            return True
        return past.seen_at is not None and _is_away(past.seen_at, self.seen, now)

    def _days_after_purchase(self, past: Past) -> float:
        named = any(past.category == path or past.category.startswith(f"{path}/") for path in self.replenishable)
        if not named and self.bought != REPLENISHABLE:
            return float(self.bought)
        own = median_gap(past.bought_on)
        gap = own if own is not None else past.gap_days
        if gap is None:
            return DEFAULT_GAP if named else NEVER
        return gap


_POLICIES = {"basket": Policy(carted=7.0), "home": Policy(rotation=0.05, tired=True)}


def default_policy(scenario: str) -> Policy:
    """Bought: when it is due again. Seen: kept. Beside a basket, without what was put into it this week."""
    return _POLICIES.get(scenario, Policy())


def _is_away(since: datetime, days: float, now: datetime) -> bool:
    if days == NEVER:
        return True
    return days > KEEP and now - since < timedelta(days=days)


def _spell(days: float) -> Any:
    word = next((word for word, value in WORDS.items() if value == days), None)
    return word or {"after_days": int(days) if days.is_integer() else days}


def _object(data: Any, where: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise PolicyError(where, "invalid", "Must be an object.")
    for name in data:
        if name not in keys:
            place = f"{where}.{name}" if where else str(name)
            raise PolicyError(place[:100], "unknown_field", f"There are {', '.join(keys)}.")
    return data


def _days(data: Any, where: str, *more_words: str) -> float:
    if isinstance(data, str) or not isinstance(data, Mapping):
        if not isinstance(data, str) or data not in WORDS:
            words = ", ".join([*WORDS, *more_words])
            raise PolicyError(where, "invalid_choice", f'Must be one of {words}, or {{"after_days": N}}.')
        return WORDS[data]
    given = _object(data, where, ("after_days",))
    days = given.get("after_days")
    place = f"{where}.after_days"
    if days is None:
        raise PolicyError(place, "required", "Say after how many days.")
    if isinstance(days, bool) or not isinstance(days, int | float) or not 0 < days <= MAX_DAYS:
        raise PolicyError(place, "invalid", f"Must be a number above 0, at most {MAX_DAYS}.")
    return float(days)


def _paths(data: Any, where: str) -> tuple[str, ...]:
    if not isinstance(data, list) or len(data) > MAX_CATEGORIES:
        raise PolicyError(where, "invalid", f"Must be a list of at most {MAX_CATEGORIES} category paths.")
    for i, path in enumerate(data):
        if not isinstance(path, str) or not path.strip() or len(path) > MAX_PATH or "\x00" in path:
            raise PolicyError(f"{where}.{i}", "invalid", f"Must be a category path, of at most {MAX_PATH} characters.")
    return tuple(data)


def _share(data: Any, where: str) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float) or not 0 <= data <= 1:
        raise PolicyError(where, "invalid", "Must be a number from 0 to 1.")
    return float(data)


def _yes_or_no(data: Any, where: str) -> bool:
    if not isinstance(data, bool):
        raise PolicyError(where, "invalid", "Must be true or false.")
    return data
