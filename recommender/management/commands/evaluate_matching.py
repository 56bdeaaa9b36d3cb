"""manage.py evaluate_matching --pairs FILE... [--train FILE... | --matcher FILE] [--plots FOLDER] [--ablate]"""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from embeddings.inference import EncoderUnavailable, Model, get_model
from recommender.matching.evaluation import ablate, report_pairs
from recommender.matching.features import measure_pairs
from recommender.matching.frequencies import Frequencies
from recommender.matching.measures import Labels, Probabilities
from recommender.matching.pair_files import LabelledPair, MalformedPair, drop_known, read_pairs
from recommender.matching.scoring import Matcher, MatcherUnusable, load_matcher
from recommender.matching.training import Examples, Recipe, TooFewPairs, group_pairs, train_matcher
from recommender.matching.vectors import add_vectors


@dataclass(frozen=True, eq=False)
class Measured:
    """A file's pairs with their features, and the microseconds that a pair's took."""

    labelled: Sequence[LabelledPair]
    examples: Examples
    microseconds: float


class Command(BaseCommand):
    help = "Measure a matcher on files of labelled pairs: the shipped one, one of a file, or one trained first."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pairs", type=Path, nargs="+", required=True, help="what is measured on")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--matcher", type=Path, help="a matcher's file; the shipped one without")
        which.add_argument("--train", type=Path, nargs="+", help="train on these first, without the pairs of --pairs")
        parser.add_argument("--ablate", action="store_true", help="with --train: also with a part of the features only")
        parser.add_argument("--plots", type=Path, help="a folder for a PNG per file")
        parser.add_argument("--encoder", default=settings.KINDRED_ENCODER, help="reads texts and pictures")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["ablate"] and not options["train"]:
            raise CommandError("--ablate trains anew without some features: give --train files.")
        try:
            self._evaluate(**options)
        except (MalformedPair, MatcherUnusable, TooFewPairs, EncoderUnavailable, OSError) as error:
            raise CommandError(str(error)) from error

    def _evaluate(self, *, pairs: list[Path], train: list[Path] | None, encoder: str, **options: Any) -> None:
        model = get_model(encoder)
        files = {path: read_pairs(path) for path in pairs}
        judged = [pair for labelled in files.values() for pair in labelled]
        known = drop_known([pair for path in train or [] for pair in read_pairs(path)], judged)
        matcher = _train(known, model) if train else load_matcher(options["matcher"])
        training = _measure(known, model, matcher.frequencies) if options["ablate"] else None
        reports = {}
        for path, labelled in files.items():
            measured = _measure(labelled, model, matcher.frequencies)
            reports[path.name] = _report(measured, known, matcher)
            if options["plots"]:
                _draw(options["plots"], path, measured, matcher)
            if training:
                parts = ablate(training.examples, measured.examples, recipe=Recipe())
                reports[path.name]["ablation"] = {name: part and asdict(part) for name, part in parts.items()}
        told = {"matcher": matcher.version, "thresholds": asdict(matcher.limits), "files": reports}
        self.stdout.write(json.dumps(told))


def _train(known: Sequence[LabelledPair], model: Model) -> Matcher:
    return train_matcher(add_vectors(known, model), [pair.is_match for pair in known])


def _measure(labelled: Sequence[LabelledPair], model: Model, frequencies: Frequencies) -> Measured:
    items = add_vectors(labelled, model)
    began = time.perf_counter()
    rows = measure_pairs(items, frequencies)
    took = (time.perf_counter() - began) / max(len(items), 1) * 1e6
    labels = np.array([pair.is_match for pair in labelled], bool)
    return Measured(labelled, Examples(rows, labels, group_pairs(items)), took)


def _report(measured: Measured, known: Sequence[LabelledPair], matcher: Matcher) -> dict[str, Any]:
    """Of all pairs; and, after training, of those whose items both came in other pairs, and of the others."""
    labels = measured.examples.labels
    began = time.perf_counter()
    given = matcher.probabilities(measured.examples.rows)
    took = (time.perf_counter() - began) / max(len(labels), 1) * 1e6
    report = asdict(report_pairs(labels, given, matcher.limits))
    report["microseconds"] = {"features": measured.microseconds, "scoring": took}
    if known:
        met = {side.key for pair in known for side in (pair.left, pair.right)}
        seen = np.array([pair.left.key in met and pair.right.key in met for pair in measured.labelled], bool)
        report |= {
            name: _report_part(labels, given, part, matcher) for name, part in (("seen", seen), ("unseen", ~seen))
        }
    return report


def _report_part(labels: Labels, given: Probabilities, part: Labels, matcher: Matcher) -> dict[str, Any] | None:
    return asdict(report_pairs(labels[part], given[part], matcher.limits)) if part.any() else None


def _draw(folder: Path, path: Path, measured: Measured, matcher: Matcher) -> None:
    from recommender.matching.plots import draw_quality  # matplotlib takes a second to import

    name = path.name.removesuffix(".gz").removesuffix(".jsonl")
    draw_quality(
        folder / f"{name}.png",
        title=name,
        labels=measured.examples.labels,
        given=matcher.probabilities(measured.examples.rows),
        threshold=matcher.limits.even,
    )
