"""Pages of an answer, by its cursors."""

from typing import Any

import pytest

from recommender.cursors import MAX_LENGTH, Place, write_cursor
from tests.factories import Api
from tests.recommender.conftest import assert_problem, skus

SIMILAR = "/api/v1/products/mug-red/similar/"
SEARCH = "/api/v1/search/"


def pages(api: Api, path: str, **query: Any) -> list[list[str]]:
    shown, cursor = [], {}
    while cursor is not None and len(shown) < 20:
        body = api.get(path, **query, **cursor).json()
        shown.append(skus(body))
        cursor = body["next_cursor"] and {"cursor": body["next_cursor"]}
    return shown


@pytest.mark.parametrize(
    ("path", "query"),
    [
        (SIMILAR, {}),
        (SIMILAR, {"sort": "price", "facets": "brand"}),
        (SEARCH, {"q": "stoneware mug", "diversity": 0.5}),
        ("/api/v1/recommendations/", {"shopper": "nobody"}),
        ("/api/v1/products/mug-red/bought-together/", {}),
    ],
)
def test_pages_show_everything_once(api, embedded_shop, path, query):
    shown = pages(api, path, limit=3, **query)
    seen = [sku for page in shown for sku in page]
    everything = embedded_shop.keys() - ({"mug-red"} if "mug-red" in path else set())
    assert sorted(seen) == sorted(everything)
    assert [len(page) for page in shown[:2]] == [3, 3]


def test_the_next_page_may_be_longer_and_explained(api, embedded_shop):
    cursor = api.get(SIMILAR, limit=2).json()["next_cursor"]
    whole = skus(api.get(SIMILAR, limit=7))
    body = api.get(SIMILAR, limit=5, explain="true", cursor=cursor).json()
    assert skus(body) == whole[2:]
    assert all("explanation" in result for result in body["results"])


@pytest.mark.parametrize("cursor", ["", "x", "A" * MAX_LENGTH, "é", "A" * (MAX_LENGTH + 1)])
def test_what_is_no_cursor_is_refused(api, embedded_shop, cursor):
    assert_problem(api.get(SIMILAR, cursor=cursor), 400, field="cursor")


@pytest.mark.parametrize("change", [{"brand": "Fjord"}, {"visual": "0"}, {"sort": "price"}, {"shopper": "ann"}])
def test_another_questions_cursor_is_refused(api, embedded_shop, change):
    cursor = api.get(SIMILAR, limit=2).json()["next_cursor"]
    assert_problem(api.get(SIMILAR, cursor=cursor, **change), 400, field="cursor", code="invalid")
    assert_problem(api.get("/api/v1/products/mug-blue/similar/", cursor=cursor), 400, field="cursor", code="invalid")


def test_a_forged_cursor_brings_in_nothing_of_another_store(api, embedded_shop, other_shop):
    theirs = [product.pk for product in other_shop.values()]
    asked = {"scenario": "similar", "sku": "mug-red"}
    forged = write_cursor(Place(shown=tuple(theirs), best=tuple(theirs)), asked)
    response = api.get(SIMILAR, cursor=forged, limit=20)
    assert response.status_code == 200, response.content
    assert set(skus(response)) == embedded_shop.keys() - {"mug-red"}
