"""manage.py matchers list|add FILE|activate NUMBER|rollback [--store main]"""

import json
from argparse import SUPPRESS
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Store
from catalog.selectors import find_store
from embeddings.encoders import EncoderUnavailable
from recommender.management.complaints import spell_os_error
from recommender.models import MatcherVersion
from recommender.services.learning import find_hindrance
from recommender.services.matchers import (
    NoEarlierVersionError,
    activate_version,
    add_version,
    check_artifact,
    find_version,
    roll_back,
)


class Command(BaseCommand):
    help = "A store's versions of the model that scores offers: keep a trained one, use it, go back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--store", default="main", help="the store's slug (main)")
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("list", help="every version, the newest first")
        acts.add_parser("add", help="keep a file that train_matcher wrote").add_argument("file", type=Path)
        acts.add_parser("activate", help="score by this one from now on").add_argument("number", type=int)
        acts.add_parser("rollback", help="return to the one before, at last to the shipped one")
        for act in acts.choices.values():  # the store may also stand behind the act
            act.add_argument("--store", default=SUPPRESS, help="the store's slug (main)")

    def handle(self, *args: Any, store: str, act: str, **options: Any) -> None:
        owner = find_store(store)
        if owner is None:
            raise CommandError(f"There is no store '{store}'. Create it: manage.py create_store {store}")
        match act:
            case "add":
                self._add(owner, options["file"])
            case "activate":
                self._activate(owner, options["number"])
            case "rollback":
                self._roll_back(owner)
            case "list":
                for version in owner.matchers.defer("artifact"):
                    self.stdout.write(_describe(version))
                hindrance = find_hindrance(owner)
                self.stdout.write(f"Nothing is learned tonight: {hindrance}." if hindrance else "Learns tonight.")

    def _add(self, store: Store, file: Path) -> None:
        try:
            artifact, metrics = file.read_bytes(), check_artifact(file)
        except OSError as error:
            raise CommandError(spell_os_error(error)) from error
        except (EncoderUnavailable, ValueError) as error:
            raise CommandError(f"{file}: {error}") from error
        kept = find_version(store=store, artifact=artifact)
        if kept:
            self.stdout.write(
                f"The store has it already: version {kept.number}{' (in use)' if kept.is_active else ''}."
            )
            return
        version = add_version(store=store, artifact=artifact, metrics=metrics, made_by="manage.py")
        self.stdout.write(f"Version {version.number} is kept; matchers activate {version.number} puts it to use.")

    def _activate(self, store: Store, number: int) -> None:
        version = MatcherVersion.objects.filter(store=store, number=number).first()
        if version is None:
            raise CommandError(f"The store has no version {number}.")
        activate_version(version=version, by="manage.py")
        self.stdout.write(f"Version {number} is in use; what waits for review is scored anew.")

    def _roll_back(self, store: Store) -> None:
        try:
            earlier = roll_back(store=store)
        except NoEarlierVersionError as error:
            raise CommandError("The shipped model is in use already.") from error
        self.stdout.write(f"Version {earlier.number} is in use." if earlier else "The shipped model is in use.")


def _describe(version: MatcherVersion) -> str:
    """What it is made of and whether it is used, why it was put to use or not, and its figures."""
    parts = [
        f"{version.number}{' (in use)' if version.is_active else ''}",
        f"{version.created_at:%Y-%m-%d}",
        "learned from decisions" if version.is_learned else "from a file",
        version.reason,
        json.dumps(version.metrics),
    ]
    return " | ".join(part for part in parts if part)
