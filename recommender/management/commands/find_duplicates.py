"""manage.py find_duplicates [--store main]"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.selectors import find_store
from recommender.services.duplicates import find_duplicates


class Command(BaseCommand):
    help = (
        "Look for products of a store that are one and the same, for people to review. What was looked for and has not"
        " changed since is not looked for again. The last line is JSON."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--store", default="main", help="the store's slug (main)")

    def handle(self, *args: Any, store: str, **options: Any) -> None:
        owner = find_store(store)
        if owner is None:
            raise CommandError(f"There is no store '{store}'. Create it: manage.py create_store {store}")
        report = find_duplicates(store=owner)
        if report is None:
            raise CommandError("Another process is looking for this store's duplicates.")
        told = {"searched": report.searched, "pairs": report.pairs, "groups": report.groups, "largest": report.largest}
        self.stdout.write(json.dumps(told))
