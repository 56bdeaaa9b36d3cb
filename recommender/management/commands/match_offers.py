"""manage.py match_offers [--store main]"""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.selectors import find_store
from embeddings.inference import EncoderUnavailable
from recommender.services.matching import match_due


class Command(BaseCommand):
    help = "Match now, in this process, the offers that workers would match in a while. The last line is JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--store", default="main", help="the store's slug (main)")

    def handle(self, *args: Any, store: str, **options: Any) -> None:
        owner = find_store(store)
        if owner is None:
            raise CommandError(f"There is no store '{store}'. Create it: manage.py create_store {store}")
        try:
            report = match_due(store=owner, threads=settings.KINDRED_MATCH_THREADS)
        except EncoderUnavailable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps({"matched": report.matched, **report.counts, "claimed_by_others": report.left}))
