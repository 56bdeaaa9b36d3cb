"""`python -m tests.benchmarks [names...] [--scale N]`: measure, print beside the bars, store in `results/`.

A missed bar is reported, not an error; the exit status is 1 when a benchmark could not be run.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module

from tests.benchmarks import facts, figures, installation

Measure = Callable[[int], figures.Report]

SCALE = 100_000

# name -> measure(scale) -> Report
BENCHMARKS = {
    "imports": "tests.benchmarks.imports.measure_imports",
    "embedding": "tests.benchmarks.embedding.measure_embedding",
    "search": "tests.benchmarks.search.measure_search",
    "http": "tests.benchmarks.http.measure_http",
    "latency": "tests.benchmarks.latency.measure_latency",
    "rankings": "tests.benchmarks.rankings.measure_rankings",
    "memory": "tests.benchmarks.memory.measure_memory",
    "words": "tests.benchmarks.words.measure_words",
    "starter": "tests.benchmarks.starter.measure_starter",
    "recommendations": "tests.benchmarks.recommendations.measure_recommendations",
    "offers": "tests.benchmarks.offers.measure_offers",
    "matching": "tests.benchmarks.matching.measure_matching",
    "baskets": "tests.benchmarks.baskets.measure_baskets",
    "learning": "tests.benchmarks.learning.measure_learning",
}


def main() -> int:
    options = _parse()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that services are stopped
    installation.prepare()
    try:
        # Loaded before the first connection, which would not learn of types registered later.
        measures = {name: _load(BENCHMARKS[name]) for name in options.names or BENCHMARKS}
        installation.recreate_database()
        runs = [run(name, measure, scale=options.scale) for name, measure in measures.items()]
    finally:
        installation.stop_services()
    return 0 if all(runs) else 1


def run(name: str, measure: Measure, *, scale: int) -> bool:
    """Whether the benchmark could be run."""
    print(f"{name} …", file=sys.stderr, flush=True)
    known = {"scale": scale, **facts.code(), "machine": facts.machine()}
    started = time.monotonic()
    try:
        report = measure(scale)
    except Exception:
        traceback.print_exc()
        print(f"\n{name}: could not be measured")
        return False
    figures.show(name, report)
    figures.store(name, report, facts=known, seconds=time.monotonic() - started)
    return True


def _load(path: str) -> Measure:
    module, _, function = path.rpartition(".")
    measure: Measure = getattr(import_module(module), function)
    return measure


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of {', '.join(BENCHMARKS)}; default: all")
    parser.add_argument("--scale", type=int, default=SCALE, help=f"products in a shop ({SCALE:,})")
    options = parser.parse_args()
    if unknown := set(options.names) - set(BENCHMARKS):
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main())
