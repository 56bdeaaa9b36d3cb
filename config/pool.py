"""Whether a pooled connection is still one, without a round trip."""

import select
from typing import Any

import psycopg
from psycopg_pool import ConnectionPool

_ask = ConnectionPool.check_connection


def look_at(connection: psycopg.Connection[Any]) -> None:
    """Raises psycopg.OperationalError when the connection has ended.

    A server that stops or restarts says so, or its end of the socket is closed: there is something to read, which an
    idle connection has not. Only then is it asked, which takes a round trip.
    """
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN)
    if waiting.poll(0):
        _ask(connection)
