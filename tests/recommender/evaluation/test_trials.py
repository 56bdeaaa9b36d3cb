import math
from datetime import timedelta

import pytest

from catalog.models import Product
from embeddings.selectors import active_space
from recommender.evaluation.history import read_past
from recommender.evaluation.split import split_at_end
from recommender.evaluation.trials import (
    NobodyToAskError,
    Options,
    evaluate_store,
    facts_of,
    trace_diversity,
    tune_store,
)
from recommender.models import Event, Shopper
from tests.recommender.evaluation.conftest import END, SPLIT

HELD_OUT = split_at_end(END)
OPTIONS = Options(k=3, seed=1)


def state():
    return sorted(Event.objects.values_list("event_id", "at")), Shopper.objects.count()


def test_every_audience_has_every_recommender_and_the_store_is_as_it_was(store, weeks):
    before = state()
    found = evaluate_store(store, HELD_OUT, OPTIONS)
    assert state() == before
    assert {name: next(iter(figures.values())).headline.n for name, figures in found.figures.items()} == {
        "any": 3,
        "new": 3,
        "cold": 1,
    }
    single = ["visual only", "textual only", "behaviour only"]
    expected = ["pipeline", *single, "co-occurrence", "most recent", "popularity", "random"]
    assert {audience: list(figures) for audience, figures in found.figures.items()} == dict.fromkeys(
        ("any", "new", "cold"), expected
    )
    assert found.counts["shoppers asked about"] == 4
    assert found.counts["asked, cold"] == 1


def test_pages_know_nothing_of_what_is_held_out(store, weeks, embedded_shop):
    """cat bought the red mug, so no page of hers may have it; what she bought in the held-out week may be there."""
    figures = evaluate_store(store, HELD_OUT, Options(k=8))
    pk = {sku: product.pk for sku, product in embedded_shop.items()}
    cat = sorted(["ann", "bob", "cat"]).index("cat")
    for name, found in figures.figures["any"].items():
        assert pk["mug-red"] not in found.pages.shown[cat], name
        assert pk["mug-rose"] in found.pages.shown[cat], name


def test_an_event_of_the_held_out_week_changes_no_page(store, weeks, happens):
    def pages():
        found = evaluate_store(store, HELD_OUT, OPTIONS).figures["any"]
        return {name: figures.pages.shown for name, figures in found.items()}

    before = pages()
    happens("ann", "purchase", "mug-blue", "pan-red", at=SPLIT)
    happens("bob", "dislike", "mug-red", at=END)
    assert pages() == before
    happens("ann", "purchase", "mug-blue", at=SPLIT.replace(hour=11))
    assert pages() != before


def test_new_pages_hold_only_what_was_never_met(store, weeks, embedded_shop):
    figures = evaluate_store(store, HELD_OUT, OPTIONS).figures["new"]
    touched = {"ann": ["mug-red", "lamp-red"], "bob": ["mug-blue", "lamp-blue"], "cat": ["mug-red", "mug-blue"]}
    for found in figures.values():
        for shopper, page in zip(sorted(touched), found.pages.shown, strict=True):
            assert len(page) == 3
            assert not set(page) & {embedded_shop[sku].pk for sku in touched[shopper]}


@pytest.fixture
def visits(happens, embedded_shop):
    """ann looks at a pan, puts the red mug and both lamps in the basket and buys one, three days before the held-out
    week and in it; bob before, gil, a newcomer, in it. The red and the rose mug are variants."""
    happens("ann", "view", "mug-blue", at=SPLIT - timedelta(days=20))
    Product.objects.filter(sku__in=["mug-red", "mug-rose"]).update(variant_group="mug")
    for shopper, day in (
        ("ann", SPLIT - timedelta(days=3)),
        ("ann", END),
        ("bob", SPLIT - timedelta(days=9)),
        ("gil", END),
    ):
        start = day - timedelta(minutes=10)
        happens(shopper, "view", "pan-red", at=start)
        happens(shopper, "cart", "mug-red", at=start + timedelta(minutes=1))
        happens(shopper, "cart", "lamp-red", "lamp-blue", at=start + timedelta(minutes=2))
        happens(shopper, "purchase", "lamp-red", at=day)


@pytest.mark.parametrize(("scenario", "sku"), [("product", "pan-red"), ("basket", "mug-red")])
def test_pages_beside_a_product_never_hold_it_or_its_variants_whoever_recommends(
    store, visits, embedded_shop, scenario, sku
):
    before = state()
    found = evaluate_store(store, HELD_OUT, Options(scenario, k=8))
    assert state() == before
    assert found.counts["shoppers asked about"] == 2
    own = {embedded_shop[name].pk for name in (("mug-red", "mug-rose") if sku == "mug-red" else (sku,))}
    rest = {product.pk for product in embedded_shop.values()} - own
    for audience in ("any", "cold"):
        for name, figures in found.figures[audience].items():
            [page] = figures.pages.shown
            assert not own & set(page), name
            if audience == "cold":  # no policy hides anything from a newcomer
                assert set(page) == rest, name


def test_on_a_product_s_page_the_product_is_asked_about(store, visits, embedded_shop):
    """A newcomer is nobody on the home page, and here sees what goes with the mug in the basket."""
    home, basket = (
        evaluate_store(store, HELD_OUT, Options(scenario, k=2)).figures["cold"] for scenario in ("home", "basket")
    )
    lamps = {embedded_shop["lamp-red"].pk, embedded_shop["lamp-blue"].pk}
    assert (
        set(basket["pipeline"].pages.shown[0])
        == set(basket["co-occurrence"].pages.shown[0]) - {embedded_shop["pan-red"].pk} | lamps
    )
    assert home["textual only"].pages.shown == home["visual only"].pages.shown
    assert basket["textual only"].pages.shown != basket["visual only"].pages.shown


def test_baselines_beside_a_basket_spare_what_the_pipeline_spares(store, visits, embedded_shop):
    """ann put lamps and the mug in her basket three days before: beside a basket they stay away for a week."""
    hidden = {embedded_shop[sku].pk for sku in ("lamp-red", "lamp-blue", "mug-red")}
    on_page, in_basket = (
        evaluate_store(store, HELD_OUT, Options(scenario, k=8)).figures["any"] for scenario in ("product", "basket")
    )
    for name in in_basket:
        assert not hidden & set(in_basket[name].pages.shown[0]), name
        # On a product's page only what she bought stays away.
        assert hidden & set(on_page[name].pages.shown[0]) == hidden - {embedded_shop["lamp-red"].pk}, name


def test_lifts_are_of_the_same_shoppers(store, weeks):
    found = evaluate_store(store, HELD_OUT, OPTIONS)
    figures, lifts = found.figures["any"], found.lifts["any"]
    single = max(("visual only", "textual only"), key=lambda name: figures[name].headline.value)
    assert list(lifts) == ["popularity", single]
    for over, lift in lifts.items():
        expected = figures["pipeline"].headline.value / figures[over].headline.value - 1
        assert (lift.value, lift.n) == (pytest.approx(expected), 3)


def test_facts_are_of_published_products_and_of_their_contents(store, weeks, embedded_shop):
    Product.objects.filter(sku="lamp-gone").update(is_published=False)
    facts = facts_of(store, read_past(store, before=SPLIT))
    assert facts.bits.keys() == {product.pk for sku, product in embedded_shop.items() if sku != "lamp-gone"}
    assert facts.bits[embedded_shop["mug-red"].pk] == 1.0  # known to two of four: 3 of 6
    assert facts.bits[embedded_shop["bare"].pk] == pytest.approx(math.log2(6))
    vectors = facts.vectors_of([embedded_shop["bare"].pk, -1])
    assert vectors.keys() == {embedded_shop["bare"].pk}
    assert vectors[embedded_shop["bare"].pk].shape == (active_space(store).layout.dims,)


def test_before_anything_is_embedded_there_are_no_single_modalities(store, shop, happens):
    happens("ann", "like", "mug-red", at=SPLIT.replace(day=1))
    happens("ann", "view", "mug-blue", at=END)
    figures = evaluate_store(store, HELD_OUT, OPTIONS).figures["any"]
    assert list(figures) == ["pipeline", "co-occurrence", "most recent", "popularity", "random"]
    assert math.isnan(figures["pipeline"].estimates["distance"].value)


def test_nobody_to_ask(store, embedded_shop, happens):
    happens("ann", "dislike", "mug-red", at=END)
    with pytest.raises(NobodyToAskError):
        evaluate_store(store, HELD_OUT, OPTIONS)
    assert Event.objects.count() == 1


def test_diversity_starts_from_none_and_every_change_is_against_it(store, weeks):
    before = state()
    points = trace_diversity(store, HELD_OUT, OPTIONS)
    assert state() == before
    assert [point.diversity for point in points] == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    assert (points[0].ndcg_change.value, points[0].distance_change.value) == (0, 0)
    most = points[-1]
    assert most.distance_change.value == pytest.approx(most.distance.value / points[0].distance.value - 1)
    assert most.distance.value >= points[0].distance.value


def test_tuning_never_sees_the_week_that_is_scored(store, weeks, happens):
    before = state()
    first = tune_store(store, HELD_OUT, OPTIONS, trials=12)
    assert state() == before
    assert (first.split, first.shoppers) == (HELD_OUT.before, 1)  # cat alone came, with a history, in the week before
    assert set(first.setting.weights) == {"visual", "textual", "behaviour", "again", "popular"}
    assert sum(first.setting.weights.values()) == pytest.approx(1, abs=0.01)
    assert first.score >= first.start * 0.99
    happens("cat", "purchase", "lamp-blue", "pan-red", "bare", at=SPLIT)
    assert tune_store(store, HELD_OUT, OPTIONS, trials=12) == first


def test_tuning_a_product_s_page_weighs_the_shopper_and_what_goes_together_too(store, visits):
    found = tune_store(store, HELD_OUT, Options("product", k=3), trials=8)
    assert found.shoppers == 1  # ann
    assert set(found.setting.weights) == {"visual", "textual", "behaviour", "again", "popular", "personal", "together"}


def test_weights_that_leave_nothing_to_go_by_are_worth_nothing(store, weeks):
    """With this seed the sixth weighing that is drawn is of what shoppers do alone."""
    found = tune_store(store, HELD_OUT, Options(k=3, seed=16), trials=12)
    assert any(found.setting.weights[name] for name in ("visual", "textual", "behaviour"))


def test_tuning_needs_somebody_with_a_history_in_the_week_before(store, embedded_shop, happens):
    happens("ann", "view", "mug-red", at=SPLIT.replace(day=14))
    happens("ann", "view", "mug-blue", at=END)
    with pytest.raises(NobodyToAskError):
        tune_store(store, HELD_OUT, OPTIONS, trials=5)
