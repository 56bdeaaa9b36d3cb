"""Readers of product feeds: one file for each format, and the table of them."""

from collections.abc import Iterator
from importlib import import_module
from typing import IO

from catalog.importers.feeds import FeedError, RawRow

READERS = {
    "jsonl": "catalog.importers.jsonl",
    "csv": "catalog.importers.comma",
    "google": "catalog.importers.google",
}
AUTO = "auto"
FORMATS = (AUTO, *READERS)
_GOOGLE_HEADER = {"id", "title", "link", "image_link", "image link", "g:id"}


def read_feed(file: IO[bytes], *, format: str) -> Iterator[RawRow]:
    """The feed's rows, one at a time. Raises FeedError, at once or underway."""
    name = detect_format(file) if format == AUTO else format
    yield from import_module(READERS[name]).read(file)


def detect_format(file: IO[bytes]) -> str:
    """The format by the file's first kilobytes; its name says too little."""
    start = file.tell()
    head = file.read(64 * 1024)
    file.seek(start)
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FeedError("The file is UTF-16; save it as UTF-8.")
    text = head.decode(errors="replace").removeprefix("\ufeff").lstrip()
    if not text:
        raise FeedError("The file is empty.")
    if text[0] in "{[":
        return "jsonl"
    if text[0] == "<":
        return "google"
    columns = {name.strip().lower() for name in text.splitlines()[0].split("\t")}
    return "google" if "sku" not in columns and len(columns & _GOOGLE_HEADER) >= 2 else "csv"
