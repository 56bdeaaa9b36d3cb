"""manage.py train_matcher --pairs FILE... --out matcher.safetensors [--scorer cross-encoder] | --from-decisions"""

import json
from argparse import ArgumentTypeError
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.selectors import find_store
from embeddings.inference import EncoderUnavailable, get_model
from embeddings.pair_reading import ReaderUnusable
from recommender.management.complaints import prepare_output, spell_os_error
from recommender.matching.pair_files import LabelledPair, MalformedPair, drop_known, read_pairs
from recommender.matching.reading import HELD_OUT, FirstLesson, ReadingRecipe
from recommender.matching.scoring import save_matcher
from recommender.matching.training import Recipe, TooFewPairs, group_pairs, train_matcher
from recommender.matching.vectors import add_vectors
from recommender.services.learning import learn_from_decisions

TREES, CROSS_ENCODER = SCORERS = ("trees", "cross-encoder")


def to_share(text: str) -> float:
    share = float(text)
    if not 0 < share <= 1:
        raise ArgumentTypeError("a share is above 0 and at most 1")
    return share


def add_reading_arguments(parser: CommandParser) -> None:
    parser.add_argument("--scorer", choices=SCORERS, default=TREES, help="what reads a pair (trees)")
    parser.add_argument(
        "--first", type=Path, nargs="+", help="a cross-encoder learns from these pairs before the others"
    )
    parser.add_argument("--readers", type=Path, help="a folder where a killed run finds what its readers learnt")
    parser.add_argument("--encoder", default=settings.KINDRED_ENCODER, help="reads texts and pictures")


def to_reading(
    *, scorer: str, encoder: str, readers: Path | None, first: Sequence[Path] | None, known: Sequence[LabelledPair]
) -> ReadingRecipe | None:
    """`known` are the pairs that are learnt from afterwards, and those judged on: of what they are about nothing is in
    a first lesson, or it would not be unseen.

    Raises MalformedPair, TooFewPairs, OSError, and CommandError where nothing would read what is given.
    """
    if scorer != CROSS_ENCODER:
        if first or readers:
            raise CommandError(f"--first and --readers are of --scorer {CROSS_ENCODER}.")
        return None
    if readers:
        prepare_output(readers / "reader")
    lesson = _to_lesson([pair for path in first for pair in read_pairs(path)], known) if first else None
    return ReadingRecipe(encoder, folder=readers, first=lesson)


def _to_lesson(labelled: Sequence[LabelledPair], known: Sequence[LabelledPair]) -> FirstLesson:
    met = {side.key for pair in known for side in (pair.left, pair.right)}
    left = [pair for pair in drop_known(labelled, ()) if met.isdisjoint(pair.key)]
    pairs = [(pair.left.item, pair.right.item) for pair in left]
    labels, groups = np.array([pair.is_match for pair in left], bool), group_pairs(pairs)
    matches, others = int(labels.sum()), int((~labels).sum())
    if min(matches, others, len(np.unique(groups))) < HELD_OUT:
        raise TooFewPairs(
            f"Of the pairs of --first {matches} matches and {others} others are of nothing that comes later; it takes"
            f" {HELD_OUT} of each, of as many offers."
        )
    return FirstLesson(pairs, labels, groups)


class Command(BaseCommand):
    help = "Train a matcher on labelled pairs, or a store's on its reviewers' decisions. The last line is JSON."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        source = parser.add_mutually_exclusive_group(required=True)
        source.add_argument("--pairs", type=Path, nargs="+", help="JSON Lines, also gzipped")
        source.add_argument(
            "--from-decisions",
            action="store_true",
            help="from reviewers, as workers do at night",
        )
        parser.add_argument("--store", default="main", help="with --from-decisions: the store's slug (main)")
        parser.add_argument("--without", type=Path, nargs="*", default=[], help="files whose pairs are left out")
        parser.add_argument("--out", type=Path, help="with --pairs: the matcher's file")
        add_reading_arguments(parser)
        parser.add_argument("--precision", type=to_share, default=0.99, help="of pairs accepted unseen (0.99)")
        parser.add_argument("--recall", type=to_share, default=0.98, help="of matches not rejected unseen (0.98)")
        parser.add_argument("--floor", type=int, default=2, help="items a word must be in to be kept in the file (2)")

    def handle(self, *args: Any, pairs: list[Path] | None, out: Path | None, store: str, **options: Any) -> None:
        if pairs is None:
            if out or options["first"] or options["readers"] or options["without"]:
                raise CommandError("--out, --without, --first and --readers go with --pairs.")
            self._learn(store)
        elif out is None:
            raise CommandError("--pairs needs --out: the file to write the matcher to.")
        else:
            self._train(pairs, out=out, **options)

    def _learn(self, slug: str) -> None:
        store = find_store(slug)
        if store is None:
            raise CommandError(f"There is no store '{slug}'. Create it: manage.py create_store {slug}")
        try:
            lesson = learn_from_decisions(store=store, by="manage.py")
        except EncoderUnavailable as error:
            raise CommandError(str(error)) from error
        if lesson.version is None:
            raise CommandError(f"Nothing was learned: {lesson.reason}.")
        used = "is in use" if lesson.is_in_use else "is kept and not used"
        self.stdout.write(f"Version {lesson.version} {used}: {lesson.reason}.")
        self.stdout.write(json.dumps(asdict(lesson)))

    def _train(
        self,
        pairs: list[Path],
        *,
        without: list[Path],
        out: Path,
        scorer: str,
        encoder: str,
        readers: Path | None,
        first: list[Path] | None,
        **options: Any,
    ) -> None:
        prepare_output(out)
        try:
            left_out = [pair for path in without for pair in read_pairs(path)]
            labelled = drop_known([pair for path in pairs for pair in read_pairs(path)], left_out)
            reading = to_reading(
                scorer=scorer, encoder=encoder, readers=readers, first=first, known=[*labelled, *left_out]
            )
            matcher = train_matcher(
                add_vectors(labelled, get_model(encoder)),
                [pair.is_match for pair in labelled],
                recipe=Recipe(precision=options["precision"], recall=options["recall"]),
                floor=options["floor"],
                reading=reading,
            )
            out.write_bytes(save_matcher(matcher))
        except OSError as error:
            raise CommandError(spell_os_error(error)) from error
        except (MalformedPair, TooFewPairs, EncoderUnavailable, ReaderUnusable) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Matcher {matcher.version} in {out}, {out.stat().st_size / 1024:.0f} kB.")
        self.stdout.write(json.dumps({**matcher.metrics, "thresholds": vars(matcher.limits)}))
