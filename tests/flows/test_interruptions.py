"""Killed workers, a wiped Redis, a restarted Postgres: everything ends embedded, once, with nothing lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection, connections
from django.db.models import Count, F

from catalog.models import Product, Store
from config import services
from embeddings.models import Embedding, EmbeddingFailure, EmbeddingSpace
from tests.factories import make_image
from tests.flows.conftest import PATIENCE, Installation, wait_until

pytestmark = [pytest.mark.slow]

COUNT = 600


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    """Products enough to be interrupted in, each tenth with a picture of its own."""
    lines = []
    for number in range(COUNT):
        picture = f', "image": "{number}.jpg"' if number % 10 == 0 else ""
        if picture:
            (tmp_path / f"{number}.jpg").write_bytes(make_image((number % 256, 40, 90), size=(200, 200), mark=number))
        lines.append(
            f'{{"sku": "P-{number}", "title": "Product number {number}", "price": {number % 90 + 1}{picture}}}'
        )
    path = tmp_path / "products.jsonl"
    path.write_text("\n".join(lines))
    return path


def embedded() -> int:
    return Embedding.objects.count()


def connected() -> set[int]:
    """The server's processes for connections to this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return {pid for (pid,) in cursor.fetchall()}


def assert_everything_is_embedded_once(store: Store) -> None:
    space = EmbeddingSpace.objects.get()
    fresh = Embedding.objects.filter(space=space, content_hash=F("product__content_hash"))
    assert fresh.count() == Product.objects.of(store).count() == COUNT
    assert not Embedding.objects.values("product_id").annotate(n=Count("product_id")).filter(n__gt=1).exists()
    assert not EmbeddingFailure.objects.exists()
    assert space.status == "active"


def kill_worker(installation: Installation) -> None:
    installation.kill("worker-embed")
    installation.start("worker-embed")


def wipe_redis(installation: Installation) -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushall()


def restart_postgres(installation: Installation) -> None:
    connections.close_all()
    services.stop_postgres()
    services.start_postgres()


@pytest.mark.parametrize("interrupt", [kill_worker, wipe_redis, restart_postgres])
def test_an_interrupted_run_ends_complete(
    installation: Installation, shop: Store, feed: Path, interrupt: Callable[[Installation], None]
) -> None:
    installation.environment["KINDRED_EMBED_BATCH"] = "4"
    installation.command("import_catalog", str(feed), "--images", str(feed.parent))
    known = connected()
    waiting = installation.spawn("embed", "--wait", "--timeout", str(PATIENCE))
    # On a busy machine it starts more slowly than the worker embeds: what is interrupted is a command that waits.
    wait_until(lambda: bool(connected() - known))
    installation.start("worker-embed")
    wait_until(lambda: 0 < embedded() < COUNT)
    before = embedded()
    interrupt(installation)
    assert before < COUNT
    _, errors = waiting.communicate(timeout=2 * PATIENCE)
    assert waiting.returncode == 0, errors
    assert_everything_is_embedded_once(shop)


def test_the_web_recovers_from_a_restart_of_postgres_at_once(installation: Installation, shop: Store) -> None:
    """Every connection it had open is dead then, and there are many."""
    installation.start("web")
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: installation.get("/api/v1/products/"), range(64)))
    assert len(answers) == 64
    restart_postgres(installation)
    for _ in range(16):
        assert installation.get("/api/v1/products/")["results"] == []


def test_a_killed_import_continues_without_duplicates(installation: Installation, shop: Store, feed: Path) -> None:
    lines = feed.read_text().splitlines()
    many = [line.replace('"P-', f'"{copy}-P-') for copy in range(8) for line in lines]
    feed.write_text("\n".join(many))
    running = installation.spawn("import_catalog", str(feed), "--images", str(feed.parent))
    wait_until(lambda: 0 < Product.objects.count() < len(many))
    running.kill()
    running.wait()
    arrived = Product.objects.count()
    assert 0 < arrived < len(many)
    answer = installation.summary("import_catalog", str(feed), "--images", str(feed.parent))
    assert answer["failed"] == 0
    assert answer["created"] + answer["unchanged"] + answer["updated"] <= len(many)
    assert Product.objects.count() == Product.objects.values("sku").distinct().count() == len(many)


def test_an_upload_survives_its_worker(installation: Installation, shop: Store, feed: Path) -> None:
    """The import runs in a worker that dies; another one takes it over from the row it had reached."""
    from datetime import timedelta

    from django.utils import timezone

    from catalog.models import ImportRun
    from catalog.tasks import resume_imports

    lines = feed.read_text().splitlines()
    many = "\n".join(line.replace('"P-', f'"{copy}-P-') for copy in range(8) for line in lines)
    installation.start("worker-import", "web")
    answer = installation.post("/api/v1/imports/", files={"file": ("feed.jsonl", many)})
    wait_until(lambda: Product.objects.count() > 0)
    installation.kill("worker-import")
    run = ImportRun.objects.get()
    if run.status != "done":
        ImportRun.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=10))
        installation.start("worker-import")
        resume_imports()
    wait_until(lambda: ImportRun.objects.get().status == "done")
    progress = installation.get(f"/api/v1/imports/{answer['id']}/")
    assert progress["status"] == "done"
    assert Product.objects.count() == len(many.splitlines())
    assert progress["created"] == len(many.splitlines())
