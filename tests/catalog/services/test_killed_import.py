"""A real process, a real SIGKILL: what the next worker finds is whole batches and where to go on."""

import io
import json
import os
import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files import File
from django.db import connection
from django.utils import timezone

from catalog.models import ImportIssue, ImportRun, Product
from catalog.services.imports import run_import, start_import
from catalog.services.stores import create_store
from tests.flows.conftest import wait_until

ROWS = 20_000
WORK = """
import django; django.setup()
from catalog.services.imports import run_import
run_import(run_id={run_id})
"""


@pytest.mark.django_db(transaction=True)
def test_a_killed_import_is_finished_without_duplicates():
    store = create_store(slug="main")
    lines = [json.dumps({"sku": f"sku-{n}", "title": f"Product {n}", "category": f"A/{n % 9}"}) for n in range(ROWS)]
    lines[5000] = "{broken"
    feed = File(io.BytesIO("\n".join(lines).encode()))
    run = start_import(store=store, file=feed, file_name="products.jsonl")

    worker = subprocess.Popen([sys.executable, "-c", WORK.format(run_id=run.pk)], env=environment())
    wait_until(lambda: ImportRun.objects.get().next_row >= 3_000)
    worker.send_signal(signal.SIGKILL)
    assert worker.wait() == -signal.SIGKILL

    run.refresh_from_db()
    assert (run.status, 3_000 <= run.next_row < ROWS) == ("running", True)
    assert Product.objects.count() == run.created_count == run.next_row - 1 - run.failed_count

    ImportRun.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=61))
    run = run_import(run_id=run.pk)
    assert (run.status, run.created_count, run.updated_count, run.failed_count) == ("done", ROWS - 1, 0, 1)
    assert Product.objects.count() == ROWS - 1
    assert ImportIssue.objects.get().row == 5001


def environment() -> dict[str, str]:
    """For a process that works on the test database."""
    facts = connection.settings_dict
    address = f"postgresql://{facts['USER']}:@/{facts['NAME']}?host={facts['HOST']}"
    return os.environ | {"DATABASE_URL": address, "REDIS_URL": settings.REDIS_URL, "PYTHONPATH": str(settings.BASE_DIR)}
