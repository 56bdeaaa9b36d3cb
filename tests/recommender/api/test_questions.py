"""What all questions have in common: pages, order, facets, variants, explanations, and that answers are remembered."""

import json
from typing import Any
from uuid import UUID

import pytest

from catalog.models import Product
from recommender import rankings
from recommender.explanations import ABOUT, FALLBACK_REASONS, REASONS
from recommender.models import Ranking
from tests.factories import Api, make_product, make_products
from tests.recommender.conftest import assert_problem, embed, skus

Ask = tuple[str, dict[str, Any]]
RECOMMENDATIONS = "/api/v1/recommendations/"
QUESTIONS: dict[str, Ask] = {
    "similar": ("/api/v1/products/mug-red/similar/", {}),
    "together": ("/api/v1/products/mug-red/bought-together/", {}),
    "search": ("/api/v1/search/", {"text": "stoneware mug"}),
    "home": (RECOMMENDATIONS, {"shopper": "ann"}),
    "product": (RECOMMENDATIONS, {"scenario": "product", "sku": "mug-red"}),
    "basket": (RECOMMENDATIONS, {"scenario": "basket", "basket": ["mug-red", "lamp-gone"]}),
}
every_question = pytest.mark.parametrize("name", QUESTIONS)


@pytest.fixture
def ask(api, embedded_shop, happens):
    """`ask("similar", limit=3)` is the answer; ann has looked at a lamp."""
    happens("ann", "view", "lamp-red")

    def get(name: str, *, client: Api = api, **more: Any) -> Any:
        path, needed = QUESTIONS[name]
        return client.get(path, **needed, **more)

    return get


class TestPages:
    @every_question
    def test_the_next_page_goes_on_where_the_last_ended(self, ask, name):
        whole = skus(ask(name, limit=100))
        body = ask(name, limit=2).json()
        pages = [skus(body)]
        while body["next_cursor"]:
            body = ask(name, limit=2, cursor=body["next_cursor"]).json()
            pages.append(skus(body))
        assert all(len(page) == 2 for page in pages[:-1])
        assert sorted(sku for page in pages for sku in page) == sorted(whole)
        assert pages[0] == whole[:2]

    def test_nothing_is_repeated_or_skipped_when_the_shop_changes_in_between(self, ask, store):
        first = ask("similar", limit=3).json()
        make_product(store, sku="mug-late", title="stoneware mug red")
        embed(store)
        Product.objects.filter(sku=skus(first)[0]).update(is_published=False)
        rest = skus(ask("similar", limit=100, cursor=first["next_cursor"]))
        left = set(Product.objects.values_list("sku", flat=True)) - {"mug-red", *skus(first)}
        assert sorted(rest) == sorted(left)

    def test_the_next_page_may_be_longer_and_explained(self, ask):
        cursor = ask("search", limit=1).json()["next_cursor"]
        [second, third] = ask("search", limit=2, cursor=cursor, explain="true").json()["results"]
        assert second["explanation"] and third["explanation"]

    @pytest.mark.parametrize(
        "other", [{"text": "desk lamp"}, {"brand": "Fjord"}, {"visual": 0}, {"shopper": "bob"}, {"sort": "price"}]
    )
    def test_a_cursor_belongs_to_its_question(self, api, ask, other):
        cursor = ask("search", limit=1).json()["next_cursor"]
        changed = QUESTIONS["search"][1] | other
        problem = assert_problem(api.get("/api/v1/search/", **changed, cursor=cursor), 400, field="cursor")
        assert "another question" in problem["detail"]

    def test_a_cursor_belongs_to_its_endpoint(self, ask):
        cursor = ask("similar", limit=1).json()["next_cursor"]
        assert_problem(ask("together", cursor=cursor), 400, field="cursor", code="invalid")

    def test_another_stores_cursor_hides_nothing_of_this_one(self, ask, other_api, other_shop):
        cursor = ask("similar", limit=1).json()["next_cursor"]
        assert skus(ask("similar", client=other_api, cursor=cursor)) == ["theirs"]

    def test_a_cursor_comes_in_a_body_too(self, api, embedded_shop):
        body = {"text": "mug", "limit": 3, "weights": {"visual": 0, "textual": 1}}
        first = api.post("/api/v1/search/", body).json()
        second = api.post("/api/v1/search/", body | {"cursor": first["next_cursor"]}).json()
        assert len({*skus(first), *skus(second)}) == 6

    def test_a_sorted_list_goes_on_sorted(self, ask):
        first = ask("similar", limit=3, sort="price").json()
        second = ask("similar", limit=100, sort="price", cursor=first["next_cursor"])
        assert skus(first) + skus(second) == skus(ask("similar", limit=100, sort="price"))


class TestOrder:
    @every_question
    def test_by_price(self, ask, name):
        def prices(**query: Any) -> list[float | None]:
            return [result["price"] and float(result["price"]) for result in ask(name, **query).json()["results"]]

        rising = prices(sort="price", limit=100)
        known = [price for price in rising if price is not None]
        assert known == sorted(known)
        assert rising == known + [None] * (len(rising) - len(known))
        falling = prices(sort="-price", limit=100)
        assert falling == known[::-1] + [None] * (len(falling) - len(known))

    def test_by_age(self, ask):
        found = skus(ask("similar", sort="newest", limit=100))
        assert found == ["bare", "lamp-gone", "lamp-blue", "lamp-red", "pan-red", "mug-rose", "mug-blue"]

    def test_the_cheapest_of_many_is_found(self, api, store):
        """Of the relevant set, not of the page."""
        rows = [{"sku": f"p{n:02}", "title": f"stoneware mug {n}", "price": 100 - n} for n in range(30)]
        make_products(store, rows)
        embed(store)
        cheap = api.get("/api/v1/search/", text="stoneware mug", sort="price", limit=2)
        assert skus(cheap) == ["p29", "p28"]

    @every_question
    def test_below_the_least_score_nothing_is_shown_or_filled_up(self, ask, name):
        scores = [result["score"] for result in ask(name, limit=100).json()["results"]]
        middle = sorted(scores)[len(scores) // 2]
        answer = ask(name, limit=100, min_score=middle + 1e-6).json()
        shown = [result["score"] for result in answer["results"]]
        assert len(shown) == sum(score > middle + 1e-6 for score in scores)
        assert answer["fallback"] is None


class TestVariants:
    @pytest.fixture
    def grouped(self, ask):
        Product.objects.filter(sku__in=["mug-blue", "mug-rose"]).update(variant_group="mugs")
        Product.objects.filter(sku__in=["lamp-red", "lamp-blue", "lamp-gone"]).update(variant_group="lamps")

    @every_question
    def test_of_a_group_one_is_shown_unless_all_are_wanted(self, ask, grouped, name):
        found = set(skus(ask(name, limit=100)))
        assert len(found & {"mug-blue", "mug-rose"}) == 1
        asked_for_a_lamp = name == "basket"  # whose variants are as good as shown
        assert len(found & {"lamp-red", "lamp-blue", "lamp-gone"}) == (0 if asked_for_a_lamp else 1)
        everything = set(skus(ask(name, limit=100, collapse="false")))
        assert everything >= {"mug-blue", "mug-rose"}
        assert (everything >= {"lamp-red", "lamp-blue"}) is not asked_for_a_lamp

    def test_the_next_page_shows_no_other_of_the_group(self, ask, grouped):
        first = ask("similar", limit=2).json()
        rest = skus(ask("similar", limit=100, cursor=first["next_cursor"]))
        assert len({*skus(first), *rest} & {"lamp-red", "lamp-blue", "lamp-gone"}) == 1
        assert len(skus(first)) + len(rest) == 4  # a mug, a lamp, the pan, the card


class TestFacets:
    def test_what_the_relevant_have_in_common_is_counted(self, ask, store):
        Product.objects.filter(sku__startswith="mug").update(attributes={"material": ["clay", "glaze"]})
        Product.objects.filter(sku="pan-red").update(attributes={"material": "iron"})
        names = ["category", "brand", "availability", "price", "attributes.material"]
        body = ask("similar", limit=1, facets=names).json()
        assert list(body["facets"]) == names
        assert body["facets"] == {
            "category": [
                {"value": "Lighting", "count": 3},
                {"value": "Kitchen/Mugs", "count": 2},
                {"value": "Gifts", "count": 1},
                {"value": "Kitchen/Pans", "count": 1},
            ],
            "brand": [{"value": "Lumo", "count": 3}, {"value": "Fjord", "count": 2}],
            "availability": [{"value": "in_stock", "count": 6}, {"value": "out_of_stock", "count": 1}],
            "price": {"min": "12.00", "max": "80.00"},
            "attributes.material": [
                {"value": "clay", "count": 2},
                {"value": "glaze", "count": 2},
                {"value": "iron", "count": 1},
            ],
        }

    @every_question
    def test_every_question_counts_what_its_filters_leave(self, ask, name):
        body = ask(name, facets=["brand"], category="Lighting").json()
        assert body["facets"] == {"brand": [{"value": "Lumo", "count": 2}]}

    @every_question
    def test_they_are_there_only_when_asked_for_and_change_nothing_else(self, ask, name):
        plain, counted = ask(name, limit=3).json(), ask(name, limit=3, facets=["price"]).json()
        assert "facets" not in plain
        assert skus(plain) == skus(counted)

    def test_they_stay_the_same_from_page_to_page(self, ask):
        first = ask("search", limit=2, facets=["brand", "category"]).json()
        second = ask("search", limit=2, facets=["brand", "category"], cursor=first["next_cursor"]).json()
        assert second["facets"] == first["facets"]

    def test_a_list_in_a_body(self, api, embedded_shop):
        body = api.post("/api/v1/search/", {"text": "mug", "facets": ["brand", "price"]}).json()
        assert set(body["facets"]) == {"brand", "price"}

    @pytest.mark.parametrize(
        ("facets", "field"),
        [
            (["colour"], "facets.0"),
            (["brand", "attributes."], "facets.1"),
            ([""], "facets.0"),
            (["brand"] * 21, "facets"),
        ],
    )
    def test_what_cannot_be_counted_is_refused(self, ask, facets, field):
        assert_problem(ask("similar", facets=facets), 400, field=field)


class TestExplanations:
    @every_question
    def test_contributions_add_up_to_the_score(self, ask, name):
        who = {} if "shopper" in QUESTIONS[name][1] else {"shopper": "ann"}
        results = ask(name, limit=100, explain="true", **who).json()["results"]
        assert results
        known = dict((*REASONS.values(), *FALLBACK_REASONS.values()))
        for result in results:
            told = result["explanation"]
            assert sum(told["contributions"].values()) == pytest.approx(result["score"], abs=1e-6)
            assert set(told["contributions"]) <= set(REASONS)
            if told["reason"] != "weak_match":
                assert any(known[told["reason"]].format(about=about) == told["sentence"] for about in ABOUT.values())

    @every_question
    def test_they_change_nothing_and_are_left_out_unless_asked_for(self, ask, name):
        plain, explained = ask(name).json()["results"], ask(name, explain="true").json()["results"]
        assert plain == [{key: value for key, value in row.items() if key != "explanation"} for row in explained]

    def test_the_chief_reason_is_what_brought_most(self, ask):
        [looks] = ask("similar", limit=1, visual=1, textual=0, explain="true").json()["results"]
        assert looks["explanation"]["reason"] == "looks_alike"
        assert set(looks["explanation"]["contributions"]) == {"visual"}
        [words] = ask("similar", limit=1, visual=0, textual=1, explain="true").json()["results"]
        assert words["explanation"]["reason"] == "reads_alike"

    def test_what_a_fallback_added_says_which(self, api, shop):
        results = api.get("/api/v1/products/mug-red/similar/", explain="true").json()["results"]
        assert [result["explanation"]["reason"] for result in results][:3] == ["same_category"] * 2 + ["newest"]
        assert {json.dumps(result["explanation"]["contributions"]) for result in results} == {"{}"}


class TestWeights:
    @every_question
    def test_an_object_and_short_names_are_the_same_question(self, ask, name):
        short = ask(name, visual=0, textual=1, behaviour=0).json()["results"]
        weights = json.dumps({"visual": 0, "textual": 1, "behaviour": 0})
        assert ask(name, weights=weights).json()["results"] == short
        assert ask(name, weights='{"visual": 0, "behaviour": 0}', textual=1).json()["results"] == short

    @every_question
    def test_a_weight_said_twice_is_refused(self, ask, name):
        assert_problem(ask(name, weights='{"textual": 1}', textual=1), 400, field="textual", code="ambiguous")

    def test_a_taste_beside_the_question(self, ask, happens):
        """Of two mugs equally asked for, the one that is like what she likes."""
        happens("eve", "purchase", "lamp-blue")
        query = {"visual": 0.001, "textual": 1, "limit": 1, "lexical": 0, "feedback": "false"}
        assert skus(ask("search", **query, personal=0, shopper="eve"))[0].startswith("mug")
        happens("eve", "like", "pan-red")
        strong = ask("search", **query, personal=1000, shopper="eve", explain="true").json()["results"][0]
        assert strong["explanation"]["reason"] == "your_taste"


class TestRankings:
    def stored(self, body: dict[str, Any]) -> Ranking:
        rankings.flush()
        return Ranking.objects.get(pk=UUID(body["ranking_id"]))

    @every_question
    def test_an_answer_is_remembered_as_it_was_shown(self, ask, store, embedded_shop, name):
        needed = QUESTIONS[name][1]
        body = ask(name, limit=3, **({} if "shopper" in needed else {"shopper": "ann"})).json()
        ranking = self.stored(body)
        assert (ranking.store_id, ranking.shopper, ranking.scenario) == (store.pk, "ann", name)
        assert ranking.product_ids == [embedded_shop[sku].pk for sku in skus(body)]
        assert ranking.scores == [pytest.approx(result["score"], abs=1e-6) for result in body["results"]]
        assert ranking.fallback == (body["fallback"] or "")
        path = {"sku": "mug-red"} if name in ("similar", "together") else {}
        assert ranking.request == {**needed, **path, "scenario": name, "limit": "3", "shopper": "ann"}

    def test_of_an_upload_the_words_are_remembered_not_the_photo(self, api, embedded_shop):
        from tests.recommender.api.test_search import photo

        body = api.upload("/api/v1/search/", text="mug", image=photo(), image_region="0,0,1,0.5").json()
        assert self.stored(body).request == {"scenario": "search", "text": "mug", "image_region": "0,0,1,0.5"}

    def test_of_a_later_page_the_question_without_its_cursor(self, ask):
        cursor = ask("similar", limit=1).json()["next_cursor"]
        ranking = self.stored(ask("similar", limit=1, cursor=cursor).json())
        assert ranking.request == {"scenario": "similar", "sku": "mug-red", "limit": "1"}

    def test_a_refused_question_is_not_remembered(self, ask):
        ask("similar", limit=0)
        rankings.flush()
        assert not Ranking.objects.exists()

    @every_question
    def test_events_that_name_it_are_its_outcome(self, api, ask, name):
        needed = QUESTIONS[name][1]
        body = ask(name, **({} if "shopper" in needed else {"shopper": "ann"})).json()
        rankings.flush()
        clicked = next(sku for sku in skus(body) if sku.startswith(("lamp", "mug")))
        events = [
            {"event_id": kind, "shopper": "ann", "sku": clicked, "kind": kind, "ranking_id": body["ranking_id"]}
            for kind in ("click", "purchase")
        ]
        assert api.post("/api/v1/events/", {"events": events}).json()["accepted"] == 2
        [outcome] = api.get("/api/v1/outcomes/").json()["scenarios"]
        assert outcome["scenario"] == name
        assert (outcome["rankings"], outcome["clicks"], outcome["purchases"]) == (1, 1, 1)
        assert outcome["position"] == skus(body).index(clicked) + 1

    @pytest.mark.parametrize("text", ["a\x00b", "\ud800"])
    def test_whatever_is_answered_can_be_stored(self, api, embedded_shop, text):
        """Half a character and NUL are no text to a database."""
        question = {"text": "mug", "filters": {"not": {"attributes": {"colour": text}}}}
        response = api._client.post("/api/v1/search/", json.dumps(question), content_type="application/json")
        if response.status_code == 200:
            assert self.stored(response.json()).request["text"] == "mug"
        else:
            assert_problem(response, 400)
