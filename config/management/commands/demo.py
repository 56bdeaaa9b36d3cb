"""`make demo`: the whole of Kindred with the demo shop on this machine, from nothing or from where it stopped."""

from __future__ import annotations

import io
import json
import os
import secrets
import signal
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog.models import ApiKey, Scope, Store
from catalog.services import api_keys, stores
from catalog.services.vocabulary import count_words
from config import env, processes, services
from embeddings.models import EmbeddingSpace
from embeddings.tasks import embed_store
from recommender.services.behaviour import refresh_behaviour
from recommender.services.rhythms import refresh_rhythms

STORE = "main"
USER = "demo"
CATALOGUE = settings.BASE_DIR / "catalog" / "demo"
OFFERS = CATALOGUE / "offers"
EVENTS = CATALOGUE / "shoppers" / "events.csv"
QUESTION = "a comfy leather armchair"
WEB_SECONDS = 60
WORKER_SECONDS = 120


class StopRequested(Exception):  # noqa: N818  (not an error)
    """SIGINT or SIGTERM came."""


class Command(BaseCommand):
    help = "Start everything with the demo shop; Ctrl-C stops it. PORT chooses the port (8000)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--stop", action="store_true", help="stop what an earlier demo started")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["stop"]:
            was_up = "up" in services.status().values()
            stopped = processes.stop_recorded(services.home())
            services.down()
            self.stdout.write("Stopped." if stopped or was_up else "Nothing was running.")
            return
        self._supervise(port=env.integer("PORT", 8000))

    def _supervise(self, *, port: int) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _raise_stop)
        if processes.supervisor_is_running(services.home()):
            raise CommandError("The demo is running already, from this folder. Stop it with: make stop")
        processes.stop_recorded(services.home())
        if not processes.port_is_free(port):
            raise CommandError(f"Port {port} is in use. Choose another one: PORT={port + 1} make demo")
        group = processes.Group(services.home())
        try:
            started = time.monotonic()
            facts = self._prepare()
            self._start(group, port)
            self._embed()
            self._learn()
            self._show(port, facts, since=started)
            while True:
                time.sleep(1)
                if dead := group.first_dead():
                    raise CommandError(f"{dead} ended; see {services.home() / 'logs' / dead}.log")
        except (StopRequested, KeyboardInterrupt):
            self.stdout.write("\nStopping …")
        finally:
            group.stop()
            services.down()

    def _prepare(self) -> dict[str, str]:
        """Database, store, user, key and catalogue; every step leaves alone what is there."""
        self._step("Database")
        services.up()
        call_command("migrate", verbosity=0, interactive=False)
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        store = Store.objects.filter(slug=STORE).first() or stores.create_store(slug=STORE, name="Demo shop")
        facts = self._facts(store)
        self._step("Catalogue")
        answer = io.StringIO()
        arguments = [str(CATALOGUE / "products.jsonl"), "--store", STORE, "--images", str(CATALOGUE)]
        call_command("import_catalog", *arguments, stdout=answer)
        self.stdout.write("  " + answer.getvalue().strip().splitlines()[-1])
        self._load_offers()
        self._tell_events()
        return facts

    def _load_offers(self) -> None:
        """Four suppliers' offers, mistyped GTINs and all; the warnings are part of the data."""
        self._step("Suppliers' offers")
        answer = io.StringIO()
        arguments = [str(OFFERS / "offers.jsonl"), "--store", STORE, "--images", str(OFFERS)]
        call_command("import_offers", *arguments, stdout=answer, stderr=io.StringIO())
        self.stdout.write("  " + answer.getvalue().strip().splitlines()[-1])

    def _tell_events(self) -> None:
        """A month of simulated shoppers, ending with the first run; later runs find every event told."""
        self._step("Shoppers' events")
        answer = io.StringIO()
        call_command("import_events", str(EVENTS), "--store", STORE, "--until", "now", stdout=answer)
        self.stdout.write("  " + answer.getvalue().strip().splitlines()[-1])

    def _facts(self, store: Store) -> dict[str, str]:
        """The demo's own credentials, kept in a file only its owner reads, so that every run can show them."""
        path = services.home() / "demo.json"
        facts: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        if not ApiKey.objects.filter(prefix=facts.get("key", "").partition(".")[0], revoked_at=None).exists():
            facts["key"] = api_keys.create_api_key(store=store, name="demo", scopes=list(Scope.values))[1]
        users = get_user_model().objects
        if "password" not in facts or not users.filter(username=USER).exists():
            facts["password"] = secrets.token_urlsafe(9)
            users.filter(username=USER).delete()
            users.create_superuser(USER, "", facts["password"])
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(facts, file)
        return facts

    def _start(self, group: processes.Group, port: int) -> None:
        self._step("Worker, scheduler and web server")
        for name, command in processes.commands(port=port).items():
            group.start(name, command)

    def _embed(self) -> None:
        """By the worker. It also makes the first space, so that this process never loads a model."""
        self._step("Embeddings")
        store = Store.objects.get(slug=STORE)
        if not EmbeddingSpace.objects.of(store).live().exists():
            embed_store.delay(store.pk)
        deadline = time.monotonic() + WORKER_SECONDS
        while not EmbeddingSpace.objects.of(store).live().exists():
            if time.monotonic() > deadline:
                raise CommandError(f"No worker took up work; see {services.home() / 'logs'}.")
            time.sleep(0.2)
        call_command("embed", "--store", STORE, "--wait", stdout=io.StringIO())

    def _learn(self) -> None:
        """What workers learn of events and words in the background, so that the first answer has it."""
        self._step("What shoppers do, and words")
        store = Store.objects.get(slug=STORE)
        refresh_behaviour(store=store)
        refresh_rhythms(store=store)
        count_words(store_id=store.pk)

    def _show(self, port: int, facts: dict[str, str], *, since: float) -> None:
        base = f"http://localhost:{port}"
        path = f"/api/v1/search/?q={quote(QUESTION)}&limit=3"
        answer = _ask(f"{base}{path}", facts["key"])
        lines = [
            "",
            f"Kindred is up after {time.monotonic() - since:.0f} s.",
            "",
            f"  API docs   {base}/api/docs/",
            f"  Admin      {base}/admin/   user {USER}, password {facts['password']}",
            f"  Health     {base}/health/ready",
            f"  Logs       {services.home() / 'logs'}",
            "",
            f"Ask it something, for instance “{QUESTION}”:",
            "",
            f"  curl -H 'Authorization: Api-Key {facts['key']}' '{base}{path}'",
            "",
            json.dumps(answer, indent=2, ensure_ascii=False),
            "",
            "Ctrl-C stops everything.",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _step(self, name: str) -> None:
        self.stdout.write(f"▸ {name}")
        self.stdout.flush()


def _raise_stop(*_: object) -> None:
    raise StopRequested


def _ask(url: str, key: str) -> Any:
    """GET, waiting for the web server to come up. The first answer also loads the model."""
    request = urllib.request.Request(url, headers={"Authorization": f"Api-Key {key}"})  # noqa: S310 (our own address)
    deadline = time.monotonic() + WEB_SECONDS
    while True:
        try:
            with urllib.request.urlopen(request, timeout=WEB_SECONDS) as response:  # noqa: S310
                return json.load(response)
        except urllib.error.HTTPError as error:
            raise CommandError(f"{url} answered {error.code}: {error.read().decode()}") from error
        except OSError as error:
            if time.monotonic() > deadline:
                raise CommandError(f"The web server did not answer within {WEB_SECONDS} s: {error}") from error
            time.sleep(0.1)
