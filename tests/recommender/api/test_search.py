import io
import json
import threading
from concurrent.futures import ThreadPoolExecutor
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.serializers import ValidationError

from catalog.api import photos
from catalog.fetch import FetchRefused
from catalog.models import Product
from embeddings.encoders import EncoderUnavailable
from embeddings.models import EmbeddingSpace
from tests.catalog.test_images import make_bomb
from tests.factories import Api, make_image, make_product
from tests.recommender.conftest import COLOURS, assert_problem, embed, skus

URL = "/api/v1/search/"
PHOTO_URL = "https://pictures.example/lamp.jpg"


def photo(colour="blue"):
    return SimpleUploadedFile("photo.jpg", make_image(colour), "image/jpeg")


@pytest.fixture
def fetched(monkeypatch):
    """What `image_url`s lead to."""
    pictures = {PHOTO_URL: make_image(COLOURS["lamp-blue"])}
    monkeypatch.setattr(photos, "fetch_image", pictures.__getitem__)
    return pictures


@pytest.mark.parametrize("word", ["q", "text"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_words_find_what_they_name(api, embedded_shop, method, word):
    query = {word: "frying pan", "limit": 3}
    body = (api.get(URL, **query) if method == "get" else api.post(URL, query)).json()
    assert set(body) == {"ranking_id", "space", "fallback", "results", "next_cursor"}
    assert (skus(body)[0], len(skus(body))) == ("pan-red", 3)
    assert (body["space"], body["fallback"]) == (EmbeddingSpace.objects.get().name, None)


def test_an_uploaded_photo_finds_its_product(api, embedded_shop):
    for sku, colour in COLOURS.items():
        assert skus(api.upload(URL, image=photo(colour), limit=1)) == [sku]


def test_a_photo_at_an_address_does_the_same(api, embedded_shop, fetched):
    assert skus(api.get(URL, image_url=PHOTO_URL))[0] == "lamp-blue"
    assert skus(api.post(URL, {"image_url": PHOTO_URL}))[0] == "lamp-blue"
    assert skus(api.upload(URL, image_url=PHOTO_URL))[0] == "lamp-blue"


def test_slow_addresses_leave_threads_to_everyone_else(api, embedded_shop, monkeypatch):
    """Three are fetched at once; who comes then waits a second and is asked to come again."""
    fetching, may_end = threading.Semaphore(0), threading.Event()

    def fetch(url):
        fetching.release()
        may_end.wait(30)
        raise FetchRefused("timeout", "The picture took too long.", permanent=False)

    monkeypatch.setattr(photos, "fetch_image", fetch)

    def refusal():
        with pytest.raises(ValidationError):
            photos.open_photo({"image_url": PHOTO_URL})

    with ThreadPoolExecutor(3) as others:
        slow = [others.submit(refusal) for _ in range(3)]
        assert all(fetching.acquire(timeout=10) for _ in slow)
        answer = api.get(URL, image_url=PHOTO_URL)
        assert_problem(answer, 503, code="busy")
        assert answer["Retry-After"] == "5"
        assert skus(api.upload(URL, image=photo(COLOURS["lamp-blue"]), limit=1)) == ["lamp-blue"]
        may_end.set()
        assert [each.result() for each in slow] == [None] * 3
    assert_problem(api.get(URL, image_url=PHOTO_URL), 400, field="image_url", code="timeout")


def test_words_and_photo_are_one_question(api, embedded_shop):
    assert skus(api.upload(URL, text="stoneware mug", image=photo("blue"), limit=1)) == ["mug-blue"]
    assert skus(api.upload(URL, text="desk lamp", image=photo("red"), limit=1)) == ["lamp-red"]


def test_weights_shift_between_words_and_photo(api, embedded_shop):
    ask = {"text": "frying pan iron", "limit": 1}
    assert skus(api.upload(URL, **ask, image=photo("blue"), visual=0, textual=1)) == ["pan-red"]
    assert skus(api.upload(URL, **ask, image=photo(COLOURS["mug-blue"]), visual=1, textual=0)) == ["mug-blue"]


@pytest.mark.parametrize("method", ["get", "post", "upload"])
def test_filters_and_limit_hold_in_every_method(api, embedded_shop, method):
    query = {"text": "mug", "category": "Lighting", "available": "true", "min_price": "70", "limit": "5"}
    assert skus(getattr(api, method)(URL, query) if method == "post" else getattr(api, method)(URL, **query)) == [
        "lamp-blue"
    ]


def test_a_post_may_have_a_query_string_too(api, embedded_shop):
    assert len(skus(api.post(f"{URL}?limit=2", {"text": "mug"}))) == 2
    assert len(skus(api.post(f"{URL}?limit=2", {"text": "mug", "limit": 3}))) == 3


def test_withdrawn_and_foreign_products_never_appear(api, embedded_shop, other_shop):
    Product.objects.filter(sku="mug-red", store__slug="main").update(is_published=False)
    found = skus(api.get(URL, q="stoneware mug red", limit=100))
    assert set(found) == embedded_shop.keys() - {"mug-red"}


@pytest.mark.parametrize("query", [{}, {"q": ""}, {"text": "  "}, {"limit": 3}])
def test_an_empty_question_is_refused(api, query):
    assert_problem(api.get(URL, **query), 400, field="text", code="required")
    assert_problem(api.post(URL, query), 400, field="text", code="required")


def test_text_is_read_up_to_2000_characters(api, embedded_shop):
    assert api.post(URL, {"text": "m" * 2_000}).status_code == 200
    assert_problem(api.post(URL, {"text": "m" * 2_001}), 400, field="text", code="max_length")
    assert_problem(api.get(URL, q="m" * 2_001), 400, field="q", code="max_length")


def test_saying_a_thing_twice_is_refused(api, fetched):
    assert_problem(api.get(URL, q="mug", text="lamp"), 400, field="q", code="ambiguous")
    both = {"image": photo(), "image_url": PHOTO_URL}
    assert_problem(api.upload(URL, **both), 400, field="image_url", code="ambiguous")


JPEG = make_image("red", size=(200, 200))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (JPEG[: len(JPEG) // 2], "broken"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "not_an_image"),
        (b"<html><script>alert(1)</script></html>", "not_an_image"),
        (make_bomb(10_000, 10_000), "too_many_pixels"),
    ],
    ids=["truncated", "svg", "html", "bomb"],
)
def test_an_unreadable_photo_is_refused(api, embedded_shop, monkeypatch, data, code):
    assert_problem(api.upload(URL, image=SimpleUploadedFile("photo.jpg", data)), 400, field="image", code=code)
    monkeypatch.setattr(photos, "fetch_image", {PHOTO_URL: data}.__getitem__)
    assert_problem(api.get(URL, image_url=PHOTO_URL), 400, field="image_url", code=code)


def test_an_empty_or_oversized_upload_is_refused(api, embedded_shop, settings):
    assert_problem(api.upload(URL, image=SimpleUploadedFile("photo.jpg", b"")), 400, field="image")
    settings.KINDRED_IMAGE_MAX_BYTES = 500
    assert_problem(api.upload(URL, image=photo()), 400, field="image", code="too_many_bytes")
    huge = SimpleUploadedFile("photo.jpg", b"x" * 100_000)
    assert_problem(api.upload(URL, image=huge), 413, code="too_large")


def test_an_image_that_is_no_file_is_refused(api):
    assert_problem(api.post(URL, {"image": "photo.jpg"}), 400, field="image")
    assert_problem(api.upload(URL, image="photo.jpg"), 400, field="image")
    assert_problem(api.get(URL, image="photo.jpg"), 400, field="image", code="unknown_field")


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/a.jpg", "http://[::1]/a.jpg", "http://169.254.169.254/latest/meta-data", "http://10.0.0.8/a.jpg",
     "http://[::ffff:10.0.0.8]/a.jpg", "https://example.com:22/a.jpg", "file:///etc/passwd", "nonsense"],
)  # fmt: skip
def test_an_address_that_is_not_public_is_refused(api, address):
    assert_problem(api.get(URL, image_url=address), 400, field="image_url")
    assert_problem(api.post(URL, {"image_url": address}), 400, field="image_url")


def test_a_failed_fetch_says_why(api, embedded_shop, monkeypatch):
    def refuse(url):
        raise FetchRefused("timeout", "The picture took too long.", permanent=False)

    monkeypatch.setattr(photos, "fetch_image", refuse)
    problem = assert_problem(api.get(URL, image_url=PHOTO_URL), 400, field="image_url", code="timeout")
    assert "too long" in problem["detail"]


def test_nothing_is_fetched_for_a_question_that_is_refused_anyway(api, monkeypatch):
    monkeypatch.setattr(photos, "fetch_image", pytest.fail)
    for refused in [{"limit": 0}, {"visual": 0, "textual": 0}, {"min_price": 2, "max_price": 1}, {"tpyo": 1}]:
        assert api.get(URL, image_url=PHOTO_URL, **refused).status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "mug", "visual": True}, "visual"),
        ({"text": "mug", "visual": 10**400}, "visual"),
        ({"text": "mug", "visual": None}, "visual"),
        ({"text": "mug", "visual": [1]}, "visual"),
        ({"text": "mug", "limit": {}}, "limit"),
        ({"text": ["mug"]}, "text"),
        ({"text": "a\x00b"}, "text"),
        ({"text": "\ud800"}, "text"),
        ({"text": "mug", "available": "maybe"}, "available"),
        ({"text": "mug", "nested": {"a": 1}}, "nested"),
        ({"text": "mug", "\ud800": 1}, "?"),
        (["mug"], "body"),
        ("mug", "body"),
    ],
    ids=str,
)
def test_a_body_that_cannot_be_meant_is_refused_by_name(api, body, field):
    response = api._client.post(URL, json.dumps(body), content_type="application/json")
    assert_problem(response, 400, field=field)


@pytest.mark.parametrize(
    "body", ["{", "", "[" * 100_000, '{"text": "mug", "visual": NaN}', '{"text": "mug", "visual": Infinity}']
)
def test_a_body_that_is_no_json_is_a_bad_request(api, body):
    assert api._client.post(URL, body, content_type="application/json").status_code == 400


def test_weights_that_no_input_speaks_to_are_refused(api, embedded_shop):
    """The test encoder's words and pictures share no space, so words say nothing about looks."""
    assert_problem(api.get(URL, q="mug", visual=1, textual=0), 400, field="weights")
    assert_problem(api.upload(URL, image=photo(), visual=0, textual=1), 400, field="weights")


def test_before_the_first_space_is_active_search_is_not_ready(api, shop):
    response = api.upload(URL, image=photo())
    assert_problem(response, 503, code="no_active_space")
    assert int(response["Retry-After"]) > 0


def test_before_the_first_space_is_active_words_are_looked_up(api, shop):
    body = api.get(URL, q="frying pan").json()
    assert (body["space"], body["fallback"], skus(body)) == (None, "lexical", ["pan-red"])
    assert_problem(api.get(URL, q="mug", lexical=0), 503, code="no_active_space")


def test_an_encoder_that_cannot_be_loaded_is_not_ready_and_tells_no_secrets(api, embedded_shop):
    reason = EncoderUnavailable("/srv/models/secret is missing.", "Put it there.")
    with patch("embeddings.inference.get_model", side_effect=reason):
        response = api.upload(URL, image=photo())
        words = api.get(URL, q="frying pan").json()
    assert (words["fallback"], skus(words)) == ("lexical", ["pan-red"])
    problem = assert_problem(response, 503, code="encoder_unavailable")
    assert int(response["Retry-After"]) > 0
    assert "secret" not in str(problem)


def test_the_number_of_queries_is_fixed(api, clock, embedded_shop, django_assert_max_num_queries):
    # key, space, category, cards and their pictures; vectors go their own way (embeddings.wire)
    for limit in (1, 4):
        with django_assert_max_num_queries(9):
            assert len(skus(api.get(URL, q="mug", category="Kitchen", limit=limit))) == limit


def test_a_key_is_needed_and_must_read(stranger, make_key, embedded_shop):
    assert_problem(stranger.get(URL, q="mug"), 401)
    assert_problem(stranger.upload(URL, image=photo()), 401)
    assert_problem(Api(make_key(["events"])).get(URL, q="mug"), 403)
    assert Api(make_key(["read"])).get(URL, q="mug").status_code == 200


def test_an_animated_picture_counts_by_its_first_frame(api, embedded_shop):
    frames = [Image.open(io.BytesIO(make_image(colour))) for colour in ("blue", "red")]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:])
    found = skus(api.upload(URL, image=SimpleUploadedFile("photo.gif", file.getvalue()), limit=2))
    assert set(found) == {"mug-blue", "lamp-blue"}


def test_the_very_words_count(api, store, embedded_shop):
    make_product(store, sku="cup", title="zanzibar cup")
    embed(store)
    assert skus(api.get(URL, q="zanzibar", limit=1).json()) == ["cup"]


def test_what_is_not_embedded_yet_is_found_by_its_words_alone(api, store, embedded_shop):
    make_product(store, sku="fresh", title="zanzibar cup")
    by_words = api.get(URL, q="zanzibar cup").json()
    assert "fresh" in skus(by_words)
    assert "fresh" not in skus(api.get(URL, q="zanzibar cup", lexical=0).json())


def test_filters_narrow_what_words_find(api, store, embedded_shop):
    assert set(skus(api.get(URL, q="red", brand="Lumo", lexical=1000).json())) <= {"mug-rose", "lamp-red", "lamp-blue"}


@pytest.mark.parametrize("limit", [1, 3, 7])
def test_a_page_with_words_is_the_beginning_of_a_longer_one(api, embedded_shop, limit):
    whole = skus(api.get(URL, q="red mug", limit=7).json())
    assert skus(api.get(URL, q="red mug", limit=limit).json()) == whole[:limit]


class TestProductsToBeLike:
    LOOKS = {"visual": 1, "textual": 0, "lexical": 0}
    WORDS = {"visual": 0, "textual": 1, "lexical": 0}

    def test_one_product_is_asked_as_its_similar_are(self, api, embedded_shop):
        like = skus(api.get(URL, like="mug-red", limit=100))
        assert like == skus(api.get("/api/v1/products/mug-red/similar/", limit=100))
        assert like == skus(api.get(URL, sku="mug-red", limit=100))

    def test_several_are_liked_at_once_and_none_of_them_is_shown(self, api, embedded_shop):
        both = skus(api.get(URL, like=["mug-red", "lamp-red"], **self.WORDS, limit=4))
        assert set(both) == {"mug-blue", "mug-rose", "lamp-blue", "lamp-gone"}

    def test_this_but_with_other_words(self, api, embedded_shop):
        """Looks of the blue mug, words of a lamp."""
        ask = {"like": ["mug-blue"], "text": "desk lamp", "limit": 1}
        assert skus(api.get(URL, **ask)) == ["lamp-blue"]
        assert skus(api.post(URL, ask)) == ["lamp-blue"]

    def test_what_is_not_liked_is_pushed_down_and_not_shown(self, api, embedded_shop):
        plain = skus(api.get(URL, text="red", like="mug-rose", limit=100))
        without = skus(api.get(URL, text="red", like="mug-rose", unlike=["lamp-red"], limit=100))
        assert set(plain) - set(without) == {"lamp-red"}
        lamps = [sku for sku in plain if sku in ("lamp-blue", "lamp-gone")]
        assert [without.index(sku) > [s for s in plain if s != "lamp-red"].index(sku) for sku in lamps].count(True)

    def test_words_that_are_not_wanted(self, api, embedded_shop):
        assert skus(api.get(URL, q="stoneware mug", limit=1, feedback="false"))[0].startswith("mug")
        found = skus(api.get(URL, q="stoneware mug", negative_text="red", limit=3))
        assert found[-1] == "mug-red" or "mug-red" not in found

    def test_an_upload_may_name_products_too(self, api, embedded_shop):
        body = api.upload(URL, image=photo("blue"), like=["lamp-red", "lamp-gone"], textual=1, limit=1)
        assert skus(body) == ["lamp-blue"]

    @pytest.mark.parametrize("field", ["like", "unlike"])
    def test_all_that_are_not_the_stores_are_named(self, api, embedded_shop, other_shop, field):
        given = {"text": "mug", field: ["mug-red", "theirs", "nothing"]}
        for answer in (api.get(URL, **given), api.post(URL, given)):
            problem = assert_problem(answer, 400, field=field, code="unknown")
            assert "theirs, nothing" in problem["detail"]

    @pytest.mark.parametrize(
        ("given", "field"),
        [
            ({"like": [f"p{n}" for n in range(51)]}, "like"),
            ({"like": [""]}, "like.0"),
            ({"text": "mug", "unlike": ["a", "x" * 129]}, "unlike.1"),
            ({"unlike": ["mug-red"]}, "text"),
            ({"negative_text": "mug"}, "text"),
            ({"text": "mug", "negative_text": "m" * 2_001}, "negative_text"),
            ({"sku": "x" * 129}, "sku"),
            ({"text": "mug", "feedback": "perhaps"}, "feedback"),
        ],
    )
    def test_what_cannot_be_meant_is_refused_by_name(self, api, given, field):
        assert_problem(api.get(URL, **given), 400, field=field)
        assert_problem(api.post(URL, given), 400, field=field)

    def test_an_unknown_sku_is_named_where_it_was_said(self, api, embedded_shop):
        assert_problem(api.get(URL, sku="nothing"), 400, field="sku", code="unknown")

    @pytest.mark.parametrize("field", ["like", "unlike", "facets"])
    def test_a_list_in_a_body_is_a_list(self, api, embedded_shop, field):
        assert_problem(api.post(URL, {"text": "mug", field: "mug-red"}), 400, field=field, code="not_a_list")


class TestPartOfAPhoto:
    def halves(self):
        """Left blue, right red."""
        picture = Image.new("RGB", (200, 100), COLOURS["mug-blue"])
        picture.paste(COLOURS["mug-red"], (100, 0, 200, 100))
        file = io.BytesIO()
        picture.save(file, "PNG")
        return SimpleUploadedFile("halves.png", file.getvalue(), "image/png")

    @pytest.mark.parametrize(("region", "sku"), [("0,0,0.5,1", "mug-blue"), ("0.5,0,0.5,1", "mug-red")])
    def test_it_finds_what_is_there(self, api, embedded_shop, region, sku):
        assert skus(api.upload(URL, image=self.halves(), image_region=region, limit=1)) == [sku]

    def test_as_an_object_in_a_body(self, api, embedded_shop, fetched):
        fetched[PHOTO_URL] = self.halves().read()
        region = {"x": 0.5, "y": 0, "w": 0.5, "h": 1}
        assert skus(api.post(URL, {"image_url": PHOTO_URL, "image_region": region, "limit": 1})) == ["mug-red"]
        assert skus(api.get(URL, image_url=PHOTO_URL, image_region="0.5,0,0.5,1", limit=1)) == ["mug-red"]

    def test_without_a_photo_there_is_nothing_to_be_a_part_of(self, api, embedded_shop):
        assert_problem(api.get(URL, q="mug", image_region="0,0,1,1"), 400, field="image_region", code="no_photo")

    def test_the_side_that_is_wrong_is_named(self, api, embedded_shop):
        answer = api.upload(URL, image=self.halves(), image_region="0.6,0,0.5,1")
        assert_problem(answer, 400, field="image_region.w", code="outside")


class TestMatchedImage:
    @pytest.fixture
    def two_sided(self, store, embedded_shop):
        pictures = [make_image("green", mark=1), make_image("magenta", mark=2)]
        product = make_product(store, sku="two-sided", title="two sided", brand="Janus", images=pictures)
        embed(store)
        return [image.file.url for image in product.images.order_by("position")]

    def test_the_picture_that_matched_best_is_named(self, api, two_sided):
        for colour, address in zip(("green", "magenta"), two_sided, strict=True):
            [result] = api.upload(URL, image=photo(colour), brand="Janus").json()["results"]
            assert (result["image"], result["matched_image"]) == (two_sided[0], address)

    def test_of_a_single_picture_there_is_nothing_to_say(self, api, embedded_shop):
        [result] = api.upload(URL, image=photo("blue"), limit=1).json()["results"]
        assert (result["sku"], result["matched_image"]) == ("mug-blue", None)


def test_feedback_asks_words_a_second_time(api, embedded_shop):
    """It moves scores, of words alone."""

    def scores(**query):
        return [result["score"] for result in api.get(URL, **query, limit=100).json()["results"]]

    assert scores(q="stoneware mug") != scores(q="stoneware mug", feedback="false")
    like = {"q": "stoneware mug", "like": "pan-red"}
    assert scores(**like) == scores(**like, feedback="false")
