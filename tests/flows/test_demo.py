"""`make demo`, from an empty folder to Ctrl-C, and once more."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import requests

from config import services
from tests.flows.conftest import PATIENCE, free_port

pytestmark = [pytest.mark.slow, pytest.mark.model]


class Demo:
    """A running `manage.py demo` and what it has printed so far."""

    def __init__(self, home: Path, port: int) -> None:
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("KINDRED_")},
            "KINDRED_HOME": str(home),
            "PORT": str(port),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-u", "manage.py", "demo"],
            cwd=services.BASE_DIR,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.lines: list[str] = []
        self.errors: list[str] = []
        self.readers = [
            threading.Thread(target=self.lines.extend, args=[self.process.stdout], daemon=True),
            threading.Thread(target=self.errors.extend, args=[self.process.stderr], daemon=True),
        ]
        for reader in self.readers:
            reader.start()

    def wait_until_up(self) -> str:
        deadline = time.monotonic() + PATIENCE
        while not any("Ctrl-C stops everything" in line for line in list(self.lines)):
            assert self.process.poll() is None, "".join(self.lines + self.errors)
            assert time.monotonic() < deadline, "".join(self.lines + self.errors)
            time.sleep(0.1)
        return "".join(self.lines)

    def interrupt(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)

    def refusal(self) -> str:
        """What it said before it ended by itself."""
        assert self.process.wait(PATIENCE) == 1
        for reader in self.readers:
            reader.join(PATIENCE)
        return "".join(self.errors)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "home"
    environment = {**os.environ, "KINDRED_HOME": str(tmp_path / "home")}
    subprocess.run([sys.executable, "manage.py", "demo", "--stop"], cwd=services.BASE_DIR, env=environment, check=True)


def of_home(home: Path) -> list[psutil.Process]:
    """Every process that was started for this folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(home) in " ".join(process.cmdline()) or process.environ().get("KINDRED_HOME") == str(home):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def test_from_nothing_to_an_answer_and_back(home: Path) -> None:
    port = free_port()
    demo = Demo(home, port)
    printed = demo.wait_until_up()
    curl = next(line for line in printed.splitlines() if "curl -H" in line)
    key = curl.split("Api-Key ")[1].split("'")[0]
    url = curl.rsplit("'", 2)[1]
    answer = requests.get(url, headers={"Authorization": f"Api-Key {key}"}, timeout=PATIENCE).json()
    assert len(answer["results"]) == 3
    assert answer["results"][0]["title"] in printed
    picture = answer["results"][0]["image"]
    assert requests.get(f"http://localhost:{port}{picture}", timeout=PATIENCE).headers["Content-Type"] == "image/jpeg"
    assert requests.get(f"http://localhost:{port}/admin/login/", timeout=PATIENCE).ok
    assert requests.get(f"http://localhost:{port}/api/docs/", timeout=PATIENCE).ok
    summary = json.loads(next(line for line in printed.splitlines() if '"created"' in line))
    assert summary["created"] >= 60
    told = json.loads(next(line for line in printed.splitlines() if '"accepted"' in line))
    assert told["accepted"] > 10_000
    assert (told["duplicate"], told["rejected"]) == (0, 0)

    assert "running already" in Demo(home, free_port()).refusal()

    demo.interrupt()
    assert of_home(home) == []

    second = Demo(home, port)
    printed = second.wait_until_up()
    summary = json.loads(next(line for line in printed.splitlines() if '"created"' in line))
    assert (summary["created"], summary["updated"]) == (0, 0)
    again = json.loads(next(line for line in printed.splitlines() if '"accepted"' in line))
    assert again == {"accepted": 0, "duplicate": told["accepted"], "rejected": 0}
    assert key in printed
    second.interrupt()
    assert of_home(home) == []


def test_a_busy_port_is_said_before_anything_starts(home: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        assert "is in use" in Demo(home, other.getsockname()[1]).refusal()
    assert not (home / "postgres").exists()
