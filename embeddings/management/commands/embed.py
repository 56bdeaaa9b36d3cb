"""manage.py embed [--store main] [--space NAME] [--wait | --inline] [--timeout SECONDS] [--retry-failed]"""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, connection
from tqdm import tqdm

from catalog.models import Store
from embeddings import services, spaces, tasks
from embeddings.inference import EncoderUnavailable
from embeddings.models import EmbeddingSpace

POLL_SECONDS = 0.25
# A message may be lost with Redis; asking again costs nothing when work is under way.
ASK_AGAIN_SECONDS = 15
DATABASE_PATIENCE_SECONDS = 60


class Command(BaseCommand):
    help = "Embed what is stale: by a worker (default; --wait shows its progress) or in this process (--inline)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--store", default="main")
        parser.add_argument("--space", help="only this space; default: every live space of the store")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--wait", action="store_true", help="wait until everything is embedded and indexed")
        how.add_argument("--inline", action="store_true", help="work here, without a worker")
        parser.add_argument("--timeout", type=float, default=0, help="give up waiting after so many seconds")
        parser.add_argument("--retry-failed", action="store_true", help="try failed products again now")

    def handle(self, *args: Any, **options: Any) -> None:
        store = Store.objects.filter(slug=options["store"]).first()
        if store is None:
            raise CommandError(f"There is no store {options['store']!r}; make it with create_store.")
        try:
            if not EmbeddingSpace.objects.of(store).live().exists():
                spaces.ensure_space(store)
            chosen = self._spaces(store, options["space"])
            self._embed(chosen, options)
        except EncoderUnavailable as error:
            raise CommandError(str(error)) from error

    def _embed(self, chosen: list[EmbeddingSpace], options: dict[str, Any]) -> None:
        reports = []
        for space in chosen:
            if options["retry_failed"]:
                services.retry_failures(space)
            if options["inline"]:
                reports.append(self._inline(space))
            else:
                tasks.embed_space.delay(space.pk)
        if options["wait"]:
            for space in chosen:
                self._wait(space, options["timeout"])
        for index, space in enumerate(chosen):
            space.refresh_from_db()
            summary = {"space": space.name, "status": space.status, **vars(spaces.progress_of(space))}
            if reports:
                summary |= {"images_encoded": reports[index].images, "texts_encoded": reports[index].texts}
            self.stdout.write(json.dumps(summary))

    def _spaces(self, store: Store, name: str | None) -> list[EmbeddingSpace]:
        live = EmbeddingSpace.objects.of(store).live()
        chosen = list(live.filter(name=name) if name else live)
        if not chosen:
            raise CommandError(f"Store {store.slug} has no live space {name!r}.")
        return chosen

    def _inline(self, space: EmbeddingSpace) -> services.EmbedReport:
        report = services.embed_stale(space)
        if spaces.can_be_finished(space):
            spaces.finish_building(space)
        return report

    def _wait(self, space: EmbeddingSpace, timeout: float) -> None:
        started = asked = time.monotonic()
        with tqdm(total=space.store.products.count(), unit="product", file=sys.stderr, desc=space.name) as bar:
            while True:
                now = time.monotonic()
                try:
                    progress = spaces.progress_of(space)
                    bar.update(progress.embedded - bar.n)
                    if self._is_done(space, progress):
                        return
                    if now - asked > ASK_AGAIN_SECONDS:
                        tasks.embed_space.delay(space.pk)
                        asked = now
                except (OperationalError, InterfaceError):  # the database is restarting; the worker waits for it too
                    connection.close()
                    if now - asked > DATABASE_PATIENCE_SECONDS:
                        raise
                if timeout and now - started > timeout:
                    raise CommandError(f"{space.name} is not complete after {timeout:.0f} s.")
                time.sleep(POLL_SECONDS)

    def _is_done(self, space: EmbeddingSpace, progress: spaces.Progress) -> bool:
        space.refresh_from_db()
        settled = space.status not in {"building", "indexing"} or not progress.embedded
        return progress.stale == 0 and settled and not spaces.can_be_finished(space)
