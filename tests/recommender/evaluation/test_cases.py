from datetime import timedelta

import pytest

from catalog.models import Product
from recommender.evaluation.cases import read_cases
from recommender.evaluation.split import split_at_end
from tests.recommender.evaluation.conftest import END, SPLIT

HELD_OUT = split_at_end(END)


@pytest.fixture
def pk(embedded_shop):
    """sku -> id; a lamp is withdrawn."""
    Product.objects.filter(sku="lamp-gone").update(is_published=False)
    return {sku: product.pk for sku, product in embedded_shop.items()}


@pytest.fixture
def visit(happens):
    """`visit("ann", at, "view mug-red", "cart lamp-red")`: a minute from one to the next."""

    def record(shopper, at, *deeds, **more):
        for minutes, deed in enumerate(deeds):
            kind, sku = deed.split()
            happens(shopper, kind, sku, at=at + timedelta(minutes=minutes), **more)

    return record


def cases(store, scenario="home", *, at_most=100, seed=1, split=HELD_OUT):
    found = read_cases(store, split, scenario=scenario, at_most=at_most, seed=seed)
    return {case.occasion.shopper: case for case in found}


def pages(store, scenario, **more):
    """Shopper -> the page's product and what was gained."""
    return {name: (case.occasion.beside, case.gains) for name, case in cases(store, scenario, **more).items()}


def test_home_pages_are_scored_on_what_was_done_with_published_products(store, weeks, pk):
    found = cases(store)
    assert {name: case.gains for name, case in found.items()} == {
        "ann": {pk["mug-red"]: 1.5, pk["pan-red"]: 1.5},
        "bob": {pk["lamp-red"]: 4.0},
        "cat": {pk["mug-rose"]: 1.0},
        "eve": {pk["mug-red"]: 5.0},
    }
    assert list(found) == sorted(found)
    assert all(case.occasion.beside is None and case.occasion.own == frozenset() for case in found.values())
    assert found["cat"].touched == {pk["mug-red"], pk["mug-blue"]}
    assert found["eve"].touched == frozenset()
    assert found["ann"].new_gains == {pk["pan-red"]: 1.5}


def test_a_product_s_page_is_the_first_of_a_visit_with_something_after_it(store, weeks, pk, visit):
    day = SPLIT + timedelta(days=1)
    visit("fay", day, "view mug-red")
    visit("fay", day + timedelta(hours=2), "view pan-red", "view lamp-gone", "click mug-red", "like lamp-blue")
    visit("fay", day + timedelta(hours=4), "view mug-blue", "purchase lamp-red")
    # Of `weeks`, ann alone met two products at one time.
    assert pages(store, "product") == {
        "ann": (pk["mug-red"], {pk["pan-red"]: 1.5}),
        "fay": (pk["pan-red"], {pk["mug-red"]: 1.5, pk["lamp-blue"]: 3.0}),
    }
    found = cases(store, "product")
    assert found["fay"].occasion.own == {pk["pan-red"]}
    assert (found["fay"].touched, found["ann"].touched) == (frozenset(), {pk["mug-red"], pk["lamp-red"]})


def test_beside_a_basket(store, pk, visit):
    visit("fay", SPLIT, "view pan-red", "cart mug-red", "like pan-red", "cart lamp-red", "purchase lamp-red")
    visit("gil", SPLIT, "view pan-red", "cart mug-red", "purchase mug-red")
    assert pages(store, "basket") == {"fay": (pk["mug-red"], {pk["lamp-red"]: 5.0})}
    assert set(pages(store, "product")) == {"fay", "gil"}


def test_variants_of_the_page_s_product_are_its_own_and_no_gain(store, pk, visit):
    Product.objects.filter(sku__in=["mug-red", "mug-blue", "mug-rose"]).update(variant_group="mug")
    visit("fay", SPLIT, "view mug-red", "cart mug-blue")
    visit("gil", SPLIT, "view mug-red", "cart mug-blue", "view pan-red")
    visit("hal", SPLIT, "view pan-red", "cart mug-blue", "view mug-red")
    assert pages(store, "product") == {
        "gil": (pk["mug-red"], {pk["pan-red"]: 1.0}),
        "hal": (pk["pan-red"], {pk["mug-blue"]: 4.0, pk["mug-red"]: 1.0}),
    }
    own = {name: case.occasion.own for name, case in cases(store, "product").items()}
    assert own == {"gil": {pk["mug-red"], pk["mug-blue"], pk["mug-rose"]}, "hal": {pk["pan-red"]}}


def test_a_visit_that_began_before_the_stretch_is_not_of_it(store, pk, visit):
    visit("fay", SPLIT - timedelta(minutes=1), "view mug-red", "view pan-red", "cart lamp-red")
    visit("gil", SPLIT - timedelta(minutes=30, seconds=1), "view mug-red")
    visit("gil", SPLIT, "view pan-red", "view lamp-red")
    visit("hal", END - timedelta(minutes=1), "view mug-red", "view pan-red", "view lamp-red")
    assert pages(store, "product") == {
        "gil": (pk["pan-red"], {pk["lamp-red"]: 1.0}),
        "hal": (pk["mug-red"], {pk["pan-red"]: 1.0}),  # the last event of the stretch is END's
    }


@pytest.mark.parametrize("scenario", ["home", "product", "basket"])
def test_another_store_s_events_are_never_read(store, other_store, weeks, other_shop, visit, scenario):
    before = set(cases(store, scenario))
    visit("ann", END - timedelta(days=1), "cart theirs", "cart mug-red", store=other_store)
    visit("zoe", END - timedelta(days=1), "cart theirs", "cart mug-red", store=other_store)
    assert set(cases(store, scenario)) == before
    assert "zoe" in cases(other_store, scenario)


@pytest.mark.parametrize("scenario", ["home", "product", "basket"])
def test_more_shoppers_than_asked_for_are_a_seeded_sample(store, pk, visit, scenario):
    for shopper in ("ann", "bob", "cat", "dan"):
        visit(shopper, SPLIT, "cart mug-red", "purchase pan-red")

    def names(seed):
        return tuple(cases(store, scenario, at_most=2, seed=seed))

    assert names(1) == names(1)
    assert {len(names(seed)) for seed in range(8)} == {2}
    assert len({names(seed) for seed in range(8)}) > 1


@pytest.mark.parametrize("scenario", ["home", "product", "basket"])
def test_reading_takes_as_many_queries_however_many_shoppers(store, pk, visit, scenario, django_assert_max_num_queries):
    for number in range(5):
        visit(f"shopper-{number}", SPLIT, "cart mug-red", "purchase pan-red")
    with django_assert_max_num_queries(6):
        assert len(cases(store, scenario)) == 5
