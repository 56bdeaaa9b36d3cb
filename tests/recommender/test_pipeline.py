"""The pipeline against the formula, and with an encoder whose words and pictures share a space."""

import io
from itertools import combinations

import numpy as np
import pytest
from PIL import Image

from catalog.models import Product, Store
from embeddings.layout import LayoutError, Weights, unit
from embeddings.selectors import NoActiveSpace, active_space, vectors_of
from recommender import pipeline
from recommender.filters import Filters
from recommender.pipeline import Question
from tests.factories import make_image
from tests.recommender.conftest import COLOURS, embed


def skus(answer: pipeline.Answer) -> list[str]:
    return [result.card.sku for result in answer.results]


def photo(colour: str) -> Image.Image:
    return Image.open(io.BytesIO(make_image(colour)))


@pytest.mark.parametrize("weights", [Weights(1, 0), Weights(0, 1), Weights(0.5, 0.5), Weights(0.9, 0.1), Weights(3, 7)])
def test_similar_is_ordered_by_the_weighted_sum_of_calibrated_cosines(store, embedded_shop, weights):
    space = active_space(store)
    vectors = vectors_of(space, [product.pk for product in embedded_shop.values()])
    own = vectors[embedded_shop["mug-red"].pk]

    def score(sku: str) -> float:
        theirs = vectors[embedded_shop[sku].pk]
        return sum(
            weights.of_block(name) / space.calibration.of(name, name).deviation * float(own[where] @ theirs[where])
            for name in space.layout.names
            for where in [space.layout.slice_of(name)]
        )

    found = skus(pipeline.find_similar(Question(store, limit=7), product=embedded_shop["mug-red"], weights=weights))
    scores = [score(sku) for sku in found]
    assert len(found) == 7
    np.testing.assert_allclose(scores, sorted(scores, reverse=True), atol=0.05)


@pytest.mark.parametrize("limit", range(1, 8))
def test_a_page_is_the_beginning_of_a_longer_one(store, embedded_shop, limit):
    product = embedded_shop["lamp-red"]
    whole = skus(pipeline.find_similar(Question(store, limit=7), product=product))
    assert skus(pipeline.find_similar(Question(store, limit=limit), product=product)) == whole[:limit]


def test_a_diverse_page_is_full_and_keeps_the_best_first(store, embedded_shop):
    product = embedded_shop["mug-red"]
    plain = skus(pipeline.find_similar(Question(store, limit=3), product=product))
    diverse = skus(pipeline.find_similar(Question(store, limit=3, diversity=1.0), product=product))

    assert diverse[0] == plain[0]
    assert len(set(diverse)) == 3 and set(diverse) != set(plain)
    assert _likeness(store, embedded_shop, diverse) < _likeness(store, embedded_shop, plain)


def _likeness(store: Store, shop: dict[str, Product], page: list[str]) -> float:
    """Mean cosine of the pairs on a page."""
    vectors = vectors_of(active_space(store), [shop[sku].pk for sku in page])
    return float(np.mean([unit(a) @ unit(b) for a, b in combinations(vectors.values(), 2)]))


def test_search_before_any_space_raises(store, shop):
    with pytest.raises(NoActiveSpace):
        pipeline.search(Question(store), text="mug", weights=pipeline.TEXT_WEIGHTS)


def test_nothing_eligible_is_an_empty_answer_without_fallback(store, embedded_shop):
    answer = pipeline.recommend(Question(store, Filters(categories=("Nowhere",))), shopper_id="ann")
    assert (answer.results, answer.fallback) == ((), None)


class TestWithOneSpaceForWordsAndPictures:
    @pytest.fixture
    def joint_shop(self, store, shop, settings) -> dict[str, Product]:
        settings.KINDRED_ENCODER = "fake:32:joint"
        embed(store)
        assert "fused" in active_space(store).layout.names
        return shop

    @pytest.mark.parametrize("weights", [Weights(1, 0), Weights(0, 1), Weights(0, 0, 1), Weights(0.4, 0.6, 0.5)])
    def test_every_weight_answers_every_question(self, store, joint_shop, happens, weights):
        happens("ann", "view", "mug-red")
        question = Question(store, limit=5)
        answers = [
            pipeline.search(question, text="mug", weights=weights),
            pipeline.search(question, photo=photo(COLOURS["mug-red"]), weights=weights),
            pipeline.search(question, text="mug", photo=photo(COLOURS["mug-red"]), weights=weights),
            pipeline.find_similar(question, product=joint_shop["mug-red"], weights=weights),
            pipeline.recommend(question, shopper_id="ann", weights=weights),
        ]
        for answer in answers:
            assert len(answer.results) == 5
            assert answer.fallback is None
            scores = [result.score for result in answer.results]
            assert scores == sorted(scores, reverse=True)
            assert all(0 <= score <= 1 for score in scores)

    def test_a_product_without_a_picture_still_answers_by_what_it_has(self, store, joint_shop):
        answer = pipeline.find_similar(Question(store), product=joint_shop["bare"])
        assert (answer.fallback, len(answer.results)) == (None, 7)

    def test_words_ask_for_looks(self, store, joint_shop):
        assert len(pipeline.search(Question(store), text="mug", weights=Weights(1, 0)).results) == 8


def test_weights_that_no_block_of_the_space_has_raise(store, embedded_shop, happens):
    happens("ann", "view", "mug-red")
    only_fused = Weights(0, 0, 1)
    for ask in [
        lambda: pipeline.find_similar(Question(store), product=embedded_shop["mug-red"], weights=only_fused),
        lambda: pipeline.recommend(Question(store), shopper_id="ann", weights=only_fused),
        lambda: pipeline.recommend(Question(store), shopper_id="stranger", weights=only_fused),
        lambda: pipeline.search(Question(store), text="mug", weights=only_fused),
    ]:
        with pytest.raises(LayoutError):
            ask()
