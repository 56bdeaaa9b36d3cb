"""What every reader of feeds yields, and the bounds within which it reads."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from catalog.rows import Issue

MAX_LINE = 1024 * 1024
RAW_LIMIT = 2_000


class FeedError(Exception):
    """The file as a whole can't be read (any further)."""


@dataclass(frozen=True)
class RawRow:
    """A row as it stands in the feed, under our field names, or why it could not even be read."""

    number: int
    fields: dict[str, Any]
    raw: str
    issue: Issue | None = None


class BoundedLines:
    """The lines of a file as text, none longer than MAX_LINE, whatever the file holds.

    Iterating raises UnreadableLineError for a line that is too long or not UTF-8, and may then be continued.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._is_first = True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._file.readline(MAX_LINE + 1)
        if not line:
            raise StopIteration
        if len(line) > MAX_LINE:
            self._skip_rest(line)
            raise UnreadableLineError("line_too_long", f"The line has more than {MAX_LINE:,} bytes.", line)
        if self._is_first:
            self._is_first = False
            line = line.removeprefix(b"\xef\xbb\xbf")
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            raise UnreadableLineError("not_utf8", "The line is not UTF-8.", line) from error

    def _skip_rest(self, line: bytes) -> None:
        while line and not line.endswith(b"\n"):
            line = self._file.readline(MAX_LINE)


class UnreadableLineError(Exception):
    def __init__(self, code: str, message: str, line: bytes) -> None:
        super().__init__(message)
        self.issue = Issue("", code, message)
        self.raw = line[:RAW_LIMIT].decode(errors="replace")


def read_table(lines: Iterator[str], header: list[str], *, delimiter: str) -> Iterator[RawRow]:
    """The rows below a table's header, which is row 1 as in a spreadsheet; blank lines count and are passed over."""
    reader, number = csv.reader(lines, delimiter=delimiter), 1
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except UnreadableLineError as error:
            yield RawRow(number, {}, error.raw, error.issue)
            continue
        except csv.Error as error:
            yield RawRow(number, {}, "", Issue("", "malformed_row", f"The row can't be read: {error}."))
            continue
        raw = delimiter.join(cells)[:RAW_LIMIT]
        if len(cells) > len(header) and any(cells[len(header) :]):
            issue = Issue("", "too_many_cells", f"The row has {len(cells)} cells, the header {len(header)}.")
            yield RawRow(number, {}, raw, issue)
        elif any(cells):
            yield RawRow(number, dict(zip(header, cells, strict=False)), raw)


def read_header(lines: Iterator[str], *, delimiter: str) -> list[str]:
    try:
        cells = next(csv.reader(lines, delimiter=delimiter), [])
    except (UnreadableLineError, csv.Error) as error:
        raise FeedError(f"The header line can't be read: {error}") from error
    header = [cell.strip() for cell in cells]
    if len(set(header)) != len(header):
        raise FeedError("The header names a column twice.")
    return header
