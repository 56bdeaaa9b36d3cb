"""One JSON object per line, with our own field names."""

import json
from collections.abc import Iterator
from typing import IO, Any

from catalog.importers.feeds import RAW_LIMIT, BoundedLines, FeedError, RawRow, UnreadableLineError
from catalog.rows import Issue


def read(file: IO[bytes]) -> Iterator[RawRow]:
    """Rows are numbered like the file's lines, from 1; blank lines are passed over."""
    lines, number = BoundedLines(file), 0
    while True:
        number += 1
        try:
            line = next(lines).strip()
        except StopIteration:
            return
        except UnreadableLineError as error:
            yield RawRow(number, {}, error.raw, error.issue)
            continue
        if line:
            yield _read_line(number, line)


def _read_line(number: int, line: str) -> RawRow:
    try:
        fields = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        if number == 1 and line == "[":
            raise FeedError("This is one JSON array; write one object per line instead.") from error
        return RawRow(number, {}, line[:RAW_LIMIT], Issue("", "malformed_json", f"Not JSON: {error}."))
    if not isinstance(fields, dict):
        return RawRow(number, {}, line[:RAW_LIMIT], Issue("", "not_an_object", "The line is not a JSON object."))
    return RawRow(number, fields, line[:RAW_LIMIT])


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")
