import json
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from catalog.api import photos
from catalog.fetch import FetchRefused
from catalog.models import Product, Store
from embeddings import classification, spaces
from embeddings.encoders import EncoderUnavailable
from embeddings.models import EmbeddingSpace
from tests.catalog.test_images import make_bomb
from tests.embeddings.conftest import KINDS, build
from tests.factories import Api, make_image, make_product, make_products

pytestmark = pytest.mark.django_db

URL = "/api/v1/classify/"
PHOTO_URL = "https://pictures.example/mug.jpg"
LABELS = ["mug", "lamp", "rug"]


def photo(colour: str = "red") -> SimpleUploadedFile:
    return SimpleUploadedFile("photo.jpg", make_image(colour), "image/jpeg")


def labels_of(response: HttpResponse) -> list[str]:
    assert response.status_code == 200, response.content
    return [each["label"] for each in response.json()["labels"]]


def assert_problem(response: HttpResponse, status: int, *, field: str = "", code: str = "") -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = response.json()
    if field:
        assert [error["field"] for error in problem["errors"]] == [field], problem
        assert code in ("", problem["errors"][0]["code"])
    else:
        assert code in ("", problem["code"])
    return problem


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "fetch_image", {PHOTO_URL: make_image("red")}.__getitem__)


class TestInputs:
    def test_a_product_among_the_stores_categories(self, api: Api, kinds_shop: dict[str, Product]) -> None:
        body = api.post(URL, {"sku": "lamp"}).json()
        assert set(body) == {"space", "encoder", "modality", "calibration", "labels", "rest"}
        assert (body["space"], body["encoder"]) == (EmbeddingSpace.objects.get().name, "fake-32-joint@1")
        assert (body["modality"], body["calibration"]) == ("both", "store")
        assert body["labels"][0].keys() == {"label", "category", "probability", "score"}
        assert (body["labels"][0]["label"], body["labels"][0]["category"]) == ("lamp", "Home/lamp")
        assert {each["category"] for each in body["labels"]} == {f"Home/{kind}" for kind in KINDS}

    def test_a_text_among_labels(self, api: Api, kinds_shop: dict[str, Product]) -> None:
        body = api.post(URL, {"text": "an old lamp", "labels": LABELS}).json()
        assert body["labels"][0]["label"] == "lamp"
        assert body["labels"][0].keys() == {"label", "probability", "score"}
        assert body["modality"] == "text"

    def test_a_photo_uploaded_or_at_an_address_is_the_same(
        self, api: Api, kinds_shop: dict[str, Product], fetched: None
    ) -> None:
        by_address = api.post(URL, {"image_url": PHOTO_URL, "labels": LABELS}).json()
        assert by_address["modality"] == "image"
        assert api.upload(URL, image=photo(), labels=LABELS).json() == by_address
        assert api.upload(URL, image_url=PHOTO_URL, labels=json.dumps(LABELS)).json() == by_address

    def test_a_photo_and_a_text(self, api: Api, kinds_shop: dict[str, Product], fetched: None) -> None:
        uploaded = api.upload(URL, image=photo(), text="lamp", labels=LABELS).json()
        assert uploaded["modality"] == "both"
        assert api.post(URL, {"image_url": PHOTO_URL, "text": "lamp", "labels": LABELS}).json() == uploaded

    def test_a_text_stands_in_for_the_products_own(self, api: Api, kinds_shop: dict[str, Product]) -> None:
        assert labels_of(api.post(URL, {"sku": "mug-0", "labels": LABELS}))[0] == "mug"
        assert labels_of(api.post(URL, {"sku": "mug-0", "labels": LABELS, "text": "rug"}))[0] == "rug"

    def test_labels_may_bring_their_texts(self, api: Api, kinds_shop: dict[str, Product]) -> None:
        labels = [{"label": "drinks", "texts": ["mug", "a mug"]}, "lamp", {"label": "rug"}]
        assert labels_of(api.post(URL, {"text": "mug", "labels": labels}))[0] == "drinks"
        assert labels_of(api.upload(URL, text="mug", labels=json.dumps(labels)))[0] == "drinks"

    def test_templates_say_the_labels(self, api: Api, kinds_shop: dict[str, Product]) -> None:
        ask = {"text": "very old mug", "labels": LABELS}
        plain = api.post(URL, ask).json()
        old = api.post(URL, {**ask, "templates": ["very old {label}"]}).json()
        assert old["labels"][0]["score"] > plain["labels"][0]["score"]
        form = {**ask, "templates": ["very old {label}", "very old {label}"]}
        assert api.upload(URL, **form).json() == old
        assert api.upload(URL, **{**ask, "templates": '["very old {label}"]'}).json() == old

    def test_templates_say_categories_too(self, api: Api, kinds_shop: dict[str, Product]) -> None:
        body = api.post(URL, {"text": "very old mug", "templates": ["very old {label}"]}).json()
        assert body["labels"][0]["category"] == "Home/mug"

    def test_an_unpublished_product_is_classified_too(self, api: Api, kinds_shop: dict[str, Product]) -> None:
        Product.objects.update(is_published=False)
        assert labels_of(api.post(URL, {"sku": "rug"}))[0] == "rug"


class TestAnswers:
    @pytest.mark.parametrize("limit", [1, 2, 3, 200])
    def test_probabilities_and_the_rest_are_one(self, api: Api, kinds_shop: dict[str, Product], limit: int) -> None:
        body = api.post(URL, {"sku": "mug", "labels": LABELS, "limit": limit}).json()
        given = [each["probability"] for each in body["labels"]]
        assert len(given) == min(limit, 3)
        assert given == sorted(given, reverse=True)
        assert sum(given) + body["rest"] == pytest.approx(1, abs=1e-5)
        assert (body["rest"] > 1e-5) == (limit < 3)
        assert all(0 <= each["score"] <= 1 for each in body["labels"])

    def test_a_bad_fit_has_low_scores_though_one_label_is_likeliest(
        self, api: Api, kinds_shop: dict[str, Product]
    ) -> None:
        good = api.post(URL, {"text": "mug", "labels": ["mug", "lamp"]}).json()
        bad = api.post(URL, {"text": "submarine", "labels": ["mug", "lamp"]}).json()
        assert bad["labels"][0]["probability"] >= 0.5
        assert bad["labels"][0]["score"] < 0.5 < good["labels"][0]["score"]

    @pytest.mark.parametrize(
        "label",
        ["<script>alert(1)</script>", "杯子 🫖", "e\u0301 \u202e txt", "{label}", "{0.__class__}", "%s", "a" * 200],
    )
    def test_odd_labels_come_back_as_they_are(self, api: Api, kinds_shop: dict[str, Product], label: str) -> None:
        body = api.post(URL, {"text": "mug", "labels": [label, "mug"]})
        assert set(labels_of(body)) == {label, "mug"}
        assert body["Content-Type"] == "application/json"

    def test_a_form_label_that_looks_like_json_is_a_label_among_others(
        self, api: Api, kinds_shop: dict[str, Product]
    ) -> None:
        assert set(labels_of(api.upload(URL, text="mug", labels=["[a]", "[b"]))) == {"[a]", "[b"}

    def test_the_shipped_calibration_is_named(self, api: Api, store: Store, joint_space: EmbeddingSpace) -> None:
        make_product(store, title="mug")
        build(joint_space)
        assert api.post(URL, {"text": "mug", "labels": LABELS}).json()["calibration"] == "default"

    def test_without_a_joint_encoder_texts_are_compared_and_photos_refused(
        self, api: Api, store: Store, space: EmbeddingSpace
    ) -> None:
        make_product(store, sku="one", title="lamp", images=[make_image()])
        build(space)
        assert api.post(URL, {"sku": "one", "labels": LABELS}).json()["modality"] == "text"
        assert api.upload(URL, image=photo(), text="lamp", labels=LABELS).json()["modality"] == "text"
        assert_problem(api.upload(URL, image=photo(), labels=LABELS), 400, field="image", code="not_joint")

    def test_the_number_of_queries_is_fixed(
        self, api: Api, kinds_shop: dict[str, Product], django_assert_max_num_queries: Any
    ) -> None:
        # key, product, categories; the space and the vector go their own way (embeddings.wire)
        for sku in ("mug", "lamp-1"):
            with django_assert_max_num_queries(3):
                assert api.post(URL, {"sku": sku}).status_code == 200


class TestRefusals:
    def test_nothing_or_two_things(self, api: Api, fetched: None) -> None:
        assert_problem(api.post(URL, {}), 400, field="sku", code="required")
        assert_problem(api.post(URL, {"text": " ", "labels": LABELS}), 400, field="sku", code="required")
        both = {"sku": "a", "image_url": PHOTO_URL}
        assert_problem(api.post(URL, both), 400, field="image_url", code="ambiguous")
        assert_problem(api.upload(URL, image=photo(), sku="a"), 400, field="image", code="ambiguous")
        assert_problem(api.upload(URL, image=photo(), image_url=PHOTO_URL), 400, field="image_url", code="ambiguous")

    @pytest.mark.parametrize(
        ("labels", "field", "code"),
        [
            ([], "labels", "min_length"),
            (["one"], "labels", "min_length"),
            ([str(n) for n in range(201)], "labels", "max_length"),
            ("mug", "labels", "not_a_list"),
            ({"a": 1, "b": 2}, "labels", "not_a_list"),
            (None, "labels", "null"),
            (["mug", "mug"], "labels", "duplicate"),
            (["mug", " mug "], "labels", "duplicate"),
            (["mug", ""], "labels.1", "blank"),
            (["mug", "  "], "labels.1", "blank"),
            (["mug", None], "labels.1", "null"),
            (["mug", True], "labels.1", "invalid"),
            (["mug", ["lamp"]], "labels.1", "invalid"),
            (["mug", "a\x00b"], "labels.1", "null_characters_not_allowed"),
            (["mug", "\ud800"], "labels.1", "surrogate_characters_not_allowed"),
            (["mug", "a" * 201], "labels.1", "max_length"),
            (["mug", {"texts": ["a"]}], "labels.1.label", "required"),
            (["mug", {"label": "a", "text": "b"}], "labels.1.text", "unknown_field"),
            (["mug", {"label": "a", "texts": []}], "labels.1.texts", "min_length"),
            (["mug", {"label": "a", "texts": ["b"] * 9}], "labels.1.texts", "max_length"),
            (["mug", {"label": "a", "texts": [""]}], "labels.1.texts.0", "blank"),
            ([{"label": str(n), "texts": list("abcd")} for n in range(151)], "labels", "too_many_texts"),
        ],
        ids=lambda value: str(value)[:30],
    )
    def test_labels(self, api: Api, labels: Any, field: str, code: str) -> None:
        body = json.dumps({"text": "mug", "labels": labels})
        response = api._client.post(URL, body, content_type="application/json")
        assert_problem(response, 400, field=field, code=code)

    def test_a_single_form_label_is_too_few(self, api: Api) -> None:
        assert_problem(api.upload(URL, text="mug", labels="mug"), 400, field="labels", code="min_length")
        assert_problem(api.upload(URL, text="mug", labels="[broken"), 400, field="labels", code="min_length")
        assert_problem(api.upload(URL, text="mug", labels="[" * 150), 400, field="labels", code="min_length")
        assert api.upload(URL, text="mug", labels="[" * 100_000).status_code == 400

    @pytest.mark.parametrize(
        ("more", "field", "code"),
        [
            ({"templates": []}, "templates", "min_length"),
            ({"templates": ["a photo"]}, "templates", "no_placeholder"),
            ({"templates": ["{label}"] * 9}, "templates", "max_length"),
            ({"templates": ["{label}" + "a" * 200]}, "templates.0", "max_length"),
            ({"templates": "{label}"}, "templates", "not_a_list"),
            ({"labels": [str(n) for n in range(151)], "templates": [f"{n} {{label}}" for n in range(4)]},
             "labels", "too_many_texts"),
            ({"limit": 0}, "limit", "min_value"),
            ({"limit": 201}, "limit", "max_value"),
            ({"limit": "many"}, "limit", "invalid"),
            ({"sku": "a" * 129}, "sku", "max_length"),
            ({"sku": ["a"]}, "sku", "invalid"),
            ({"text": "a" * 2_001}, "text", "max_length"),
            ({"text": "\ud800"}, "text", "surrogate_characters_not_allowed"),
            ({"image": "photo.jpg", "text": ""}, "image", "invalid"),
            ({"label": ["a", "b"]}, "label", "unknown_field"),
        ],
        ids=lambda value: str(value)[:30],
    )  # fmt: skip
    def test_the_rest(self, api: Api, more: dict[str, Any], field: str, code: str) -> None:
        body = json.dumps({"text": "mug", "labels": LABELS} | more)
        response = api._client.post(URL, body, content_type="application/json")
        assert_problem(response, 400, field=field, code=code)

    @pytest.mark.parametrize("body", ["{", "", "[" * 100_000, '"mug"', '["mug"]'])
    def test_a_body_that_is_no_object(self, api: Api, body: str) -> None:
        assert api._client.post(URL, body, content_type="application/json").status_code == 400

    @pytest.mark.parametrize(
        ("data", "code"),
        [
            (make_image("red", size=(200, 200))[:300], "broken"),
            (b"<html><script>alert(1)</script></html>", "not_an_image"),
            (make_bomb(10_000, 10_000), "too_many_pixels"),
        ],
        ids=["truncated", "html", "bomb"],
    )
    def test_an_unreadable_photo(
        self, api: Api, kinds_shop: dict[str, Product], monkeypatch: pytest.MonkeyPatch, data: bytes, code: str
    ) -> None:
        upload = SimpleUploadedFile("photo.jpg", data)
        assert_problem(api.upload(URL, image=upload, labels=LABELS), 400, field="image", code=code)
        monkeypatch.setattr(photos, "fetch_image", {PHOTO_URL: data}.__getitem__)
        assert_problem(api.post(URL, {"image_url": PHOTO_URL, "labels": LABELS}), 400, field="image_url", code=code)

    def test_an_oversized_upload(self, api: Api, kinds_shop: dict[str, Product], settings: Any) -> None:
        settings.KINDRED_IMAGE_MAX_BYTES = 500
        assert_problem(api.upload(URL, image=photo(), labels=LABELS), 400, field="image", code="too_many_bytes")
        huge = SimpleUploadedFile("photo.jpg", b"x" * 1_100_000)
        assert_problem(api.upload(URL, image=huge, labels=LABELS), 413, code="too_large")

    @pytest.mark.parametrize(
        "address", ["http://127.0.0.1/a.jpg", "http://[::1]/a.jpg", "http://169.254.169.254/latest", "nonsense"]
    )
    def test_an_address_that_is_not_public(self, api: Api, address: str) -> None:
        assert_problem(api.post(URL, {"image_url": address, "labels": LABELS}), 400, field="image_url")

    def test_a_failed_fetch_says_why(self, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(url: str) -> bytes:
            raise FetchRefused("timeout", "The picture took too long.", permanent=False)

        monkeypatch.setattr(photos, "fetch_image", refuse)
        ask = {"image_url": PHOTO_URL, "labels": LABELS}
        assert_problem(api.post(URL, ask), 400, field="image_url", code="timeout")

    def test_nothing_is_fetched_for_a_question_that_is_refused_anyway(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(photos, "fetch_image", pytest.fail)
        for refused in ({"limit": 0}, {"labels": ["a"]}, {"templates": ["a"]}, {"tpyo": 1}, {"sku": "a"}):
            assert api.post(URL, {"image_url": PHOTO_URL, **refused}).status_code == 400

    def test_a_store_without_two_categories_needs_labels(
        self, api: Api, store: Store, joint_space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_product(store, category="Only")
        build(joint_space)
        assert_problem(api.post(URL, {"text": "mug"}), 400, field="labels", code="no_categories")
        make_products(store, [{"sku": str(n), "category": f"C{n}"} for n in range(5)])
        monkeypatch.setattr(classification, "MAX_CATEGORIES", 5)
        assert_problem(api.post(URL, {"text": "mug"}), 400, field="labels", code="too_many_categories")
        assert api.post(URL, {"text": "mug", "labels": LABELS}).status_code == 200


class TestDoors:
    def test_a_key_is_needed_and_must_read(self, stranger: Api, make_key: Any, kinds_shop: dict[str, Product]) -> None:
        ask = {"text": "mug", "labels": LABELS}
        assert_problem(stranger.post(URL, ask), 401)
        assert_problem(stranger.upload(URL, image=photo()), 401)
        assert_problem(Api(make_key(["events"])).post(URL, ask), 403, code="missing_scope")
        assert Api(make_key(["read"])).post(URL, ask).status_code == 200
        assert Api(make_key(["read"])).get(URL).status_code == 405

    def test_another_stores_product_is_not_there(
        self, api: Api, other_api: Api, other_store: Store, kinds_shop: dict[str, Product]
    ) -> None:
        rows = [{"sku": f"theirs-{n}", "title": "mug", "category": f"Theirs/{n}"} for n in range(2)]
        make_products(other_store, rows)
        build(spaces.create_space(store=other_store, encoder="fake:32:joint"))
        assert_problem(api.post(URL, {"sku": "theirs-1", "labels": LABELS}), 404, code="not_found")
        assert_problem(other_api.post(URL, {"sku": "mug", "labels": LABELS}), 404, code="not_found")
        assert_problem(api.post(URL, {"sku": "none", "labels": LABELS}), 404, code="not_found")
        body = other_api.post(URL, {"sku": "theirs-1", "limit": 200}).json()
        assert {each["category"] for each in body["labels"]} == {"Theirs/0", "Theirs/1"}

    def test_a_product_that_is_not_embedded_yet(self, api: Api, store: Store, kinds_shop: dict[str, Product]) -> None:
        make_product(store, sku="new")
        assert_problem(api.post(URL, {"sku": "new"}), 409, code="not_embedded")

    def test_before_the_first_space_is_active(self, api: Api, store: Store) -> None:
        make_product(store, sku="a")
        response = api.post(URL, {"text": "mug", "labels": LABELS})
        assert_problem(response, 503, code="no_active_space")
        assert int(response["Retry-After"]) > 0

    def test_an_encoder_that_cannot_be_loaded_tells_no_secrets(self, api: Api, kinds_shop: dict[str, Product]) -> None:
        reason = EncoderUnavailable("/srv/models/secret is missing.", "Put it there.")
        with patch("embeddings.inference.get_model", side_effect=reason):
            response = api.post(URL, {"sku": "mug", "labels": LABELS})
        assert "secret" not in str(assert_problem(response, 503, code="encoder_unavailable"))


def test_the_schema_describes_both_bodies(api: Api) -> None:
    schema = api._client.get("/api/schema/", headers={"accept": "application/json"}).json()
    operation = schema["paths"][URL]["post"]
    assert operation["operationId"] == "classify"
    assert set(operation["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    labels = schema["components"]["schemas"]["ClassifyParametersRequest"]["properties"]["labels"]
    assert (labels["minItems"], labels["maxItems"]) == (2, 200)
    assert [kind["type"] for kind in labels["items"]["oneOf"]] == ["string", "object"]
