"""The pipeline against the formula, and with an encoder whose words and pictures share a space."""

import io
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import combinations
from uuid import uuid4

import numpy as np
import pytest
import redis
from django.utils import timezone
from PIL import Image

from catalog.models import Product, Store
from embeddings.inference import EncoderUnavailable
from embeddings.layout import BEHAVIOUR, LayoutError, Weights, unit
from embeddings.models import EmbeddingSpace
from embeddings.selectors import NoActiveSpace, active_space, vectors_of
from embeddings.terms import text_term
from recommender import pipeline
from recommender.filters import Filters
from recommender.mix import BLOCK_WEIGHTS
from recommender.models import Shopper
from recommender.questions import Answer, Question
from recommender.scenarios import forget_settings
from recommender.selectors import history_of
from recommender.services.behaviour import refresh_behaviour
from recommender.services.rankings import ShownRanking, write_rankings
from recommender.services.scenarios import save_settings
from recommender.wishes import FEEDBACK, Asked
from tests.factories import make_image, make_product
from tests.recommender.bazaar import Bazaar
from tests.recommender.conftest import COLOURS, embed


def given(weights: Weights) -> dict[str, float]:
    """Every block's weight, whatever a scenario would have."""
    return {name: float(getattr(weights, name)) for name in BLOCK_WEIGHTS}


def skus(answer: Answer) -> list[str]:
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

    found = skus(
        pipeline.find_similar(Question(store, limit=7, weights=given(weights)), product=embedded_shop["mug-red"])
    )
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


def test_what_the_same_shoppers_met_is_no_less_varied(store, embedded_shop, happens):
    """Lamps and the pan look and read as they did before everybody met them together."""
    question = Question(store, limit=5, diversity=0.9, weights=given(Weights(0.5, 0.5)))

    def page() -> list[str]:
        return skus(pipeline.find_similar(question, product=embedded_shop["mug-red"]))

    before = page()
    for shopper in ("ann", "bob", "cat", "dan"):
        happens(shopper, "cart", "lamp-red", "lamp-blue", "pan-red")
    refresh_behaviour(store=store)
    space = active_space(store)
    where = space.layout.slice_of(BEHAVIOUR)
    met = vectors_of(space, [embedded_shop[sku].pk for sku in ("lamp-red", "lamp-blue", "pan-red")]).values()
    assert all(vector[where].any() for vector in met)
    assert page() == before


def _likeness(store: Store, shop: dict[str, Product], page: list[str]) -> float:
    """Mean cosine of the pairs on a page."""
    vectors = vectors_of(active_space(store), [shop[sku].pk for sku in page])
    return float(np.mean([unit(a) @ unit(b) for a, b in combinations(vectors.values(), 2)]))


def test_search_before_any_space_raises(store, shop):
    with pytest.raises(NoActiveSpace):
        pipeline.search(Question(store), Asked(photo=partial(photo, "red")))


def test_nothing_eligible_is_an_empty_answer_without_fallback(store, embedded_shop):
    question = Question(store, Filters(categories=("Nowhere",)), scenario="home", shopper_id="ann")
    answer = pipeline.recommend(question)
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
        question = Question(store, limit=5, weights=given(weights))
        red = partial(photo, COLOURS["mug-red"])
        answers = [
            pipeline.search(question, Asked(text="mug")),
            pipeline.search(question, Asked(photo=red)),
            pipeline.search(question, Asked(text="mug", photo=red)),
            pipeline.find_similar(question, product=joint_shop["mug-red"]),
            pipeline.recommend(replace(question, scenario="home", shopper_id="ann")),
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
        assert len(pipeline.search(Question(store, weights=given(Weights(1, 0))), Asked(text="mug")).results) == 8


def test_weights_that_no_block_of_the_space_has_raise(store, embedded_shop, happens):
    happens("ann", "view", "mug-red")
    only_fused = Question(store, scenario="home", weights=given(Weights(0, 0, 1)))
    for ask in [
        lambda: pipeline.find_similar(only_fused, product=embedded_shop["mug-red"]),
        lambda: pipeline.recommend(replace(only_fused, shopper_id="ann")),
        lambda: pipeline.recommend(replace(only_fused, shopper_id="stranger")),
        lambda: pipeline.search(only_fused, Asked(text="mug")),
    ]:
        with pytest.raises(LayoutError):
            ask()


class TestWords:
    def test_a_sku_in_the_text_puts_its_product_first_with_score_1(self, store, embedded_shop):
        make_product(store, sku="pan-7", title="something else")  # not embedded, and without these words
        for text, sku in [("PAN-RED", "pan-red"), ("stoneware mug pan-7", "pan-7"), ("pan-7", "pan-7")]:
            first = pipeline.search(Question(store), Asked(text=text)).results[0]
            assert (first.card.sku, first.score) == (sku, 1.0)

    def test_a_named_product_is_explained_by_its_name(self, store, embedded_shop):
        answer = pipeline.search(Question(store, explain=True), Asked(text="pan-red"))
        assert answer.results[0].explanation.reason == "has_the_words"

    def test_words_are_asked_a_second_time_beside_the_best_answer(self, store, embedded_shop):
        """Twice by hand: the best answer's own vector is added to the query."""
        question = Question(store, weights={"visual": 0.0, "textual": 1.0, "lexical": 0.0}, limit=20)
        once = pipeline.search(question, Asked(text="mug"), is_refined=False)
        twice = pipeline.search(question, Asked(text="mug"))
        best, space = once.results[0].product_id, active_space(store)
        assert twice.next is None or twice.next.best == (best,)
        vectors = vectors_of(space, [product.pk for product in embedded_shop.values()])
        where = space.layout.slice_of("text")
        asked = vectors[best][where] * FEEDBACK + _text_of(space, "mug")
        expected = sorted(vectors, key=lambda pk: -float(vectors[pk][where] @ asked))
        told_apart = [result.product_id for result in twice.results if result.score > 0]
        assert len(told_apart) >= 3
        assert told_apart == expected[: len(told_apart)]
        assert [result.score for result in twice.results] != [result.score for result in once.results]

    def test_what_is_not_words_alone_is_asked_once(self, store, embedded_shop):
        question = Question(store, limit=20)
        asked = Asked(text="mug", like=[embedded_shop["lamp-red"]])
        plain = pipeline.search(question, asked, is_refined=False)
        assert _scores(pipeline.search(question, asked)) == _scores(plain)

    def test_what_is_not_wanted_is_pushed_away(self, store, embedded_shop):
        for asked in (
            Asked(text="mug lamp", not_text="red"),
            Asked(text="mug lamp", unlike=[embedded_shop["pan-red"]]),
        ):
            question = Question(store, limit=20, weights={"visual": 0.5, "textual": 0.5})
            wanted = _scores(pipeline.search(question, Asked(text="mug lamp"), is_refined=False))
            refused = _scores(pipeline.search(question, asked))
            assert refused["mug-red"] - refused["mug-blue"] < wanted["mug-red"] - wanted["mug-blue"]

    def test_nothing_below_the_least_score_is_shown_and_nothing_filled_up(self, store, embedded_shop):
        everything = pipeline.find_similar(Question(store, limit=20), product=embedded_shop["mug-red"])
        floor = everything.results[2].score
        few = pipeline.find_similar(Question(store, limit=20, min_score=floor), product=embedded_shop["mug-red"])
        assert skus(few) == skus(everything)[:3]
        assert (few.fallback, few.next) == (None, None)


def _scores(answer: Answer) -> dict[str, float]:
    return {result.card.sku: result.score for result in answer.results}


def _text_of(space, text: str) -> np.ndarray:
    return text_term(space, text).parts["text"].vector


@pytest.mark.django_db
class TestShoppers:
    @pytest.fixture
    def plain(self, bazaars) -> Bazaar:
        forget_settings()
        return bazaars["plain"]

    def home(self, bazaar: Bazaar, shopper: str, **given) -> Answer:
        return pipeline.recommend(Question(bazaar.store, scenario="home", shopper_id=shopper, **given))

    def test_both_interests_are_on_the_page(self, plain):
        found = [sku.split("-")[0] for sku in skus(self.home(plain, "ann", seed="x", collapse=False, limit=20))]
        assert found.count("lamp") >= 3 and found.count("mug") >= 3
        assert {"lamp", "mug"} <= set(found[:8])

    def test_a_taste_moves_what_is_alike_towards_it(self, plain):
        def scores(personal: float) -> dict[str, float]:
            question = Question(plain.store, shopper_id="ann", limit=50, collapse=False, weights={"personal": personal})
            return _scores(pipeline.find_similar(question, product=plain["pan-red"]))

        without, strongly = scores(0.0), scores(3.0)
        assert strongly["lamp-red"] - strongly["rug-red"] > without["lamp-red"] - without["rug-red"]

    def test_what_policies_hide_is_nowhere(self, plain):
        assert "pan-blue" not in skus(self.home(plain, "ann", limit=100))
        save_settings(store=plain.store, scenario="home", policies={"seen": "never", "bought": "keep"})
        found = set(skus(self.home(plain, "ann", limit=100)))
        assert found.isdisjoint({"lamp-red", "lamp-blue", "lamp-green", "mug-white", "mug-pink"})
        assert "pan-blue" in found

    def test_dislikes_are_nowhere_and_push_away(self, plain):
        found = skus(self.home(plain, "bob", limit=100))
        assert {"mug-white", "rug-blue"}.isdisjoint(found)
        before = _scores(self.home(plain, "ann", limit=100, seed="x"))
        plain.happens("ann", "dislike", "lamp-white")
        after = _scores(self.home(plain, "ann", limit=100, seed="x"))
        assert after["lamp-twin-1"] < before["lamp-twin-1"]

    def test_a_visit_is_of_one_piece_and_visits_differ_between_near_scores_alone(self, plain):
        def visit(day: int, *, rotation: float) -> dict[str, float]:
            save_settings(store=plain.store, scenario="home", policies={"rotation": rotation, "tired": False})
            return _scores(self.home(plain, "ann", now=now + timedelta(days=day), limit=100, weights={"again": 0.0}))

        now = timezone.now()
        still = visit(0, rotation=0.0)
        visits = [visit(day, rotation=0.2) for day in range(4)]
        assert visit(0, rotation=0.2) == visits[0]
        assert len({tuple(scores) for scores in visits}) == 4
        for scores in visits:
            for sku in still.keys() & scores.keys():
                assert 0.8 * still[sku] - 0.02 <= scores[sku] <= still[sku] + 0.02

    def test_what_was_shown_in_vain_falls_and_what_was_clicked_does_not(self, plain):
        shown = [plain["lantern-red"].pk, plain["lamp-red"].pk]
        calm = _scores(self.home(plain, "ann", limit=100, seed="x"))
        write_rankings(
            rankings=[ShownRanking(uuid4(), plain.store.pk, "home", shown, [0.5, 0.5], shopper="ann") for _ in range(8)]
        )
        tired = self.home(plain, "ann", limit=100, seed="x", explain=True)
        assert plain["lamp-red"].pk in {touch.product_id for touch in history_of(_ann(plain))}
        assert _scores(tired)["lamp-red"] == pytest.approx(calm["lamp-red"], abs=1e-6)
        told = next(result.explanation for result in tired.results if result.card.sku == "lantern-red")
        assert told.contributions["tired"] < 0
        assert _scores(tired)["lantern-red"] < 0.6 * calm["lantern-red"]

    def test_strangers_get_what_is_popular_and_are_told_so(self, plain):
        answer = self.home(plain, "nobody", explain=True, limit=2, collapse=False)
        assert (set(skus(answer)), answer.fallback) == ({"lantern-red", "vase-red"}, "popular")
        assert {result.explanation.reason for result in answer.results} == {"popular"}

    def test_one_name_in_two_stores_is_two_shoppers(self, plain, bazaars):
        before = skus(self.home(plain, "bob", limit=20, seed="x"))
        bazaars["joint"].happens("bob", "view", "pan-white", "pan-green", "pan-pink")
        assert skus(self.home(plain, "bob", limit=20, seed="x")) == before


def _ann(bazaar: Bazaar) -> Shopper:
    return Shopper.objects.of(bazaar.store).known_as("ann").get()


class TestDegraded:
    def test_without_the_encoder_words_are_looked_up_and_that_is_said(self, store, embedded_shop):
        EmbeddingSpace.objects.update(encoder="fake:oops", encoder_id="gone")
        answer = pipeline.search(Question(store, limit=3, explain=True), Asked(text="stoneware mug"))
        assert answer.fallback == "lexical"
        assert set(skus(answer)) == {"mug-red", "mug-blue", "mug-rose"}
        assert all(set(result.explanation.contributions) == {"lexical"} for result in answer.results)

    def test_without_the_encoder_photos_and_weights_for_no_words_are_refused(self, store, embedded_shop):
        EmbeddingSpace.objects.update(encoder="fake:oops", encoder_id="gone")
        for asked in (Asked(photo=partial(photo, "red")), Asked(text="mug")):
            question = Question(store, weights={"lexical": 0.0})
            with pytest.raises(EncoderUnavailable):
                pipeline.search(question, asked)

    def test_without_the_encoder_stored_vectors_still_answer(self, store, embedded_shop, happens):
        happens("ann", "view", "mug-red")
        EmbeddingSpace.objects.update(encoder="fake:oops", encoder_id="gone")
        assert pipeline.find_similar(Question(store, limit=3), product=embedded_shop["mug-red"]).fallback is None
        assert pipeline.search(Question(store, limit=3), Asked(like=[embedded_shop["mug-red"]])).fallback is None
        assert pipeline.recommend(Question(store, limit=3, scenario="home", shopper_id="ann")).fallback is None

    def test_without_a_space_every_question_has_an_answer(self, store, shop, happens):
        happens("ann", "view", "mug-red")
        question = Question(store, limit=8)
        similar = pipeline.find_similar(question, product=shop["mug-red"])
        assert (len(similar.results), similar.space, similar.fallback) == (7, None, "category")
        assert pipeline.search(question, Asked(text="mug")).fallback == "lexical"
        home = pipeline.recommend(replace(question, scenario="home", shopper_id="ann"))
        assert len(home.results) == 8
        assert len(pipeline.find_companions(question, product=shop["mug-red"]).results) == 7
        assert len(pipeline.recommend(replace(question, scenario="basket"), beside=[shop["mug-red"]]).results) == 7

    def test_without_redis_answers_continue(self, store, embedded_shop, settings):
        asked = Asked(text="stoneware mug")
        with_redis = pipeline.search(Question(store), asked)
        settings.REDIS_URL = "redis://127.0.0.1:1/0"
        with pytest.raises(redis.ConnectionError):
            redis.Redis.from_url(settings.REDIS_URL).ping()
        assert _scores(pipeline.search(Question(store), asked)) == _scores(with_redis)
