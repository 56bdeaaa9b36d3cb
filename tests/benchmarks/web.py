"""The web server of a real installation, and load on it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from catalog.models import Scope, Store
from catalog.services.api_keys import create_api_key
from config import processes, services

START_SECONDS = 60
# So many connections reach every web process.
WARMING_CONNECTIONS, WARMING_REQUESTS = 16, 32
# As installations run: with a log line a request.
LOG_LEVEL = "INFO"


@dataclass(frozen=True)
class Load:
    """What some seconds of requests came to: requests/s, and how long each took."""

    rate: float
    latencies: list[float]


@dataclass(frozen=True)
class Request:
    """What is sent, but for the key."""

    path: str
    method: str = "GET"
    body: bytes = b""
    content_type: str = "application/json"


@dataclass(frozen=True)
class Site:
    """A web server and a key to it."""

    port: int
    key: str

    def is_up(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live", timeout=5):
                return True
        except urllib.error.HTTPError:
            raise
        except OSError:
            return False

    def load(self, requests: Sequence[Request], *, seconds: float, connections: int) -> Load:
        """Send the requests in turn, from a process of its own; 0 seconds: each once. Every answer must be a 200."""
        answer = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.client", str(self.port), str(seconds), str(connections)],
            input=json.dumps([self._spell(request) for request in requests]),
            cwd=services.BASE_DIR,
            capture_output=True,
            text=True,
            check=True,
        )
        measured = json.loads(answer.stdout)
        assert set(measured["statuses"]) == {"200"}, measured["statuses"]
        return Load(len(measured["latencies"]) / measured["seconds"], measured["latencies"])

    def _spell(self, request: Request) -> list[object]:
        headers = {"Authorization": f"Api-Key {self.key}"}
        if request.body:
            headers["Content-Type"] = request.content_type
        return [request.method, request.path, headers, request.body.decode("latin-1")]


@contextmanager
def running_web(store: Store) -> Iterator[Site]:
    """The installation's web processes, answering and with their models loaded, and a key for the store; stopped at the
    end."""
    site = Site(free_port(), create_api_key(store=store, scopes=Scope.values)[1])
    group = processes.Group(services.home())
    try:
        group.start("web", processes.commands(port=site.port)["web"], {**os.environ, "KINDRED_LOG_LEVEL": LOG_LEVEL})
        deadline = time.monotonic() + START_SECONDS
        while not site.is_up():
            assert time.monotonic() < deadline and not group.first_dead(), "no web server; see its log"
            time.sleep(0.1)
        # Models are loaded beside the first requests, which that slows; a text that is in no cache waits for it.
        texts = [Request(f"/api/v1/search/?q=warming+{time.time_ns()}+{number}") for number in range(WARMING_REQUESTS)]
        site.load(texts, seconds=0, connections=WARMING_CONNECTIONS)
        yield site
    finally:
        group.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
