"""Vectors over the wire: binary in, binary out.

Text form costs about 10 bytes and a parse per dimension; pgvector's binary form two bytes and a byte swap.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import psycopg
from pgvector import HalfVector
from pgvector.psycopg.halfvec import HalfVectorBinaryDumper

from catalog.wire import fetch, fetch_each, fetch_under, server_cursor, to_array
from embeddings.layout import Vector

__all__ = [
    "copy_in",
    "execute_many",
    "fetch",
    "fetch_each",
    "fetch_under",
    "from_column",
    "from_columns",
    "to_array",
    "to_parameter",
]


class _UntypedHalfVectorDumper(HalfVectorBinaryDumper):
    """Leaves the type's oid, which differs by database, to the `::halfvec` that stands behind every placeholder."""

    oid = 0


psycopg.adapters.register_dumper(HalfVector, _UntypedHalfVectorDumper)


def to_parameter(vector: Vector) -> HalfVector:
    """Write `%s::halfvec` where it goes."""
    return HalfVector(np.asarray(vector, np.float32))


def from_column(data: bytes) -> Vector:
    """float32[d] of a halfvec column as `fetch` returns it."""
    return np.frombuffer(data, ">f2", offset=4).astype(np.float32)


def from_columns(rows: Sequence[bytes], dims: int) -> Vector:
    """float32[n, dims] of as many; at once it takes half as long."""
    return np.frombuffer(b"".join(rows), ">f2").reshape(len(rows), 2 + dims)[:, 2:].astype(np.float32)


def execute_many(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """One statement for many rows, pipelined: one round trip, not one a row."""
    with server_cursor() as cursor:
        cursor.executemany(statement, rows)


def copy_in(statement: str, rows: Iterable[Sequence[Any]]) -> None:
    """`COPY … FROM STDIN (FORMAT BINARY)`: values must be of the columns' exact types, integers as `Int8` and so on."""
    with server_cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
