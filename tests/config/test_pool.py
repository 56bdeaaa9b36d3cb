"""With real connections to the tests' Postgres, of which it ends some."""

import os
import select
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connections
from psycopg_pool import ConnectionPool

from config import services
from config.pool import limit_statements, look_at


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


SHOW = "from django.db import connection; print(*connection.cursor().execute('SHOW statement_timeout').fetchone())"


@pytest.mark.parametrize(("started", "limit"), [("config.web", "12s"), ("config.wsgi", "0")])
def test_statements_of_the_web_server_alone_are_limited(started, limit):
    done = subprocess.run(
        [sys.executable, "-c", f"import {started}; {SHOW}"],
        cwd=services.BASE_DIR,
        env={**os.environ, "KINDRED_STATEMENT_SECONDS": "12"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [limit]


@pytest.mark.parametrize(
    ("seconds", "address", "options"),
    [
        (15, None, "-c statement_timeout=15s"),
        (15, "-c statement_timeout=7s", "-c statement_timeout=15s -c statement_timeout=7s"),
        (0, None, None),
        (0, "-c jit=off", "-c jit=off"),
    ],
)
def test_the_limit_leaves_what_the_address_says(monkeypatch, seconds, address, options):
    given = {"options": address} if address else {}
    monkeypatch.setitem(connections.settings["default"], "OPTIONS", given)
    limit_statements(seconds)
    assert given.get("options") == options
