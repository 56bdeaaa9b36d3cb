"""manage.py train_matcher --pairs FILE... --out matcher.safetensors"""

import json
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from embeddings.inference import EncoderUnavailable, get_model
from recommender.matching.pair_files import MalformedPair, drop_known, read_pairs
from recommender.matching.scoring import save_matcher
from recommender.matching.training import Recipe, TooFewPairs, train_matcher
from recommender.matching.vectors import add_vectors


def to_share(text: str) -> float:
    share = float(text)
    if not 0 < share <= 1:
        raise ArgumentTypeError("a share is above 0 and at most 1")
    return share


class Command(BaseCommand):
    help = "Train a matcher on files of labelled pairs. The last line is JSON: what it is worth on unseen offers."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pairs", type=Path, nargs="+", required=True, help="JSON Lines, also gzipped")
        parser.add_argument("--without", type=Path, nargs="*", default=[], help="files whose pairs are left out")
        parser.add_argument("--out", type=Path, required=True, help="the matcher's file")
        parser.add_argument("--encoder", default=settings.KINDRED_ENCODER, help="reads texts and pictures")
        parser.add_argument("--precision", type=to_share, default=0.99, help="of pairs accepted unseen (0.99)")
        parser.add_argument("--recall", type=to_share, default=0.98, help="of matches not rejected unseen (0.98)")
        parser.add_argument("--floor", type=int, default=2, help="items a word must be in to be kept in the file (2)")

    def handle(self, *args: Any, pairs: list[Path], without: list[Path], out: Path, **options: Any) -> None:
        try:
            left_out = [pair for path in without for pair in read_pairs(path)]
            labelled = drop_known([pair for path in pairs for pair in read_pairs(path)], left_out)
            matcher = train_matcher(
                add_vectors(labelled, get_model(options["encoder"])),
                [pair.is_match for pair in labelled],
                recipe=Recipe(precision=options["precision"], recall=options["recall"]),
                floor=options["floor"],
            )
        except (MalformedPair, TooFewPairs, EncoderUnavailable, OSError) as error:
            raise CommandError(str(error)) from error
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_bytes(save_matcher(matcher))
        self.stdout.write(f"Matcher {matcher.version} in {out}, {out.stat().st_size / 1024:.0f} kB.")
        self.stdout.write(json.dumps({**matcher.metrics, "thresholds": vars(matcher.limits)}))
