"""Trains, measures and exports the starter model; see `embeddings/training/starter.py` for the method."""

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser


class Command(BaseCommand):
    help = "Train the starter model from the sample data (continues where a run was stopped), or measure it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        from embeddings.training.starter import add_arguments

        parser.add_argument("--data", type=Path, default=settings.KINDRED_SAMPLE_DATA, help="the sample data folder")
        parser.add_argument("--evaluate", action="store_true", help="measure the model in --out instead of training")
        parser.add_argument("--export", action="store_true", help="export from the last checkpoint without training on")
        add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if not (options["data"] / "teacher").is_dir():
            raise CommandError(f"No sample data in {options['data']}: give its folder with --data.")
        arguments = argparse.Namespace(**options)
        if options["evaluate"]:
            self.stdout.write(_evaluate(arguments))
            return
        from embeddings.training.starter import Recipe, train

        if options["export"]:
            arguments.minutes, arguments.fresh = 0, False
        folder = train(arguments, replace(Recipe(), seed=arguments.seed, steps=arguments.steps))
        self.stdout.write(f"Exported to {folder}.")


def _evaluate(arguments: argparse.Namespace) -> str:
    from embeddings.encoders.towers import TowersEncoder
    from embeddings.training.evaluate_starter import evaluate

    figures = evaluate(TowersEncoder(arguments.out), arguments.data, renders=next(iter(arguments.renders), None))
    return json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=2)
