"""How fast a feed is imported: new, unchanged, and with nothing changed but the prices."""

from __future__ import annotations

import io
import json
import random
import tempfile
import time
from pathlib import Path
from typing import Any

from django.core.management import call_command

from catalog.services.stores import create_store
from tests.benchmarks.figures import Figure, Report

SEED = 20
ROWS_PER_SECOND = 1_500
STORE = "imports"
ADJECTIVES = ["oak", "linen", "brass", "stoneware", "woven", "smoked", "folding", "slim", "hand-glazed", "matte"]
NOUNS = ["lamp", "chair", "mug", "rug", "shelf", "vase", "cushion", "kettle", "tray", "mirror", "stool", "blanket"]
FILLER = "Made to be used every day, and to be repaired instead of replaced. " * 2
PLACES = ["the hallway", "a small kitchen", "long evenings", "the terrace", "a quiet corner", "guests"]


def measure_imports(scale: int) -> Report:
    """The command as a person types it: reading, checking, writing and announcing what is stale (no worker runs)."""
    create_store(slug=STORE)
    with tempfile.TemporaryDirectory() as folder:
        feed = Path(folder) / "products.jsonl"
        _write_feed(feed, scale, price_factor=1)
        fresh = _import(feed, expected={"created": scale})
        unchanged = _import(feed, expected={"unchanged": scale})
        _write_feed(feed, scale, price_factor=2)
        repriced = _import(feed, expected={"updated": scale})
    return Report(
        [
            Figure("fresh", scale / fresh, "rows/s", at_least=ROWS_PER_SECOND),
            Figure("unchanged", scale / unchanged, "rows/s"),
            Figure("every price changed", scale / repriced, "rows/s"),
        ],
        SEED,
        [f"{scale:,} JSONL rows of about 450 bytes without pictures, by manage.py import_catalog"],
    )


def _import(feed: Path, *, expected: dict[str, int]) -> float:
    """Seconds of an import that did what it should."""
    answer = io.StringIO()
    started = time.perf_counter()
    call_command("import_catalog", str(feed), store=STORE, stdout=answer, stderr=io.StringIO())
    seconds = time.perf_counter() - started
    summary: dict[str, int] = json.loads(answer.getvalue().strip().splitlines()[-1])
    summary.pop("run")
    assert {name: count for name, count in summary.items() if count} == expected, summary
    return seconds


def _write_feed(path: Path, count: int, *, price_factor: int) -> None:
    draw = random.Random(SEED)
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(_draw_row(draw, number, price_factor)) + "\n")


def _draw_row(draw: random.Random, number: int, price_factor: int) -> dict[str, Any]:
    adjective, noun, place = draw.choice(ADJECTIVES), draw.choice(NOUNS), draw.choice(PLACES)
    body = f"20{number:010d}"
    return {
        "sku": f"IMP-{number:06d}",
        "title": f"{adjective.title()} {noun} no. {number}",
        "description": f"A {adjective} {noun} made for {place}. {FILLER}",
        "brand": f"Brand {draw.randrange(200)}",
        "category": f"Home/{draw.randrange(20)}/{noun.title()}s",
        "price": round(draw.uniform(5, 500), 2) * price_factor,
        "currency": "EUR",
        "gtin": body + _check_digit(body),
        "attributes": {"material": adjective, "width_cm": draw.randrange(5, 200)},
    }


def _check_digit(body: str) -> str:
    """GS1 modulo 10 of twelve digits."""
    total = sum(int(digit) * (3 if position % 2 else 1) for position, digit in enumerate(body))
    return str(-total % 10)
