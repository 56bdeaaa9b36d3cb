import json
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import Offer, Product, Scope, Supplier
from catalog.services.offers import ensure_suppliers
from embeddings import inference
from embeddings.selectors import require_active_space
from recommender.models import Match, MatchDecision
from recommender.services.matchers import activate_version, add_version
from recommender.services.matching import match_due
from tests.factories import Api, make_image, make_product
from tests.recommender.conftest import COLOURS, assert_problem

OFFERS, MATCH = "/api/v1/offers/", "/api/v1/match/"
GTIN, WRONG_GTIN = "036000291452", "036000291453"


@pytest.fixture
def nord(store) -> Supplier:
    ensure_suppliers(store=store, slugs=["nord"], names={})
    return Supplier.objects.get(store=store)


def told(response) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """status, and of its issues field, code and severity, row by row."""
    assert response.status_code == 202, response.content
    return [
        (row["status"], [(issue["field"], issue["code"], issue["severity"]) for issue in row["issues"]])
        for row in response.json()["results"]
    ]


def test_offers_are_written_and_told_again_unchanged(api, nord):
    rows = {
        "supplier": "nord",
        "offers": [
            {"supplier_sku": "A-1", "title": "Stoneware mug", "price": "7,90 EUR", "gtin": GTIN},
            {"supplier_sku": "A-2", "title": "Desk lamp", "description": "<b>Warm</b> light"},
        ],
    }
    first = api.post(OFFERS, rows)
    assert told(first) == [("created", []), ("created", [])]
    assert told(api.post(OFFERS, rows)) == [("unchanged", []), ("unchanged", [])]
    rows["offers"][1]["price"] = 3
    assert told(api.post(OFFERS, rows)) == [("unchanged", []), ("updated", [])]
    mug, lamp = (Offer.objects.get(pk=row["id"]) for row in first.json()["results"])
    assert (mug.price, mug.currency, mug.gtin) == (Decimal("7.90"), "EUR", GTIN.zfill(14))
    assert (lamp.description, lamp.price) == ("Warm light", 3)
    assert first.json()["results"][0] == {
        "supplier": "nord",
        "supplier_sku": "A-1",
        "id": mug.pk,
        "status": "created",
        "issues": [],
    }


def test_each_bad_row_says_what_is_wrong_and_stops_no_other(api, nord):
    answer = api.post(
        OFFERS,
        {
            "supplier": "nord",
            "offers": [
                {"supplier_sku": "A-1", "title": "Wrong digit", "gtin": WRONG_GTIN},
                {"supplier_sku": "A-2", "title": "Absurd", "price": 99_999_999},
                {"supplier_sku": "A-3", "title": "  "},
                {"supplier_sku": "A-4", "title": "Long", "description": "x" * 1_000_000},
                {"supplier_sku": "A-5", "title": "Whose?", "supplier": "nobody"},
                {"supplier_sku": "A-1", "title": "Twice"},
                {"title": "No number"},
                "no object",
                None,
                {"supplier_sku": "A-6", "title": "Free", "price": 0},
                {"supplier_sku": "A-7", "title": "Pictured", "image": "a.jpg", "supplier_name": "Nord"},
                {"supplier_sku": "A-8"},
                {"supplier_sku": "A-9", "title": "Fine"},
            ],
        },
    )
    assert told(answer) == [
        ("created", [("gtin", "invalid_gtin", "warning")]),
        ("failed", [("price", "price_too_high", "error")]),
        ("failed", [("title", "required", "error")]),
        ("created", [("description", "cut_short", "warning")]),
        ("failed", [("supplier", "unknown_supplier", "error")]),
        ("failed", [("supplier_sku", "duplicate_sku", "error")]),
        ("failed", [("supplier_sku", "required", "error")]),
        ("failed", [("offers", "not_an_object", "error")]),
        ("failed", [("offers", "not_an_object", "error")]),
        ("failed", [("price", "zero_price", "error")]),
        ("created", [("image", "not_taken_here", "warning"), ("supplier_name", "not_taken_here", "warning")]),
        ("failed", [("title", "required", "error")]),
        ("created", []),
    ]
    ids = [row["id"] for row in answer.json()["results"]]
    assert [number for number, pk in enumerate(ids) if pk is None] == [1, 2, 4, 5, 6, 7, 8, 9, 11]
    wrong = api.get(f"{OFFERS}{ids[0]}/").json()
    assert (wrong["gtin"], wrong["gtin_trusted"]) == (WRONG_GTIN, False)
    assert len(Offer.objects.get(pk=ids[3]).description) == 20_000


def test_an_unknown_supplier_is_told_how_it_is_added(api, nord):
    answer = api.post(OFFERS, {"supplier": "Süd & Co", "offers": [{"supplier_sku": "1", "title": "T"}]})
    [row] = answer.json()["results"]
    assert (row["supplier"], row["id"], row["status"]) == ("sud-co", None, "failed")
    [issue] = row["issues"]
    assert issue["message"] == (
        "The store has no supplier 'sud-co': names are read in small letters, with hyphens. Add it in the admin, under"
        " Suppliers, or by manage.py import_offers, which adds those that its file names."
    )
    assert not Offer.objects.exists() and Supplier.objects.get() == nord
    ensure_suppliers(store=nord.store, slugs=["Süd & Co"], names={})
    again = {"supplier": "SUD-CO", "offers": [{"supplier_sku": "1", "title": "T"}]}
    assert told(api.post(OFFERS, again)) == [("created", [])]


def test_what_no_offer_has_is_left_out_and_told(api, nord):
    rows = [
        {"supplier_sku": "A-1", "title": "Mug", "pice": 3, "colour": None},
        {"supplier_sku": "A-2", "titel": "Mug"},
        {"supplier_sku": "A-3", "title": "Mug", **{f"field {number}": 1 for number in range(30)}},
    ]
    first, second, third = told(api.post(OFFERS, {"supplier": "nord", "offers": rows}))
    assert first == ("created", [("pice", "unknown_field", "warning")])
    assert second == ("failed", [("titel", "unknown_field", "warning"), ("title", "required", "error")])
    assert (third[0], len(third[1])) == ("created", 20)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "offers"),
        ({"offers": []}, "offers"),
        ({"offers": [{}] * 1_001}, "offers"),
        ({"rows": [], "offers": [1]}, "rows"),
    ],
)
def test_a_body_that_is_none_is_refused(api, body, field):
    assert_problem(api.post(OFFERS, body), 400, field=field)


def test_statements_do_not_grow_with_rows(api, nord):
    counts = []
    for start, end in ((0, 3), (3, 30)):
        rows = [{"supplier_sku": f"A-{n}", "title": f"Offer {n}"} for n in range(start, end)]
        with CaptureQueriesContext(connection) as queries:
            assert api.post(OFFERS, {"supplier": "nord", "offers": rows}).status_code == 202
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_written_offer_is_sent_to_a_worker_once_it_is_stored(
    api, nord, django_capture_on_commit_callbacks, embedded_shop, settings
):
    from config.celery import app

    app.conf.task_always_eager = True
    try:
        with django_capture_on_commit_callbacks(execute=True):
            body = api.post(
                OFFERS, {"supplier": "nord", "offers": [{"supplier_sku": "1", "title": "stoneware mug red"}]}
            )
    finally:
        app.conf.task_always_eager = False
    offer = api.get(f"{OFFERS}{body.json()['results'][0]['id']}/").json()
    assert (offer["match"]["status"], offer["match"]["sku"]) == ("linked", "mug-red")
    assert [(entry["verdict"], entry["by"]) for entry in offer["match"]["history"]] == [("accept", "matcher")]


def test_an_unchanged_feed_sends_nothing(api, nord, django_capture_on_commit_callbacks):
    rows = {"supplier": "nord", "offers": [{"supplier_sku": "1", "title": "stoneware mug red"}]}
    api.post(OFFERS, rows)
    with django_capture_on_commit_callbacks() as callbacks:
        api.post(OFFERS, rows)
    assert callbacks == []


def test_an_offer_not_matched_yet_says_so(api, offers):
    offer = offers("A-1", title="stoneware mug red")
    assert api.get(f"{OFFERS}{offer.pk}/").json()["match"] is None


def test_a_picture_makes_an_offer_due(store, api, embedded_shop, offers):
    offer = offers("A-1", title="mug")
    match_due(store=store)
    data = make_image(COLOURS["mug-red"])

    def upload():
        return api.upload(f"{OFFERS}{offer.pk}/image/", image=SimpleUploadedFile("a.jpg", data))

    answer = upload()
    assert answer.status_code == 202 and answer.json()["image"].startswith("/media/offers/")
    assert match_due(store=store).matched == 1
    assert "image" in offer.candidates.get(product=embedded_shop["mug-red"]).sources
    upload()
    assert match_due(store=store).matched == 0
    refused = api.upload(f"{OFFERS}{offer.pk}/image/", image=SimpleUploadedFile("a.jpg", b"no picture"))
    assert_problem(refused, 400, field="image", code="not_an_image")


def test_a_question_is_answered_and_nothing_kept(api, embedded_shop):
    answer = api.post(MATCH, {"title": "stoneware mug red new edition", "limit": 2})
    assert answer.status_code == 200
    body = answer.json()
    assert body["verdict"] == {"kind": "review", "sku": None, "why": "neither likely nor unlikely"}
    assert (body["thresholds"], body["matcher"]) == ({"accept": 0.9, "reject": 0.3}, None)
    assert [(each["sku"], each["probability"]) for each in body["candidates"]] == [
        ("mug-red", 0.6),
        ("mug-blue", 0.333333),
    ]
    assert body["candidates"][0]["contributions"] == {"words": 0.6}
    assert body["candidates"][0]["image"].startswith("/media/products/")
    assert not Offer.objects.exists() and not Match.objects.exists() and not MatchDecision.objects.exists()


def test_a_picture_takes_part(api, embedded_shop):
    photo = SimpleUploadedFile("a.jpg", make_image(COLOURS["mug-red"]))
    body = api.upload(MATCH, title="stoneware mug red", image=photo).json()
    assert body["verdict"] == {"kind": "accept", "sku": "mug-red", "why": "likely enough"}
    best = body["candidates"][0]
    assert best["contributions"]["picture"] == pytest.approx(0.3, abs=0.01)
    assert best["sources"] == ["text", "image", "words"]


def test_the_same_question_again_calls_no_encoder(store, api, embedded_shop):
    model = inference.model_of(require_active_space(store))
    api.post(MATCH, {"title": "stoneware mug red asked twice"})
    before = model.text_calls
    api.post(MATCH, {"title": "stoneware mug red asked twice"})
    assert model.text_calls == before


def test_identifiers_and_currencies_count(store, api, embedded_shop):
    make_product(store, sku="kettle", title="iron kettle grey", gtin=GTIN.zfill(14), price=30, currency="EUR")
    make_product(store, sku="twin", title="iron kettle grey")
    asked = {"title": "iron kettle grey", "gtin": GTIN, "price": 29, "currency": "eur"}
    body = api.post(MATCH, asked).json()
    assert (body["verdict"]["sku"], body["verdict"]["why"], body["gtin_trusted"]) == ("kettle", "same GTIN", True)
    body = api.post(MATCH, {**asked, "gtin": WRONG_GTIN}).json()
    assert (body["verdict"]["kind"], body["gtin_trusted"]) == ("review", False)


def test_before_anything_is_embedded_words_answer(api, shop):
    body = api.post(MATCH, {"title": "stoneware mug red"}).json()
    assert (body["space"], body["verdict"]["sku"]) == (None, "mug-red")


def test_the_version_in_use_is_named(store, api, embedded_shop):
    activate_version(version=add_version(store=store, artifact=b"0.5 0.1", metrics={}), by="user ann")
    body = api.post(MATCH, {"title": "stoneware mug red new edition"}).json()
    assert (body["matcher"], body["verdict"]["kind"], body["thresholds"]["accept"]) == (1, "accept", 0.5)


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "title", "required"),
        ([1], "body", "invalid"),
        ({"title": "a", "limit": 21}, "limit", "max_value"),
        ({"title": "a", "colour": "red"}, "colour", "unknown_field"),
        ({"title": "a", "supplier_sku": "1"}, "supplier_sku", "unknown_field"),
        ({"title": "a", "image_url": "http://127.0.0.1/a.jpg"}, "image_url", None),
    ],
)
def test_a_bad_question_names_the_field(api, embedded_shop, body, field, code):
    assert_problem(api.post(MATCH, body), 400, field=field, code=code)


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"title": ""}, "title", "required"),
        ({"title": ["a"]}, "title", "not_text"),
        ({"title": "x" * 501}, "title", "too_long"),
        ({"price": "1000000.01"}, "price", "price_too_high"),
        ({"price": -1}, "price", "negative_price"),
        ({"price": 0}, "price", "zero_price"),
        ({"price": "1.299"}, "price", "ambiguous_price"),
        ({"supplier": "x" * 1_000}, "supplier", "too_long"),
        ({"supplier": "nobody"}, "supplier", "unknown_supplier"),
    ],
)
def test_what_refuses_an_offer_refuses_the_question(api, embedded_shop, nord, fields, field, code):
    """And says the same of it; what is only flagged is not among it."""
    offer = {"supplier": "nord", "title": "a", "gtin": WRONG_GTIN, **fields}
    [row] = api.post(OFFERS, {"offers": [{"supplier_sku": "1", **offer}]}).json()["results"]
    [wrong] = [issue for issue in row["issues"] if issue["severity"] == "error"]
    assert (row["status"], wrong["field"], wrong["code"]) == ("failed", field, code)
    [error] = assert_problem(api.post(MATCH, offer), 400, field=field, code=code)["errors"]
    assert error["message"] == wrong["message"]


@pytest.mark.parametrize(
    ("fields", "flagged"),
    [
        ({"supplier": "Nord", "price": 7.99}, []),
        ({"supplier": "NORD", "price": 7.9876}, []),
        ({"gtin": WRONG_GTIN}, [("gtin", "invalid_gtin")]),
        ({"gtin": "x" * 15}, [("gtin", "invalid_gtin")]),
        ({"currency": "EURO"}, [("currency", "invalid_currency")]),
        ({"description": "x" * 20_001}, [("description", "cut_short")]),
        ({"brand": "x" * 201, "mpn": "x" * 129}, [("brand", "too_long"), ("mpn", "too_long")]),
    ],
)
def test_what_is_kept_and_flagged_is_flagged_in_the_answer_too(api, embedded_shop, nord, fields, flagged):
    offer = {"supplier": "nord", "title": "stoneware mug red", **fields}
    [row] = api.post(OFFERS, {"offers": [{"supplier_sku": "1", **offer}]}).json()["results"]
    body = api.post(MATCH, offer).json()
    assert body["issues"] == row["issues"]
    assert [(issue["field"], issue["code"], issue["severity"]) for issue in body["issues"]] == [
        (*each, "warning") for each in flagged
    ]
    assert body["gtin_trusted"] is False
    assert body["candidates"][0]["sku"] == "mug-red"
    uploaded = api.upload(MATCH, **{name: str(value) for name, value in offer.items()}).json()
    assert (uploaded["issues"], uploaded["verdict"]) == (body["issues"], body["verdict"])


def test_one_photo_is_enough(api, embedded_shop):
    photo = SimpleUploadedFile("a.jpg", make_image())
    both = api.upload(MATCH, title="mug", image=photo, image_url="https://example.com/a.jpg")
    assert_problem(both, 400, field="image_url", code="ambiguous")


def test_other_stores_and_keys_without_the_scope_see_nothing(
    store, other_store, make_key, offers, other_api, other_shop, embedded_shop, stranger
):
    offer = offers("A-1", title="stoneware mug red")
    assert other_api.get(f"{OFFERS}{offer.pk}/").status_code == 404
    photo = SimpleUploadedFile("a.jpg", make_image())
    assert other_api.upload(f"{OFFERS}{offer.pk}/image/", image=photo).status_code == 404
    found = other_api.post(MATCH, {"title": "stoneware mug red", "limit": 20}).json()["candidates"]
    assert {each["sku"] for each in found} == {"mug-red", "theirs"}
    told_elsewhere = other_api.post(OFFERS, {"supplier": "nord", "offers": [{"supplier_sku": "A-1", "title": "x"}]})
    assert told(told_elsewhere) == [("failed", [("supplier", "unknown_supplier", "error")])]
    offer.refresh_from_db()
    assert (offer.title, bool(offer.image)) == ("stoneware mug red", False)
    without = Api(make_key([scope for scope in Scope.values if scope not in {"match", "admin"}]))
    for client, status in ((without, 403), (stranger, 401)):
        assert client.get(f"{OFFERS}{offer.pk}/").status_code == status
        assert client.post(OFFERS, {}).status_code == status
        assert client.post(MATCH, {}).status_code == status


def test_half_characters_are_answered_too(api, nord):
    body = json.loads(
        '{"supplier": "nord", "offers": [{"supplier_sku": "\\ud800", "title": "\\ud800"}, {"title": "\\ud800"}]}'
    )
    assert api.post(OFFERS, json.dumps(body)).status_code == 202


@pytest.fixture
def hose(store, embedded_shop, offers):
    """Like nothing the shop has."""
    offer = offers("4711", title="garden hose", price=Decimal("24.90"), currency="EUR")
    match_due(store=store)
    return offer


def test_a_product_is_made_of_a_new_offer_once(api, hose):
    path = f"/api/v1/offers/{hose.pk}/product/"
    made = api.post(path, {"sku": "HOSE", "why": "we sell these now", "reviewer": "ann"})
    assert made.status_code == 201
    match = made.json()["match"]
    assert (match["status"], match["sku"]) == ("linked", "HOSE")
    history = sorted(match["history"], key=lambda said: said["made_product"])
    assert [(said["verdict"], said["made_product"]) for said in history] == [("new", False), ("accept", True)]
    assert {said["why"] for said in history} == {"we sell these now"}
    assert all(said["by"].endswith(": ann") for said in history)
    product = api.get("/api/v1/products/HOSE/").json()
    assert (product["title"], product["price"], product["is_published"]) == ("garden hose", "24.90", False)
    again = api.post(path)
    assert (again.status_code, again.json()) == (200, made.json())
    assert Product.objects.filter(title="garden hose").count() == 1
    undone = api.post(f"/api/v1/matches/{match['id']}/undo/")
    assert (undone.json()["status"], undone.json()["sku"]) == ("new", None)


def test_a_gtin_that_is_a_products_by_now_makes_none(api, store, hose):
    make_product(store, sku="HOSE", title="a hose", gtin=GTIN.zfill(14))
    Offer.objects.filter(pk=hose.pk).update(gtin=GTIN.zfill(14))
    assert_problem(api.post(f"/api/v1/offers/{hose.pk}/product/"), 409, code="gtin_taken")


@pytest.mark.parametrize(
    ("body", "status", "field", "code"),
    [
        ({"sku": "mug-red"}, 400, "sku", "sku_taken"),
        ({"sku": "x" * 129}, 400, "sku", "max_length"),
        ({"sku": 7.5, "x": 1}, 400, "x", "unknown_field"),
        ({"why": "x" * 501}, 400, "why", "max_length"),
    ],
)
def test_what_makes_no_product_names_the_field(api, hose, body, status, field, code):
    assert_problem(api.post(f"/api/v1/offers/{hose.pk}/product/", body), status, field=field, code=code)
    assert not Product.objects.filter(title="garden hose").exists()


def test_an_offer_that_is_not_new_makes_no_product(store, api, embedded_shop, offers):
    offer = offers("A-1", title="stoneware mug red of the very best")
    path = f"/api/v1/offers/{offer.pk}/product/"
    assert_problem(api.post(path), 409, code="not_new")  # not matched yet
    match_due(store=store)
    assert_problem(api.post(path), 409, code="not_new")
    api.post(f"/api/v1/matches/{offer.match.pk}/accept/")
    assert_problem(api.post(path), 409, code="already_decided")
    api.post(f"/api/v1/matches/{offer.match.pk}/undo/")
    api.post(f"/api/v1/matches/{offer.match.pk}/new/")
    Offer.objects.update(title="")
    assert_problem(api.post(path), 400, field="title", code="required")


def test_making_a_product_takes_both_scopes_and_the_store(other_api, make_key, stranger, hose):
    path, count = f"/api/v1/offers/{hose.pk}/product/", Product.objects.count()
    assert other_api.post(path).status_code == 404
    assert stranger.post(path).status_code == 401
    for scopes, missing in ((["match"], "catalog"), (["catalog"], "match"), (["read", "events"], "match")):
        problem = assert_problem(Api(make_key(scopes)).post(path), 403, code="missing_scope")
        assert problem["detail"] == f"This key lacks the scope '{missing}'."
    assert Product.objects.count() == count
    assert Api(make_key(["catalog", "match"])).post(path).status_code == 201
    assert Api(make_key(["admin"])).post(path).status_code == 200
