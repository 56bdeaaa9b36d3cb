import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection, transaction

from recommender.models import Ranking
from recommender.services.rankings import (
    ShownRanking,
    ensure_days,
    expire_rankings,
    forget_rankings,
    write_rankings,
)
from tests.recommender.test_rankings import other_connection  # noqa: F401  (a fixture)

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def write(store):
    """`write(NOON, shopper="bob")` stores a ranking of that moment and gives its id."""

    def make(*moments, store=store, **given):
        facts = {"store_id": store.pk, "scenario": "home", "product_ids": [1, 2], "scores": [0.5, 0.25]} | given
        made = [ShownRanking(id=uuid.uuid4(), created_at=moment, **facts) for moment in moments]
        write_rankings(rankings=made)
        return [ranking.id for ranking in made]

    return make


def partitions():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'recommender_ranking'::regclass"
        )
        return {name for (name,) in cursor.fetchall()}


def days_of_may():
    return sorted(int(name[-2:]) for name in partitions() if name.startswith("recommender_ranking_202605"))


def test_a_ranking_lies_in_the_partition_of_its_day_in_utc(write):
    midnight = datetime(2026, 5, 4, 0, 30, tzinfo=UTC)
    write(midnight, midnight - timedelta(hours=1), midnight.astimezone(tz=None))
    assert days_of_may() == [3, 4]
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text, count(*) FROM recommender_ranking GROUP BY 1 ORDER BY 1")
        assert cursor.fetchall() == [("recommender_ranking_20260503", 1), ("recommender_ranking_20260504", 2)]


def test_writing_again_changes_nothing(store):
    ranking = ShownRanking(uuid.uuid4(), store.pk, "home", [1], [1.0], created_at=NOON)
    write_rankings(rankings=[ranking, ranking])
    write_rankings(rankings=[ranking])
    assert Ranking.objects.count() == 1


def test_a_batch_is_a_fixed_number_of_statements(store, django_assert_max_num_queries):
    ensure_days([NOON.date()])
    batch = [ShownRanking(uuid.uuid4(), store.pk, "home", [1], [1.0], created_at=NOON) for _ in range(200)]
    with django_assert_max_num_queries(5):  # does the day exist, savepoint, patience, insert, release
        write_rankings(rankings=batch)
    assert Ranking.objects.count() == 200


def test_days_are_made_once(write):
    ensure_days([date(2026, 5, 4), date(2026, 5, 5)])
    ensure_days([date(2026, 5, 5), date(2026, 5, 6)])
    assert days_of_may() == [4, 5, 6]


def test_days_past_their_time_are_dropped_whole(write, settings):
    settings.KINDRED_RANKING_DAYS = 30
    write(*(NOON + timedelta(days=days) for days in range(4)))
    # At noon of 5 June rankings go back to noon of 6 May: 4 and 5 May are over, of the 6th the second half is kept.
    assert expire_rankings(now=NOON + timedelta(days=32)) == [date(2026, 5, 4), date(2026, 5, 5)]
    assert days_of_may() == [6, 7]
    assert sorted(Ranking.objects.values_list("created_at__day", flat=True)) == [6, 7]
    assert expire_rankings(now=NOON + timedelta(days=32)) == []


def test_nothing_that_is_still_to_be_kept_is_dropped(write, settings):
    settings.KINDRED_RANKING_DAYS = 1
    write(NOON, NOON - timedelta(days=1))
    assert expire_rankings(now=NOON) == []
    assert Ranking.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_day_that_is_being_read_is_left_to_the_next_sweep(write, other_connection):  # noqa: F811
    write(NOON)
    other_connection.execute("SELECT count(*) FROM recommender_ranking")
    assert expire_rankings(now=NOON + timedelta(days=60)) == []
    assert Ranking.objects.count() == 1
    other_connection.rollback()
    assert expire_rankings(now=NOON + timedelta(days=60)) == [NOON.date()]
    assert not Ranking.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_new_day_waits_for_no_reader_and_no_writer(write, other_connection):  # noqa: F811
    [known] = write(NOON)
    other_connection.execute("SELECT count(*) FROM recommender_ranking")
    other_connection.execute("UPDATE recommender_ranking SET fallback = 'popular' WHERE id = %s", [known])
    other_connection.execute("SELECT FROM catalog_store FOR NO KEY UPDATE")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = 100")
        write(NOON + timedelta(days=1))
    other_connection.rollback()
    assert Ranking.objects.count() == 2
    expire_rankings(now=NOON + timedelta(days=60))


def test_a_shopper_is_forgotten_in_one_store_alone(write, store, other_store):
    write(NOON, NOON - timedelta(days=3), shopper="ann")
    kept = write(NOON, shopper="bob") + write(NOON, shopper="ann", store=other_store) + write(NOON)
    assert forget_rankings(store=store, shopper_external_id="ann") == 2
    assert set(Ranking.objects.values_list("id", flat=True)) == set(kept)


def test_nobody_in_particular_is_not_forgotten(write, store):
    write(NOON)
    assert forget_rankings(store=store, shopper_external_id="") == 0
    assert Ranking.objects.count() == 1
