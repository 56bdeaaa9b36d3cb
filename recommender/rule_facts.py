"""What a rule says, and what is wrong with it; without a look at the store."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from recommender.filter_language import FilterError, parse_filters
from recommender.filters import Filters
from recommender.models import Rule, Scenario
from recommender.models.rules import MAX_POSITION, MAX_QUOTA

Kind = Rule.Kind

# With MAX_ACTIVE of the services it bounds what a process remembers of a store's rules.
MAX_CONDITION = 10_000
WITH_TEXT = (Scenario.ANY, Scenario.SEARCH)


@dataclass(frozen=True)
class RuleFacts:
    """`sku` is a pin's product."""

    name: str
    kind: str
    scenario: str = Scenario.ANY
    condition: Mapping[str, Any] = field(default_factory=dict)
    value: float | None = None
    sku: str = ""
    position: int | None = None
    when_text: str = ""
    starts: datetime | None = None
    ends: datetime | None = None
    is_active: bool = True


@dataclass(frozen=True)
class Fault:
    """`field` is a name of RuleFacts, or a place in the condition: `condition.any.1.price`."""

    field: str
    code: str
    message: str


def facts_of(rule: Rule) -> RuleFacts:
    return RuleFacts(
        name=rule.name,
        kind=rule.kind,
        scenario=rule.scenario,
        condition=rule.condition,
        value=rule.value,
        sku=rule.product.sku if rule.product else "",
        position=rule.position,
        when_text=rule.when_text,
        starts=rule.starts,
        ends=rule.ends,
        is_active=rule.is_active,
    )


def words_of(text: str) -> frozenset[str]:
    """Whole words, whatever their case; "Mugs" is not "mug"."""
    return frozenset(re.findall(r"\w+", unicodedata.normalize("NFKC", text).casefold()))


def find_faults(facts: RuleFacts) -> Iterator[Fault]:
    yield from _value_faults(facts)
    yield from _pin_faults(facts) if facts.kind == Kind.PIN else _condition_faults(facts)
    if facts.when_text and not words_of(facts.when_text):
        yield Fault("when_text", "no_words", "There is no word in it.")
    if facts.when_text and facts.scenario not in WITH_TEXT:
        yield Fault("when_text", "without_text", f"Nobody types words there; the scenario must be {_or(WITH_TEXT)}.")
    if facts.starts and facts.ends and facts.ends <= facts.starts:
        yield Fault("ends", "before_start", "Must be after starts.")


def _value_faults(facts: RuleFacts) -> Iterator[Fault]:
    value = facts.value
    if facts.kind in (Kind.PIN, Kind.EXCLUDE):
        if value is not None:
            yield Fault("value", "not_for_kind", f"A rule of kind {facts.kind} has no value.")
    elif facts.kind == Kind.QUOTA:
        if value is None or not 1 <= value <= MAX_QUOTA or value != int(value):
            yield Fault("value", "out_of_range", f"How many on a page: a whole number, 1 to {MAX_QUOTA}.")
    elif value is None or not 0 < value <= 1:
        yield Fault("value", "out_of_range", "How strongly: above 0, at most 1.")


def _pin_faults(facts: RuleFacts) -> Iterator[Fault]:
    if facts.condition != {}:
        yield Fault("condition", "not_for_kind", "A pin names one product by its sku and has no condition.")
    if not facts.sku:
        yield Fault("sku", "required", "A pin names the product.")
    if facts.position is None or not 1 <= facts.position <= MAX_POSITION:
        yield Fault("position", "out_of_range", f"A pin has a position, 1 to {MAX_POSITION:,}; 1 is the first.")


def _condition_faults(facts: RuleFacts) -> Iterator[Fault]:
    if facts.sku:
        yield Fault("sku", "not_for_kind", "Only a pin names a product; others have a condition.")
    if facts.position is not None:
        yield Fault("position", "not_for_kind", "Only a pin has a position.")
    try:
        if parse_filters(facts.condition) == Filters():
            yield Fault("condition", "required", "Say which products, else the rule is about all of them.")
    except FilterError as error:
        place = f"condition.{error.field}" if error.field else "condition"
        yield Fault(place, error.code, error.message)
    else:
        if len(json.dumps(facts.condition)) > MAX_CONDITION:
            yield Fault("condition", "max_length", f"At most {MAX_CONDITION:,} characters.")


def _or(names: tuple[str, ...]) -> str:
    return " or ".join(names)
