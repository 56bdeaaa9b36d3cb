"""Statements bound and answered in binary, by the server.

Django's cursors bind on the client, so that to Postgres no two statements are the same; these are prepared when they
come often (KINDRED_DB_PREPARE). They go through the same connection and therefore the same transaction.
"""

from collections.abc import Sequence
from typing import Any, cast

import psycopg
from django.db import connection


def fetch(statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with server_cursor() as cursor:
        return cursor.execute(statement, parameters, binary=True).fetchall()


def server_cursor() -> psycopg.Cursor[tuple[Any, ...]]:
    connection.ensure_connection()
    return psycopg.Cursor(cast("psycopg.Connection[tuple[Any, ...]]", connection.connection))
