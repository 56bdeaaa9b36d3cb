"""What every question has in common, and what comes back."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from django.utils import timezone

from catalog.cards import ProductCard
from catalog.models import Store
from recommender.cursors import Place
from recommender.explanations import Explanation
from recommender.filters import Filters

Sort = Literal["relevance", "price", "-price", "newest"]


@dataclass(frozen=True)
class Question:
    """`weights` are those that the request gives, `diversity` None is what the scenario has. `collapse`: of a variant
    group one product is shown. `place` is what earlier pages showed. `seed` draws a rotation in place of shopper and
    day. A trial takes part in no experiment, and its pages do not vary: nothing takes turns and nothing tires."""

    store: Store
    filters: Filters = field(default_factory=Filters)
    scenario: str = "similar"
    shopper_id: str = ""
    weights: Mapping[str, float] = field(default_factory=dict)
    limit: int = 10
    diversity: float | None = None
    min_score: float = 0.0
    sort: Sort = "relevance"
    collapse: bool = True
    facets: tuple[str, ...] = ()
    explain: bool = False
    place: Place = field(default_factory=Place)
    seed: str = ""
    now: datetime = field(default_factory=timezone.now)
    is_trial: bool = False


@dataclass(frozen=True)
class Result:
    """`score` is 0 to 1, higher is better; 0 also for what a fallback added, which was compared to nothing. `picture`
    is the storage name of the product's picture that matched best, where it has several and looks counted."""

    product_id: int
    card: ProductCard
    score: float
    picture: str | None = None
    explanation: Explanation | None = None


@dataclass(frozen=True)
class Answer:
    """`fallback` names the first fallback that put something on the page; None: it holds what was asked for. `next` is
    where the next page begins, None after the last."""

    ranking_id: uuid.UUID
    space: str | None
    fallback: str | None
    results: tuple[Result, ...]
    variant_id: int | None = None
    next: Place | None = None
    facets: Mapping[str, Any] | None = None
