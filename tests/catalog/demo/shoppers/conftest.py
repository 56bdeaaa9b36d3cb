from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from catalog.demo.shoppers import EVENTS, SHOPPERS
from catalog.demo.shoppers.draws import Draws
from catalog.demo.shoppers.shelves import Good, open_shop, read_rows


@dataclass(frozen=True)
class Told:
    event_id: str
    shopper: str
    sku: str
    kind: str
    at: datetime


@pytest.fixture(scope="session")
def goods() -> dict[str, Good]:
    """The visible sides of what the shop sells; nothing here is drawn."""
    return {good.sku: good for good in open_shop(read_rows(), Draws(0)).goods}


@pytest.fixture(scope="session")
def stated() -> dict[str, dict[str, Any]]:
    rows = [json.loads(line) for line in SHOPPERS.read_text(encoding="utf-8").splitlines()]
    return {row["shopper"]: row for row in rows}


@pytest.fixture(scope="session")
def events() -> list[Told]:
    def read() -> Iterator[Told]:
        with EVENTS.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield Told(**row | {"at": datetime.fromisoformat(row["at"])})

    return list(read())
