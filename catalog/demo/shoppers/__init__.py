"""Simulated shoppers of the demo shop: where their data lie, and where training ends and the held-out week begins."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

HERE = Path(__file__).resolve().parent
PRODUCTS = HERE.parent / "products.jsonl"
SHOPPERS = HERE / "shoppers.jsonl"
EVENTS = HERE / "events.csv"

SEED = 2025
START = datetime(2025, 9, 1, tzinfo=UTC)
#: Nothing happens at or after this moment. `import_events --until now` moves the whole month, split and all.
END = datetime(2025, 10, 1, tzinfo=UTC)
HELD_OUT = timedelta(days=7)


def split_at(last_event: datetime) -> datetime:
    """Where a temporal split cuts: what happened before this is for training, the rest is held out.

    Counted back from the last event, so that it cuts a shifted import at the same events as the file.
    """
    return last_event - HELD_OUT
