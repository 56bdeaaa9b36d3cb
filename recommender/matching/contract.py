"""What matching asks of a model that scores pairs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from recommender.matching.items import Item

ACCEPT, REVIEW, REJECT, NEW = "accept", "review", "reject", "new"
#: Who decides when nobody does. People are told by a prefix, "user ann" or "API key till", so none can be called so.
MACHINE = "matcher"


class Scored(Protocol):
    """What a pair got: a calibrated probability, and what each feature added to it."""

    @property
    def probability(self) -> float: ...
    @property
    def contributions(self) -> Mapping[str, float]: ...


@dataclass(frozen=True)
class Candidate:
    """A product an offer may be. `sources` say who brought it up; `has_other_gtin`: both have a right GTIN, and they
    differ."""

    product_id: int
    probability: float
    contributions: Mapping[str, float]
    variant_group: str = ""
    sources: tuple[str, ...] = ()
    has_other_gtin: bool = False


@dataclass(frozen=True)
class Verdict:
    """`kind` is one of accept, review, reject, new; `product_id` is the product of an accept."""

    kind: str
    product_id: int | None = None
    why: str = ""


class Matcher(Protocol):
    """Accepts from `accept_at` on, rejects below `reject_below`; what lies between is for people."""

    @property
    def accept_at(self) -> float: ...
    @property
    def reject_below(self) -> float: ...
    @property
    def metrics(self) -> Mapping[str, Any]: ...

    def score(self, pairs: Sequence[tuple[Item, Item]]) -> Sequence[Scored]: ...

    def decide(self, candidates: Sequence[Candidate]) -> Verdict: ...


@runtime_checkable
class SideBySide(Protocol):
    """A matcher that looks at all candidates of an offer together, and knows its store's suppliers: it scores
    neighbouring pairs of one offer as a whole, asks for each picture of a product, and can say an offer's words in the
    shop's."""

    def translate(self, words: str) -> str: ...
