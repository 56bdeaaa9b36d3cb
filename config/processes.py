"""The processes of an installation on one machine: web server, workers, beat; started, watched, stopped together."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from config import env, services

# A worker finishes its batch before it leaves; one that takes longer is killed, and its work found stale again.
STOP_SECONDS = 20


def commands(*, port: int) -> dict[str, list[str]]:
    """name -> command line of every process."""
    celery = [sys.executable, "-m", "celery", "-A", "config"]
    quiet = ["--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    return {
        "web": [
            *(sys.executable, "-m", "granian", "config.web:application", "--interface", "wsgi"),
            *("--host", "127.0.0.1", "--port", str(port)),
            *("--workers", str(env.integer("KINDRED_WEB_WORKERS", 2)), "--blocking-threads", "8"),
            "--no-ws",
        ],
        # Sweeps and the heartbeat: short work, which must not wait for any that is long.
        "worker-default": [*celery, "worker", "-n", "default@%h", "-Q", "default", "--pool", "solo", *quiet],
        # Feeds and slow addresses take minutes. Solo, for a child of its own would take 0.1 GB more.
        "worker-import": [*celery, "worker", "-n", "import@%h", "-Q", "import", "--pool", "solo", *quiet],
        # One process holds one copy of the model, for products and offers; torch brings its own threads.
        "worker-embed": [*celery, "worker", "-n", "embed@%h", "-Q", "embed,match", "--pool", "solo", *quiet],
        # Learning takes minutes, which products to be embedded must not wait for.
        "worker-train": [*celery, "worker", "-n", "train@%h", "-Q", "train", "--pool", "solo", *quiet],
        "beat": [*celery, "beat", "--loglevel", "WARNING", "--pidfile="],
    }


def port_is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass
class Group:
    """Processes started together. Their pids are written down, so that another process can stop them too."""

    home: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, command: list[str], environment: Mapping[str, str] | None = None) -> None:
        (self.home / "logs").mkdir(parents=True, exist_ok=True)
        with (self.home / "logs" / f"{name}.log").open("ab") as log:
            # A session of its own: Ctrl-C reaches the supervisor alone, which then stops the others in order.
            self.running[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=services.BASE_DIR,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )
        _pid_file(self.home).write_text(json.dumps([os.getpid(), *(p.pid for p in self.running.values())]))

    def first_dead(self) -> str | None:
        return next((name for name, process in self.running.items() if process.poll() is not None), None)

    def stop(self) -> None:
        _terminate([psutil.Process(p.pid) for p in self.running.values() if psutil.pid_exists(p.pid)])
        for process in self.running.values():
            process.wait()
        self.running.clear()
        _pid_file(self.home).unlink(missing_ok=True)


def supervisor_is_running(home: Path) -> bool:
    """Does whoever started the recorded processes still watch over them?"""
    return any(_kindred_process(pid) for pid in _recorded(home)[:1])


def stop_recorded(home: Path) -> bool:
    """Stop what an earlier supervisor started, itself included; False when nothing of it runs."""
    ours = [process for pid in _recorded(home) if pid != os.getpid() and (process := _kindred_process(pid))]
    _terminate(ours)
    _pid_file(home).unlink(missing_ok=True)
    return bool(ours)


def _recorded(home: Path) -> list[int]:
    """The pids written down, the supervisor's first."""
    try:
        return list(json.loads(_pid_file(home).read_text()))
    except (FileNotFoundError, json.JSONDecodeError):
        return []


def _pid_file(home: Path) -> Path:
    return home / "processes.json"


def _kindred_process(pid: int) -> psutil.Process | None:
    """The process, unless the pid is gone or has been given to a stranger since."""
    with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        process = psutil.Process(pid)
        if Path(process.cwd()) == services.BASE_DIR and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None


def _terminate(processes: list[psutil.Process]) -> None:
    family = [*processes, *(child for process in processes for child in _children(process))]
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(signal.SIGTERM)
    _, alive = psutil.wait_procs(family, timeout=STOP_SECONDS)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    time.sleep(0.1 if alive else 0)


def _children(process: psutil.Process) -> list[psutil.Process]:
    with contextlib.suppress(psutil.NoSuchProcess):
        return process.children(recursive=True)
    return []
