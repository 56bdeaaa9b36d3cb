"""Who may do what: the same rules on every address of the catalogue."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import ApiKey, ImportRun, Product
from catalog.services.api_keys import revoke_api_key
from tests.catalog.services.test_imports import row, start
from tests.factories import Api, make_image, make_product

pytestmark = pytest.mark.django_db

READS = ["/api/v1/products/", "/api/v1/products/sku-1/"]
# A feed's rows hold also what no product shows, such as what it cost: not for the keys of storefronts.
IMPORTS = ["/api/v1/imports/", "/api/v1/imports/{run}/", "/api/v1/imports/{run}/issues/"]


def writes(api: Api, run_id: int, image_id: int) -> list:
    return [
        api.post("/api/v1/products/", {"sku": "new", "title": "New"}),
        api.post("/api/v1/products/bulk/", {"products": [{"sku": "new", "title": "New"}]}),
        api.put("/api/v1/products/sku-1/", {"title": "Changed"}),
        api.patch("/api/v1/products/sku-1/", {"title": "Changed"}),
        api.upload("/api/v1/products/sku-1/images/", image=SimpleUploadedFile("a.jpg", make_image("blue"))),
        api.delete(f"/api/v1/products/sku-1/images/{image_id}/"),
        api.delete("/api/v1/products/sku-1/"),
        api.upload("/api/v1/imports/", file=SimpleUploadedFile("a.jsonl", b'{"sku": "new"}')),
    ]


@pytest.fixture
def run(store) -> ImportRun:
    return start(store, [row(1)])


@pytest.fixture
def product(store) -> Product:
    return make_product(store, sku="sku-1", images=[make_image("red")])


def everything() -> tuple:
    return list(Product.objects.values()), list(ImportRun.objects.values())


def test_without_a_key_nothing(stranger, product, run):
    before = everything()
    answers = [stranger.get(path.format(run=run.pk)) for path in READS + IMPORTS]
    for answer in answers + writes(stranger, run.pk, product.images.get().pk):
        assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
        assert answer["WWW-Authenticate"] == "Api-Key"
        assert answer.json()["code"] == "not_authenticated"
    assert everything() == before


@pytest.mark.parametrize("key", ["", "nonsense", "a" * 12 + "." + "b" * 43, "\x00", "Ünïcode"])
def test_a_wrong_key_is_no_key(key, product):
    answer = Api(key).get("/api/v1/products/") if key else Api(" ").get("/api/v1/products/")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_key")


def test_a_revoked_key_is_no_key(api, product):
    assert api.get("/api/v1/products/").status_code == 200
    revoke_api_key(ApiKey.objects.get())
    assert api.get("/api/v1/products/").status_code == 401


def test_reading_does_not_allow_writing(make_key, product, run):
    api, before = Api(make_key(["read"])), everything()
    assert {api.get(path).status_code for path in READS} == {200}
    for answer in writes(api, run.pk, product.images.get().pk):
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
        assert "catalog" in answer.json()["detail"]
    assert everything() == before


@pytest.mark.parametrize("scope", ["events", "match", "catalog"])
def test_other_scopes_do_not_allow_reading(make_key, scope, product):
    api = Api(make_key([scope]))
    assert {api.get(path).status_code for path in READS} == {403}


@pytest.mark.parametrize(("scope", "status"), [("catalog", 200), ("read", 403), ("events", 403), ("match", 403)])
def test_imports_are_for_who_may_import(make_key, scope, status, run):
    api = Api(make_key([scope]))
    assert {api.get(path.format(run=run.pk)).status_code for path in IMPORTS} == {status}


def test_admin_allows_all(make_key, product, run):
    api = Api(make_key(["admin"]))
    assert {api.get(path.format(run=run.pk)).status_code for path in READS + IMPORTS} == {200}
    assert api.patch("/api/v1/products/sku-1/", {"title": "Changed"}).status_code == 200


def test_another_stores_things_are_not_there(other_api, product, run):
    """The answer is the same as for what never was."""
    image_id = product.images.get().pk
    before = everything()
    for call, path, missing in [
        (other_api.get, "/api/v1/products/sku-1/", "/api/v1/products/sku-0/"),
        (other_api.delete, "/api/v1/products/sku-1/", "/api/v1/products/sku-0/"),
        (lambda path: other_api.patch(path, {"title": "x"}), "/api/v1/products/sku-1/", "/api/v1/products/sku-0/"),
        (other_api.delete, f"/api/v1/products/sku-1/images/{image_id}/", "/api/v1/products/sku-1/images/0/"),
        (other_api.get, f"/api/v1/imports/{run.pk}/", "/api/v1/imports/0/"),
        (other_api.get, f"/api/v1/imports/{run.pk}/issues/", "/api/v1/imports/0/issues/"),
    ]:
        theirs, nothing = call(path), call(missing)
        assert theirs.status_code == nothing.status_code == 404
        assert theirs.json() == nothing.json()
    assert other_api.get("/api/v1/products/").json()["results"] == []
    assert other_api.get("/api/v1/imports/").json()["results"] == []
    assert everything() == before


def test_a_method_that_is_not_there(api):
    assert api.put("/api/v1/products/", {}).status_code == 405
