from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.importers.rows import parse_row
from catalog.rows import FilePicture, Severity, UrlPicture

GOOD = {"sku": "a", "title": "A"}


def test_every_field():
    parsed = parse_row(
        GOOD
        | {
            "description": "<p>Soft</p>",
            "brand": " Acme ",
            "category": ["Men/Tops", "Collections/New"],
            "price": "12.50 EUR",
            "gtin": "4006381333931",
            "mpn": 12,
            "variant_group": "g",
            "attributes": {"color": ["red", None], "new": True, "weight": 1.5, "none": None, "blank": ""},
            "availability": "preorder",
            "is_published": "no",
            "images": ["a.jpg", {"file": "b.jpg", "view": "back"}, "https://shop.example/c.jpg", "a.jpg", None],
            "unknown": object(),
        }
    )
    assert not parsed.issues
    assert parsed.row.facts == {
        "title": "A",
        "description": "Soft",
        "brand": "Acme",
        "category_path": "Men/Tops",
        "price": Decimal("12.50"),
        "currency": "EUR",
        "gtin": "04006381333931",
        "mpn": "12",
        "variant_group": "g",
        "attributes": {"color": ["red", None], "new": True, "weight": 1.5},
        "availability": "preorder",
        "is_published": False,
    }
    assert parsed.row.pictures == (
        FilePicture("a.jpg"),
        FilePicture("b.jpg"),
        UrlPicture("https://shop.example/c.jpg"),
    )


def test_what_is_absent_stays_absent_and_null_clears():
    assert parse_row(GOOD).row.facts == {"title": "A"}
    assert parse_row(GOOD).row.pictures is None
    cleared = parse_row(GOOD | {"brand": None, "price": None, "image": None, "availability": None}).row
    assert cleared.facts == {"title": "A", "brand": "", "price": None}
    assert cleared.pictures == ()


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"sku": ""}, "sku", "required"),
        ({"sku": None}, "sku", "required"),
        ({"sku": "\x00 "}, "sku", "required"),
        ({"sku": "x" * 129}, "sku", "too_long"),
        ({"sku": ["a"]}, "sku", "not_text"),
        ({"title": " "}, "title", "required"),
        ({"title": "x" * 501}, "title", "too_long"),
        ({"title": {"en": "A"}}, "title", "not_text"),
        ({"price": "-1"}, "price", "negative_price"),
        ({"price": float("nan")}, "price", "invalid_price"),
        ({"price": float("inf")}, "price", "invalid_price"),
        ({"price": "cheap"}, "price", "invalid_price"),
        ({"price": True}, "price", "not_text"),
        ({"availability": "perhaps"}, "availability", "invalid_availability"),
        ({"is_published": "perhaps"}, "is_published", "invalid_boolean"),
    ],
)
def test_faults_that_refuse_the_row(fields, field, code):
    parsed = parse_row(GOOD | fields)
    assert parsed.row is None
    assert [(issue.field, issue.code, issue.severity) for issue in parsed.issues] == [(field, code, Severity.ERROR)]


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"gtin": "4006381333932"}, "gtin", "invalid_gtin"),
        ({"brand": "x" * 201}, "brand", "too_long"),
        ({"category": "x" * 201}, "category", "too_long"),
        ({"category": "/".join(["x" * 100] * 7)}, "category", "too_long"),
        ({"currency": "euro"}, "currency", "invalid_currency"),
        ({"attributes": [1]}, "attributes", "not_an_object"),
        ({"attributes": {"a": {"b": 1}}}, "attributes.a", "unsupported_value"),
        ({"attributes": {"a": float("nan")}}, "attributes.a", "unsupported_value"),
        ({"attributes": {"a": 10**30}}, "attributes.a", "unsupported_value"),
        ({"attributes": {" ": 1}}, "attributes. ", "malformed_attribute"),
        ({"attributes": {str(n): n for n in range(101)}}, "attributes", "too_many"),
        ({"images": [f"{n}.jpg" for n in range(21)]}, "images", "too_many"),
        ({"image": "http://10.0.0.1/a.jpg"}, "image", "address_not_public"),
        ({"image": "ftp://shop.example/a.jpg"}, "image", "scheme"),
        ({"image": "data:image/png;base64,AAAA"}, "image", "scheme"),
        ({"image": 1.5e400}, "image", "not_text"),
    ],
)
def test_faults_that_leave_the_row(fields, field, code):
    parsed = parse_row(GOOD | fields)
    assert parsed.row is not None
    assert [(issue.field, issue.code, issue.severity) for issue in parsed.issues] == [(field, code, Severity.WARNING)]


def test_a_long_description_is_cut():
    assert len(parse_row(GOOD | {"description": "x" * 30_000}).row.facts["description"]) == 20_000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "sku",
    "title",
    "description",
    "brand",
    "category",
    "price",
    "currency",
    "gtin",
    "mpn",
    "attributes",
    "images",
]


@given(st.dictionaries(st.sampled_from([*FIELDS, "availability", "is_published", "image"]), JSON))
def test_any_row_is_read_or_refused(fields):
    parsed = parse_row(fields)
    assert parsed.row or parsed.issues
    assert all(issue.code and issue.message for issue in parsed.issues)
