import uuid
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from catalog.models import Product
from catalog.wire import fetch
from recommender import shown
from recommender.services.rankings import ShownRanking, write_rankings
from recommender.shown import Outcomes, counts_statement, ranking_outcomes

NOW = timezone.now()
DAY = timedelta(days=1)


@pytest.fixture
def show(store, shop):
    """`show("ann", "mug-red", "lamp-red")` stores a ranking of these and gives its id."""

    def make(shopper, *skus, store=store, at=NOW, scenario="home"):
        ids = dict(Product.objects.of(store).values_list("sku", "pk"))
        products = [ids[sku] for sku in skus]
        scores = [1.0 / place for place in range(1, len(skus) + 1)]
        ranking = ShownRanking(uuid.uuid4(), store.pk, scenario, products, scores, shopper=shopper, created_at=at)
        write_rankings(rankings=[ranking])
        return ranking.id

    return make


def shown_counts(store, shopper, *, since):
    return dict(fetch(*counts_statement(store, shopper, since=since)))


def test_counts_are_of_rankings_since_then(store, shop, show):
    show("ann", "mug-red", "lamp-red")
    show("ann", "mug-red", at=NOW - 2 * DAY, scenario="similar")
    show("ann", "mug-red", "pan-red", at=NOW - 4 * DAY)
    red, lamp = shop["mug-red"].pk, shop["lamp-red"].pk
    assert shown_counts(store, "ann", since=NOW - 3 * DAY) == {red: 2, lamp: 1}
    assert shown_counts(store, "ann", since=NOW) == {red: 1, lamp: 1}
    assert shown_counts(store, "ann", since=NOW + DAY) == {}


def test_other_shoppers_and_other_stores_are_not_counted(store, other_store, shop, other_shop, show):
    show("bob", "mug-red")
    show("ann", "theirs", store=other_store)
    assert shown_counts(store, "ann", since=NOW - DAY) == {}
    assert shown_counts(other_store, "ann", since=NOW - DAY) == {other_shop["theirs"].pk: 1}


def test_only_the_latest_rankings_count(store, shop, show, monkeypatch):
    monkeypatch.setattr(shown, "MOST_RANKINGS", 2)
    for days, sku in enumerate(["mug-red", "mug-blue", "mug-rose"]):
        show("ann", sku, at=NOW - days * DAY)
    assert shown_counts(store, "ann", since=NOW - 9 * DAY) == {shop["mug-red"].pk: 1, shop["mug-blue"].pk: 1}


def outcomes(store, *, since=NOW - DAY, until=NOW + DAY):
    return {each.scenario: each for each in ranking_outcomes(store, since=since, until=until)}


def test_events_that_name_a_ranking_are_its_outcome(store, shop, show, happens):
    home = show("ann", "mug-red", "lamp-red", "pan-red")
    seen = show("bob", "mug-red")
    show("bob", "mug-blue")
    similar = show("", "mug-blue", scenario="similar")
    happens("ann", "view", "mug-red", ranking_id=home)  # nothing to do with it
    happens("ann", "click", "lamp-red", "pan-red", "pan-red", ranking_id=home)
    happens("bob", "click", "mug-red", ranking_id=seen)
    happens("ann", "cart", "pan-red", "lamp-red", ranking_id=home)
    happens("ann", "purchase", "pan-red", "lamp-red", ranking_id=home)
    happens("ann", "purchase", "lamp-blue")
    assert outcomes(store) == {
        "home": Outcomes(
            scenario="home",
            rankings=3,
            clicked=2,
            clicks=4,
            carts=2,
            purchases=2,
            position=(2 + 3 + 3 + 1) / 4,
            revenue=Decimal("100.00"),
            currency="",
        ),
        "similar": Outcomes("similar", 1, 0, 0, 0, 0, None, None, None),
    }
    happens("eve", "click", "mug-rose", ranking_id=similar)  # it was not on that page: a click at no position
    assert outcomes(store)["similar"] == Outcomes("similar", 1, 1, 1, 0, 0, None, None, None)


def test_prices_in_several_currencies_do_not_add_up(store, shop, show, happens):
    Product.objects.filter(sku="mug-red").update(currency="EUR")
    Product.objects.filter(sku="lamp-red").update(currency="SEK")
    first = show("ann", "mug-red", "lamp-red")
    happens("ann", "purchase", "mug-red", ranking_id=first)
    assert (outcomes(store)["home"].revenue, outcomes(store)["home"].currency) == (Decimal(10), "EUR")
    happens("ann", "purchase", "lamp-red", ranking_id=first)
    assert (outcomes(store)["home"].revenue, outcomes(store)["home"].currency) == (None, None)


def test_what_has_no_price_brings_no_revenue(store, shop, show, happens):
    happens("ann", "purchase", "bare", ranking_id=show("ann", "bare"))
    home = outcomes(store)["home"]
    assert (home.purchases, home.revenue) == (1, None)


def test_outcomes_are_of_rankings_shown_in_that_time_whenever_events_came(store, shop, show, happens):
    old = show("ann", "mug-red", at=NOW - 3 * DAY)
    happens("ann", "click", "mug-red", ranking_id=old)
    assert outcomes(store) == {}
    assert outcomes(store, since=NOW - 4 * DAY)["home"].clicked == 1
    assert outcomes(store, since=NOW - 4 * DAY, until=NOW - 3 * DAY) == {}


def test_another_stores_events_and_rankings_do_not_count(store, other_store, shop, other_shop, show, happens):
    ours, theirs = show("ann", "mug-red"), show("ann", "theirs", store=other_store)
    happens("ann", "click", "theirs", store=other_store, ranking_id=ours)
    happens("ann", "click", "mug-red", ranking_id=theirs)
    assert (outcomes(store)["home"].rankings, outcomes(store)["home"].clicks) == (1, 0)
    assert (outcomes(other_store)["home"].rankings, outcomes(other_store)["home"].clicks) == (1, 0)
