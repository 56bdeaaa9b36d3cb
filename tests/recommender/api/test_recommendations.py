from datetime import timedelta

import pytest
from django.utils import timezone

from catalog.models import Product
from recommender.behaviour.companions import Pair
from recommender.services.behaviour import replace_companions
from recommender.services.scenarios import save_settings
from tests.factories import Api, make_product
from tests.recommender.conftest import assert_problem, embed, skus

URL = "/api/v1/recommendations/"


def words(**query):
    """By words alone, which group the mugs and the lamps."""
    return {"shopper": "ann", "visual": 0, "textual": 1} | query


def test_answers_by_what_the_shopper_did_lately(api, embedded_shop, happens):
    happens("ann", "click", "lamp-red")
    body = api.get(URL, **words(limit=3)).json()
    assert set(body) == {"ranking_id", "space", "fallback", "results", "next_cursor"}
    assert body["fallback"] is None
    assert set(skus(body)) == {"lamp-red", "lamp-blue", "lamp-gone"}
    assert all(0 < result["score"] <= 1 for result in body["results"])


def test_an_event_counts_in_the_very_next_answer(api, embedded_shop, happens):
    happens("ann", "view", "lamp-red")
    assert skus(api.get(URL, **words(limit=1))) == ["lamp-red"]
    happens("ann", "like", "pan-red")
    assert skus(api.get(URL, **words(limit=1))) == ["pan-red"]


def test_old_interests_fade(api, embedded_shop, happens):
    happens("ann", "cart", "lamp-red", at=timezone.now() - timedelta(days=120))
    happens("ann", "view", "pan-red")
    assert skus(api.get(URL, **words(limit=1))) == ["pan-red"]


def test_weights_choose_between_words_and_looks(api, embedded_shop, happens):
    happens("ann", "click", "mug-blue")
    assert skus(api.get(URL, shopper="ann", visual=1, textual=0, limit=2)) == ["mug-blue", "lamp-blue"]
    assert set(skus(api.get(URL, **words(limit=3)))) == {"mug-blue", "mug-red", "mug-rose"}


def test_what_was_bought_never_comes_back_what_is_viewed_may(api, embedded_shop, happens):
    happens("ann", "purchase", "mug-red", at=timezone.now() - timedelta(days=500))
    happens("ann", "view", "mug-blue")
    found = skus(api.get(URL, **words(limit=100)))
    assert found[0] == "mug-blue"
    assert set(found) == embedded_shop.keys() - {"mug-red"}


def test_a_dislike_pushes_away_and_hides(api, embedded_shop, happens):
    happens("ann", "view", "mug-red", "lamp-red")
    happens("ann", "dislike", "lamp-blue")
    found = skus(api.get(URL, **words(limit=100)))
    assert "lamp-blue" not in found
    assert found.index("mug-rose") < found.index("lamp-gone")


def test_a_stranger_gets_the_popular(api, embedded_shop, happens):
    happens("bob", "view", "pan-red", "lamp-red")
    happens("bob", "purchase", "pan-red")
    body = api.get(URL, shopper="never-seen", limit=2).json()
    assert (body["fallback"], skus(body)) == ("popular", ["pan-red", "lamp-red"])
    assert {result["score"] for result in body["results"]} == {0}


def test_where_too_little_is_popular_the_newest_fill_the_page(api, embedded_shop, happens):
    happens("bob", "view", "pan-red")
    body = api.get(URL, shopper="never-seen", limit=4).json()
    assert (body["fallback"], skus(body)) == ("popular", ["pan-red", "bare", "lamp-gone", "lamp-blue"])


def test_where_nothing_happened_yet_the_newest_answer(api, embedded_shop):
    body = api.get(URL, shopper="ann", limit=3).json()
    assert (body["fallback"], skus(body)) == ("newest", ["bare", "lamp-gone", "lamp-blue"])


def test_dislikes_alone_are_no_taste(api, embedded_shop, happens):
    happens("ann", "dislike", "bare")
    body = api.get(URL, shopper="ann", limit=100).json()
    assert body["fallback"] == "newest"
    assert set(skus(body)) == embedded_shop.keys() - {"bare"}


def test_without_a_space_there_are_still_recommendations(api, shop, happens):
    happens("ann", "view", "mug-red")
    happens("bob", "view", "lamp-red")
    body = api.get(URL, shopper="ann", limit=3).json()
    assert (body["space"], body["fallback"]) == (None, "popular")
    assert skus(body) == ["mug-red", "lamp-red", "bare"]


def test_what_is_not_embedded_is_still_come_back_to(api, store, embedded_shop, happens):
    make_product(store, sku="late", title="late")
    happens("ann", "view", "late")
    body = api.get(URL, shopper="ann", limit=1).json()
    assert (body["fallback"], skus(body)) == (None, ["late"])


def test_a_personal_page_is_filled_with_what_is_not_embedded_yet(api, store, embedded_shop, happens):
    make_product(store, sku="late", title="late")
    happens("ann", "purchase", "mug-red")
    happens("ann", "view", "mug-blue")
    body = api.get(URL, **words(limit=8)).json()
    assert body["fallback"] == "newest"
    assert skus(body)[0] == "mug-blue"
    assert skus(body)[-1] == "late"
    assert set(skus(body)) == {*embedded_shop, "late"} - {"mug-red"}


def test_fallbacks_keep_to_filters_purchases_and_publication(api, embedded_shop, happens):
    happens("bob", "view", "lamp-red", "pan-red")
    happens("ann", "purchase", "lamp-red")
    Product.objects.filter(sku="lamp-gone").update(is_published=False)
    body = api.get(URL, shopper="ann", category="Lighting").json()
    assert skus(body) == ["lamp-blue"]
    strangers = api.get(URL, shopper="eve", category="Lighting").json()
    assert (strangers["fallback"], skus(strangers)) == ("popular", ["lamp-red", "lamp-blue"])


def test_filters_narrow_personal_answers(api, embedded_shop, happens):
    happens("ann", "view", "mug-red")
    body = api.get(URL, **words(category="Kitchen", max_price=15)).json()
    assert (body["fallback"], set(skus(body))) == (None, {"mug-red", "mug-blue"})


@pytest.mark.parametrize("shopper", [None, "", "x" * 129, "a\x00b"])
def test_a_shopper_must_be_named(api, shopper):
    query = {} if shopper is None else {"shopper": shopper}
    assert_problem(api.get(URL, **query), 400, field="shopper")


def test_stores_know_only_their_own_shoppers_and_products(
    api, other_api, other_store, embedded_shop, other_shop, happens
):
    happens("ann", "view", "pan-red")
    happens("ann", "purchase", "theirs", store=other_store)
    assert skus(api.get(URL, **words(limit=1))) == ["pan-red"]
    assert set(skus(api.get(URL, **words(limit=100)))) == set(embedded_shop)
    assert skus(other_api.get(URL, **words(limit=100))) == ["mug-red"]


def test_the_number_of_queries_is_fixed(api, clock, store, embedded_shop, happens, django_assert_max_num_queries):
    # key, settings, experiments, rules, shopper, history, what was shown, category, cards; vectors go their own way
    def ask(**query):
        with django_assert_max_num_queries(12):
            return api.get(URL, **words(**query, category="Kitchen")).json()

    happens("ann", "view", "mug-red")
    assert len(ask(limit=1)["results"]) == 1
    happens("ann", "view", *["mug-red", "pan-red", "lamp-red", "bare"] * 10)
    embed(store)
    assert len(ask(limit=4)["results"]) == 4


def test_fallbacks_cost_three_queries_more_at_most(api, clock, embedded_shop, happens, django_assert_max_num_queries):
    happens("ann", "view", "mug-red")
    with django_assert_max_num_queries(16):
        assert len(api.get(URL, **words(limit=100, category="Kitchen")).json()["results"]) == 4


def test_a_key_is_needed_and_must_read(stranger, make_key, embedded_shop):
    assert_problem(stranger.get(URL, shopper="ann"), 401)
    assert_problem(Api(make_key(["events"])).get(URL, shopper="ann"), 403)
    assert Api(make_key(["read"])).get(URL, shopper="ann").status_code == 200


class TestProductPage:
    """`scenario=product`: beside the product whose page it is."""

    ASK = {"scenario": "product", "sku": "mug-red", "visual": 0, "textual": 1}

    def test_what_goes_with_the_product_without_itself(self, api, embedded_shop):
        body = api.get(URL, **self.ASK, limit=2).json()
        assert (body["fallback"], set(skus(body))) == (None, {"mug-blue", "mug-rose"})

    def test_what_the_shopper_wants_counts_too(self, api, embedded_shop, happens):
        happens("ann", "like", "lamp-red")
        strangers = skus(api.get(URL, **self.ASK, limit=3))
        anns = skus(api.get(URL, **self.ASK, limit=3, shopper="ann", personal=100))
        assert strangers[0].startswith("mug")
        assert anns[0].startswith("lamp")

    def test_what_they_bought_lately_is_not_offered_again(self, api, embedded_shop, happens):
        happens("ann", "purchase", "mug-blue")
        assert "mug-blue" not in skus(api.get(URL, **self.ASK, shopper="ann", limit=100))
        assert "mug-blue" in skus(api.get(URL, **self.ASK, shopper="bob", limit=100))

    @pytest.mark.parametrize("sku", ["nothing", "theirs"])
    def test_the_product_must_be_the_stores(self, api, embedded_shop, other_shop, sku):
        assert_problem(api.get(URL, **self.ASK | {"sku": sku}), 400, field="sku", code="unknown")


class TestBasket:
    """`scenario=basket`: beside what is in the basket."""

    def test_what_is_bought_with_all_of_it_comes_first(self, api, store, embedded_shop):
        pairs = [("mug-red", "bare", 0.6), ("pan-red", "bare", 0.6), ("mug-red", "lamp-red", 0.7)]
        replace_companions(
            store=store, pairs=[Pair(embedded_shop[a].pk, embedded_shop[b].pk, score, 9) for a, b, score in pairs]
        )
        body = api.get(URL, scenario="basket", basket=["mug-red", "pan-red"], explain="true", limit=3).json()
        assert skus(body)[:2] == ["bare", "lamp-red"]
        assert body["results"][0]["explanation"]["reason"] == "bought_together"

    def test_nothing_that_is_in_it(self, api, embedded_shop):
        basket = ["mug-red", "pan-red", "mug-red"]
        found = skus(api.get(URL, scenario="basket", basket=basket, limit=100))
        assert set(found) == embedded_shop.keys() - set(basket)

    def test_all_that_are_not_the_stores_are_named(self, api, embedded_shop, other_shop):
        answer = api.get(URL, scenario="basket", basket=["mug-red", "theirs", "nothing"])
        problem = assert_problem(answer, 400, field="basket", code="unknown")
        assert "theirs, nothing" in problem["detail"]
        assert "mug-red" not in problem["detail"]


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({"scenario": "checkout"}, "scenario", "invalid_choice"),
        ({"scenario": "search", "shopper": "ann"}, "scenario", "invalid_choice"),
        ({"scenario": "product"}, "sku", "required"),
        ({"scenario": "product", "shopper": "ann"}, "sku", "required"),
        ({"scenario": "product", "sku": "mug-red", "basket": ["bare"]}, "basket", "ambiguous"),
        ({"scenario": "product", "sku": ""}, "sku", "blank"),
        ({"scenario": "product", "sku": "x" * 129}, "sku", "max_length"),
        ({"scenario": "basket"}, "basket", "required"),
        ({"scenario": "basket", "shopper": "ann"}, "basket", "required"),
        ({"scenario": "basket", "basket": ["mug-red"], "sku": "bare"}, "sku", "ambiguous"),
        ({"scenario": "basket", "basket": ["mug-red", ""]}, "basket.1", "blank"),
        ({"scenario": "basket", "basket": [f"p{n}" for n in range(51)]}, "basket", "max_length"),
        ({"shopper": "ann", "sku": "mug-red"}, "sku", "ambiguous"),
        ({"shopper": "ann", "basket": ["mug-red"]}, "basket", "ambiguous"),
        ({"scenario": "home"}, "shopper", "required"),
        ({"shopper": "ann", "like": "mug-red"}, "like", "unknown_field"),
    ],
)
def test_a_scenario_needs_what_it_is_about_and_takes_nothing_else(api, embedded_shop, given, field, code):
    assert_problem(api.get(URL, **given), 400, field=field, code=code)


def test_settings_of_a_scenario_hold_there_alone(api, store, embedded_shop):
    save_settings(store=store, scenario="product", weights={"visual": 1, "textual": 0, "behaviour": 0})
    page = {"scenario": "product", "sku": "mug-blue", "limit": 1}
    assert skus(api.get(URL, **page)) == ["lamp-blue"]
    assert skus(api.get(URL, **page, visual=0, textual=1))[0].startswith("mug")
    beside = api.get(URL, scenario="basket", basket=["mug-blue"], limit=1)
    assert skus(beside)[0].startswith("mug")
