"""Imports: a feed read in batches, each of which commits whole or not at all.

A batch's products, its issues, the counts and `next_row` are written in one transaction. Whatever kills an import, the
next one to claim it starts at `next_row`, so no row is taken twice and none is left out.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import structlog
from django.core.files import File
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

from catalog.importers import FeedError, RawRow, read_feed
from catalog.importers.rows import parse_row, read_sku
from catalog.models import ImportIssue, ImportRun, Store
from catalog.rows import Issue, ProductRow, RowOutcome, Status, count_outcomes
from catalog.services.folders import resolve_pictures
from catalog.services.images import keep_files
from catalog.services.products import upsert_products

logger = structlog.get_logger(__name__)

BATCH = 1_000
PICTURE_WEIGHT = 10  # decoding a picture costs as much as some ten rows
HEARTBEAT_SECONDS = 10
SILENCE = timedelta(seconds=60)
MAX_ATTEMPTS = 5  # at one batch: a feed that kills its worker is not read for ever
MAX_ISSUES = 10_000  # the rest is counted, not kept

Progress = Callable[[ImportRun], None]


class ImportTakenError(Exception):
    """Another worker goes on with this import."""


def start_import(
    *, store: Store, file: File, file_name: str, format: str = "auto", images_dir: Path | None = None
) -> ImportRun:
    """Keep the feed and queue its import; `run_import` does the work."""
    run = ImportRun(store=store, format=format, file_name=file_name[-255:], images_dir=str(images_dir or ""))
    run.file.save("feed", file, save=False)
    run.save()
    return run


def unfinished_imports() -> list[int]:
    """Imports that nobody works on: queued for a while, or silent."""
    since = timezone.now() - SILENCE
    forgotten = Q(status=ImportRun.Status.QUEUED, queued_at__lt=since)
    silent = Q(status=ImportRun.Status.RUNNING, heartbeat_at__lt=since)
    return list(ImportRun.objects.filter(forgotten | silent).order_by("pk").values_list("pk", flat=True))


def run_import(*, run_id: int, progress: Progress | None = None) -> ImportRun | None:
    """Do an import, or go on with one whose worker fell silent. None when another has it or it is over."""
    if not _claim(run_id):
        return None
    run = ImportRun.objects.select_related("store").get(pk=run_id)
    try:
        _work(run, progress)
    except ImportTakenError:
        logger.warning("import taken over", import_run=run_id)
        return None
    return run


def _work(run: ImportRun, progress: Progress | None) -> None:
    try:
        if run.attempts > MAX_ATTEMPTS:
            raise FeedError(f"{MAX_ATTEMPTS} attempts broke off at row {run.next_row} or soon after.")
        _import_feed(run, progress)
    except FeedError as error:
        _finish(run, ImportRun.Status.FAILED, str(error))
    else:
        _finish(run, ImportRun.Status.DONE)


def _claim(run_id: int) -> bool:
    free = Q(status=ImportRun.Status.QUEUED)
    silent = Q(status=ImportRun.Status.RUNNING, heartbeat_at__lt=timezone.now() - SILENCE)
    claimed = ImportRun.objects.filter(free | silent, pk=run_id).update(
        status=ImportRun.Status.RUNNING,
        attempts=F("attempts") + 1,
        heartbeat_at=Now(),
        started_at=Coalesce("started_at", Now()),
    )
    return claimed == 1


def _finish(run: ImportRun, status: ImportRun.Status, error: str = "") -> None:
    """Close the import and drop the feed, which may be large; what it said is in the catalogue and the issues."""
    _advance(run, status=status, error=error[:1000], finished_at=Now(), file="")
    run.file.delete(save=False)
    run.refresh_from_db()


def _advance(run: ImportRun, **changes: object) -> None:
    """Write to the run if it is still ours: only one of two workers can move `next_row` on from where it stands."""
    ours = ImportRun.objects.filter(pk=run.pk, status=ImportRun.Status.RUNNING, next_row=run.next_row)
    if not ours.update(heartbeat_at=Now(), **changes):
        raise ImportTakenError


def _import_feed(run: ImportRun, progress: Progress | None) -> None:
    reading = _Reading(run)
    try:
        file = run.file.open("rb")
    except (OSError, ValueError) as error:
        raise FeedError("The feed's file is gone.") from error
    with file:
        for batch in reading.batches(read_feed(file, format=run.format)):
            reading.take(batch)
            if progress:
                progress(run)


class _Reading:
    """One worker's reading of one feed."""

    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.folder = Path(run.images_dir) if run.images_dir else None
        self.seen: set[int] = set()  # hashes of the skus so far, 64 bits each
        self.issues: list[ImportIssue] = []
        self.room = MAX_ISSUES - run.issues.count()
        self.last_beat = time.monotonic()

    def batches(self, rows: Iterable[RawRow]) -> Iterator[list[RawRow]]:
        """The rows still to be taken, in portions of about equal work."""
        batch: list[RawRow] = []
        weight = 0
        try:
            for raw in rows:
                if raw.number < self.run.next_row:  # taken before the import was killed
                    self.seen.add(hash(read_sku(raw.fields)))
                    continue
                batch.append(raw)
                weight += self._weigh(raw)
                if weight >= BATCH:
                    yield batch
                    batch, weight = [], 0
        except FeedError:  # a file that breaks off has still said what stands before
            if batch:
                yield batch
            raise
        if batch:
            yield batch

    def _weigh(self, raw: RawRow) -> int:
        pictures = self.folder and (raw.fields.get("images") or raw.fields.get("image"))
        return 1 + PICTURE_WEIGHT * (len(pictures) if isinstance(pictures, list) else bool(pictures))

    def take(self, batch: list[RawRow]) -> None:
        self.issues = []
        with keep_files():
            rows = [(raw, row) for raw in batch if (row := self._read(raw))]
            self._write(batch, rows)

    def _read(self, raw: RawRow) -> ProductRow | None:
        """The row with its pictures in storage; None, and issues, when it is refused."""
        if raw.issue:
            self._note(raw, [raw.issue])
            return None
        parsed = parse_row(raw.fields)
        self._note(raw, parsed.issues)
        if parsed.row is None:
            return None
        if hash(parsed.row.sku) in self.seen:
            self._note(raw, [Issue("sku", "duplicate_sku", "An earlier row of the feed has the same sku.")])
            return None
        self.seen.add(hash(parsed.row.sku))
        self._beat()
        row, issues = resolve_pictures(row=parsed.row, folder=self.folder)
        self._note(raw, issues)
        return row

    def _write(self, batch: list[RawRow], rows: list[tuple[RawRow, ProductRow]]) -> None:
        with transaction.atomic():
            outcomes = self._upsert([row for _, row in rows])
            for (raw, _), outcome in zip(rows, outcomes, strict=True):
                self._note(raw, outcome.issues)
            counts = count_outcomes(outcomes)
            _advance(
                self.run,
                next_row=batch[-1].number + 1,
                attempts=0,
                created_count=F("created_count") + counts[Status.CREATED],
                updated_count=F("updated_count") + counts[Status.UPDATED],
                unchanged_count=F("unchanged_count") + counts[Status.UNCHANGED],
                failed_count=F("failed_count") + counts[Status.FAILED] + len(batch) - len(rows),
            )
            ImportIssue.objects.bulk_create(self.issues[: max(self.room, 0)])
        self.room -= len(self.issues)
        self.last_beat = time.monotonic()
        self.run.refresh_from_db()

    def _upsert(self, rows: list[ProductRow]) -> list[RowOutcome]:
        """The batch at once; should one row defeat it in a way nobody foresaw, row by row."""
        store = self.run.store
        try:
            with transaction.atomic():
                return upsert_products(store=store, rows=rows)
        except (OperationalError, InterfaceError):
            raise  # the database is away; the import goes on when it is back
        except Exception:
            logger.exception("batch refused", import_run=self.run.pk, next_row=self.run.next_row)
        return [self._upsert_alone(row) for row in rows]

    def _upsert_alone(self, row: ProductRow) -> RowOutcome:
        try:
            with transaction.atomic():
                return upsert_products(store=self.run.store, rows=[row])[0]
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.exception("row refused", import_run=self.run.pk, sku=row.sku)
            return RowOutcome(row.sku, Status.FAILED, (Issue("", "unexpected", "The row could not be stored."),))

    def _note(self, raw: RawRow, issues: Iterable[Issue]) -> None:
        self.issues += [
            ImportIssue(
                run=self.run,
                row=raw.number,
                severity=issue.severity,
                field=_storable(issue.field, 200),
                code=issue.code,
                message=_storable(issue.message, 1000),
                raw=_storable(raw.raw, 2000),
            )
            for issue in issues
        ]

    def _beat(self) -> None:
        """Tell that we live, while a batch's pictures take their time."""
        if time.monotonic() - self.last_beat > HEARTBEAT_SECONDS:
            _advance(self.run)
            self.last_beat = time.monotonic()


def _storable(text: str, limit: int) -> str:
    """What a text column takes: no NUL, no lone surrogates."""
    return text[:limit].replace("\x00", "\ufffd").encode(errors="replace").decode()
