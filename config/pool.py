"""What pooled connections are like: looked at without a round trip, and in web processes with little patience."""

import select
from typing import Any

import psycopg
from django.db import connections
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


def limit_statements(seconds: int) -> None:
    """Of connections that this process has yet to make. It is sent while they are made, which takes no round trip; what
    DATABASE_URL says of it prevails, for it comes later."""
    if seconds:
        options = connections.settings["default"]["OPTIONS"]
        limit = f"-c statement_timeout={seconds}s"
        options["options"] = f"{limit} {options.get('options', '')}".strip()
