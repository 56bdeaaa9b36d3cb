"""What every question refuses, at each of the four."""

import pytest

from tests.factories import make_product
from tests.recommender.conftest import assert_problem

QUESTIONS = [
    ("/api/v1/products/mug-red/similar/", {}),
    ("/api/v1/products/mug-red/bought-together/", {}),
    ("/api/v1/search/", {"text": "mug"}),
    ("/api/v1/recommendations/", {"shopper": "ann"}),
]

REFUSED = [
    ({"limit": "0"}, "limit"),
    ({"limit": "101"}, "limit"),
    ({"limit": "-1"}, "limit"),
    ({"limit": "ten"}, "limit"),
    ({"limit": "1e400"}, "limit"),
    ({"limit": ""}, "limit"),
    ({"diversity": "1.01"}, "diversity"),
    ({"diversity": "-0.1"}, "diversity"),
    ({"diversity": "nan"}, "diversity"),
    ({"visual": "nan"}, "visual"),
    ({"visual": "NaN"}, "visual"),
    ({"textual": "inf"}, "textual"),
    ({"textual": "-Infinity"}, "textual"),
    ({"textual": "1e999"}, "textual"),
    ({"fused": "-0.1"}, "fused"),
    ({"fused": "much"}, "fused"),
    ({"weights": '{"visual": 0, "textual": 0, "behaviour": 0, "lexical": 0, "together": 0}'}, "weights"),
    ({"weights": '{"visual": -1}'}, "weights.visual"),
    ({"weights": '{"vizual": 1}'}, "weights.vizual"),
    ({"weights": "{"}, "weights"),
    ({"weights": '{"visual": 1}', "visual": "1"}, "visual"),
    ({"cursor": "nonsense"}, "cursor"),
    ({"cursor": "x" * 20_000}, "cursor"),
    ({"sort": "cheapest"}, "sort"),
    ({"min_score": "2"}, "min_score"),
    ({"facets": "colour"}, "facets.0"),
    ({"collapse": "perhaps"}, "collapse"),
    ({"min_price": "nan"}, "min_price"),
    ({"max_price": "Infinity"}, "max_price"),
    ({"min_price": "-1"}, "min_price"),
    ({"min_price": "cheap"}, "min_price"),
    ({"min_price": "20", "max_price": "10"}, "min_price"),
    ({"available": "perhaps"}, "available"),
    ({"category": ""}, "category"),
    ({"category": "x" * 601}, "category"),
    ({"category": "a\x00b"}, "category"),
    ({"brand": "x" * 201}, "brand"),
    ({"brand": "a\x00b"}, "brand"),
    ({"filters": "{"}, "filters"),
    ({"filters": "[" * 100_000}, "filters"),
    ({"filters": "[]"}, "filters"),
    ({"filters": '{"price": {"min": "5"}}'}, "filters.price.min"),
    ({"filters": '{"any": [{"colour": "red"}]}'}, "filters.any.0.colour"),
    ({"limt": "5"}, "limt"),
    ({"categry": "Kitchen"}, "categry"),
]


@pytest.mark.parametrize(("path", "needed"), QUESTIONS, ids=["similar", "together", "search", "recommendations"])
@pytest.mark.parametrize(("given", "field"), REFUSED, ids=[str(given)[:40] for given, _ in REFUSED])
def test_what_cannot_be_meant_is_refused_by_name(api, store, path, needed, given, field):
    make_product(store, sku="mug-red")
    problem = assert_problem(api.get(path, **needed, **given), 400, field=field)
    assert problem["code"] == "invalid"


def test_an_unknown_field_is_told_what_there_is(api):
    problem = assert_problem(api.get(QUESTIONS[0][0], limt=5), 400, field="limt", code="unknown_field")
    assert "limit" in problem["errors"][0]["message"]


@pytest.mark.parametrize(("path", "needed"), QUESTIONS, ids=["similar", "together", "search", "recommendations"])
def test_equal_prices_and_whole_weights_are_fine(api, embedded_shop, path, needed):
    weights = {"visual": "3", "textual": "1", "fused": "0"}
    response = api.get(path, **needed, **weights, min_price="10", max_price="10.00", limit="100")
    assert [result["sku"] for result in response.json()["results"]] in (["mug-red"], [])


@pytest.mark.parametrize(("path", "needed"), QUESTIONS, ids=["similar", "together", "search", "recommendations"])
def test_a_filter_tree_narrows_every_answer_together_with_the_short_fields(api, embedded_shop, path, needed):
    tree = '{"any": [{"category": "Kitchen/Mugs"}, {"category": "Lighting"}], "not": {"brand": "Lumo"}}'
    answer = api.get(path, **needed, filters=tree, max_price="11")
    assert {result["sku"] for result in answer.json()["results"]} <= {"mug-red"}
    everything = api.get(path, **needed, filters=tree)
    assert {result["sku"] for result in everything.json()["results"]} >= {"mug-blue", "lamp-gone"}


def test_a_tree_comes_as_json_in_a_body(api, embedded_shop):
    answer = api.post("/api/v1/search/", {"text": "mug", "filters": {"brand": ["Lumo"], "price": {"max": 30}}})
    assert [result["sku"] for result in answer.json()["results"]] == ["mug-rose"]


@pytest.mark.parametrize(("path", "needed"), QUESTIONS, ids=["similar", "together", "search", "recommendations"])
def test_what_nothing_can_meet_is_an_empty_page(api, embedded_shop, path, needed):
    tree = '{"all": [{"category": "Nowhere"}]}'
    assert api.get(path, **needed, filters=tree).json()["results"] == []
