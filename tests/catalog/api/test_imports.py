import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from kombu.exceptions import OperationalError

from catalog import tasks
from catalog.models import ImportRun, Product
from catalog.services.imports import run_import
from tests.catalog.services.test_imports import row, start
from tests.statements import recorded_statements

pytestmark = pytest.mark.django_db

URL = "/api/v1/imports/"


def feed(text: bytes = b'{"sku": "a", "title": "A"}\n{bad\n') -> SimpleUploadedFile:
    return SimpleUploadedFile("products.jsonl", text)


def test_an_upload_is_imported_by_a_worker(api, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(tasks.import_feed, "apply_async", lambda args, *_, **__: tasks.import_feed(*args))
    with django_capture_on_commit_callbacks(execute=True):
        answer = api.upload(URL, file=feed(), format="jsonl")
    assert answer.status_code == 202
    assert answer.json()["status"] == "queued"
    progress = api.get(f"{URL}{answer.json()['id']}/").json()
    assert {name: progress[name] for name in ("status", "created", "failed", "file_name", "format")} == {
        "status": "done",
        "created": 1,
        "failed": 1,
        "file_name": "products.jsonl",
        "format": "jsonl",
    }
    issues = api.get(f"{URL}{answer.json()['id']}/issues/").json()["results"]
    assert [(issue["row"], issue["severity"], issue["code"]) for issue in issues] == [(2, "error", "malformed_json")]
    assert Product.objects.get().sku == "a"


@pytest.mark.django_db(transaction=True)
def test_an_upload_is_taken_also_while_redis_is_away(api, monkeypatch):
    def refuse(*_, **__):
        raise OperationalError("no broker")

    monkeypatch.setattr(tasks.import_feed, "apply_async", refuse)
    assert api.upload(URL, file=feed(), format="jsonl").status_code == 202
    assert ImportRun.objects.get().status == "queued"


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({}, "file"),
        ({"file": "text"}, "file"),
        ({"file": feed(), "format": "xls"}, "format"),
        ({"file": feed(b"")}, "file"),
    ],
)
def test_a_bad_part_is_named(api, parts, field):
    answer = api.upload(URL, **parts)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not ImportRun.objects.exists()


def test_a_local_folder_can_not_be_named(api):
    api.upload(URL, file=feed(), images_dir="/etc")
    assert ImportRun.objects.get().images_dir == ""


def test_issues_come_in_pages_in_order(api, store):
    run = run_import(run_id=start(store, [b"{bad"] * 7).pk)
    first = api.get(f"{URL}{run.pk}/issues/", limit=4).json()
    rest = api.get(first["next"]).json()
    assert [issue["row"] for issue in first["results"] + rest["results"]] == [1, 2, 3, 4, 5, 6, 7]


def test_runs_newest_first_in_two_queries(api, store):
    for _ in range(5):
        start(store, [row(1)])
    with recorded_statements() as statements:
        ids = [run["id"] for run in api.get(URL).json()["results"]]
    assert len(statements) == 2
    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize("path", [f"{URL}0/", f"{URL}{10**30}/", f"{URL}0/issues/", f"{URL}x/"])
def test_unknown_runs(api, path):
    assert api.get(path).status_code == 404
