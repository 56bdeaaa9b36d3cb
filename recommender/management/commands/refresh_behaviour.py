"""manage.py refresh_behaviour [--store main]"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.selectors import find_store
from recommender.services.behaviour import refresh_behaviour


class Command(BaseCommand):
    help = "Learn now what workers learn daily: behaviour blocks, and what is bought together. The last line is JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--store", default="main", help="the store's slug (main)")

    def handle(self, *args: Any, store: str, **options: Any) -> None:
        owner = find_store(store)
        if owner is None:
            raise CommandError(f"There is no store '{store}'. Create it: manage.py create_store {store}")
        report = refresh_behaviour(store=owner)
        if report is None:
            raise CommandError(f"Another process is learning for store '{store}' now.")
        summary = vars(report) | {"spaces": {name: vars(space) for name, space in report.spaces.items()}}
        self.stdout.write(json.dumps(summary))
