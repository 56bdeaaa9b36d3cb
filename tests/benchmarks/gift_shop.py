"""Nine months of a real gift shop's invoices, cleaned: who bought what, when, and what it is called.

From the sample data's `retail/events.csv.gz`. Left out are cancellations, corrections, write-offs, gifts (price 0),
what is no product (postage, fees, vouchers) and buyers without a number. Codes that differ by case are one product.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Purchase:
    """A product on an invoice, however many pieces: many customers are wholesalers."""

    invoice: str
    customer: str
    sku: str
    at: datetime


@dataclass(frozen=True)
class GiftShop:
    """`titles` and `prices` by sku; `purchases` in the order of time, a product once an invoice."""

    titles: Mapping[str, str]
    prices: Mapping[str, float]
    purchases: Sequence[Purchase]


def read_gift_shop(folder: Path) -> GiftShop:
    titles: dict[str, Counter[str]] = defaultdict(Counter)
    prices: dict[str, list[float]] = defaultdict(list)
    purchases: dict[tuple[str, str], Purchase] = {}
    for row in _sound_rows(folder / "events.csv.gz"):
        sku = row["stock_code"].upper()
        titles[sku].update([row["description"].strip().upper()])
        prices[sku].append(float(row["unit_price"]))
        at = datetime.fromisoformat(row["timestamp"]).replace(tzinfo=UTC)
        purchases.setdefault((row["invoice"], sku), Purchase(row["invoice"], row["customer_id"], sku, at))
    return GiftShop(
        titles={sku: next((name for name, _ in names.most_common() if name), sku) for sku, names in titles.items()},
        prices={sku: round(median(found), 2) for sku, found in prices.items()},
        purchases=sorted(purchases.values(), key=lambda one: (one.at, one.invoice, one.sku)),
    )


def _sound_rows(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if (
                row["invoice"].isdigit()
                and row["customer_id"]
                and int(row["quantity"]) > 0
                and float(row["unit_price"]) > 0
                and re.match(r"\d{5}", row["stock_code"])
            ):
                yield row


def next_baskets(purchases: Sequence[Purchase], *, since: datetime) -> dict[str, frozenset[str]]:
    """customer -> the skus of their first invoice since then."""
    baskets: dict[str, tuple[str, set[str]]] = {}
    for one in purchases:
        if one.at >= since:
            invoice, skus = baskets.setdefault(one.customer, (one.invoice, set()))
            if one.invoice == invoice:
                skus.add(one.sku)
    return {customer: frozenset(skus) for customer, (_, skus) in baskets.items()}
