"""Files of events: CSV with a header line, or one JSON object per line; either may be compressed with gzip."""

import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import IO, cast

from catalog.importers import detect_format, jsonl
from catalog.importers.feeds import BoundedLines, FeedError, RawRow, UnreadableLineError, read_header, read_table
from recommender.event_rows import EventSerializer

_GZIP = b"\x1f\x8b"


@contextmanager
def open_event_file(path: Path) -> Iterator[IO[bytes]]:
    """Uncompressed where it is compressed, whatever its name. Raises OSError."""
    with path.open("rb") as file:
        is_compressed = file.read(len(_GZIP)) == _GZIP
        file.seek(0)
        if not is_compressed:
            yield file
            return
        with gzip.GzipFile(fileobj=file) as plain:
            yield cast(IO[bytes], plain)


def read_event_file(file: IO[bytes]) -> Iterator[RawRow]:
    """Rows under the names of an event's fields, numbered like the file's lines. Raises FeedError, also underway."""
    try:
        yield from jsonl.read(file) if detect_format(file) == "jsonl" else _read_table(file)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise FeedError("The compressed file is damaged.") from error


def _read_table(file: IO[bytes]) -> Iterator[RawRow]:
    lines: Iterator[str] = BoundedLines(file)
    try:
        first = next(lines)
    except UnreadableLineError as error:
        raise FeedError(f"The header line can't be read: {error}") from error
    delimiter = max(",;\t", key=first.count)
    lines = chain([first], lines)
    header = [name.lower() for name in read_header(lines, delimiter=delimiter)]
    _check_columns(header)
    for row in read_table(lines, header, delimiter=delimiter):
        for name in ("at", "ranking_id"):  # an empty cell says nothing there
            if not row.fields.get(name):
                row.fields.pop(name, None)
        yield row


def _check_columns(header: list[str]) -> None:
    fields = EventSerializer().fields
    missing = [name for name, field in fields.items() if field.required and name not in header]
    if missing:
        raise FeedError(f"The header has no column {_quote(missing)}.")
    unknown = [name for name in header if name not in fields]
    if unknown:
        raise FeedError(f"There is no field {_quote(unknown)}; there are {', '.join(fields)}.")


def _quote(names: list[str]) -> str:
    return ", ".join(f"'{name[:100]}'" for name in names[:20])
