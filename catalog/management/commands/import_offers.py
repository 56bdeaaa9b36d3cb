import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Store
from catalog.rows import Severity, Status
from catalog.selectors import find_store
from catalog.services.offers import OfferImport, import_offers

SHOWN = 100


class Command(BaseCommand):
    help = "Import suppliers' offers from JSONL or CSV. Rows are upserted by supplier and number; ends with a summary."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--store", default="main", help="the store's slug (main)")
        parser.add_argument("--images", type=Path, help="the folder that picture names in the feed start from")
        parser.add_argument("--supplier", default="", help="whose offers these are, where a row does not say")
        parser.add_argument(
            "--supplier-names",
            nargs="+",
            default=[],
            metavar="SLUG=NAME",
            help="names for suppliers that the store does not have yet",
        )

    def handle(self, *args: Any, file: Path, store: str, images: Path | None, **options: Any) -> None:
        owner = find_store(store)
        if owner is None:
            raise CommandError(f"There is no store '{store}'. Create it: manage.py create_store {store}")
        if images and not images.is_dir():
            raise CommandError(f"--images {images} is not a folder.")
        names = _split_names(options["supplier_names"])
        done = self._import(owner, file, images, options["supplier"], names)
        for number, issue in done.issues[:SHOWN]:
            self.stderr.write(f"row {number}, {issue.field or 'the row'}: {issue.message}")
        if len(done.issues) > SHOWN:
            self.stderr.write(f"… and {len(done.issues) - SHOWN} more")
        self.stdout.write(json.dumps(_summarize(done)))
        if done.error:
            raise CommandError(f"{file}: {done.error}")

    def _import(
        self, store: Store, file: Path, images: Path | None, supplier: str, names: dict[str, str]
    ) -> OfferImport:
        try:
            with file.open("rb") as feed:
                return import_offers(store=store, file=feed, images=images, supplier=supplier, supplier_names=names)
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from error


def _split_names(pairs: list[str]) -> dict[str, str]:
    names = {}
    for pair in pairs:
        slug, mark, name = pair.partition("=")
        if not (slug and mark and name.strip()):
            raise CommandError(f"--supplier-names takes SLUG=NAME, not '{pair}'.")
        names[slug] = name.strip()
    return names


def _summarize(done: OfferImport) -> dict[str, int]:
    warnings = sum(issue.severity == Severity.WARNING for _, issue in done.issues)
    return {status.value: done.counts[status] for status in Status} | {"warnings": warnings}
