"""With real connections to the tests' Postgres, of which it ends some."""

import select
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from psycopg_pool import ConnectionPool

from config.pool import look_at


@pytest.fixture
def server() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as server:
        yield server


@pytest.fixture
def lent() -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as lent:
        lent.execute("SELECT 'the last it was asked'")
        yield lent


def test_one_that_lives_is_asked_nothing(server, lent):
    look_at(lent)
    asked = "SELECT query, state_change FROM pg_stat_activity WHERE pid = %s"
    before = server.execute(asked, [lent.info.backend_pid]).fetchone()
    look_at(lent)
    assert server.execute(asked, [lent.info.backend_pid]).fetchone() == before
    assert before[0] == "SELECT 'the last it was asked'"


def test_one_that_the_server_ended_is_not_lent(server, lent):
    server.execute("SELECT pg_terminate_backend(%s, 5000)", [lent.info.backend_pid])
    with pytest.raises(psycopg.OperationalError):
        look_at(lent)


def test_one_that_was_closed_here_is_not_lent(lent):
    lent.close()
    with pytest.raises(psycopg.OperationalError):
        look_at(lent)


def test_one_that_has_news_lives(server, lent):
    lent.execute("LISTEN news")
    server.execute("NOTIFY news")
    assert select.select([lent], [], [], 5)[0]
    look_at(lent)
    assert not select.select([lent], [], [], 0)[0]  # heard
    assert lent.execute("SELECT 1").fetchone() == (1,)


def test_pools_of_django_look_this_way():
    assert ConnectionPool.check_connection is look_at
