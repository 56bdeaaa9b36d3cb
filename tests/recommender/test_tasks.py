import uuid
from datetime import UTC, timedelta

import pytest
from django.utils import timezone

from recommender import tasks
from recommender.models import Ranking, Rhythm
from recommender.services.rankings import ShownRanking, write_rankings
from recommender.tasks import keep_rankings
from tests.recommender.services.test_rankings import partitions


def test_rhythms_of_a_store_that_is_gone_are_no_trouble(db):
    tasks.refresh_rhythms(0)


def test_rhythms_are_counted_for_the_store_that_is_named(store, other_store, shop, other_shop, happens):
    happens("ann", "purchase", "mug-red")
    happens("ann", "purchase", "theirs", store=other_store)
    tasks.refresh_rhythms(other_store.pk)
    assert [rhythm.product.sku for rhythm in Rhythm.objects.all()] == ["theirs"]


@pytest.mark.django_db
def test_the_sweep_prepares_tomorrow_and_drops_what_is_past(store, settings):
    settings.KINDRED_RANKING_DAYS = 7
    now = timezone.now()
    ages = [timedelta(0), timedelta(days=6), timedelta(days=9)]
    kept = [ShownRanking(uuid.uuid4(), store.pk, "home", [1], [1.0], created_at=now - age) for age in ages]
    write_rankings(rankings=kept)
    keep_rankings()
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    assert f"recommender_ranking_{tomorrow:%Y%m%d}" in partitions()
    assert set(Ranking.objects.values_list("id", flat=True)) == {kept[0].id, kept[1].id}
    keep_rankings()
    assert Ranking.objects.count() == 2
