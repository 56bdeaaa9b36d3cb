"""Resident memory of everything `make demo` starts, in a large shop, after every process has done its work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import psutil

from catalog.models import Product, Store
from config import processes, services
from embeddings import inference, spaces
from embeddings.layout import Layout
from embeddings.models import EmbeddingSpace
from embeddings.querysets import stale_in
from tests.benchmarks import installation
from tests.benchmarks.figures import Figure, Report
from tests.benchmarks.shops import fill_shop
from tests.benchmarks.web import Request, Site, free_port

SEED = 1
ENCODER = "starter"
FUSION = "weighted"
CONNECTIONS = 4
LOAD_SECONDS = 10
# The demo learns at its start what goes with what, of all of them.
DEMO_SECONDS = 900
# A sweep comes every 30 s: both workers have then had one.
SETTLE_SECONDS = 35
GIGABYTES = 4


@dataclass(frozen=True)
class Usage:
    """Bytes of some processes. `pss` counts what several share once, `rss` once for each."""

    pss: int
    rss: int


def measure_memory(scale: int) -> Report:
    """The real command, on a shop it finds already large: it adds the demo's products, which the worker embeds."""
    installation.recreate_database()
    layout = spaces.layout_for(inference.get_model(ENCODER).info, FUSION)
    space = _fill_main_shop(layout, scale)
    installation.stop_services()
    try:
        with _running_demo() as site:
            site.load(list(_requests(space.store)), seconds=LOAD_SECONDS, connections=CONNECTIONS)
            time.sleep(SETTLE_SECONDS)
            assert not stale_in(space).exists()
            installation.leave_database()
            usages = {name: _usage(pids) for name, pids in _process_trees()}
    finally:
        installation.start_services()
    return _report(layout, scale, usages)


def _report(layout: Layout, scale: int, usages: dict[str, Usage]) -> Report:
    blocks = ", ".join(f"{block.name} {block.size}" for block in layout.blocks)
    return Report(
        [
            *(Figure(name, usage.pss / 1e6, "MB") for name, usage in usages.items()),
            Figure("everything (PSS)", sum(usage.pss for usage in usages.values()) / 1e9, "GB"),
            Figure("everything, at most", _upper_bound(usages) / 1e9, "GB", at_most=GIGABYTES),
            Figure("everything (RSS)", sum(usage.rss for usage in usages.values()) / 1e9, "GB"),
        ],
        SEED,
        [
            f"manage.py demo on {scale:,} products x {layout.dims} dimensions ({blocks}), after its own products were"
            f" embedded by the worker and {LOAD_SECONDS} s of similar and text search over {CONNECTIONS} connections",
            "PSS: a page that n processes map counts 1/n in each, so strangers that run the same libraries lower it;"
            " 'at most' is PSS for Postgres and Redis, whose pages nobody else maps, and RSS for the Python processes",
            "the sum of RSS counts Postgres's shared buffers once for each of its processes",
        ],
    )


def _fill_main_shop(layout: Layout, scale: int) -> EmbeddingSpace:
    """Synthetic vectors in the starter's layout, passed off as the starter's."""
    info = inference.get_model(ENCODER).info
    found = EmbeddingSpace.objects.filter(pk=fill_shop("main", layout, scale).id)
    found.update(encoder=ENCODER, encoder_id=f"{info.id}@{info.revision}", fusion=FUSION)
    return found.select_related("store").get()


@contextmanager
def _running_demo() -> Iterator[Site]:
    """`make demo` without make, up and having answered its own question; everything it started stops with it."""
    port = free_port()
    log = services.home() / "demo.log"
    with log.open("w") as output:
        demo = subprocess.Popen(
            [sys.executable, "-u", "manage.py", "demo"],
            cwd=services.BASE_DIR,
            env={**os.environ, "PORT": str(port), "KINDRED_LOG_LEVEL": "INFO"},
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + DEMO_SECONDS
        while "Ctrl-C stops everything" not in log.read_text():
            assert time.monotonic() < deadline and demo.poll() is None, log.read_text()[-2000:]
            time.sleep(0.2)
        yield Site(port, json.loads((services.home() / "demo.json").read_text())["key"])
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait()


def _requests(store: Store) -> Iterator[Request]:
    for sku in Product.objects.of(store).order_by("pk").values_list("sku", flat=True)[:200]:
        yield Request(f"/api/v1/products/{quote(sku)}/similar/")
        yield Request(f"/api/v1/search/?q={quote(f'a warm reading light like {sku}')}")


def _process_trees() -> Iterator[tuple[str, list[int]]]:
    supervisor, *others = json.loads((services.home() / "processes.json").read_text())
    yield "supervisor", [supervisor]
    for name, pid in zip(processes.commands(port=0), others, strict=True):
        yield name, _family(pid)
    for name, server in (("postgres", services.postgres_pid()), ("redis", services.redis_pid())):
        assert server is not None
        yield name, _family(server)


def _family(pid: int) -> list[int]:
    return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]


def _usage(pids: list[int]) -> Usage:
    infos = [psutil.Process(pid).memory_full_info() for pid in pids if psutil.pid_exists(pid)]
    return Usage(sum(getattr(info, "pss", info.rss) for info in infos), sum(info.rss for info in infos))


def _upper_bound(usages: dict[str, Usage]) -> int:
    servers = {"postgres", "redis"}
    return sum(usage.pss if name in servers else usage.rss for name, usage in usages.items())
