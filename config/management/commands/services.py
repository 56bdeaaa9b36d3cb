import json

from django.core.management.base import BaseCommand, CommandParser

from config import services


class Command(BaseCommand):
    help = "Start, stop or look at the embedded PostgreSQL and Redis."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("action", choices=["up", "down", "status"])

    def handle(self, *args: object, **options: str) -> None:
        if options["action"] == "up":
            services.up()
        elif options["action"] == "down":
            services.down()
        self.stdout.write(json.dumps(services.status()))
