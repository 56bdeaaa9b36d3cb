"""The main job on real input: a catalogue in, embedded by a real worker, similar products and search results out."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from catalog.models import Product, Store
from tests.flows.conftest import PATIENCE, Installation

ESHOP = Path(settings.KINDRED_SAMPLE_DATA) / "eshop"
DEMO = settings.BASE_DIR / "catalog" / "demo"

pytestmark = [pytest.mark.slow, pytest.mark.model, pytest.mark.usefixtures("one_web_process")]

CATALOGUES = [
    # folder, products whose title's words find them in the top 5, products whose own photo finds them first
    pytest.param(
        ESHOP,
        90 / 101,
        95 / 101,
        id="eshop",
        marks=pytest.mark.skipif(not ESHOP.is_dir(), reason="needs the sample data (KINDRED_SAMPLE_DATA)"),
    ),
    pytest.param(DEMO, 0.9, 0.95, id="demo"),
]


@pytest.mark.parametrize(("folder", "by_title", "by_photo"), CATALOGUES)
def test_a_catalogue_in_similar_products_out(
    installation: Installation, shop: Store, folder: Path, by_title: float, by_photo: float
) -> None:
    rows = [json.loads(line) for line in (folder / "products.jsonl").read_text().splitlines()]
    photos = [(row["sku"], name) for row in rows for name in row.get("images") or [row.get("image")] if name]
    assert len(photos) >= 0.9 * len(rows)
    installation.environment["KINDRED_ENCODER"] = "starter"

    imported = installation.summary("import_catalog", str(folder / "products.jsonl"), "--images", str(folder))
    assert (imported["created"], imported["failed"]) == (len(rows), 0)
    installation.start("worker-embed", "web")
    embedded = installation.summary("embed", "--wait", "--timeout", str(PATIENCE))
    assert (embedded["status"], embedded["embedded"], embedded["failed"]) == ("active", len(rows), 0)

    for row in rows[::10]:
        answer = installation.get(f"/api/v1/products/{row['sku']}/similar/", limit=12)
        assert_full_page(answer, 12)
        assert row["sku"] not in skus(answer)

    found = sum(row["sku"] in skus(search(installation, row["title"])) for row in rows)
    assert found >= by_title * len(rows)

    first = sum(skus(search_by_photo(installation, folder / name))[0] == sku for sku, name in photos)
    assert first >= by_photo * len(photos)

    again = installation.summary("import_catalog", str(folder / "products.jsonl"), "--images", str(folder))
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, len(rows))
    swept = installation.summary("embed", "--inline")
    assert (swept["images_encoded"], swept["texts_encoded"]) == (0, 0)
    Product.objects.of(shop).update(price=1)
    swept = installation.summary("embed", "--inline")
    assert (swept["images_encoded"], swept["texts_encoded"]) == (0, 0)


def search(installation: Installation, text: str) -> Any:
    answer = installation.get("/api/v1/search/", q=text, limit=5)
    assert_full_page(answer, 5)
    return answer


def search_by_photo(installation: Installation, picture: Path) -> Any:
    with picture.open("rb") as file:
        answer = installation.post("/api/v1/search/", files={"image": file}, data={"limit": 5})
    assert_full_page(answer, 5)
    return answer


def skus(answer: Any) -> list[str]:
    return [result["sku"] for result in answer["results"]]


def assert_full_page(answer: Any, size: int) -> None:
    assert len(answer["results"]) == size
    assert answer["fallback"] is None
    scores = [result["score"] for result in answer["results"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
