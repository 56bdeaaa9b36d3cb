"""Statements bound and answered in binary, by the server.

Django's cursors bind on the client, so that to Postgres no two statements are the same; these are prepared when they
come often (KINDRED_DB_PREPARE). They go through the same connection and therefore the same transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

import psycopg
from django.db import connection


def fetch(statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with server_cursor() as cursor:
        return cursor.execute(statement, parameters, binary=True).fetchall()


def fetch_each(*asked: tuple[str, Sequence[Any]]) -> list[list[tuple[Any, ...]]]:
    """`fetch` of several statements that need not wait for one another, in one round trip: an answer is read when all
    are there, since to read one sooner is another round trip."""
    with server_cursor() as cursor, cursor.connection.pipeline():
        answers = [server_cursor().execute(statement, parameters, binary=True) for statement, parameters in asked]
    return [answer.fetchall() for answer in answers]


def fetch_under(settings: Mapping[str, str], statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """`fetch` with these settings, which hold up to the end of the transaction. In one round trip: what is sent
    together is a transaction, where none has begun."""
    calls = ", ".join("set_config(%s, %s, true)" for _ in settings)
    with server_cursor() as cursor, cursor.connection.pipeline():
        cursor.execute(f"SELECT {calls}", [part for pair in settings.items() for part in pair])
        answer = server_cursor().execute(statement, parameters, binary=True)
    return answer.fetchall()


def to_array(ids: Iterable[int]) -> str:
    """Write `%s::bigint[]` where it goes. Of a list psycopg looks at every item, which costs ten times as much."""
    return f"{{{','.join(map(str, ids))}}}"


def server_cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    return psycopg.Cursor(cast("psycopg.Connection[tuple[Any, ...]]", connection.connection))
