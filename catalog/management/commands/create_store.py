from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.services.stores import StoreExistsError, create_store


class Command(BaseCommand):
    help = "Create a store: a shop of its own within this installation."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, slug: str, name: str, **options: Any) -> None:
        try:
            store = create_store(slug=slug, name=name)
        except StoreExistsError as error:
            raise CommandError(f"There is a store '{slug}' already; nothing was changed.", returncode=2) from error
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(f"Store '{store.slug}' ({store.name}) is ready.")
