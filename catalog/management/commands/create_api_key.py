from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import Scope
from catalog.selectors import find_store
from catalog.services.api_keys import UnknownScopeError, create_api_key


class Command(BaseCommand):
    help = "Create an API key for a store. The key is shown once, alone on the last line."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--store", default="main", help="the store's slug (main)")
        parser.add_argument("--scopes", default="read", help=f"separated by commas: {', '.join(Scope.values)} (read)")
        parser.add_argument("--name", default="", help="whose key this is")

    def handle(self, *args: Any, store: str, scopes: str, name: str, **options: Any) -> None:
        owner = find_store(store)
        if owner is None:
            raise CommandError(f"There is no store '{store}'. Create it: manage.py create_store {store}")
        wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
        try:
            key, plain = create_api_key(store=owner, scopes=wanted, name=name)
        except UnknownScopeError as error:
            raise CommandError(str(error)) from error
        self.stderr.write(f"Key of '{owner.slug}' with {', '.join(key.scopes)}; it is not shown again:")
        self.stdout.write(plain)
