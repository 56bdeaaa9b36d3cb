"""Simulates a month of the demo shop's shoppers and writes shoppers.jsonl and events.csv.

python -m catalog.demo.shoppers.simulate [--seed 2025] [--shoppers 200] [--output DIR]

Reads products.jsonl and nothing else. The same products and seed give the same bytes, on any machine.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.demo.shoppers import EVENTS, HERE, PRODUCTS, SEED, SHOPPERS, split_at
from catalog.demo.shoppers.draws import Draws
from catalog.demo.shoppers.shelves import open_shop, read_rows
from catalog.demo.shoppers.tastes import draw_taste, state
from catalog.demo.shoppers.visits import Event, Shopper

COUNT = 200
COLUMNS = ("event_id", "shopper", "sku", "kind", "at")


@dataclass(frozen=True)
class Month:
    """`events` in the order in which they happened; `stated` are the rows of shoppers.jsonl."""

    stated: list[dict[str, Any]]
    events: list[Event]


def simulate(rows: list[dict[str, Any]], *, seed: int = SEED, shoppers: int = COUNT) -> Month:
    if not rows:
        raise ValueError("There are no products to shop for.")
    shop = open_shop(rows, Draws(seed, 0))
    crowd = []
    for number in range(1, shoppers + 1):
        draws = Draws(seed, number)
        shopper = Shopper(draw_taste(number, shop, draws), shop, draws)
        shopper.live_through_the_month()
        crowd.append(shopper)
    # Stable: the events of one shopper in one second stay in order.
    events = sorted((event for one in crowd for event in one.events), key=lambda event: event[:2])
    return Month([state(one.taste, sessions=one.sessions, events=len(one.events)) for one in crowd], events)


def write_shoppers(stated: Iterable[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in stated)


def write_events(events: Iterable[Event]) -> str:
    """CSV; events are numbered in the order in which they happened."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(COLUMNS)
    for number, (at, shopper, sku, kind) in enumerate(events, start=1):
        writer.writerow([f"sim-{number:05}", shopper, sku, kind, f"{at:%Y-%m-%dT%H:%M:%SZ}"])
    return table.getvalue()


def summarize(events: Sequence[Event], products: int) -> dict[str, Any]:
    by_shopper = Counter(shopper for _, shopper, _, _ in events)
    by_product = Counter(sku for _, _, sku, _ in events)
    split = split_at(max(at for at, *_ in events))
    return {
        "events": len(events),
        "kinds": dict(Counter(kind for *_, kind in events).most_common()),
        "shoppers": len(by_shopper),
        "events_per_shopper_median": statistics.median(by_shopper.values()),
        "products_with_events": len(by_product),
        "products_without": products - len(by_product),
        "popularity_gini": round(gini([*by_product.values(), *[0] * (products - len(by_product))]), 3),
        "split": split.isoformat(),
        "held_out_share": round(sum(at >= split for at, *_ in events) / len(events), 3),
    }


def gini(counts: Sequence[int]) -> float:
    """0 when all have the same, towards 1 when one has everything."""
    ordered = sorted(counts)
    weighed = sum(place * count for place, count in enumerate(ordered, start=1))
    return 2 * weighed / (len(ordered) * sum(ordered)) - (len(ordered) + 1) / len(ordered)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--shoppers", type=int, default=COUNT)
    parser.add_argument("--products", type=Path, default=PRODUCTS, help="another shop's products.jsonl")
    parser.add_argument("--output", type=Path, default=HERE, help="the folder to write to")
    options = parser.parse_args(arguments)
    rows = read_rows(options.products)
    month = simulate(rows, seed=options.seed, shoppers=options.shoppers)
    options.output.mkdir(parents=True, exist_ok=True)
    (options.output / SHOPPERS.name).write_text(write_shoppers(month.stated), encoding="utf-8")
    (options.output / EVENTS.name).write_text(write_events(month.events), encoding="utf-8")
    sys.stdout.write(json.dumps(summarize(month.events, len(rows)), indent=2) + "\n")


if __name__ == "__main__":
    main()
