import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.serializers.json import DjangoJSONEncoder

from catalog.selectors import find_store
from recommender.experiment_reports import report_experiment
from recommender.experiment_tables import tell
from recommender.models import Experiment


class Command(BaseCommand):
    help = "What an experiment shows: a table; with --json the whole report as JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--store", default="main", help="the store's slug (main)")
        parser.add_argument("--json", action="store_true", help="one JSON object in place of the table")

    def handle(self, *args: Any, name: str, store: str, **options: Any) -> None:
        owner = find_store(store)
        if owner is None:
            raise CommandError(f"There is no store '{store}'. Create it: manage.py create_store {store}")
        experiment = Experiment.objects.of(owner).filter(name=name).first()
        if experiment is None:
            known = ", ".join(Experiment.objects.of(owner).values_list("name", flat=True)) or "none"
            raise CommandError(f"Store '{store}' has no experiment '{name}'; it has: {known}.")
        report = report_experiment(experiment)
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report), cls=DjangoJSONEncoder))
            return
        self.stdout.write(tell(report))
