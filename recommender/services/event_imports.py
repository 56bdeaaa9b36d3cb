"""Events from files, in batches; a file told again stores nothing twice."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path

from catalog.importers.feeds import RawRow
from catalog.models import Store
from recommender.event_files import open_event_file, read_event_file
from recommender.event_rows import read_events
from recommender.services.events import NewEvent, Rejection, Report, record_events

BATCH = 1_000


def import_events(*, store: Store, path: Path, until: datetime | None = None) -> Iterator[Report]:
    """A report for each batch, as it is stored; rejections carry the row's number in the file.

    With `until`, every time that is told is moved by the same amount, so that the file's last event happened then. What
    is already stored keeps its time: the event's id decides. Raises FeedError and OSError, also underway; what was
    reported is stored.
    """
    shift = _find_shift(path, until) if until else timedelta(0)
    for rows in _read_batches(path):
        events, malformed = _read(rows)
        moved, unmovable = _move(events, shift)
        report = record_events(store=store, events=moved)
        rejections = sorted([*malformed, *unmovable, *report.rejections], key=lambda rejection: rejection.index)
        yield replace(report, rejections=tuple(rejections))


def _find_shift(path: Path, until: datetime) -> timedelta:
    last: datetime | None = None
    for rows in _read_batches(path):
        times = [event.at for event in _read(rows)[0].values() if event.at is not None]
        last = max(times if last is None else [last, *times], default=last)
    return until - last if last else timedelta(0)


def _read_batches(path: Path) -> Iterator[list[RawRow]]:
    with open_event_file(path) as file:
        rows = read_event_file(file)
        while batch := list(islice(rows, BATCH)):
            yield batch


def _read(rows: list[RawRow]) -> tuple[dict[int, NewEvent], list[Rejection]]:
    unreadable = [
        Rejection(row.number, row.issue.field or "row", row.issue.code, row.issue.message) for row in rows if row.issue
    ]
    events, malformed = read_events({row.number: row.fields for row in rows if not row.issue})
    return events, unreadable + malformed


def _move(events: dict[int, NewEvent], shift: timedelta) -> tuple[dict[int, NewEvent], list[Rejection]]:
    moved: dict[int, NewEvent] = {}
    unmovable: list[Rejection] = []
    for number, event in events.items():
        try:
            moved[number] = replace(event, at=event.at + shift) if event.at else event
        except OverflowError:
            unmovable.append(Rejection(number, "at", "overflow", "Moved along, this would be before the year 1."))
    return moved, unmovable
