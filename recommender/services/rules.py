"""Rules are written here alone, so that nothing about them changes without a record of who did it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction

from catalog.models import Product, Store
from catalog.services.stores import lock_store
from recommender.models import Rule, RuleChange
from recommender.rule_facts import Fault, RuleFacts, facts_of, find_faults

# Every answer of a store looks at all of them.
MAX_ACTIVE = 200

Action = RuleChange.Action


class RuleRefused(ValueError):  # noqa: N818  (it is a verdict)
    """Why a rule can't be as wished."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{fault.field}: {fault.message}" for fault in self.faults))


def check_rule(*, store: Store, facts: RuleFacts, rule: Rule | None = None) -> None:
    """`rule` is the stored one that the facts are to replace. Raises RuleRefused."""
    faults = [*find_faults(facts), *_faults_in_store(store, facts, rule)]
    if faults:
        raise RuleRefused(faults)


@transaction.atomic
def create_rule(*, store: Store, facts: RuleFacts, by: str) -> Rule:
    """Raises RuleRefused."""
    lock_store(store.pk)
    check_rule(store=store, facts=facts)
    rule = Rule(store=store)
    _write(rule, facts, by=by)
    _record(rule, Action.CREATED, by=by, after=facts)
    return rule


@transaction.atomic
def update_rule(*, store: Store, rule_id: int, changes: Mapping[str, Any], by: str) -> Rule:
    """Change what is given, by the names of RuleFacts; what changes nothing leaves no record.

    A rule can always be switched off, also one that would not be taken as new: a pin whose product is gone. Raises
    Rule.DoesNotExist and RuleRefused.
    """
    lock_store(store.pk)
    rule = Rule.objects.of(store).select_related("product").get(pk=rule_id)
    before = facts_of(rule)
    after = replace(before, **changes)
    if after == before:
        return rule
    switched = replace(before, is_active=after.is_active) == after
    if not switched or after.is_active:
        check_rule(store=store, facts=after, rule=rule)
    _write(rule, after, by=by)
    switch = Action.ACTIVATED if after.is_active else Action.DEACTIVATED
    _record(rule, switch if switched else Action.CHANGED, by=by, before=before, after=after)
    return rule


@transaction.atomic
def delete_rule(*, store: Store, rule_id: int, by: str) -> None:
    """Raises Rule.DoesNotExist."""
    lock_store(store.pk)
    rule = Rule.objects.of(store).select_related("product").get(pk=rule_id)
    _record(rule, Action.DELETED, by=by, before=facts_of(rule))
    rule.delete()


def _faults_in_store(store: Store, facts: RuleFacts, rule: Rule | None) -> Iterable[Fault]:
    others = Rule.objects.of(store)
    if rule:
        others = others.exclude(pk=rule.pk)
    if others.filter(name=facts.name).exists():
        yield Fault("name", "taken", "There is another rule of this name.")
    if facts.is_active and others.active().count() >= MAX_ACTIVE:
        yield Fault("is_active", "too_many", f"At most {MAX_ACTIVE} rules are active; switch off those that are over.")
    if facts.kind == Rule.Kind.PIN and facts.sku and _find_product(store, facts.sku) is None:
        yield Fault("sku", "unknown_sku", "The store has no product with this sku.")


def _find_product(store: Store, sku: str) -> Product | None:
    return Product.objects.of(store).filter(sku=sku).first()


def _write(rule: Rule, facts: RuleFacts, *, by: str) -> None:
    for name, value in asdict(facts).items():
        if name != "sku":
            setattr(rule, name, value)
    rule.product = _find_product(rule.store, facts.sku) if facts.sku else None
    rule.updated_by = by
    rule.save()


def _record(
    rule: Rule, action: Action, *, by: str, before: RuleFacts | None = None, after: RuleFacts | None = None
) -> None:
    RuleChange.objects.create(
        store_id=rule.store_id,
        rule_id=rule.pk,
        name=rule.name,
        action=action,
        by=by,
        before=before and _as_json(before),
        after=after and _as_json(after),
    )


def _as_json(facts: RuleFacts) -> dict[str, Any]:
    return json.loads(json.dumps(asdict(facts), cls=DjangoJSONEncoder))
