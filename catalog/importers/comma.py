"""CSV with a header line of our own field names; commas, semicolons or tabs.

`attributes` holds a JSON object, or each attribute has a column of its own named `attributes.color`. Several pictures
in `images` are separated by `|`.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any

from catalog.importers.feeds import BoundedLines, FeedError, RawRow, UnreadableLineError, read_header, read_table

_PREFIX = "attributes."


def read(file: IO[bytes], *, key: str = "sku") -> Iterator[RawRow]:
    """`key` is the column that names the row and has to be there."""
    start = file.tell()
    delimiter = _find_delimiter(file)
    file.seek(start)
    lines = BoundedLines(file)
    header = [name.lower().replace(" ", "_") for name in read_header(lines, delimiter=delimiter)]
    if key not in header:
        raise FeedError(f"The header has no column '{key}'.")
    for row in read_table(lines, header, delimiter=delimiter):
        yield row if row.issue else replace(row, fields=_shape(row.fields))


def _find_delimiter(file: IO[bytes]) -> str:
    try:
        line = next(BoundedLines(file), "")
    except UnreadableLineError as error:
        raise FeedError(f"The header line can't be read: {error}") from error
    return max(",;\t", key=line.count)


def _shape(cells: dict[str, str]) -> dict[str, Any]:
    fields: dict[str, Any] = {name: value for name, value in cells.items() if not name.startswith(_PREFIX)}
    own = {name.removeprefix(_PREFIX): value for name, value in cells.items() if name.startswith(_PREFIX) and value}
    if own or "attributes" in fields:
        fields["attributes"] = _parse_attributes(fields.get("attributes", "")) | own
    if "images" in fields:
        fields["images"] = [name for name in fields["images"].split("|") if name.strip()]
    for name in ("availability", "is_published"):  # an empty cell says nothing there
        fields[name] = fields.get(name) or None
    return fields


def _parse_attributes(text: str) -> Any:
    if not text.strip():
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {"": text}  # refused, by name, with the other attributes
    return found if isinstance(found, dict) else {"": text}
