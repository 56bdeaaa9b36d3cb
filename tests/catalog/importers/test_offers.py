"""What an offer's fields may say, and what happens to those that say something else."""

import io
from decimal import Decimal

import pytest

from catalog.importers.feeds import FeedError
from catalog.importers.offers import parse_asked, parse_offer, read_offers
from catalog.rows import FilePicture, Severity

OFFER = {"supplier": "kontor", "supplier_sku": "1", "title": "Becher"}


def complaints(fields):
    return [(issue.field, issue.code, issue.severity) for issue in parse_offer(fields).issues]


def test_a_whole_offer():
    parsed = parse_offer(
        {
            **OFFER,
            "supplier_name": "Kontor Wiese",
            "description": "<p>Steinzeug</p>",
            "brand": " Loam  & Kiln ",
            "gtin": "4 006381 333931",
            "mpn": "KW-1",
            "price": "7,50 €",
            "image": "a/1.jpg",
        }
    )
    assert parsed.issues == ()
    assert parsed.supplier_name == "Kontor Wiese"
    assert (parsed.row.supplier, parsed.row.supplier_sku) == ("kontor", "1")
    assert parsed.row.facts == {
        "title": "Becher",
        "description": "Steinzeug",
        "brand": "Loam & Kiln",
        "gtin": "04006381333931",
        "mpn": "KW-1",
        "price": Decimal("7.50"),
        "currency": "EUR",
    }
    assert parsed.row.picture == FilePicture("a/1.jpg")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"supplier": ""}, "supplier", "required"),
        ({"supplier": "###"}, "supplier", "required"),
        ({"supplier": "s" * 51}, "supplier", "too_long"),
        ({"supplier_sku": None}, "supplier_sku", "required"),
        ({"supplier_sku": "9" * 129}, "supplier_sku", "too_long"),
        ({"title": "  "}, "title", "required"),
        ({"title": ["a"]}, "title", "not_text"),
        ({"price": -1}, "price", "negative_price"),
        ({"price": 0}, "price", "zero_price"),
        ({"price": "1000000.01"}, "price", "price_too_high"),
        ({"price": "cheap"}, "price", "invalid_price"),
    ],
)
def test_what_refuses_an_offer(change, field, code):
    fields = OFFER | change
    assert complaints(fields) == [(field, code, Severity.ERROR)]
    assert parse_offer(fields).row is None


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"brand": "b" * 201}, "brand", "too_long"),
        ({"currency": "euro"}, "currency", "invalid_currency"),
        ({"image": "https://example.com/a.jpg"}, "image", "not_a_file"),
    ],
)
def test_what_is_only_left_out(change, field, code):
    assert complaints(OFFER | change) == [(field, code, Severity.WARNING)]
    row = parse_offer(OFFER | change).row
    assert row.facts == {"title": "Becher"}
    assert row.picture is None


@pytest.mark.parametrize(
    ("gtin", "kept"),
    [("2012345678901", "2012345678901"), ("20-12345 678901", "2012345678901"), ("123", "123"), ("x" * 15, "")],
)
def test_a_wrong_gtin_is_kept_as_it_stands_where_it_fits(gtin, kept):
    fields = OFFER | {"gtin": gtin}
    assert complaints(fields) == [("gtin", "invalid_gtin", Severity.WARNING)]
    assert parse_offer(fields).row.facts["gtin"] == kept


def test_absent_fields_stay_and_empty_ones_are_cleared():
    assert parse_offer(OFFER).row.facts == {"title": "Becher"}
    empty = dict.fromkeys(["description", "brand", "gtin", "mpn", "price", "image"], "")
    assert parse_offer(OFFER | empty).row.facts == {
        "title": "Becher",
        "description": "",
        "brand": "",
        "gtin": "",
        "mpn": "",
        "image": "",
        "price": None,
    }


def test_a_supplier_by_name_gets_a_slug_and_one_left_out_is_the_files():
    parsed = parse_offer(OFFER | {"supplier": "Kontor Wiese"})
    assert (parsed.row.supplier, parsed.supplier_name) == ("kontor-wiese", "Kontor Wiese")
    assert parse_offer({"supplier_sku": "1", "title": "T"}, supplier="kontor").row.supplier == "kontor"
    assert parse_offer(OFFER, supplier="other").row.supplier == "kontor"


@pytest.mark.parametrize("name", ["Deal Barn", "DEAL-BARN", " deal  barn ", "Deal & Barn", "déal-barn-"])
def test_one_suppliers_names_are_one_slug(name):
    assert parse_offer(OFFER | {"supplier": name}).row.supplier == "deal-barn"
    assert parse_offer({"supplier_sku": "1"}, supplier=name).row.supplier == "deal-barn"
    assert parse_asked({"supplier": name, "title": "T"}).row.supplier == "deal-barn"


def test_a_field_no_offer_has_is_left_out_and_named():
    assert complaints(OFFER | {"pice": 3, "": 1, "\ud800": 1, "colour": None}) == [
        ("pice", "unknown_field", Severity.WARNING),
        ("?", "unknown_field", Severity.WARNING),
        ("?", "unknown_field", Severity.WARNING),
    ]
    assert parse_offer(OFFER | {"pice": 3}).row.facts == {"title": "Becher"}
    many = parse_offer(OFFER | {f"f{number}": 1 for number in range(30)}).issues
    assert len(many) == 20 and all(len(issue.field) <= 100 for issue in many)


def test_an_offer_that_is_asked_about_needs_a_title_alone():
    parsed = parse_asked({"title": "Becher", "price": "7,50 €", "gtin": "2012345678901"})
    assert (parsed.row.supplier, parsed.row.supplier_sku, parsed.row.picture) == ("", "", None)
    assert parsed.row.facts["gtin"] == "2012345678901"
    assert [(issue.field, issue.code) for issue in parsed.issues] == [("gtin", "invalid_gtin")]
    refused = parse_asked({"supplier": "###", "price": 0})
    assert refused.row is None
    assert [(issue.field, issue.code) for issue in refused.issues] == [
        ("supplier", "required"),
        ("title", "required"),
        ("price", "zero_price"),
    ]


def test_formats():
    table = list(read_offers(io.BytesIO(b"supplier,supplier_sku,title\nkontor,1,Becher\n")))
    assert [OFFER.items() <= row.fields.items() for row in table] == [True]
    assert [row.number for row in table] == [2]
    lines = list(read_offers(io.BytesIO(b'{"supplier_sku": "1"}\n\nno\n')))
    assert [(row.number, row.issue and row.issue.code) for row in lines] == [(1, None), (3, "malformed_json")]
    for feed, message in [(b"sku,title\n1,T\n", "supplier_sku"), (b"<rss/>", "JSONL or CSV"), (b"", "empty")]:
        with pytest.raises(FeedError, match=message):
            list(read_offers(io.BytesIO(feed)))
