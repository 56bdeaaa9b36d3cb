"""manage.py suggest_categories [--store main] [--limit N] [--min-probability P] [--all]"""

import argparse
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Store
from embeddings.inference import EncoderUnavailable
from embeddings.selectors import NoActiveSpace
from embeddings.suggestions import MIN_PROBABILITY, TooFewCategories, suggest_categories


class Command(BaseCommand):
    help = "Suggest categories for products that have none, for managers to accept or dismiss; changes no product."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--store", default="main")
        parser.add_argument("--limit", type=_count, help="look at so many products, the newest; default: all")
        parser.add_argument(
            "--min-probability",
            type=_probability,
            default=MIN_PROBABILITY,
            help="suggest what is at least so probable, 0 to 1; default: %(default)s",
        )
        parser.add_argument(
            "--all",
            action="store_true",
            help="also hint where a product's category seems wrong; encodes the texts of all products",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError(f"There is no store {options['store']!r}; make it with create_store.")
        try:
            report = suggest_categories(
                store=store,
                limit=options["limit"],
                min_probability=options["min_probability"],
                include_categorised=options["all"],
            )
        except NoActiveSpace as error:
            raise CommandError(f"Store {store.slug} has no active space yet; run embed first.") from error
        except TooFewCategories as error:
            raise CommandError(f"Store {store.slug} has no two categories to choose from.") from error
        except EncoderUnavailable as error:
            raise CommandError(str(error)) from error
        self.stdout.write(json.dumps(vars(report)))


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of products, 1 or more")
    return int(text)


def _probability(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a probability, 0 to 1")
    return value
