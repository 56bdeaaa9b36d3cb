"""What the database was asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import psycopg


@contextmanager
def recorded_statements() -> Iterator[list[str]]:
    """Django's own record leaves out what goes through `catalog.wire`; every cursor there is ends up here."""
    statements: list[str] = []
    execute = psycopg.Cursor.execute

    def record(cursor: psycopg.Cursor, query: Any, *arguments: Any, **options: Any) -> psycopg.Cursor:
        statements.append(str(query))
        return execute(cursor, query, *arguments, **options)

    with patch.object(psycopg.Cursor, "execute", record):
        yield statements
