"""A shop where the price tells what the words don't: an offer of three times the price is a pack of three, which the
shop does not sell. The matcher that ships with Kindred can't know that; reviewers do."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

WARES = ("mug", "bowl", "plate", "jug", "tray", "vase")
GLAZES = ("ash", "birch", "coral", "dune", "ember", "fern", "grey", "honey", "indigo", "jade")


def product_rows(start: int, count: int) -> list[dict[str, Any]]:
    return [{"sku": f"P-{n}", "title": title(n), "price": price(n)} for n in range(start, start + count)]


def offer_rows(start: int, count: int) -> list[dict[str, Any]]:
    """Of every product one offer that is it, `A-n`, and one of a pack of three, `B-n`."""
    return [
        {"supplier_sku": f"{kind}-{n}", "title": title(n).upper(), "price": str(price(n) * times)}
        for n in range(start, start + count)
        for kind, times in (("A", 1), ("B", 3))
    ]


def title(n: int) -> str:
    return f"{GLAZES[n % 10]} {WARES[n % 6]} {GLAZES[n // 10 % 10]} stoneware"


def price(n: int) -> Decimal:
    return Decimal(10 + n * 7 % 50)
