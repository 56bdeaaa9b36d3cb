import pytest

from catalog.models import Product
from recommender.behaviour.companions import Pair
from recommender.pool import HALF_TOGETHER
from recommender.services.behaviour import replace_companions
from tests.factories import Api, make_product
from tests.recommender.conftest import assert_problem, skus

URL = "/api/v1/products/mug-red/bought-together/"


@pytest.fixture
def paired(store, embedded_shop):
    """`paired("mug-red lamp-red .5", …)`: these are the companions there are."""

    def pair(*lines: str) -> None:
        rows = (line.split() for line in lines)
        pairs = [Pair(embedded_shop[a].pk, embedded_shop[b].pk, float(score), 9) for a, b, score in rows]
        replace_companions(store=store, pairs=pairs)

    return pair


def test_what_is_bought_with_it_comes_first_however_different(api, paired):
    paired("mug-red lamp-gone .9", "mug-red bare .8", "mug-blue pan-red .9")
    body = api.get(URL, limit=2, explain="true").json()
    assert set(body) == {"ranking_id", "space", "fallback", "results", "next_cursor"}
    assert (body["fallback"], skus(body)) == (None, ["lamp-gone", "bare"])
    assert {result["explanation"]["reason"] for result in body["results"]} == {"bought_together"}


def test_what_is_like_it_fills_the_page(api, paired):
    paired("mug-red bare .9")
    body = api.get(URL, limit=3).json()
    assert skus(body)[0] == "bare"
    assert set(skus(body)[1:]) == {"mug-blue", "mug-rose"}
    assert body["fallback"] is None


def test_without_a_space_companions_answer_and_its_category_fills_up(api, store, shop):
    replace_companions(store=store, pairs=[Pair(shop["mug-red"].pk, shop["lamp-red"].pk, 0.5, 9)])
    body = api.get(URL, limit=4).json()
    assert (body["space"], body["fallback"]) == (None, "category")
    assert skus(body) == ["lamp-red", "mug-rose", "mug-blue", "bare"]
    assert [result["score"] > 0 for result in body["results"]] == [True, False, False, False]


def test_companions_alone(api, paired):
    paired("mug-red bare .9")
    body = api.get(URL, together=1, textual=0, behaviour=0, min_score=0.01).json()
    assert [(result["sku"], result["score"]) for result in body["results"]] == [
        ("bare", round(0.9 / (0.9 + HALF_TOGETHER), 6))
    ]


def test_filters_narrow_and_withdrawn_ones_never_appear(api, paired):
    paired("mug-red bare .9", "mug-red lamp-red .8", "mug-red lamp-blue .7")
    Product.objects.filter(sku="bare").update(is_published=False)
    assert skus(api.get(URL, limit=2)) == ["lamp-red", "lamp-blue"]
    assert skus(api.get(URL, category="Lighting", max_price=70)) == ["lamp-red"]


def test_a_withdrawn_product_still_has_companions(api, paired):
    paired("mug-red bare .9")
    Product.objects.filter(sku="mug-red").update(is_published=False)
    assert skus(api.get(URL, limit=1)) == ["bare"]


def test_a_shopper_is_told_what_suits_them(api, paired, happens):
    paired("mug-red lamp-red .5", "mug-red bare .5")
    happens("ann", "purchase", "lamp-blue")
    assert skus(api.get(URL, limit=1, shopper="ann", personal=1)) == ["lamp-red"]


def test_weights_that_leave_nothing_are_refused(api, embedded_shop):
    weights = {"together": 0, "behaviour": 0, "textual": 0}
    assert_problem(api.get(URL, **weights), 400, field="weights")


@pytest.mark.parametrize("sku", ["nothing", "theirs"])
def test_an_unknown_sku_and_another_stores_are_not_found(api, embedded_shop, other_shop, sku):
    assert_problem(api.get(f"/api/v1/products/{sku}/bought-together/"), 404, code="not_found")


def test_a_sku_with_a_slash(api, store, embedded_shop):
    make_product(store, sku="a/b", title="stoneware mug")
    body = api.get("/api/v1/products/a%2Fb/bought-together/", limit=1).json()
    assert len(skus(body)) == 1


def test_other_stores_products_never_appear(api, other_api, embedded_shop, other_shop):
    assert "theirs" not in skus(api.get(URL, limit=100))
    assert skus(other_api.get(URL, limit=100)) == ["theirs"]


def test_a_key_is_needed_and_must_read(stranger, make_key, embedded_shop):
    assert_problem(stranger.get(URL), 401)
    assert_problem(Api(make_key(["events"])).get(URL), 403)
    assert Api(make_key(["read"])).get(URL).status_code == 200
