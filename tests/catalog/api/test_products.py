import json
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.api.images import ProductImagesView
from catalog.models import Product, ProductImage
from tests.catalog.test_images import make_bomb
from tests.factories import make_image, make_product, make_products
from tests.statements import recorded_statements

pytestmark = pytest.mark.django_db

URL = "/api/v1/products/"


def problem(answer, code=400) -> dict[str, str]:
    assert (answer.status_code, answer["Content-Type"]) == (code, "application/problem+json"), answer.content
    return {error["field"]: error["code"] for error in answer.json().get("errors", [])}


class TestCreate:
    def test_a_product(self, api):
        answer = api.post(
            URL,
            {
                "sku": "a",
                "title": "Mug",
                "category": "Kitchen/Mugs",
                "price": "12.5",
                "currency": "EUR",
                "gtin": "4006381333931",
                "attributes": {"color": "red"},
                "images": ["https://shop.example/a.jpg"],
            },
        )
        assert answer.status_code == 201
        body = answer.json()
        assert body.pop("created_at")
        assert body.pop("updated_at")
        assert body["images"][0].pop("id")
        assert body == {
            "sku": "a",
            "title": "Mug",
            "description": "",
            "brand": "",
            "category": "Kitchen/Mugs",
            "price": "12.50",
            "currency": "EUR",
            "gtin": "04006381333931",
            "mpn": "",
            "variant_group": "",
            "attributes": {"color": "red"},
            "availability": "in_stock",
            "is_published": True,
            "merged_into": None,
            "images": [
                {
                    "url": None,
                    "source_url": "https://shop.example/a.jpg",
                    "position": 0,
                    "width": 0,
                    "height": 0,
                    "status": "pending",
                    "error": "",
                }
            ],
        }

    def test_a_retry_is_the_same(self, api):
        assert api.post(URL, {"sku": "a", "title": "Mug"}).status_code == 201
        before = Product.objects.values().get()
        assert api.post(URL, {"sku": "a", "title": "Mug"}).status_code == 200
        assert Product.objects.values().get() == before

    @pytest.mark.parametrize(
        ("body", "field", "code"),
        [
            ({"title": "x"}, "sku", "required"),
            ({"sku": "a"}, "title", "required"),
            ({"sku": "a", "title": ""}, "title", "required"),
            ({"sku": "a", "title": "x", "price": -1}, "price", "negative_price"),
            ({"sku": "a", "title": "x", "gtin": "123"}, "gtin", "invalid_gtin"),
            ({"sku": "a", "title": "x", "attributes": {"b": {}}}, "attributes.b", "unsupported_value"),
            ({"sku": "a", "title": "x", "images": ["a.jpg"]}, "images", "not_an_address"),
            ({"sku": "a", "title": "x", "images": ["http://192.168.0.1/a.jpg"]}, "images", "address_not_public"),
            ({"sku": "a", "title": "x", "images": ["http://[::ffff:10.0.0.1]/a.jpg"]}, "images", "address_not_public"),
            ({"sku": "a", "title": "x", "images": ["http://2130706433/"]}, "images", "address_not_public"),
            ({"sku": "a", "title": "x", "images": ["file:///etc/passwd"]}, "images", "scheme"),
            ([1], "body", "not_an_object"),
        ],
    )
    def test_a_bad_field_is_named(self, api, body, field, code):
        assert problem(api.post(URL, body))[field] == code
        assert not Product.objects.exists()

    @pytest.mark.parametrize(
        "text", ["{", '{"sku": "a", "title": "x", "price": NaN}', "[" * 200_000, '{"a": ' + "9" * 9999]
    )
    def test_what_is_not_json(self, api, text):
        answer = api._client.post(URL, text, content_type="application/json")
        assert answer.status_code == 400
        assert answer.json()["code"] == "parse_error"

    def test_hostile_text_is_cleaned(self, api):
        answer = api.post(URL, {"sku": "a\x00", "title": "\ud800x\x07", "attributes": {"k\x00": "\x00\udfff1"}})
        assert answer.status_code == 201
        assert (answer.json()["sku"], answer.json()["title"]) == ("a", "x")
        assert answer.json()["attributes"] == {"k": "1"}

    def test_a_body_too_large(self, api, settings):
        settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
        assert problem(api.post(URL, {"sku": "a", "title": "x" * 200})) == {}


class TestDetail:
    def test_read_change_replace_delete(self, api, store):
        make_product(store, sku="a", title="A", brand="Acme", price=2, images=[make_image()])
        body = api.get(f"{URL}a/").json()
        assert body["images"][0]["url"].startswith("/media/products/")

        changed = api.patch(f"{URL}a/", {"price": "3.00"}).json()
        assert (changed["price"], changed["brand"], len(changed["images"])) == ("3.00", "Acme", 1)

        replaced = api.put(f"{URL}a/", {"title": "B"}).json()
        assert (replaced["title"], replaced["price"], replaced["brand"], len(replaced["images"])) == ("B", None, "", 1)

        assert api.delete(f"{URL}a/").status_code == 204
        assert problem(api.get(f"{URL}a/"), 404) == {}
        assert api.put(f"{URL}a/", {"title": "B"}).status_code == 201

    def test_the_sku_does_not_change(self, api, store):
        make_product(store, sku="a", title="A")
        assert problem(api.patch(f"{URL}a/", {"sku": "b"})) == {"sku": "sku_fixed"}
        assert problem(api.put(f"{URL}a/", {"sku": "b", "title": "B"})) == {"sku": "sku_fixed"}
        assert Product.objects.get().title == "A"

    @pytest.mark.parametrize("sku", ["A/1.2", "a b", "größe-✓", "50%", "a?b#c", "similar", "x/", "..x", "a;b,c"])
    def test_any_sku_has_an_address(self, api, store, sku):
        make_product(store, sku=sku)
        path = f"{URL}{quote(sku, safe='')}/"
        assert api.get(path).json()["sku"] == sku
        assert api.upload(f"{path}images/", image=make_file("red")).status_code == 201
        assert api.delete(path).status_code == 204

    def test_a_sku_that_looks_like_a_subresource_is_found_by_the_list(self, api, store):
        make_product(store, sku="x/images/")
        assert api.get(f"{URL}x/images//").status_code == 404
        assert [each["sku"] for each in api.get(URL, sku="x/images/").json()["results"]] == ["x/images/"]

    def test_control_characters_are_in_no_sku(self, api, store):
        assert api.get(f"{URL}a%00b/").status_code == 404
        assert api.get(URL, sku="a\x00").status_code == 400


class TestList:
    @pytest.fixture
    def products(self, store, other_store) -> list[Product]:
        make_product(other_store, sku="theirs", title="Lamp", brand="Acme")
        return make_products(
            store,
            [
                {"sku": "1", "title": "Red lamp", "brand": "Acme", "category": "Home/Lamps", "price": 10},
                {"sku": "2", "title": "Blue mug", "brand": "Acme", "category": "Home/Mugs", "price": 20},
                {"sku": "3", "title": "Tent", "category": "Homestead", "availability": "out_of_stock", "price": 30},
                {"sku": "lamp-4", "title": "Chair", "is_published": False},
            ],
        )

    @pytest.mark.parametrize(
        ("query", "skus"),
        [
            ({}, ["lamp-4", "3", "2", "1"]),
            ({"brand": "Acme"}, ["2", "1"]),
            ({"category": "Home"}, ["2", "1"]),
            ({"category": "Home/Mugs"}, ["2"]),
            ({"category": "None"}, []),
            ({"min_price": "20"}, ["3", "2"]),
            ({"min_price": "10", "max_price": "20.00"}, ["2", "1"]),
            ({"available": "false"}, ["3"]),
            ({"available": "true"}, ["lamp-4", "2", "1"]),
            ({"q": "LAMP"}, ["lamp-4", "1"]),
            ({"sku": "3"}, ["3"]),
        ],
    )
    def test_filters(self, api, products, query, skus):
        assert [each["sku"] for each in api.get(URL, **query).json()["results"]] == skus

    @pytest.mark.parametrize(
        ("query", "field"),
        [
            ({"min_price": "NaN"}, "min_price"),
            ({"max_price": "Infinity"}, "max_price"),
            ({"min_price": "cheap"}, "min_price"),
            ({"available": "perhaps"}, "available"),
            ({"q": "a\x00"}, "q"),
            ({"brand": "x" * 201}, "brand"),
        ],
    )
    def test_a_bad_filter_is_named(self, api, products, query, field):
        assert field in problem(api.get(URL, **query))

    def test_pages_by_cursor(self, api, products):
        first = api.get(URL, limit=3).json()
        assert [each["sku"] for each in first["results"]] == ["lamp-4", "3", "2"]
        second = api.get(first["next"]).json()
        assert [each["sku"] for each in second["results"]] == ["1"]
        assert second["next"] is None

    def test_queries_do_not_grow_with_rows(self, api, store):
        make_products(
            store,
            [{"sku": f"{n}", "category": f"C/{n % 5}", "images": [make_image(mark=n)]} for n in range(30)],
        )
        with recorded_statements() as statements:
            assert len(api.get(URL).json()["results"]) == 30
        assert len(statements) == 3  # the key, the products, their pictures


class TestBulk:
    def test_each_row_has_its_result(self, api, store):
        make_products(store, [{"sku": "same", "title": "Same"}, {"sku": "old", "title": "Old"}])
        rows = [
            {"sku": "new", "title": "New"},
            {"sku": "old", "price": "9.99"},
            {"sku": "same", "title": "Same"},
            {"sku": "unknown", "price": 1},
            {"sku": "bad", "title": "Bad", "price": "x", "gtin": "1"},
            {"sku": "new", "title": "Again"},
            "text",
            None,
            {"title": "no sku"},
        ]
        answer = api.post(f"{URL}bulk/", {"products": rows})
        assert answer.status_code == 200
        results = answer.json()["results"]
        assert [(each["sku"], each["status"]) for each in results] == [
            ("new", "created"),
            ("old", "updated"),
            ("same", "unchanged"),
            ("unknown", "failed"),
            ("bad", "failed"),
            ("new", "failed"),
            (None, "failed"),
            (None, "failed"),
            (None, "failed"),
        ]
        for row in results[6:8]:
            assert [(error["field"], error["code"]) for error in row["errors"]] == [("products", "not_an_object")]
        assert [error["field"] for error in results[4]["errors"]] == ["gtin", "price"]
        assert results[5]["errors"][0]["code"] == "duplicate_sku"
        assert Product.objects.count() == 3

    @pytest.mark.parametrize("body", [{}, {"products": []}, {"products": {}}, {"products": [{}] * 1001}])
    def test_one_to_a_thousand_rows(self, api, body):
        assert "products" in problem(api.post(f"{URL}bulk/", body))

    def test_a_thousand_rows(self, api, django_assert_max_num_queries):
        rows = [{"sku": f"{n}", "title": f"T {n}"} for n in range(1000)]
        with django_assert_max_num_queries(12):
            answer = api.post(f"{URL}bulk/", json.loads(json.dumps({"products": rows})))
        assert {each["status"] for each in answer.json()["results"]} == {"created"}


class TestPictures:
    def test_upload_and_delete(self, api, store):
        make_product(store, sku="a")
        answer = api.upload(f"{URL}a/images/", image=make_file("red"))
        assert answer.status_code == 201
        body = answer.json()
        assert (body["status"], body["width"], body["position"]) == ("ready", 64, 0)
        assert api._client.get(body["url"]).status_code == 200
        assert api.delete(f"{URL}a/images/{body['id']}/").status_code == 204
        assert not ProductImage.objects.exists()

    @pytest.mark.parametrize(
        ("name", "data", "code"),
        [
            ("a.jpg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not_an_image"),
            ("a.jpg", b"<html></html>", "not_an_image"),
            ("a.jpg", make_image(size=(300, 300), mark=1)[:1200], "broken"),
            ("a.jpg", b"", "empty"),
        ],
    )
    def test_what_is_no_picture_is_refused(self, api, store, name, data, code):
        make_product(store, sku="a")
        assert problem(api.upload(f"{URL}a/images/", image=SimpleUploadedFile(name, data))) == {"image": code}
        assert not ProductImage.objects.exists()

    def test_a_bomb_is_refused(self, api, store):
        make_product(store, sku="a")
        bomb = SimpleUploadedFile("a.jpg", make_bomb(10_000, 10_000))
        assert problem(api.upload(f"{URL}a/images/", image=bomb)) == {"image": "too_many_pixels"}

    def test_a_missing_file_is_named(self, api, store):
        make_product(store, sku="a")
        assert problem(api.upload(f"{URL}a/images/")) == {"image": "required"}
        assert problem(api.upload(f"{URL}a/images/", image="text")) == {"image": "invalid"}

    def test_a_body_too_large_is_not_read(self, api, store, monkeypatch):
        make_product(store, sku="a")
        monkeypatch.setattr(ProductImagesView, "max_body_bytes", 100)
        assert problem(api.upload(f"{URL}a/images/", image=make_file("red")), 413) == {}


def make_file(color: str):
    return SimpleUploadedFile("a.jpg", make_image(color), content_type="image/jpeg")
