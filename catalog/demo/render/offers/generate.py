"""Writes offers.jsonl and truth.csv from the shop's list of products: its own, or other ones to practise on.

python -m catalog.demo.render.offers.generate [--seed 1 --output DIR]
"""

from __future__ import annotations

import argparse
import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from catalog.demo.render.catalogue import DEMO
from catalog.demo.render.offers.plan import PlannedOffer, plan_offers
from catalog.demo.render.products import list_items

FOLDER = DEMO / "offers"


def main() -> None:
    options = parse_series(argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter))
    offers = plan_offers(list_items(), seed=options.seed)
    options.output.mkdir(parents=True, exist_ok=True)
    feed = spell_offers(offers, folder=options.output)
    (options.output / "offers.jsonl").write_text(feed, encoding="utf-8")
    (options.output / "truth.csv").write_text(spell_truth(offers), encoding="utf-8")
    known = sum(bool(offer.sku) for offer in offers)
    planned, there = sum(offer.is_pictured for offer in offers), feed.count('"image": "images/')
    print(f"{len(offers)} offers, {known} of products, {there} with a picture, {planned - there} pictures to render")


def parse_series(parser: argparse.ArgumentParser, arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Which series of offers is meant: 0, the shop's own, lies in its own folder, and no other may overwrite it."""
    parser.add_argument("--seed", type=int, default=0, help="another draws other offers of the same products (0)")
    parser.add_argument("--output", type=Path, default=FOLDER, metavar="DIR")
    options = parser.parse_args(arguments)
    if options.seed and options.output.resolve() == FOLDER.resolve():
        parser.error("--seed: offers to practise on need an --output of their own")
    return options


def make_row(offer: PlannedOffer) -> dict[str, Any]:
    wording = offer.wording
    return {
        "supplier": offer.habit.slug,
        "supplier_name": offer.habit.name,
        "supplier_sku": offer.supplier_sku,
        "title": wording.title,
        "description": wording.description,
        "brand": wording.brand,
        "gtin": offer.gtin,
        "mpn": wording.mpn,
        "price": wording.price,
        "currency": "EUR",
        "image": offer.image,
    }


def spell_offers(offers: Sequence[PlannedOffer], *, folder: Path = FOLDER) -> str:
    """The feed. A picture that is not rendered is not named."""
    rows = [make_row(offer) for offer in offers]
    for row in rows:
        if row["image"] and not (folder / row["image"]).exists():
            row["image"] = ""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def spell_truth(offers: Sequence[PlannedOffer]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["supplier", "supplier_sku", "sku", "why"])
    writer.writerows([offer.habit.slug, offer.supplier_sku, offer.sku, offer.why] for offer in offers)
    return text.getvalue()


if __name__ == "__main__":
    main()
