"""manage.py train_chooser --truth FILE... [--store main] --out matcher.safetensors"""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.selectors import find_store
from embeddings.inference import EncoderUnavailable
from recommender.management.complaints import prepare_output, spell_os_error
from recommender.matching.choosing import save_chooser
from recommender.matching.choosing_training import train_chooser
from recommender.matching.training import TooFewPairs
from recommender.services.offer_trials import (
    MalformedTruth,
    know_offers,
    line_up_offers,
    read_catalogue,
    read_truth,
)


class Command(BaseCommand):
    help = (
        "Train a matcher that looks at an offer's candidates side by side, on a store's offers whose product is known;"
        " `matchers add` takes it. The last line is JSON: what it is worth on offers it had not seen."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--truth", type=Path, nargs="+", required=True, help="CSV: supplier, supplier_sku, sku (empty: none)"
        )
        parser.add_argument("--store", default="main", help="the store's slug (main)")
        parser.add_argument("--out", type=Path, required=True, help="the matcher's file")

    def handle(self, *args: Any, truth: list[Path], store: str, out: Path, **options: Any) -> None:
        owner = find_store(store)
        if owner is None:
            raise CommandError(f"There is no store '{store}'. Create it: manage.py create_store {store}")
        prepare_output(out)
        try:
            known = know_offers(owner, read_truth(*truth))
            chooser = train_chooser(line_up_offers(owner, known), catalogue=read_catalogue(owner))
            out.write_bytes(save_chooser(chooser))
        except OSError as error:
            raise CommandError(spell_os_error(error)) from error
        except (MalformedTruth, TooFewPairs, EncoderUnavailable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Matcher {chooser.version} in {out}, {out.stat().st_size / 1024:.0f} kB.")
        self.stdout.write(json.dumps({**chooser.metrics, "thresholds": vars(chooser.limits)}))
