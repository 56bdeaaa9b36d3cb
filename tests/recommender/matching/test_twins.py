import pytest

from recommender.matching.twins import LIKELY, find_twins, shown_from
from tests.factories import make_products
from tests.recommender.matching.standin import StandIn

TITLES = ["walnut chest with drawers", "walnut chest with drawers wide", "garden hose"]


@pytest.fixture
def ids(store) -> list[int]:
    rows = [{"sku": f"p{number}", "title": title} for number, title in enumerate(TITLES)]
    return [product.pk for product in make_products(store, rows)]


def found(store, asked, *, also=(), never=()) -> dict[tuple[int, int], float]:
    twins = find_twins(store, None, StandIn(), asked, also=also, never=never)
    return {each.ids: each.probability for each in twins}


def test_whoever_is_asked_the_pair_is_the_same(store, ids):
    expected = {(ids[0], ids[1]): pytest.approx(0.8)}
    assert found(store, ids) == found(store, ids[:1]) == found(store, ids[1:2]) == expected
    assert found(store, ids[2:]) == {}


def test_the_older_one_is_the_offer_whoever_is_asked(store, ids):
    """The stand-in can't score an offer of poison, and any product of it."""
    [poison] = make_products(store, [{"sku": "poison", "title": "walnut chest with poison"}])
    [younger] = make_products(store, [{"sku": "younger", "title": "walnut chest with poison too"}])
    pairs = found(store, [poison.pk, younger.pk])
    assert pairs == {(ids[0], poison.pk): pytest.approx(0.6), (ids[1], poison.pk): LIKELY, (ids[0], younger.pk): LIKELY}


def test_pairs_named_are_scored_and_those_ruled_out_are_not(store, ids):
    assert found(store, ids, never={(ids[0], ids[1])}) == {}
    [alike] = make_products(store, [{"sku": "alike", "title": "garden hose"}])
    assert found(store, [], also=[(ids[2], alike.pk)]) == {(ids[2], alike.pk): 1.0}
    assert found(store, [], also=[(ids[0], alike.pk), (ids[0], 2**40)]) == {}


def test_people_see_what_is_likelier_one_than_two_and_never_what_the_matcher_rejects():
    assert shown_from(StandIn()) == LIKELY == 0.5
    assert shown_from(StandIn(reject_below=0.7)) == 0.7
