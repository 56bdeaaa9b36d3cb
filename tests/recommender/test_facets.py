from decimal import Decimal

import pytest

from catalog.models import Product
from recommender.facets import MOST_VALUES, count_facets
from tests.factories import make_products

pytestmark = pytest.mark.django_db

ATTRIBUTES = [
    {"colour": ["red", "blue", "red"], "width": 1, "on_sale": True},
    {"colour": "red", "width": 1.0, "on_sale": False},
    {"colour": None, "width": "1"},
    {"colour": "", "width": {"cm": 1}},
    {},
]


@pytest.fixture
def ids(store) -> list[int]:
    rows = [{"sku": f"f{n}", "attributes": attributes} for n, attributes in enumerate(ATTRIBUTES)]
    rows[0] |= {"category": "A/B", "brand": "Fjord", "price": 3}
    rows[1] |= {"category": "A", "brand": "Fjord", "price": "7.50"}
    rows[2] |= {"category": "A/B", "brand": "Lumo", "availability": "out_of_stock"}
    return [product.pk for product in make_products(store, rows)]


def as_pairs(counts: list[dict]) -> list[tuple]:
    return [(item["value"], item["count"]) for item in counts]


def test_values_are_counted_the_most_frequent_first(ids):
    found = count_facets(ids, ["category", "brand", "availability", "price"])
    assert as_pairs(found["category"]) == [("A/B", 2), ("A", 1)]
    assert as_pairs(found["brand"]) == [("Fjord", 2), ("Lumo", 1)]
    assert as_pairs(found["availability"]) == [("in_stock", 4), ("out_of_stock", 1)]
    assert found["price"] == {"min": Decimal("3.00"), "max": Decimal("7.50")}


def test_of_a_list_each_item_counts_once_and_what_is_no_value_never(ids):
    assert as_pairs(count_facets(ids, ["attributes.colour"])["attributes.colour"]) == [("red", 2), ("blue", 1)]


def test_what_is_spelt_differently_is_different(ids):
    found = count_facets(ids, ["attributes.width", "attributes.on_sale"])
    assert {repr(item["value"]) for item in found["attributes.width"]} >= {"'1'"}
    assert {item["value"] for item in found["attributes.on_sale"]} == {True, False}


def test_only_these_products_count_and_only_what_is_asked_for(ids):
    assert count_facets(ids[1:2], ["brand"]) == {"brand": [{"value": "Fjord", "count": 1}]}


def test_no_products_or_nothing_in_common_is_empty(ids):
    assert count_facets([], ["brand", "price"]) == {"brand": [], "price": {"min": None, "max": None}}
    assert count_facets(ids, ["attributes.material"]) == {"attributes.material": []}


def test_as_many_values_as_a_sidebar_holds_in_one_query(store, django_assert_num_queries):
    rows = [{"sku": f"b{n}", "brand": f"brand {n:02}"} for n in range(MOST_VALUES + 5)]
    make_products(store, [*rows, {"sku": "again", "brand": "brand 22"}])
    everything = list(Product.objects.of(store).values_list("pk", flat=True))
    with django_assert_num_queries(1):
        found = count_facets(everything, ["brand", "availability", "attributes.x"])["brand"]
    assert len(found) == MOST_VALUES
    assert found[0] == {"value": "brand 22", "count": 2}
