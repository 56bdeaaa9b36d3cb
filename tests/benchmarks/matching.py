"""How long an offer waits for its answer in a large shop, and how long a worker takes for a supplier's whole list."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils import timezone

from catalog.models import Offer, Store, Supplier
from catalog.normalize import is_gtin
from config import services
from recommender.matching.choosing import save_chooser
from recommender.matching.choosing_training import train_chooser
from recommender.models import Match
from recommender.services.matchers import activate_version, add_version
from recommender.services.offer_trials import know_offers, line_up_offers, read_catalogue, read_truth
from tests.benchmarks.figures import Figure, Report, milliseconds
from tests.benchmarks.offers import OFFERS, open_offered_shop
from tests.benchmarks.shops import visited_shop
from tests.benchmarks.web import Request, Site, running_web

SEED = 47
# What the bar is for, and what is matched: seconds and processor are in proportion.
OFFERED, LISTED, SMALLEST = 10_000, 2_000, 500
MINUTES = 5
SECONDS = 15
WARMING_CONNECTIONS, WARMING_REQUESTS = 16, 32
GENERIC, CHOOSER = "shipped matcher", "matcher side by side"


@dataclass(frozen=True)
class Worked:
    """What a process took: wall and processor seconds, and the most memory it held, in MB."""

    seconds: float
    processor: float
    megabytes: float


def measure_matching(scale: int) -> Report:
    artifact = _train()
    store = Store.objects.get(pk=visited_shop("matched", scale).store_id)
    count = max(SMALLEST, min(LISTED, scale // 10))
    rows = read_rows()
    figures: list[Figure] = []
    for name in (GENERIC, CHOOSER):
        if name == CHOOSER:
            activate_version(version=add_version(store=store, artifact=artifact, metrics={}), by="benchmark")
        figures += _measure_answers(store, name, rows)
        figures += _measure_list(store, name, rows, count)
    return Report(
        figures,
        SEED,
        [
            f"{scale:,} products x 1,024 dimensions, synthetic vectors passed off as the starter's, with the demo's"
            " texts in turn; offers are the demo's in turn, so that families of some hundred products with the same"
            " text come up, which is the most that features and words can be asked",
            "POST /match/: multipart, an offer's text with its own picture, each request another one in turn",
            f"a list: {count:,} offers without pictures, `manage.py match_offers` as one process, which matches"
            f" {settings.KINDRED_MATCH_THREADS} batches at a time; seconds for {OFFERED:,} are in proportion,"
            " but for the start, which is that of one offer and counts once",
        ],
    )


def read_rows() -> list[dict[str, str]]:
    return [json.loads(line) for line in (OFFERS / "offers.jsonl").read_text(encoding="utf-8").splitlines()]


def _train() -> bytes:
    """A matcher of the demo's offers."""
    store = open_offered_shop("taught")
    known = know_offers(store, read_truth(OFFERS / "truth.csv"))
    return save_chooser(train_chooser(line_up_offers(store, known), catalogue=read_catalogue(store)))


def _measure_answers(store: Store, name: str, rows: list[dict[str, str]]) -> Iterator[Figure]:
    requests = [_ask(row) for row in rows if row["image"]]
    with running_web(store) as site:
        site.load(requests[:WARMING_REQUESTS], seconds=0, connections=WARMING_CONNECTIONS)
        for connections in (1, 2):
            yield from _measure_load(site, f"{name}: POST /match/, {connections} at once", requests, connections)


def _measure_load(site: Site, name: str, requests: list[Request], connections: int) -> list[Figure]:
    load = site.load(requests, seconds=SECONDS, connections=connections)
    return [*milliseconds(name, load.latencies, p95_at_most=200), Figure(f"{name}: answers", load.rate, "/s")]


def _ask(row: dict[str, str]) -> Request:
    names = ("supplier", "title", "description", "brand", "gtin", "mpn", "price", "currency")
    picture = SimpleUploadedFile("offer.jpg", (OFFERS / row["image"]).read_bytes(), "image/jpeg")
    form = encode_multipart(BOUNDARY, {**{name: row[name] for name in names}, "image": picture})
    return Request("/api/v1/match/", "POST", form, MULTIPART_CONTENT)


def _measure_list(store: Store, name: str, rows: list[dict[str, str]], count: int) -> Iterator[Figure]:
    start, worked = _match_list(store, rows, 1), _match_list(store, rows, count)
    share = OFFERED / count
    seconds = start.seconds + share * (worked.seconds - start.seconds)
    processor = start.processor + share * (worked.processor - start.processor)
    yield Figure(f"{name}: {OFFERED:,} offers", seconds, "s", at_most=60 * MINUTES)
    yield Figure(f"{name}: {OFFERED:,} offers, processor", processor, "s")
    yield Figure(f"{name}: of which to start", start.seconds, "s")
    yield Figure(f"{name}: a worker's memory, most", worked.megabytes, "MB", at_most=1_000)


def _match_list(store: Store, rows: list[dict[str, str]], count: int) -> Worked:
    _offer(store, rows, count)
    worked = _match(store)
    assert Match.objects.of(store).count() == count
    assert not Match.objects.of(store).filter(status=Match.Status.FAILED).exists()
    return worked


def _offer(store: Store, rows: list[dict[str, str]], count: int) -> None:
    Offer.objects.of(store).delete()
    suppliers = {
        slug: Supplier.objects.get_or_create(store=store, slug=slug, defaults={"name": slug})[0]
        for slug in {row["supplier"] for row in rows}
    }
    now = timezone.now()
    Offer.objects.bulk_create(
        [
            Offer(
                supplier=suppliers[row["supplier"]],
                supplier_sku=f"bench-{number}",
                title=f"{row['title']} {number}",
                description=row["description"],
                brand=row["brand"],
                gtin=row["gtin"] if is_gtin(row["gtin"]) else "",
                mpn=row["mpn"],
                price=row["price"],
                currency=row["currency"],
                updated_at=now,
            )
            for number, row in ((number, rows[number % len(rows)]) for number in range(count))
        ],
        batch_size=1_000,
    )


def _match(store: Store) -> Worked:
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "match_offers", "--store", store.slug],
        cwd=services.BASE_DIR,
        stdout=subprocess.DEVNULL,
    )
    # Not `ru_maxrss`, which begins with what the parent held.
    most, done = 0, 0
    while not done:
        most = max(most, _peak(process.pid))
        time.sleep(0.1)
        done, status, usage = os.wait4(process.pid, os.WNOHANG)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, "match_offers failed"
    return Worked(time.monotonic() - started, usage.ru_utime + usage.ru_stime, most / 1024)


def _peak(pid: int) -> int:
    """The most a process has held so far, in kB; 0 of one that has just ended."""
    found = re.search(r"^VmHWM:\s+(\d+) kB$", Path(f"/proc/{pid}/status").read_text(), re.MULTILINE)
    return int(found[1]) if found else 0
