"""The rules an answer has to keep, read at most once a second."""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import structlog
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import connection
from django.db.models import Q, TextField
from django.db.models.functions import Cast

from catalog.models import Category, Product, Store
from recommender.filter_language import FilterError, parse_filters
from recommender.filters import Filters
from recommender.models import Rule, Scenario
from recommender.rule_facts import words_of

logger = structlog.get_logger(__name__)

REMEMBERED_SECONDS = 1.0

Subtrees = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True)
class Condition:
    """About products; also as SQL, for composing that anew took most of the time an answer spent on its rules."""

    q: Q
    sql: str
    parameters: tuple[Any, ...]


@dataclass(frozen=True)
class ActiveRule:
    """`condition` is None for a pin, `product_id` for all others and a pin whose product is gone."""

    id: int
    name: str
    kind: str
    scenario: str
    value: float
    product_id: int | None
    position: int
    starts: datetime | None
    ends: datetime | None
    words: frozenset[str]
    condition: Condition | None

    def applies(self, scenario: str, words: frozenset[str], now: datetime) -> bool:
        return (
            self.scenario in (scenario, Scenario.ANY)
            and self.words <= words
            and (self.starts is None or self.starts <= now)
            and (self.ends is None or now < self.ends)
        )


def active_rules(store: Store, scenario: str, *, text: str = "", now: datetime) -> tuple[ActiveRule, ...]:
    """The rules for this question, those that prevail first: made for some words, made for the scenario, made last."""
    moment = int(time.monotonic() / REMEMBERED_SECONDS)
    words = words_of(text)
    return tuple(rule for rule in _read_rules(store.pk, moment) if rule.applies(scenario, words, now))


@lru_cache(maxsize=64)
def _read_rules(store_id: int, moment: int) -> tuple[ActiveRule, ...]:
    """In one query, and one more where rules name categories."""
    rules = list(Rule.objects.filter(store_id=store_id).active().values(*_COLUMNS, text=Cast("condition", TextField())))
    parsed = {rule["text"]: _parse(rule["text"]) for rule in rules}
    understood = {text: filters for text, filters in parsed.items() if filters is not None}
    subtrees = _subtrees(store_id, {path for filters in understood.values() for path in filters.paths()})
    sound = [_active_rule(rule, understood[rule["text"]], subtrees) for rule in rules if rule["text"] in understood]
    return tuple(sorted(sound, key=lambda rule: (not rule.words, rule.scenario == Scenario.ANY, -rule.id)))


_COLUMNS = ("id", "name", "kind", "scenario", "value", "product_id", "position", "starts", "ends", "when_text")


def _active_rule(rule: Mapping[str, Any], filters: Filters, subtrees: Subtrees) -> ActiveRule:
    named = tuple((path, subtrees[path]) for path in sorted(set(filters.paths())))
    return ActiveRule(
        id=rule["id"],
        name=rule["name"],
        kind=rule["kind"],
        scenario=rule["scenario"],
        value=rule["value"] or 0.0,
        product_id=rule["product_id"],
        position=rule["position"] or 0,
        starts=rule["starts"],
        ends=rule["ends"],
        words=words_of(rule["when_text"]),
        condition=None if rule["kind"] == Rule.Kind.PIN else _compile(rule["text"], named),
    )


def _subtrees(store_id: int, paths: Collection[str]) -> Subtrees:
    """path -> ids of the category there and everything below it."""
    if not paths:
        return {}
    below = Q()
    for path in paths:
        below |= Q(path=path) | Q(path__startswith=f"{path}/")
    known = list(Category.objects.filter(below, store_id=store_id).order_by("pk").values_list("pk", "path"))
    return {path: tuple(pk for pk, at in known if f"{at}/".startswith(f"{path}/")) for path in paths}


# What follows is done once for what a row says; a changed row is another key.
@lru_cache(maxsize=1024)
def _parse(text: str) -> Filters | None:
    try:
        return parse_filters(json.loads(text))
    except FilterError:  # taken by another version, with another language
        logger.exception("rule left out", condition=text)
        return None


@lru_cache(maxsize=1024)
def _compile(text: str, subtrees: tuple[tuple[str, tuple[int, ...]], ...]) -> Condition:
    q = parse_filters(json.loads(text)).to_q(dict(subtrees)) or Q(pk__isnull=False)
    query = Product.objects.filter(q).query
    try:
        sql, parameters = query.get_compiler(connection=connection).compile(query.where)
    except EmptyResultSet:
        sql, parameters = "FALSE", ()
    except FullResultSet:
        sql, parameters = "TRUE", ()
    return Condition(q, sql, tuple(parameters))
