"""Google Merchant product feeds: tab-separated text, or RSS 2.0 and Atom XML with the `g:` namespace.

`sale_price` is not read: whether it holds today is another system's knowledge.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Any
from xml.parsers import expat

from catalog.importers.feeds import MAX_LINE, RAW_LIMIT, BoundedLines, FeedError, RawRow, read_header, read_table
from catalog.rows import Issue

_NAMES = {
    "id": "sku",
    "title": "title",
    "description": "description",
    "brand": "brand",
    "price": "price",
    "gtin": "gtin",
    "mpn": "mpn",
    "item_group_id": "variant_group",
    "availability": "availability",
}
_ATTRIBUTES = ("color", "size", "size_type", "material", "pattern", "gender", "age_group", "condition")
_CHUNK = 64 * 1024
_SILENCE = 4 * MAX_LINE  # bytes the parser may swallow without finding anything
# The parser keeps every open element and every name it ever met: 10 MB of either cost it 100 to 400 MB.
_MAX_DEPTH = 32
_MAX_NAMES = 100_000  # characters of all different names, namespaces included; real feeds have a few thousand


def read(file: IO[bytes]) -> Iterator[RawRow]:
    start = file.tell()
    head = file.read(1024).removeprefix(b"\xef\xbb\xbf").lstrip()
    file.seek(start)
    rows = _read_xml(file) if head.startswith(b"<") else _read_text(file)
    for row in rows:
        yield row if row.issue else replace(row, fields=_shape(row.fields))


def _read_text(file: IO[bytes]) -> Iterator[RawRow]:
    lines = BoundedLines(file)
    header = [re.sub(r"\s+", "_", name.lower().removeprefix("g:")) for name in read_header(lines, delimiter="\t")]
    if "id" not in header:
        raise FeedError("The header has no column 'id'.")
    for row in read_table(lines, header, delimiter="\t"):
        pictures = [name for name in row.fields.get("additional_image_link", "").split(",") if name.strip()]
        yield replace(row, fields={**row.fields, "additional_image_link": pictures})


def _read_xml(file: IO[bytes]) -> Iterator[RawRow]:
    items = _Items()
    while chunk := file.read(_CHUNK):
        yield from items.feed(chunk)
    yield from items.feed(b"", is_last=True)


def _shape(source: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {ours: source[theirs] for theirs, ours in _NAMES.items() if theirs in source}
    category = source.get("product_type") or source.get("google_product_category") or ""
    if not category.strip().isdigit():  # a number is a key into Google's own table
        fields["category"] = category
    fields["attributes"] = {name: source[name] for name in _ATTRIBUTES if source.get(name)}
    if "image_link" in source:
        fields["images"] = [name for name in [source["image_link"], *source["additional_image_link"]] if name.strip()]
    if not fields.get("availability"):
        fields.pop("availability", None)
    return fields


class _Items:
    """Turns XML into items as it comes. Any DOCTYPE is refused, and with it every entity but the five of XML itself."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartNamespaceDeclHandler = lambda *_: None  # else prefixes are missing among `intern`
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._depth = 0
        self._item_depth = 0
        self._count = 0
        self._size = 0
        self._name = ""
        self._pieces: list[str] = []
        self._fields: dict[str, Any] = {}
        self._found: list[RawRow] = []
        self._silence = 0

    def feed(self, chunk: bytes, *, is_last: bool = False) -> list[RawRow]:
        self._silence += len(chunk)
        try:
            self._parser.Parse(chunk, is_last)
        except expat.ExpatError as error:
            raise FeedError(f"The XML is broken: {error}.") from error
        if self._silence > _SILENCE:
            raise FeedError("The XML holds a single piece of several megabytes.")
        if sum(len(name or "") for name in self._parser.intern) > _MAX_NAMES:
            raise FeedError(
                f"The XML's different names of elements and attributes have over {_MAX_NAMES:,} characters."
            )
        found, self._found = self._found, []
        return found

    def _refuse_doctype(self, *_: Any) -> None:
        raise FeedError("The XML has a DOCTYPE, which no product feed needs.")

    def _start(self, name: str, _: dict[str, str]) -> None:
        self._silence = 0
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise FeedError(f"The XML has elements more than {_MAX_DEPTH} deep in one another.")
        local = name.rpartition(" ")[2].lower()
        if not self._item_depth and local in {"item", "entry"}:
            self._item_depth, self._fields, self._size = self._depth, {"additional_image_link": []}, 0
        self._name, self._pieces = local, []

    def _text(self, text: str) -> None:
        self._silence = 0
        if not self._item_depth:
            return
        self._size += len(text)
        if self._size <= MAX_LINE and self._depth == self._item_depth + 1:
            self._pieces.append(text)

    def _end(self, _: str) -> None:
        if self._item_depth and self._depth == self._item_depth + 1:
            self._keep(self._name, "".join(self._pieces).strip())
        elif self._item_depth == self._depth:
            self._finish()
        # What follows inside a parent, after a child of its own, is not the parent's value.
        self._name, self._pieces = "", []
        self._depth -= 1

    def _keep(self, name: str, value: str) -> None:
        if name == "additional_image_link":
            self._fields[name].append(value)
        elif name:
            self._fields.setdefault(name, value)

    def _finish(self) -> None:
        self._item_depth = 0
        self._count += 1
        raw = str(self._fields)[:RAW_LIMIT]
        issue = Issue("", "row_too_long", f"The item has more than {MAX_LINE:,} characters.")
        self._found.append(RawRow(self._count, self._fields, raw, issue if self._size > MAX_LINE else None))
