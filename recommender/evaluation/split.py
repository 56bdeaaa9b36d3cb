"""Learning from the past, scoring on what came after it: a split in time, never at random.

A random split lets a recommender learn from the very week it is asked about (Meng et al. 2020,
doi:10.1145/3383313.3418479).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

HELD_OUT = timedelta(days=7)


@dataclass(frozen=True)
class Split:
    """What happened before `at` is known; what happened from `at` to before `end` is what is asked about."""

    at: datetime
    end: datetime

    @property
    def before(self) -> Split:
        """As long a stretch just before, to choose settings by: it never reaches into the one that is scored."""
        return Split(at=self.at - (self.end - self.at), end=self.at)


def split_at_end(last_event: datetime, held_out: timedelta = HELD_OUT) -> Split:
    """The last stretch up to and with the last event. Raises ValueError unless something is held out."""
    if held_out <= timedelta(0):
        raise ValueError("What is held out must last longer than nothing.")
    return Split(at=last_event - held_out, end=last_event + timedelta(microseconds=1))
