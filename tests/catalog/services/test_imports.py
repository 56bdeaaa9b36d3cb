import io
import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files import File
from django.utils import timezone

from catalog import images as pictures
from catalog.models import ImportIssue, ImportRun, Product, ProductImage
from catalog.services import imports
from catalog.services.imports import run_import, start_import
from tests.factories import make_image

pytestmark = pytest.mark.django_db

SAMPLES = settings.KINDRED_SAMPLE_DATA


def start(store, rows, images_dir=None, **kwargs) -> ImportRun:
    lines = [row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows]
    file = File(io.BytesIO(b"\n".join(lines)))
    return start_import(store=store, file=file, file_name="products.jsonl", images_dir=images_dir, **kwargs)


def counts(run: ImportRun) -> tuple[int, int, int, int]:
    return run.created_count, run.updated_count, run.unchanged_count, run.failed_count


def issues() -> list[tuple[int, str, str]]:
    return list(ImportIssue.objects.values_list("row", "field", "code"))


def row(n: int, **facts) -> dict:
    return {"sku": f"sku-{n}", "title": f"Product {n}", **facts}


def test_rows_become_products_and_again_nothing(store, announced, django_capture_on_commit_callbacks):
    rows = [row(n, price=n, category="A/B") for n in range(5)]
    run = run_import(run_id=start(store, rows).pk)
    assert (run.status, counts(run)) == ("done", (5, 0, 0, 0))
    before = list(Product.objects.values())
    with django_capture_on_commit_callbacks(execute=True):
        run = run_import(run_id=start(store, rows).pk)
    assert (run.status, counts(run)) == ("done", (0, 0, 5, 0))
    assert list(Product.objects.values()) == before
    assert announced == []


def test_a_bad_row_is_an_issue_and_stops_nothing(store):
    rows = [row(1), b"{broken", row(2, price="-1"), row(3, gtin="123"), row(1, title="twice"), {"title": "no sku"}]
    run = run_import(run_id=start(store, rows).pk)
    assert (run.status, counts(run)) == ("done", (2, 0, 0, 4))
    assert issues() == [
        *((2, "", "malformed_json"), (3, "price", "negative_price"), (4, "gtin", "invalid_gtin")),
        *((5, "sku", "duplicate_sku"), (6, "sku", "required")),
    ]
    assert ImportIssue.objects.get(row=4).severity == "warning"
    assert ImportIssue.objects.get(row=2).raw == "{broken"
    assert Product.objects.get(sku="sku-1").title == "Product 1"


def test_hostile_bytes_are_stored_or_noted(store):
    rows = [row(1, title="a\x00b\ud800"), b'{"sku": "x\\u0000", "title": "\\ud800"}', b"\x00\xff"]
    run = run_import(run_id=start(store, rows, format="jsonl").pk)
    assert counts(run) == (1, 0, 0, 2)


def test_a_file_that_is_no_feed_fails_with_a_reason(store):
    run = run_import(run_id=start(store, [b""]).pk)
    assert (run.status, run.error) == ("failed", "The file is empty.")
    run = run_import(run_id=start(store, [b"<!DOCTYPE x><rss><item><id>a</id></item></rss>"]).pk)
    assert run.status == "failed"
    assert "DOCTYPE" in run.error


def test_what_stands_before_a_break_is_taken(store):
    xml = b"<rss><item><id>a</id><title>A</title></item>" + b" " * 70_000 + b"<broken"
    run = run_import(run_id=start(store, [xml]).pk)
    assert (run.status, counts(run)) == ("failed", (1, 0, 0, 0))


def test_a_killed_import_goes_on_where_it_was(store, monkeypatch):
    """The third batch dies after its products were written and before it committed; another worker goes on."""
    monkeypatch.setattr(imports, "BATCH", 10)
    rows = [row(n) for n in range(45)] + [b"bad", row(3)]
    run = start(store, rows)
    real, calls = imports.upsert_products, []

    def die_in_the_third(**kwargs):
        outcomes = real(**kwargs)
        calls.append(len(kwargs["rows"]))
        if len(calls) == 3:
            raise KeyboardInterrupt
        return outcomes

    monkeypatch.setattr(imports, "upsert_products", die_in_the_third)
    with pytest.raises(KeyboardInterrupt):
        run_import(run_id=run.pk)
    run.refresh_from_db()
    assert (run.status, run.next_row, Product.objects.count()) == ("running", 21, 20)
    assert run_import(run_id=run.pk) is None  # it may still live

    ImportRun.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=61))
    assert imports.unfinished_imports() == [run.pk]
    monkeypatch.setattr(imports, "upsert_products", real)
    run = run_import(run_id=run.pk)
    assert (run.status, counts(run)) == ("done", (45, 0, 0, 2))
    assert Product.objects.count() == 45
    assert issues() == [(46, "", "malformed_json"), (47, "sku", "duplicate_sku")]
    assert run_import(run_id=run.pk) is None


def test_an_import_that_breaks_off_at_one_place_again_and_again_fails(store, monkeypatch):
    """Its worker is killed at the third batch; had it come further each time, it would have gone on."""
    monkeypatch.setattr(imports, "BATCH", 1)
    run = start(store, [row(n) for n in range(5)])
    real = imports.upsert_products

    def die_at_the_third(*, store, rows):
        if rows[0].sku == "sku-2":
            raise KeyboardInterrupt
        return real(store=store, rows=rows)

    monkeypatch.setattr(imports, "upsert_products", die_at_the_third)
    ImportRun.objects.update(attempts=4)
    for _ in range(imports.MAX_ATTEMPTS + 1):
        ImportRun.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=61))
        with pytest.raises(KeyboardInterrupt):
            run_import(run_id=run.pk)
    ImportRun.objects.update(heartbeat_at=timezone.now() - timedelta(seconds=61))
    run = run_import(run_id=run.pk)
    assert (run.status, run.error, counts(run)) == (
        "failed",
        "5 attempts broke off at row 3 or soon after.",
        (2, 0, 0, 0),
    )
    assert run.file.name == ""
    assert imports.unfinished_imports() == []


def test_a_worker_that_lost_its_import_writes_nothing(store, monkeypatch):
    run = start(store, [row(1)])
    real = imports.upsert_products

    def be_overtaken(**kwargs):
        outcomes = real(**kwargs)
        ImportRun.objects.update(next_row=2)
        return outcomes

    monkeypatch.setattr(imports, "upsert_products", be_overtaken)
    assert run_import(run_id=run.pk) is None
    assert not Product.objects.exists()


def test_an_import_is_claimed_once(store):
    run = start(store, [row(1)])
    assert imports._claim(run.pk)
    assert not imports._claim(run.pk)


def test_a_row_nobody_foresaw_fails_alone(store, monkeypatch):
    real = imports.upsert_products

    def choke(*, store, rows):
        if any(each.sku == "sku-1" for each in rows):
            raise RuntimeError
        return real(store=store, rows=rows)

    monkeypatch.setattr(imports, "upsert_products", choke)
    run = run_import(run_id=start(store, [row(n) for n in range(3)]).pk)
    assert counts(run) == (2, 0, 0, 1)
    assert issues() == [(1, "", "unexpected")] or issues() == [(2, "", "unexpected")]


def test_issues_are_capped_and_still_counted(store, monkeypatch):
    monkeypatch.setattr(imports, "MAX_ISSUES", 3)
    monkeypatch.setattr(imports, "BATCH", 2)
    run = run_import(run_id=start(store, [b"{bad"] * 7).pk)
    assert (run.failed_count, ImportIssue.objects.count()) == (7, 3)


def test_the_feed_is_dropped_when_it_is_read(store):
    run = start(store, [row(1)])
    path = Path(run.file.path)
    assert path.exists()
    assert "media" not in path.parts
    run = run_import(run_id=run.pk)
    assert not path.exists()
    assert run.file.name == ""


class TestPictures:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "feed"
        (folder / "images").mkdir(parents=True)
        (folder / "images" / "a.jpg").write_bytes(make_image("red"))
        (folder / "images" / "b.jpg").write_bytes(make_image("blue"))
        (folder / "cut.jpg").write_bytes(make_image("green", size=(400, 400))[:900])
        (tmp_path / "secret.jpg").write_bytes(make_image("black"))
        (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
        (folder / "loop.jpg").symlink_to(folder / "loop.jpg")
        os.mkfifo(folder / "pipe.jpg")
        return folder

    def test_unchanged_pictures_are_not_decoded_again(self, store, folder, monkeypatch):
        rows = [row(1, images=["images/a.jpg", {"file": "images/b.jpg"}]), row(2, image="images/a.jpg")]
        run = run_import(run_id=start(store, rows, folder).pk)
        assert (counts(run), ProductImage.objects.ready().count()) == ((2, 0, 0, 0), 3)
        monkeypatch.setattr(pictures, "decode", None)
        run = run_import(run_id=start(store, rows, folder).pk)
        assert counts(run) == (0, 0, 2, 0)

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            ("../secret.jpg", "outside_folder"),
            ("images/../../secret.jpg", "outside_folder"),
            ("/etc/passwd", "outside_folder"),
            ("link.jpg", "outside_folder"),
            ("nothing.jpg", "missing_file"),
            ("images", "not_a_file"),
            ("pipe.jpg", "not_a_file"),
            ("loop.jpg", "unreadable_file"),
            ("x" * 5000, "unreadable_file"),
            ("cut.jpg", "broken"),
        ],
    )
    def test_a_picture_that_can_not_be_had_is_an_issue(self, store, folder, name, code):
        run = run_import(run_id=start(store, [row(1, images=[name, "images/a.jpg"])], folder).pk)
        assert counts(run) == (1, 0, 0, 0)
        assert issues() == [(1, "images", code)]
        assert ProductImage.objects.count() == 1

    def test_without_the_folder_products_keep_their_pictures(self, store, folder):
        rows = [row(1, image="images/a.jpg")]
        run_import(run_id=start(store, rows, folder).pk)
        run = run_import(run_id=start(store, rows).pk)
        assert counts(run) == (0, 0, 1, 0)
        assert issues() == [(1, "images", "no_images_folder")]
        assert ProductImage.objects.count() == 1


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample data is not here")
@pytest.mark.parametrize(("name", "products", "images"), [("eshop", 101, 101), ("grocery", 81, 81)])
def test_real_catalogues(store, name, products, images):
    feed = SAMPLES / name / "products.jsonl"
    for expected in ((products, 0, 0, 0), (0, 0, products, 0)):
        with feed.open("rb") as file:
            run = start_import(store=store, file=File(file), file_name=feed.name, images_dir=feed.parent)
        run = run_import(run_id=run.pk)
        assert counts(run) == expected
    assert ProductImage.objects.ready().count() == images
    assert not ImportIssue.objects.exists()
