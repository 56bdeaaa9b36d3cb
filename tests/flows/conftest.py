"""Real processes on the test database: a worker, a scheduler, a web server, and the commands a person types."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from django.conf import settings
from django.db import connection, connections

from catalog.models import Scope, Store
from catalog.services.api_keys import create_api_key
from catalog.services.stores import create_store
from config import processes, services

# Seconds after which nothing will come any more, however busy the machine.
PATIENCE = 600


@dataclass
class Installation:
    """Kindred as it runs for a shop, on the test database and in a folder of its own."""

    home: Path
    environment: dict[str, str]
    group: processes.Group
    port: int
    key: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    def start(self, *names: str) -> None:
        commands = processes.commands(port=self.port)
        for name in names:
            self.group.start(name, commands[name], self.environment)
        if "web" in names:
            wait_until(self.is_up)

    def kill(self, name: str) -> None:
        """As the kernel or an operator in a hurry does: SIGKILL, to the children too."""
        import psutil

        process = psutil.Process(self.group.running.pop(name).pid)
        for victim in [*process.children(recursive=True), process]:
            victim.kill()
        process.wait()

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=services.BASE_DIR,
            env=self.environment,
            capture_output=True,
            text=True,
            check=check,
            timeout=PATIENCE,
        )

    def summary(self, *arguments: str) -> dict[str, Any]:
        """The JSON of a command's last line."""
        return json.loads(self.command(*arguments).stdout.strip().splitlines()[-1])

    def spawn(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=services.BASE_DIR,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def get(self, path: str, **query: Any) -> Any:
        url = f"http://127.0.0.1:{self.port}{path}" + (f"?{urlencode(query)}" if query else "")
        return self._answer(self.session.get(url, headers=self._headers(), timeout=PATIENCE))

    def post(self, path: str, **arguments: Any) -> Any:
        url = f"http://127.0.0.1:{self.port}{path}"
        return self._answer(self.session.post(url, headers=self._headers(), timeout=PATIENCE, **arguments))

    def is_up(self) -> bool:
        try:
            return bool(self.get("/health/live"))
        except requests.ConnectionError:
            return False

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Api-Key {self.key}"} if self.key else {}

    def _answer(self, response: requests.Response) -> Any:
        assert response.ok, response.text
        return response.json()


def wait_until(condition: Callable[[], Any], *, seconds: float = PATIENCE) -> Any:
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)
    return value


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def installed(home: Path) -> Iterator[Installation]:
    """Nothing runs yet; `start("worker-embed", "web")` starts what a test needs. Everything is stopped after it."""
    parameters = connection.get_connection_params()
    environment = {
        **os.environ,
        "DATABASE_URL": f"postgresql://{parameters['user']}:@/{parameters['dbname']}?host={parameters['host']}",
        "REDIS_URL": settings.REDIS_URL,
        "KINDRED_HOME": str(home),
        "KINDRED_MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "KINDRED_ENCODER": "fake",
        "KINDRED_MATCH_THREADS": "2",
    }
    made = Installation(home, environment, processes.Group(home), free_port())
    try:
        yield made
    finally:
        made.group.stop()
        connections.close_all()


def open_shop(installation: Installation) -> Store:
    """The store `main`, and the installation holding a key of it."""
    store = create_store(slug="main", name="Main")
    installation.key = create_api_key(store=store, scopes=list(Scope.values))[1]
    return store


@pytest.fixture
def one_web_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instead of two, each of which takes its seconds to start: for tests that are about something else."""
    monkeypatch.setenv("KINDRED_WEB_WORKERS", "1")


@pytest.fixture
def installation(transactional_db: None, tmp_path: Path) -> Iterator[Installation]:
    with installed(tmp_path) as made:
        yield made


@pytest.fixture
def shop(installation: Installation) -> Store:
    return open_shop(installation)
