from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Product
from embeddings.layout import Layout
from recommender import page, pipeline, rules
from recommender.filters import Filters
from recommender.questions import Answer, Question
from recommender.rule_facts import RuleFacts
from recommender.services.rules import create_rule
from recommender.wishes import Asked
from tests.factories import make_image, make_product, make_products
from tests.recommender.conftest import COLOURS, embed
from tests.statements import recorded_statements
from tests.synthetic import fill_store

pytestmark = pytest.mark.django_db

MANY = 400


@pytest.fixture(autouse=True)
def read_anew(monkeypatch):
    """Rules are read anew each time."""
    monkeypatch.setattr(rules, "REMEMBERED_SECONDS", 1e-9)


@pytest.fixture
def large(store) -> list[Product]:
    fill_store(store, Layout.of(image=16, text=16), count=MANY)
    return list(Product.objects.of(store).order_by("pk"))


def rule(store, kind: str, **facts: Any) -> None:
    create_rule(store=store, facts=RuleFacts(name=f"{kind} {facts}", kind=kind, **facts), by="ann")


def skus(answer: Answer) -> list[str]:
    return [result.card.sku for result in answer.results]


def test_a_group_called_like_anothers_id_is_not_its_own(store, shop):
    number = Product.objects.order_by("-pk").first().pk
    make_product(store, sku="grouped", title="stoneware mug", variant_group=f"{number + 2}")
    make_product(store, sku="alone", title="stoneware mug")
    assert Product.objects.get(sku="alone").pk == number + 2
    embed(store)
    found = skus(pipeline.find_similar(Question(store, limit=20), product=shop["mug-red"]))
    assert {"grouped", "alone"} <= set(found)


class TestHelpings:
    def test_what_cannot_score_enough_is_not_looked_for(self, store, large):
        question = Question(store, min_score=0.99, limit=5)
        with recorded_statements() as statements:
            answer = pipeline.find_similar(question, product=large[0])
        assert len(answer.results) < 5
        assert len(statements) <= 12

    def test_a_floor_leaves_out_no_more_than_what_is_below_it(self, store, large):
        everything = pipeline.find_similar(Question(store, limit=MANY), product=large[0]).results
        floor = everything[120].score
        above = pipeline.find_similar(Question(store, limit=MANY, min_score=floor), product=large[0])
        assert skus(above) == [result.card.sku for result in everything if result.score >= floor]
        assert above.fallback is None

    def test_what_a_full_quota_counts_is_not_looked_for(self, store, large):
        rule(store, "quota", condition={"price": {"min": 0}}, value=2)
        with recorded_statements() as statements:
            answer = pipeline.find_similar(Question(store, limit=5), product=large[0])
        counted = Filters(min_price=0).narrow(Product.objects.of(store), store=store)
        assert counted.count() == MANY
        assert len(answer.results) == 2
        assert len(statements) <= 20


class TestQuotas:
    def test_what_a_quota_kept_off_a_page_comes_on_the_next(self, store, embedded_shop):
        rule(store, "quota", condition={"category": "Kitchen/Mugs"}, value=1)
        question, pages = Question(store, limit=4, filters=Filters(categories=("Kitchen/Mugs",))), []
        answer = pipeline.search(question, Asked(text="stoneware mug"))
        while answer.results:
            pages.append(skus(answer))
            answer = pipeline.search(
                Question(store, limit=4, filters=question.filters, place=answer.next), Asked(text="stoneware mug")
            )
        assert [len(shown) for shown in pages] == [1, 1, 1]
        assert {sku for shown in pages for sku in shown} == {"mug-red", "mug-blue", "mug-rose"}
        assert answer.next is None

    def test_others_fill_the_page(self, store, embedded_shop):
        rule(store, "quota", condition={"category": "Kitchen/Mugs"}, value=1)
        found = skus(pipeline.search(Question(store, limit=5), Asked(text="stoneware mug")))
        assert len(found) == 5
        assert sum(sku.startswith("mug") for sku in found) == 1


def test_what_hardly_answers_the_words_is_not_relevant(store, embedded_shop):
    asked, everything = Asked(text="stoneware mug"), Question(store, limit=20)
    assert {"pan-red", "lamp-red"} < set(skus(pipeline.search(everything, asked)))
    answer = pipeline.search(Question(store, limit=20, sort="-price", facets=("category",)), asked)
    assert skus(answer) == ["mug-rose", "mug-blue", "mug-red"]
    assert [(item["value"], item["count"]) for item in answer.facets["category"]] == [("Kitchen/Mugs", 3)]


class TestRelevance:
    @pytest.fixture(autouse=True)
    def few(self, monkeypatch):
        monkeypatch.setattr(page, "RELEVANT", 2)

    def test_sorting_is_of_the_relevant_alone(self, store, embedded_shop):
        relevant = skus(pipeline.search(Question(store, limit=2), Asked(text="stoneware mug")))
        answer = pipeline.search(Question(store, sort="-price", limit=20), Asked(text="stoneware mug"))
        assert sorted(skus(answer)) == sorted(relevant)
        prices = [result.card.price for result in answer.results]
        assert prices == sorted(prices, reverse=True)

    def test_facets_count_the_relevant_and_do_not_end_the_pages(self, store, embedded_shop):
        plain = skus(pipeline.search(Question(store, limit=8), Asked(text="stoneware mug")))
        first = pipeline.search(Question(store, limit=3, facets=("category",)), Asked(text="stoneware mug"))
        seen, answer = skus(first), first
        while answer.next:
            more = Question(store, limit=3, facets=("category",), place=answer.next)
            answer = pipeline.search(more, Asked(text="stoneware mug"))
            assert answer.facets == first.facets
            seen += skus(answer)
        assert sum(item["count"] for item in first.facets["category"]) == 2
        assert seen == plain


def test_a_sorted_page_that_ends_is_not_called_filled_up(store, embedded_shop):
    question = Question(store, sort="price", limit=5, explain=True)
    first = pipeline.find_similar(question, product=embedded_shop["mug-red"])
    last = pipeline.find_similar(
        Question(store, sort="price", limit=5, explain=True, place=first.next), product=embedded_shop["mug-red"]
    )
    assert len(last.results) == 2
    assert (first.fallback, last.fallback) == (None, None)
    assert all(result.explanation.contributions for result in (*first.results, *last.results) if result.score)


def test_what_has_no_price_comes_last_either_way(store, embedded_shop):
    for sort in ("price", "-price"):
        found = pipeline.find_similar(Question(store, sort=sort, limit=7), product=embedded_shop["mug-red"])
        assert {result.card.sku for result in found.results[-2:]} == {"bare", "lamp-gone"}
    newest = pipeline.find_similar(Question(store, sort="newest", limit=3), product=embedded_shop["mug-red"])
    assert skus(newest) == ["bare", "lamp-gone", "lamp-blue"]


def test_pins_of_unpublished_excluded_or_shown_products_have_no_effect(store, embedded_shop):
    rule(store, "pin", sku="mug-blue", position=1)
    rule(store, "pin", sku="lamp-blue", position=2)
    rule(store, "exclude", condition={"category": "Lighting"})
    Product.objects.filter(sku="mug-blue").update(is_published=False)
    found = skus(pipeline.find_similar(Question(store, limit=20), product=embedded_shop["mug-red"]))
    assert {"mug-blue", "lamp-blue"}.isdisjoint(found)


def test_a_variant_of_what_is_asked_about_cannot_be_pinned_beside_it(store, shop):
    Product.objects.filter(sku__startswith="mug").update(variant_group="mugs")
    embed(store)
    rule(store, "pin", sku="mug-blue", position=1)
    asked = Product.objects.get(sku="mug-red")
    for collapse in (True, False):
        found = skus(pipeline.find_similar(Question(store, limit=20, collapse=collapse), product=asked))
        assert not [sku for sku in found if sku.startswith("mug")]


def test_the_picture_that_matched_best_is_named(store, shop):
    pictures = [make_image(COLOURS["lamp-blue"]), make_image(COLOURS["lamp-red"])]
    make_products(store, [{"sku": "pair", "title": "two tables", "images": pictures}])
    embed(store)
    blue, red = Product.objects.get(sku="pair").images.order_by("position").values_list("file", flat=True)
    for asked, file in (("lamp-red", red), ("lamp-blue", blue)):
        looks = Question(store, limit=20, weights={"visual": 1.0, "textual": 0.0})
        answer = pipeline.find_similar(looks, product=shop[asked])
        assert {result.card.sku: result.picture for result in answer.results}["pair"] == file
        assert [result.card.sku for result in answer.results if result.picture] == ["pair"]
