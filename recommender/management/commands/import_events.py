import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from catalog.importers.feeds import FeedError
from catalog.models import Store
from catalog.selectors import find_store
from recommender.services.event_imports import import_events
from recommender.services.events import Report


class Command(BaseCommand):
    help = "Import events from CSV or JSON Lines, also gzipped. Known event ids are left alone; the last line is JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", default="main", help="the store's slug (main)")
        parser.add_argument(
            "--until", metavar="TIME", help="move all times alike, so that the last event was then: 'now' or ISO 8601"
        )

    def handle(self, *args: Any, file: Path, store: str, until: str | None, **options: Any) -> None:
        owner = find_store(store)
        if owner is None:
            raise CommandError(f"There is no store '{store}'. Create it: manage.py create_store {store}")
        last = _parse_until(until)
        counts = dict.fromkeys(("accepted", "duplicate", "rejected"), 0)
        try:
            for report in self._import(owner, file, last):
                counts["accepted"] += report.accepted
                counts["duplicate"] += report.duplicate
                counts["rejected"] += len({rejection.index for rejection in report.rejections})
        finally:
            self.stdout.write(json.dumps(counts))

    def _import(self, store: Store, file: Path, until: datetime | None) -> Iterator[Report]:
        try:
            for report in import_events(store=store, path=file, until=until):
                for rejection in report.rejections:
                    self.stderr.write(f"row {rejection.index}: {rejection.field}: {rejection.message}")
                yield report
        except FeedError as error:
            raise CommandError(f"{file}: {error}") from error
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from error


def _parse_until(text: str | None) -> datetime | None:
    if text is None:
        return None
    if text == "now":
        return timezone.now()
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError("--until takes 'now' or a time in ISO 8601 such as 2026-05-04T09:30:00Z.")
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
