"""What a storefront may narrow an answer to, and a rule may speak of: one boolean tree, the same everywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import BooleanField, Q
from django.db.models.expressions import F, Func, Value

from catalog.models import Store
from catalog.querysets import ProductQuerySet
from catalog.selectors import category_subtrees

Scalar = str | bool | int | Decimal


@dataclass(frozen=True)
class AttributeTest:
    """The attribute is one of `values`, or a number in the range; of a list, one item is enough."""

    name: str
    values: tuple[Scalar, ...] = ()
    at_least: Decimal | None = None
    at_most: Decimal | None = None

    def to_path(self) -> str:
        """As an SQL/JSON path, whose lax mode looks into lists, and to which a wrong type is no error but no match."""
        if self.values:
            test = " || ".join(f"@ == {_literal(value)}" for value in self.values)
        else:
            bounds = ((">=", self.at_least), ("<=", self.at_most))
            test = " && ".join(f"@ {sign} {_literal(bound)}" for sign, bound in bounds if bound is not None)
        return f"$.{json.dumps(self.name)}[*] ? ({test})"


@dataclass(frozen=True)
class Filters:
    """All that is given holds at once; of several values, one is enough. `none_of` is the complement: what lacks a
    price is in no price range, and in the complement of every one.

    A category is a path, `Kitchen/Mugs`, and means everything below it too. What no product has, an unknown category or
    brand, is no error: it leaves nothing, and the answer is an empty page.
    """

    categories: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    availability: tuple[str, ...] = ()
    attributes: tuple[AttributeTest, ...] = ()
    all_of: tuple[Filters, ...] = ()
    any_of: tuple[Filters, ...] = ()
    none_of: tuple[Filters, ...] = ()

    def narrow(self, products: ProductQuerySet, *, store: Store) -> ProductQuerySet:
        """One extra query when category paths are named, however many."""
        subtrees = category_subtrees(store, set(self.paths()))
        if self.categories and not any(subtrees[path] for path in self.categories):
            return products.none()
        return products.filter(self.to_q(subtrees))

    def paths(self) -> Iterator[str]:
        yield from self.categories
        for part in (*self.all_of, *self.any_of, *self.none_of):
            yield from part.paths()

    def to_q(self, subtrees: Mapping[str, Sequence[int]]) -> Q:
        """`subtrees` are the ids of the category at each path, and of everything below it."""
        q = Q()
        if self.categories:
            q &= Q(category_id__in=[pk for path in self.categories for pk in subtrees[path]])
        if self.brands:
            q &= Q(brand__in=self.brands) if len(self.brands) > 1 else Q(brand=self.brands[0])
        if self.min_price is not None:
            q &= Q(price__gte=self.min_price)
        if self.max_price is not None:
            q &= Q(price__lte=self.max_price)
        if self.availability:
            q &= Q(availability__in=self.availability)
        for test in self.attributes:
            q &= Q(_JsonPathExists(F("attributes"), Value(test.to_path())))
        for part in self.all_of:
            q &= part.to_q(subtrees)
        if self.any_of:
            either = Q(pk__in=[])
            for part in self.any_of:
                either |= part.to_q(subtrees) or Q(pk__isnull=False)
            q &= either
        for part in self.none_of:
            q &= ~(part.to_q(subtrees) or Q(pk__isnull=False))
        return q


class _JsonPathExists(Func):
    """`attributes @? path`: never NULL, so that its complement is one."""

    template = "%(expressions)s::jsonpath"
    arg_joiner = " @? "
    output_field = BooleanField()
    conditional = True


def _literal(value: Scalar) -> str:
    return str(value) if isinstance(value, Decimal) else json.dumps(value)
