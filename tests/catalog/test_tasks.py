from datetime import timedelta

import pytest
from django.utils import timezone

from catalog import tasks
from catalog.fetch import FetchRefused
from catalog.models import ImportRun, Product, ProductImage
from catalog.rows import ProductRow, UrlPicture
from catalog.services.products import upsert_products
from tests.catalog.services.test_imports import row, start
from tests.factories import make_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch) -> list[tuple[str, object]]:
    """What would be enqueued."""
    messages: list[tuple[str, object]] = []
    for name in ("import_feed", "fetch_images", "remove_unused_files"):
        task = getattr(tasks, name)
        monkeypatch.setattr(task, "delay", lambda argument, name=name: messages.append((name, argument)))
    return messages


def test_forgotten_and_silent_imports_are_enqueued(store, sent):
    now = timezone.now()
    _fresh, forgotten, alive, silent, done = (start(store, [row(1)]) for _ in range(5))
    ImportRun.objects.filter(pk=forgotten.pk).update(queued_at=now - timedelta(seconds=61))
    ImportRun.objects.filter(pk=alive.pk).update(status="running", heartbeat_at=now)
    ImportRun.objects.filter(pk=silent.pk).update(status="running", heartbeat_at=now - timedelta(seconds=61))
    ImportRun.objects.filter(pk=done.pk).update(status="done")
    tasks.resume_imports()
    assert sent == [("import_feed", forgotten.pk), ("import_feed", silent.pk)]


def test_import_feed_twice_is_once(store):
    run = start(store, [row(1)])
    tasks.import_feed(run.pk)
    tasks.import_feed(run.pk)
    assert ImportRun.objects.get().created_count == 1


@pytest.fixture
def waiting(store) -> list[int]:
    rows = [ProductRow(f"{n}", {"title": "A"}, (UrlPicture(f"https://s.example/{n}.jpg"),)) for n in range(3)]
    upsert_products(store=store, rows=rows)
    return list(ProductImage.objects.order_by("pk").values_list("pk", flat=True))


def test_due_pictures_are_enqueued(waiting, sent):
    ProductImage.objects.filter(pk=waiting[0]).update(next_try=timezone.now() + timedelta(minutes=1))
    tasks.sweep_pending_images()
    assert sent == [("fetch_images", waiting[1:])]


def test_each_picture_has_its_own_fate(waiting, monkeypatch):
    def fetch(url: str) -> bytes:
        if "/0" in url:
            return make_image("red")
        if "/1" in url:
            return b"<html>not found</html>"
        raise FetchRefused("timeout", "The picture took too long.", permanent=False)

    monkeypatch.setattr(tasks, "fetch_image", fetch)
    tasks.fetch_images(waiting)
    fates = ProductImage.objects.order_by("pk").values_list("status", "error", "attempts")
    assert list(fates) == [
        ("ready", "", 1),
        ("failed", "Not a JPEG, PNG, WebP or GIF picture.", 1),
        ("pending", "The picture took too long.", 1),
    ]
    assert len(set(Product.objects.values_list("content_hash", flat=True))) == 2
    monkeypatch.setattr(tasks, "fetch_image", None)
    tasks.fetch_images(waiting)  # nothing is due


def test_one_that_breaks_does_not_take_the_others(waiting, monkeypatch):
    def fetch(url: str) -> bytes:
        if "/0" in url:
            raise RuntimeError
        return make_image("red")

    monkeypatch.setattr(tasks, "fetch_image", fetch)
    tasks.fetch_images(waiting)
    assert ProductImage.objects.ready().count() == 2


def test_new_addresses_are_fetched_soon(store, sent, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        upsert_products(store=store, rows=[ProductRow("a", {"title": "A"}, (UrlPicture("https://s.example/a.jpg"),))])
    assert sent == [("fetch_images", [ProductImage.objects.get().pk])]


def test_the_schedule_names_real_tasks(settings):
    from config.celery import app

    app.loader.import_default_modules()
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        if entry["task"].startswith("catalog."):
            assert entry["task"] in app.tasks
