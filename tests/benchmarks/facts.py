"""The machine and the code that a figure belongs to."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path
from typing import Any

import psutil
from django.db import connection

from tests.benchmarks.installation import BASE_DIR


def machine() -> dict[str, Any]:
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load_average": [round(load, 2) for load in os.getloadavg()],
        "os": platform.platform(),
        "python": platform.python_version(),
        "torch": metadata.version("torch"),
        "postgres": _ask("SHOW server_version"),
        "pgvector": _ask("SELECT extversion FROM pg_extension WHERE extname = 'vector'"),
    }


def code() -> dict[str, Any]:
    """The commit, and whether the working tree differs from it (stored results aside)."""
    changes = _git("status", "--porcelain", "--", ".", ":!tests/benchmarks/results")
    return {"commit": _git("rev-parse", "HEAD"), "dirty": None if changes is None else bool(changes)}


def _cpu_model() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def _ask(statement: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return str(cursor.fetchone()[0])


def _git(*arguments: str) -> str | None:
    """None outside a repository or without git."""
    try:
        answer = subprocess.run(["git", *arguments], cwd=BASE_DIR, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()
