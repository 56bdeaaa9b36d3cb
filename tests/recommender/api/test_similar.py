from urllib.parse import quote

import pytest

from catalog.models import Product
from embeddings.models import EmbeddingSpace
from tests.factories import Api, make_image, make_product, make_products
from tests.recommender.conftest import assert_problem, embed, skus

LAMPS = {"lamp-red", "lamp-blue", "lamp-gone"}
MUGS = {"mug-red", "mug-blue", "mug-rose"}


def url(sku: str) -> str:
    return f"/api/v1/products/{quote(sku, safe='')}/similar/"


def test_answers_in_the_shape_every_question_has(api, embedded_shop):
    body = api.get(url("mug-red"), limit=1, textual=2).json()
    assert set(body) == {"ranking_id", "space", "fallback", "results", "next_cursor"}
    assert body["space"] == EmbeddingSpace.objects.get().name
    assert body["fallback"] is None
    result = body["results"][0]
    assert result["currency"] == ""
    assert set(result) == {"sku", "title", "brand", "category", "price", "currency", "image", "score", "matched_image"}
    assert (result["sku"], result["title"], result["brand"]) == ("mug-blue", "stoneware mug blue", "Fjord")
    assert (result["category"], result["price"]) == ("Kitchen/Mugs", "12.00")
    assert result["image"].startswith("/media/products/")
    assert 0 < result["score"] <= 1


def test_every_answer_has_a_ranking_of_its_own(api, embedded_shop):
    first, second = (api.get(url("mug-red")).json()["ranking_id"] for _ in range(2))
    assert first != second


def test_words_alone_group_by_words(api, embedded_shop):
    assert set(skus(api.get(url("mug-red"), visual=0, textual=1, limit=2))) == MUGS - {"mug-red"}
    assert set(skus(api.get(url("lamp-red"), visual=0, textual=1, limit=2))) == LAMPS - {"lamp-red"}


def test_looks_alone_group_by_looks(api, embedded_shop):
    assert set(skus(api.get(url("mug-red"), visual=1, textual=0, limit=2))) == {"pan-red", "lamp-red"}
    assert skus(api.get(url("mug-blue"), visual=1, textual=0, limit=1)) == ["lamp-blue"]


def test_scores_fall_and_stay_between_0_and_1(api, embedded_shop):
    scores = [result["score"] for result in api.get(url("mug-red")).json()["results"]]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)


def test_the_product_itself_and_withdrawn_ones_never_appear(api, embedded_shop):
    Product.objects.filter(sku="mug-blue").update(is_published=False)
    assert set(skus(api.get(url("mug-red"), limit=100))) == embedded_shop.keys() - {"mug-red", "mug-blue"}


def test_ten_are_the_default_and_limit_chooses(api, store):
    make_products(store, [{"sku": f"p{number}", "title": f"thing {number}"} for number in range(13)])
    embed(store)
    assert len(skus(api.get(url("p0")))) == 10
    assert len(skus(api.get(url("p0"), limit=12))) == 12


@pytest.mark.parametrize(
    ("filters", "left"),
    [
        ({"category": "Kitchen"}, {"mug-blue", "mug-rose", "pan-red"}),
        ({"category": "Kitchen/Mugs"}, {"mug-blue", "mug-rose"}),
        ({"brand": "Lumo"}, {"mug-rose", "lamp-red", "lamp-blue"}),
        ({"min_price": "40"}, {"pan-red", "lamp-red", "lamp-blue"}),
        ({"min_price": "20", "max_price": "60.00"}, {"mug-rose", "pan-red", "lamp-red"}),
        ({"available": "false"}, {"lamp-gone"}),
        ({"available": "true", "category": "Lighting"}, {"lamp-red", "lamp-blue"}),
        ({"category": "Nowhere"}, set()),
        ({"brand": "Nobody"}, set()),
    ],
)
def test_filters_narrow(api, embedded_shop, filters, left):
    body = api.get(url("mug-red"), **filters).json()
    assert set(skus(body)) == left
    assert body["fallback"] is None


def test_without_a_space_the_category_stands_in(api, shop):
    body = api.get(url("mug-red"), limit=4).json()
    assert (body["space"], body["fallback"]) == (None, "category")
    assert skus(body) == ["mug-rose", "mug-blue", "bare", "lamp-gone"]
    assert {result["score"] for result in body["results"]} == {0}


def test_a_product_not_yet_embedded_gets_its_category(api, store, embedded_shop):
    make_product(store, sku="mug-new", title="stoneware mug new", category="Kitchen/Mugs")
    body = api.get(url("mug-new"), limit=3).json()
    assert body["fallback"] == "category"
    assert skus(body) == ["mug-rose", "mug-blue", "mug-red"]


def test_a_product_without_category_or_vector_gets_the_newest(api, store, embedded_shop):
    make_product(store, sku="odd", title="odd")
    body = api.get(url("odd"), limit=2).json()
    assert body["fallback"] == "newest"
    assert skus(body) == ["bare", "lamp-gone"]


def test_a_page_is_filled_with_what_is_not_yet_embedded(api, store, embedded_shop):
    make_product(store, sku="late", title="late")
    body = api.get(url("mug-red"), limit=8).json()
    assert body["fallback"] == "newest"
    assert len(skus(body)) == 8
    assert body["results"][-1]["sku"] == "late"
    assert body["results"][-1]["score"] == 0


def test_a_product_without_a_picture_asked_for_looks_gets_its_category(api, store, embedded_shop):
    make_product(store, sku="mug-plain", title="stoneware mug plain", category="Kitchen/Mugs", images=[])
    embed(store)
    body = api.get(url("mug-plain"), visual=1, textual=0, limit=3).json()
    assert body["fallback"] == "category"
    assert set(skus(body)) == MUGS


def test_a_weight_for_what_the_space_lacks_is_ignored(api, embedded_shop):
    assert "fused" not in {block["name"] for block in EmbeddingSpace.objects.get().layout}
    assert skus(api.get(url("mug-red"), fused=1)) == skus(api.get(url("mug-red")))


def test_weights_that_leave_nothing_are_refused(api, embedded_shop):
    assert_problem(api.get(url("mug-red"), visual=0, textual=0, fused=1), 400, field="weights")


SKUS = ["with space", "dots.and.more", "a/b", "ünïcode-茶", "100%", "q?x=1&y#z", "similar", "a+b", "a//b"]


@pytest.mark.parametrize("sku", SKUS)
def test_a_sku_may_be_written_in_any_way(api, store, embedded_shop, sku):
    make_product(store, sku=sku, title="stoneware mug odd")
    embed(store)
    assert set(skus(api.get(url(sku), visual=0, textual=1, limit=3))) == MUGS


@pytest.mark.parametrize("sku", ["nothing", "x" * 500, "\x00", "%"])
def test_an_unknown_sku_is_not_found(api, embedded_shop, sku):
    assert_problem(api.get(url(sku)), 404, code="not_found")


def test_another_stores_sku_is_as_unknown_as_any(api, embedded_shop, other_shop):
    foreign, unknown = api.get(url("theirs")), api.get(url("nothing"))
    assert foreign.status_code == 404
    assert foreign.content == unknown.content


def test_other_stores_products_never_appear(api, other_api, embedded_shop, other_shop):
    assert "theirs" not in skus(api.get(url("mug-red"), limit=100))
    assert skus(other_api.get(url("mug-red"), limit=100)) == ["theirs"]


def test_the_number_of_queries_is_fixed(api, clock, store, embedded_shop, django_assert_max_num_queries):
    # key, settings, rules, product, category, cards, pictures; vectors go their own way (embeddings.wire)
    with django_assert_max_num_queries(8):
        few = skus(api.get(url("mug-red"), limit=1, category="Kitchen"))
    rows = [
        {"sku": f"p{n}", "title": f"mug {n}", "category": "Kitchen", "images": [make_image("red", mark=n)]}
        for n in range(30)
    ]
    make_products(store, rows)
    embed(store)
    with django_assert_max_num_queries(8):
        many = skus(api.get(url("mug-red"), limit=30, category="Kitchen"))
    assert (len(few), len(many)) == (1, 30)


def test_a_fallback_costs_two_queries_more_at_most(api, clock, shop, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        assert len(skus(api.get(url("mug-red"), limit=100, category="Kitchen"))) == 3


def test_a_key_is_needed_and_must_read(stranger, make_key, embedded_shop):
    assert_problem(stranger.get(url("mug-red")), 401)
    assert_problem(Api("wrong").get(url("mug-red")), 401)
    assert_problem(Api(make_key(["events"])).get(url("mug-red")), 403)
    assert Api(make_key(["read"])).get(url("mug-red")).status_code == 200
