"""manage.py evaluate_matching --pairs FILE... [--train FILE... | --matcher FILE] [--plots FOLDER] [--ablate]
manage.py evaluate_matching --truth FILE [--learn FILE...] [--store main] [--folds 5] [--plots FOLDER] [--ablate]
"""

from __future__ import annotations

import json
import time
from argparse import ArgumentTypeError
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.selectors import find_store
from embeddings.inference import EncoderUnavailable, Model, get_model
from embeddings.pair_reading import ReaderUnusable
from recommender.management.commands.train_matcher import TREES, add_reading_arguments, to_reading
from recommender.management.complaints import spell_os_error
from recommender.matching.evaluation import ablate, report_pairs
from recommender.matching.measures import Labels, Probabilities
from recommender.matching.offer_reports import (
    SURE,
    Outcome,
    calibration_of,
    compare_accuracy,
    report_offers,
    spell_reports,
)
from recommender.matching.pair_files import LabelledPair, MalformedPair, drop_known, read_pairs
from recommender.matching.reading import ReadingRecipe
from recommender.matching.scoring import Matcher, MatcherUnusable, load_matcher
from recommender.matching.training import Examples, Recipe, TooFewPairs, group_pairs, train_matcher
from recommender.matching.vectors import add_vectors
from recommender.services.offer_trials import BOTH, TEXT_ONLY, WAYS, MalformedTruth, know_offers, read_truth, try_offers

# Of folds and resamples.
SEED = 7


@dataclass(frozen=True, eq=False)
class Measured:
    """A file's pairs with their features, and the microseconds that a pair's took."""

    labelled: Sequence[LabelledPair]
    examples: Examples
    microseconds: float


class Command(BaseCommand):
    help = (
        "Measure a matcher on files of labelled pairs: the shipped one, one of a file, or one trained first. Or, with"
        " --truth, all of matching on a store's offers: learned on some products, asked about the others."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--pairs", type=Path, nargs="+", help="what is measured on")
        what.add_argument("--truth", type=Path, help="CSV of offers: supplier, supplier_sku, sku (empty for none)")
        parser.add_argument(
            "--learn", type=Path, nargs="+", help="with --truth: CSV of the offers learned from instead"
        )
        parser.add_argument("--store", default="main", help="with --truth: the store's slug (main)")
        parser.add_argument("--folds", type=to_folds, default=5, help="with --truth: parts of the products (5)")
        which = parser.add_mutually_exclusive_group()
        which.add_argument("--matcher", type=Path, help="a matcher's file; the shipped one without")
        which.add_argument("--train", type=Path, nargs="+", help="train on these first, without the pairs of --pairs")
        parser.add_argument("--ablate", action="store_true", help="with --train or --truth: also with a part only")
        parser.add_argument("--plots", type=Path, help="a folder for a PNG per file")
        add_reading_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["ablate"] and not (options["train"] or options["truth"]):
            raise CommandError("--ablate trains anew without some features: give --train files, or --truth.")
        if options["learn"] and not options["truth"]:
            raise CommandError("--learn names a store's offers: give --truth too.")
        if not options["train"] and (options["scorer"] != TREES or options["first"] or options["readers"]):
            raise CommandError("--scorer, --first and --readers say how to train: give --train files.")
        if options["truth"] and (options["train"] or options["matcher"]):
            raise CommandError("--truth trains on the offers themselves: leave out --train and --matcher.")
        try:
            if options["truth"]:
                self._try_offers(**options)
            else:
                self._evaluate(**options)
        except OSError as error:
            raise CommandError(spell_os_error(error)) from error
        except (
            MalformedPair, MalformedTruth, MatcherUnusable, TooFewPairs, EncoderUnavailable, ReaderUnusable
        ) as error:  # fmt: skip
            raise CommandError(str(error)) from error

    def _try_offers(self, *, truth: Path, store: str, folds: int, ablate: bool, **options: Any) -> None:
        owner = find_store(store)
        if owner is None:
            raise CommandError(f"There is no store '{store}'. Create it: manage.py create_store {store}")
        known = know_offers(owner, read_truth(truth))
        learned = know_offers(owner, read_truth(*options["learn"])) if options["learn"] else known
        ways = tuple(WAYS) if ablate else (BOTH,)
        tried = {way: try_offers(owner, known, way=way, folds=folds, seed=SEED, learned=learned) for way in ways}
        reports = {way: report_offers(outcomes, seed=SEED) for way, outcomes in tried.items()}
        for line in spell_reports(reports):
            self.stdout.write(line)
        if options["plots"]:
            for way, outcomes in tried.items():
                _draw_offers(options["plots"] / f"offers-{way.replace(' ', '-')}.png", way, outcomes)
        told: dict[str, Any] = {way: asdict(report) for way, report in reports.items()}
        told["learned"] = len(learned)
        if ablate:
            told["gain"] = dict(
                zip(("gain", "low", "high"), compare_accuracy(tried[BOTH], tried[TEXT_ONLY], seed=SEED), strict=True)
            )
        self.stdout.write(json.dumps(told))

    def _evaluate(self, *, pairs: list[Path], train: list[Path] | None, encoder: str, **options: Any) -> None:
        model = get_model(encoder)
        files = {path: read_pairs(path) for path in pairs}
        judged = [pair for labelled in files.values() for pair in labelled]
        known = drop_known([pair for path in train or [] for pair in read_pairs(path)], judged)
        if train:
            reading = to_reading(
                scorer=options["scorer"],
                encoder=encoder,
                readers=options["readers"],
                first=options["first"],
                known=[*known, *judged],
            )
            matcher = _train(known, model, reading)
        else:
            matcher = load_matcher(options["matcher"])
        training = _measure(known, model, replace(matcher, reading=None)) if options["ablate"] else None
        reports = {}
        for path, labelled in files.items():
            measured = _measure(labelled, model, matcher)
            reports[path.name] = _report(measured, known, matcher)
            if options["plots"]:
                _draw(options["plots"], path, measured, matcher)
            if training:
                parts = ablate(training.examples, measured.examples, recipe=Recipe())
                reports[path.name]["ablation"] = {name: part and asdict(part) for name, part in parts.items()}
        told = {"matcher": matcher.version, "thresholds": asdict(matcher.limits), "files": reports}
        self.stdout.write(json.dumps(told))


def to_folds(text: str) -> int:
    folds = int(text)
    if folds < 2:
        raise ArgumentTypeError("products are parted into at least 2 folds")
    return folds


def _train(known: Sequence[LabelledPair], model: Model, reading: ReadingRecipe | None) -> Matcher:
    return train_matcher(add_vectors(known, model), [pair.is_match for pair in known], reading=reading)


def _measure(labelled: Sequence[LabelledPair], model: Model, matcher: Matcher) -> Measured:
    items = add_vectors(labelled, model)
    began = time.perf_counter()
    rows = matcher.measure(items)
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


def _draw_offers(path: Path, way: str, outcomes: Sequence[Outcome]) -> None:
    from recommender.matching.plots import draw_quality  # matplotlib takes a second to import

    labels, given = calibration_of(outcomes)
    draw_quality(path, title=f"offers, {way}", labels=labels, given=given, threshold=SURE)
