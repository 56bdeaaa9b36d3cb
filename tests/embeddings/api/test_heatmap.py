import io
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

import numpy as np
import pytest
from django.http import HttpResponse
from PIL import Image

from catalog.models import Product, Scope, Store
from embeddings import inference, spaces
from embeddings.encoders import EncoderUnavailable
from embeddings.heatmap import draw_heatmap, measure_heat
from embeddings.layout import IMAGE, TEXT
from embeddings.models import EmbeddingSpace
from embeddings.selectors import view_of
from tests.embeddings.api.test_classify import assert_problem
from tests.embeddings.conftest import build
from tests.embeddings.encoders.tiny import save_siglip2_naflex
from tests.factories import Api, make_image, make_product, make_products

pytestmark = pytest.mark.django_db

URL = "/api/v1/products/{}/heatmap.png"
MUG = URL.format("mug")


def get(api: Api, url: str = MUG, *, headers: dict[str, str] | None = None, **query: Any) -> HttpResponse:
    return api._client.get(url, query, headers=headers)


def drawn(response: HttpResponse) -> Image.Image:
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "image/png"
    return Image.open(io.BytesIO(response.content))


def patchwork(*colours: str) -> bytes:
    """Four squares of four colours, two by two."""
    picture = Image.new("RGB", (64, 64))
    for n, colour in enumerate(colours):
        picture.paste(colour, (n % 2 * 32, n // 2 * 32, n % 2 * 32 + 32, n // 2 * 32 + 32))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def shop(store: Store, joint_space: EmbeddingSpace) -> EmbeddingSpace:
    """A mug with two pictures, a lamp with one, and a rug with none."""
    make_products(
        store,
        [
            {"sku": "mug", "images": [patchwork("red", "blue", "green", "white"), make_image("blue", size=(90, 60))]},
            {"sku": "lamp", "images": [patchwork("white", "orange", "black", "blue")]},
            {"sku": "rug", "title": "A rug"},
        ],
    )
    return build(joint_space)


class TestAnswers:
    @pytest.mark.parametrize("text", ["mug", "an old lamp", "käse ☕"])
    def test_the_picture_under_the_heat_of_the_words(self, api: Api, shop: EmbeddingSpace, text: str) -> None:
        """The same steps by hand, from the stored file."""
        response = get(api, text=text)
        model = inference.get_model(shop.encoder)
        with Product.objects.get(sku="mug").images.get(position=0).file.open() as file:
            picture = Image.open(file).convert("RGB")
        deviation = view_of(shop).calibration.of(TEXT, IMAGE).deviation
        heat = measure_heat(model.encode_patches(picture), model.encode_texts([text])[0], deviation=deviation)

        assert 0 < deviation < 1 and heat.max() > heat.min()
        assert response.content == draw_heatmap(picture, heat)
        assert drawn(response).size == (64, 64)

    def test_other_words_are_elsewhere(self, api: Api, shop: EmbeddingSpace) -> None:
        places = {drawn(get(api, text=word)).tobytes() for word in ("mug", "lamp", "rug")}
        assert len(places) == 3

    def test_a_picture_by_its_position(self, api: Api, shop: EmbeddingSpace) -> None:
        assert drawn(get(api, text="mug", image=1)).size == (90, 60)
        assert get(api, text="mug", image=0).content == get(api, text="mug").content

    def test_without_a_position_the_first_that_is_ready(self, api: Api, shop: EmbeddingSpace) -> None:
        Product.objects.get(sku="mug").images.filter(position=0).update(status="failed")
        assert drawn(get(api, text="mug")).size == (90, 60)

    def test_a_store_too_small_to_be_calibrated(self, api: Api, store: Store, joint_space: EmbeddingSpace) -> None:
        make_product(store, sku="mug", images=[patchwork("red", "blue", "green", "white")])
        assert (TEXT, IMAGE) not in view_of(build(joint_space)).calibration.pairs
        assert np.ptp(np.asarray(drawn(get(api, text="mug"))), axis=(0, 1)).min() > 100  # from one end to the other

    @pytest.mark.parametrize("accept", ["*/*", "image/png", "image/avif,image/webp,*/*;q=0.8", "application/json"])
    def test_whatever_is_accepted_it_is_a_png_or_a_problem(self, api: Api, shop: EmbeddingSpace, accept: str) -> None:
        drawn(get(api, text="mug", headers={"accept": accept}))
        assert_problem(get(api, headers={"accept": accept}), 400, field="text", code="required")

    def test_the_number_of_queries_is_fixed(
        self, api: Api, shop: EmbeddingSpace, django_assert_max_num_queries: Any
    ) -> None:
        with django_assert_max_num_queries(3):  # key, product with its category, pictures
            assert get(api, text="mug").status_code == 200

    def test_an_unpublished_product_too(self, api: Api, shop: EmbeddingSpace) -> None:
        Product.objects.update(is_published=False)
        drawn(get(api, text="mug"))


class TestCaching:
    def test_what_the_caller_has_is_not_drawn_again(self, api: Api, shop: EmbeddingSpace) -> None:
        first = get(api, text="mug")
        assert first["Cache-Control"] == "private, max-age=3600" and first["Vary"] == "Authorization"
        with patch("embeddings.inference.get_model", side_effect=AssertionError("a model was asked")):
            again = get(api, text="mug", headers={"if-none-match": first["ETag"]})
        assert again.status_code == 304 and not again.content
        assert all(again[name] == first[name] for name in ("ETag", "Cache-Control", "Vary"))

    def test_other_words_or_another_picture_or_encoder_are_another_tag(
        self, api: Api, store: Store, shop: EmbeddingSpace
    ) -> None:
        first = get(api, text="mug")
        tags = {first["ETag"], get(api, text="a mug")["ETag"], get(api, text="mug", image=1)["ETag"]}
        other = build(spaces.create_space(store=store, encoder="fake:48:joint"))
        spaces.activate_space(other)
        changed = get(api, text="mug", headers={"if-none-match": first["ETag"]})
        assert changed.status_code == 200
        assert len(tags | {changed["ETag"]}) == 4


class TestRefusals:
    @pytest.mark.parametrize(
        ("query", "field", "code"),
        [
            ({}, "text", "required"),
            ({"text": ""}, "text", "blank"),
            ({"text": "  "}, "text", "blank"),
            ({"text": "a" * 2_001}, "text", "max_length"),
            ({"text": "a\x00b"}, "text", "null_characters_not_allowed"),
            ({"text": "mug", "image": "first"}, "image", "invalid"),
            ({"text": "mug", "image": -1}, "image", "min_value"),
            ({"text": "mug", "image": "9" * 2_000}, "image", "max_string_length"),
            ({"text": "mug", "size": 9}, "size", "unknown_field"),
        ],
        ids=str,
    )
    def test_bad_input_names_the_field(
        self, api: Api, shop: EmbeddingSpace, query: dict[str, Any], field: str, code: str
    ) -> None:
        assert_problem(get(api, **query), 400, field=field, code=code)

    def test_no_picture(self, api: Api, shop: EmbeddingSpace) -> None:
        assert_problem(get(api, URL.format("rug"), text="rug"), 404, code="no_picture")
        assert_problem(get(api, text="mug", image=2), 404, code="no_picture")
        Product.objects.get(sku="lamp").images.update(status="pending")
        assert_problem(get(api, URL.format("lamp"), text="lamp"), 404, code="no_picture")

    def test_a_picture_lost_from_the_disk(self, api: Api, shop: EmbeddingSpace, media_root: Path) -> None:
        file = media_root / str(Product.objects.get(sku="lamp").images.get().file)
        content = file.read_bytes()
        try:
            file.write_bytes(content[:100])
            assert_problem(get(api, URL.format("lamp"), text="lamp"), 404, code="no_picture")
            file.unlink()
            assert_problem(get(api, URL.format("lamp"), text="lamp"), 404, code="no_picture")
        finally:
            file.write_bytes(content)

    def test_an_encoder_whose_words_and_pictures_share_no_space(
        self, api: Api, store: Store, space: EmbeddingSpace
    ) -> None:
        make_product(store, sku="mug", images=[make_image()])
        build(space)
        assert_problem(get(api, text="mug"), 409, code="no_patches")

    def test_a_joint_encoder_without_patches(self, api: Api, store: Store, tmp_path: Path) -> None:
        save_siglip2_naflex(tmp_path)
        make_product(store, sku="mug", images=[make_image()])
        build(spaces.create_space(store=store, encoder=str(tmp_path)))
        assert_problem(get(api, text="mug"), 409, code="no_patches")

    def test_before_the_first_space_is_active(self, api: Api, store: Store) -> None:
        make_product(store, sku="mug", images=[make_image()])
        response = get(api, text="mug")
        assert_problem(response, 503, code="no_active_space")
        assert int(response["Retry-After"]) > 0

    def test_an_encoder_that_cannot_be_loaded_tells_no_secrets(self, api: Api, shop: EmbeddingSpace) -> None:
        reason = EncoderUnavailable("/srv/models/secret is missing.", "Put it there.")
        with patch("embeddings.inference.get_model", side_effect=reason):
            response = get(api, text="mug")
        assert "secret" not in str(assert_problem(response, 503, code="encoder_unavailable"))


class TestDoors:
    def test_a_key_is_needed_and_must_read(self, stranger: Api, make_key: Any, shop: EmbeddingSpace) -> None:
        assert_problem(get(stranger, text="mug"), 401)
        others = [scope for scope in Scope.values if scope not in ("read", "admin")]
        assert_problem(get(Api(make_key(others)), text="mug"), 403, code="missing_scope")
        assert get(Api(make_key(["read"])), text="mug").status_code == 200
        assert Api(make_key(["read"])).post(MUG, {"text": "mug"}).status_code == 405

    def test_another_stores_product_is_not_there(
        self, other_api: Api, other_store: Store, shop: EmbeddingSpace
    ) -> None:
        make_product(other_store, sku="theirs", images=[make_image()])
        build(spaces.create_space(store=other_store, encoder="fake:32:joint"))
        assert_problem(get(other_api, text="mug"), 404, code="not_found")
        assert get(other_api, URL.format("theirs"), text="mug").status_code == 200

    @pytest.mark.parametrize("sku", ["A/12", "a heatmap.png", "x/heatmap.png", "ü%&?"])
    def test_any_sku_has_an_address(self, api: Api, store: Store, joint_space: EmbeddingSpace, sku: str) -> None:
        make_product(store, sku=sku, images=[make_image()])
        make_product(store, sku="x", images=[make_image("blue", size=(30, 30))])
        build(joint_space)
        assert drawn(get(api, URL.format(quote(sku, safe="")), text="mug")).size == (64, 64)


def test_the_schema_describes_it(api: Api) -> None:
    schema = api._client.get("/api/schema/", headers={"accept": "application/json"}).json()
    operation = schema["paths"]["/api/v1/products/{sku}/heatmap.png"]["get"]
    assert operation["operationId"] == "heatmap"
    assert operation["responses"]["200"]["content"]["image/png"]["schema"] == {"type": "string", "format": "binary"}
    parameters = {each["name"]: each for each in operation["parameters"]}
    assert parameters["text"]["required"] and parameters["text"]["schema"]["maxLength"] == 2_000
    assert set(parameters) == {"sku", "text", "image"}
