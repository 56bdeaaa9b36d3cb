import pytest

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
