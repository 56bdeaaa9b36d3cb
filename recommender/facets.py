"""What the relevant products have in common, counted, for a storefront's narrowing sidebar."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalog.models import Product

FACETS = ("category", "brand", "availability", "price")
ATTRIBUTE = "attributes."
# Values told of each facet, the most frequent first.
MOST_VALUES = 20


def count_facets(product_ids: Collection[int], names: Sequence[str]) -> dict[str, Any]:
    """name -> [{"value", "count"}], the most frequent first, or for `price` {"min", "max"}. One query.

    Of a list-valued attribute every item counts; a product that lacks something counts nowhere.
    """
    rows = list(
        Product.objects.filter(pk__in=product_ids)
        .order_by()
        .values("category__path", "brand", "availability", "price", "attributes")
    )
    return {name: _price_range(rows) if name == "price" else _count(_values(rows, name)) for name in names}


def _values(rows: Iterable[Mapping[str, Any]], name: str) -> Iterable[Any]:
    if name.startswith(ATTRIBUTE):
        key = name.removeprefix(ATTRIBUTE)
        for row in rows:
            value = row["attributes"].get(key)
            yield from dict.fromkeys(
                item for item in (value if isinstance(value, list) else [value]) if _is_plain(item)
            )
        return
    column = "category__path" if name == "category" else name
    yield from (row[column] for row in rows if row[column])


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and value != ""


def _count(values: Iterable[Any]) -> list[dict[str, Any]]:
    # By spelling: to Python 1, 1.0 and true are the same.
    counts: Counter[str] = Counter()
    known: dict[str, Any] = {}
    for value in values:
        counts[repr(value)] += 1
        known[repr(value)] = value
    best = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:MOST_VALUES]
    return [{"value": known[spelt], "count": count} for spelt, count in best]


def _price_range(rows: Iterable[Mapping[str, Any]]) -> dict[str, Decimal | None]:
    prices = [row["price"] for row in rows if row["price"] is not None]
    return {"min": min(prices, default=None), "max": max(prices, default=None)}
