import json
import time
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.importers import FORMATS
from catalog.models import ImportRun, Store
from catalog.selectors import find_store
from catalog.services.imports import run_import, start_import


class Command(BaseCommand):
    help = "Import a product feed now. Rows are upserted by sku; the last line is a JSON summary."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", default="main", help="the store's slug (main)")
        parser.add_argument("--images", type=Path, help="the folder that picture names in the feed start from")
        parser.add_argument("--format", choices=FORMATS, default="auto")

    def handle(self, *args: Any, file: Path, store: str, images: Path | None, format: str, **options: Any) -> None:
        owner = find_store(store)
        if owner is None:
            raise CommandError(f"There is no store '{store}'. Create it: manage.py create_store {store}")
        if images and not images.is_dir():
            raise CommandError(f"--images {images} is not a folder.")
        run = self._import(owner, file, images, format)
        if run is None:
            raise CommandError("A worker has taken this import over; see it in the admin.")
        self.stdout.write(json.dumps(_summarize(run)))
        if run.status == ImportRun.Status.FAILED:
            raise CommandError(run.error)

    def _import(self, store: Store, file: Path, images: Path | None, format: str) -> ImportRun | None:
        try:
            with file.open("rb") as feed:
                folder = images.resolve() if images else None
                run = start_import(store=store, file=File(feed), file_name=file.name, format=format, images_dir=folder)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from error
        started = time.monotonic()

        def report(run: ImportRun) -> None:
            rows = sum(_summarize(run)[name] for name in ("created", "updated", "unchanged", "failed"))
            rate = rows / (time.monotonic() - started)
            self.stderr.write(f"{rows:,} rows, {rate:,.0f} a second, {run.failed_count:,} failed", ending="\r")

        run_or_none = run_import(run_id=run.pk, progress=report)
        self.stderr.write("")
        return run_or_none


def _summarize(run: ImportRun) -> dict[str, int]:
    return {
        "run": run.pk,
        "created": run.created_count,
        "updated": run.updated_count,
        "unchanged": run.unchanged_count,
        "failed": run.failed_count,
    }
