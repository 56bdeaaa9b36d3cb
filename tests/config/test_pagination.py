from base64 import b64encode

import pytest

from tests.catalog.services.test_imports import row, start
from tests.factories import make_products
from tests.recommender.conftest import assert_problem

URL = "/api/v1/products/"


def test_a_page_is_as_long_as_asked(api, store):
    make_products(store, [{"sku": f"P-{n}"} for n in range(3)])
    assert len(api.get(URL, limit=2).json()["results"]) == 2
    assert len(api.get(URL, limit=200).json()["results"]) == 3
    assert len(api.get(URL).json()["results"]) == 3


@pytest.mark.parametrize(
    ("limit", "code"),
    [("0", "min_value"), ("-1", "min_value"), ("201", "max_value"), ("null", "invalid"), ("", "invalid")],
)
def test_a_length_out_of_bounds_is_named(api, limit, code):
    assert_problem(api.get(URL, limit=limit), 400, field="limit", code=code)


def test_a_damaged_cursor_is_named(api):
    assert_problem(api.get(URL, cursor="nonsense"), 400, field="cursor")


BY_NUMBER = ["products", "spaces", "imports", "imports/{run}/issues", "rules", "experiments"]
BY_UNCERTAINTY = ["matches", "duplicates"]


@pytest.mark.parametrize(
    ("name", "none", "some"),
    [
        *((name, ("abc", "", "%00", "1.5", "nan", "9" * 5_000), ("0", "-1", "9" * 40)) for name in BY_NUMBER),
        *((name, ("abc", "", "%00", "0.5x"), ("0.5", "-1", "9" * 400)) for name in BY_UNCERTAINTY),
    ],
)
@pytest.mark.parametrize("more", ["", "&r=1&o=3"])
def test_a_position_that_is_none_is_named(api, store, name, none, some, more):
    path = f"/api/v1/{name.format(run=start(store, [row(1)]).pk)}/"
    for position in none:
        assert_problem(api.get(path, cursor=cursor_at(position, more)), 400, field="cursor", code="invalid")
    for position in some:
        assert api.get(path, cursor=cursor_at(position, more)).status_code == 200


def cursor_at(position: str, more: str) -> str:
    return b64encode(f"p={position}{more}".encode()).decode()
