import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from recommender.services.rankings import ShownRanking, write_rankings
from tests.factories import Api
from tests.recommender.conftest import assert_problem

URL = "/api/v1/outcomes/"


@pytest.fixture
def show(store, shop):
    def make(*skus, days=0, store=store):
        products = [shop[sku].pk for sku in skus]
        moment = timezone.now() - timedelta(days=days, minutes=1)
        ranking = ShownRanking(
            uuid.uuid4(), store.pk, "home", products, [0.5] * len(skus), shopper="ann", created_at=moment
        )
        write_rankings(rankings=[ranking])
        return ranking.id

    return make


def test_what_came_of_the_last_days(api, show, happens):
    first = show("mug-red", "lamp-red")
    show("mug-blue", days=5)
    show("mug-blue", days=9)
    happens("ann", "click", "lamp-red", ranking_id=first)
    happens("ann", "purchase", "lamp-red", ranking_id=first)
    [home] = api.get(URL).json()["scenarios"]
    assert home == {
        "scenario": "home",
        "rankings": 2,
        "clicked": 1,
        "clicks": 1,
        "carts": 0,
        "purchases": 1,
        "position": 2.0,
        "revenue": "60.00",
        "currency": "",
    }
    assert api.get(URL, days=10).json()["scenarios"][0]["rankings"] == 3


def test_no_further_back_than_rankings_are_kept(api, show, settings):
    settings.KINDRED_RANKING_DAYS = 3
    show("mug-blue", days=5)
    body = api.get(URL, days=300).json()
    assert body["scenarios"] == []
    assert body["since"] < body["until"]


def test_another_stores_are_not_told(other_api, show):
    show("mug-red")
    assert other_api.get(URL).json()["scenarios"] == []


@pytest.mark.parametrize(("query", "field"), [({"days": 0}, "days"), ({"days": "x"}, "days"), ({"week": 1}, "week")])
def test_bad_parameters_are_named(api, query, field):
    assert_problem(api.get(URL, **query), 400, field=field)


def test_a_key_is_needed_that_administers(stranger, make_key):
    assert_problem(stranger.get(URL), 401)
    assert_problem(Api(make_key(["read", "events", "catalog"])).get(URL), 403)
