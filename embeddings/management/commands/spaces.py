"""manage.py spaces list|create|activate|rollback|drop [--store main] [--name N] [--encoder E] [--fusion F]"""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Store
from embeddings import spaces
from embeddings.inference import EncoderUnavailable
from embeddings.models import EmbeddingSpace


class Command(BaseCommand):
    help = "List, create, activate, roll back or drop a store's embedding spaces."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        for action, explanation in {
            "list": "every space with its progress, one JSON object a line",
            "create": "a new space, to be built by `embed` beside the active one",
            "activate": "make a ready space the one that answers",
            "rollback": "bring back the space that was active before",
            "drop": "delete a space that is not active, with its vectors",
        }.items():
            sub = actions.add_parser(action, help=explanation)
            sub.add_argument("--store", default="main")
            if action in {"activate", "drop"}:
                sub.add_argument("name")
            if action == "create":
                sub.add_argument("--name")
                sub.add_argument("--encoder", help="starter, a Hugging Face hub id, or a folder")
                sub.add_argument("--fusion", choices=sorted(spaces.FUSIONS))

    def handle(self, *args: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError(f"There is no store {options['store']!r}; make it with create_store.")
        try:
            getattr(self, f"_{options['action']}")(store, options)
        except (spaces.SpaceError, EncoderUnavailable) as error:
            raise CommandError(str(error)) from error

    def _list(self, store: Store, options: dict[str, Any]) -> None:
        for space in EmbeddingSpace.objects.of(store):
            self._print(space)

    def _create(self, store: Store, options: dict[str, Any]) -> None:
        self._print(
            spaces.create_space(store=store, name=options["name"], encoder=options["encoder"], fusion=options["fusion"])
        )

    def _activate(self, store: Store, options: dict[str, Any]) -> None:
        space = self._named(store, options["name"])
        spaces.activate_space(space)
        self._print(space)

    def _rollback(self, store: Store, options: dict[str, Any]) -> None:
        self._print(spaces.rollback_space(store))

    def _drop(self, store: Store, options: dict[str, Any]) -> None:
        spaces.drop_space(self._named(store, options["name"]))
        self.stdout.write(json.dumps({"dropped": options["name"]}))

    def _named(self, store: Store, name: str) -> EmbeddingSpace:
        space = EmbeddingSpace.objects.of(store).filter(name=name).first()
        if space is None:
            known = ", ".join(EmbeddingSpace.objects.of(store).values_list("name", flat=True)) or "none"
            raise CommandError(f"Store {store.slug} has no space {name!r}; it has: {known}.")
        return space

    def _print(self, space: EmbeddingSpace) -> None:
        facts = {"name": space.name, "status": space.status, "encoder": space.encoder, "fusion": space.fusion}
        self.stdout.write(json.dumps(facts | vars(spaces.progress_of(space)) | {"error": space.error}))
