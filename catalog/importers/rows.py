"""From a raw row to a ProductRow, with an issue for whatever does not fit.

A fault in what names the product or what a shopper is told (sku, title, price, stock) refuses the row. A fault in what
merely helps (identifiers, brand, category, attributes, pictures) is a warning, and the row goes on without that part.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog import normalize
from catalog.fetch import FetchRefused, check_url
from catalog.importers.fields import (
    NAME_LIMIT,
    FieldReading,
    Reader,
    parse_code,
    parse_description,
    parse_name,
    parse_title,
    within,
)
from catalog.normalize import MalformedError
from catalog.rows import MAX_PICTURES, FilePicture, Issue, Picture, ProductFacts, ProductRow, Severity, UrlPicture

PATH_LIMIT = 600
MAX_ATTRIBUTES = 100
ATTRIBUTE_LIMIT = 1_000


@dataclass(frozen=True)
class ParsedRow:
    """`row` is None when an issue refuses it."""

    row: ProductRow | None
    issues: tuple[Issue, ...]


def parse_row(fields: Mapping[str, Any]) -> ParsedRow:
    """Read the fields we know and ignore the rest; a field that is absent stays absent."""
    reading = _Reading(fields)
    sku = reading.read("sku", _parse_sku, severity=Severity.ERROR)
    for name, (reader, severity) in _READERS.items():
        if name in fields and not (fields[name] is None and name in _NEVER_EMPTY):
            reading.keep(name, reader, severity, as_fact="category_path" if name == "category" else name)
    reading.keep_price()
    reading.keep_attributes()
    pictures = reading.read_pictures()
    row = None if reading.is_refused else ProductRow(sku, ProductFacts(**reading.facts), pictures)  # type: ignore[typeddict-item]
    return ParsedRow(row, tuple(reading.issues))


def read_sku(fields: Mapping[str, Any]) -> str | None:
    """The sku alone, for rows that were imported before."""
    try:
        return _parse_sku(fields.get("sku"))
    except MalformedError:
        return None


class _Reading(FieldReading):
    """A product's fields."""

    def keep_attributes(self) -> None:
        given = self.fields.get("attributes")
        if given is None:
            return
        if not isinstance(given, dict):
            self.complain("attributes", "not_an_object", "Attributes are an object of names and values.")
            return
        if len(given) > MAX_ATTRIBUTES:
            self.complain("attributes", "too_many", f"A product has at most {MAX_ATTRIBUTES} attributes.")
        kept = {}
        for key, value in list(given.items())[:MAX_ATTRIBUTES]:
            try:
                kept[_parse_attribute_name(key)] = _parse_attribute(value)
            except MalformedError as error:
                self.complain(f"attributes.{key}"[:NAME_LIMIT], error.code, error.message)
        self.facts["attributes"] = {key: value for key, value in kept.items() if value not in (None, "", [])}

    def read_pictures(self) -> tuple[Picture, ...] | None:
        """`images` (or `image`, the older name); None when neither is there."""
        names = [name for name in ("image", "images") if name in self.fields]
        pictures: list[Picture] = []
        for name in names:
            given = self.fields[name]
            for entry in given if isinstance(given, list) else [given]:
                try:
                    pictures += _parse_picture(entry)
                except (MalformedError, FetchRefused) as error:
                    self.complain(name, error.code, error.message)
        if len(pictures) > MAX_PICTURES:
            self.complain("images", "too_many", f"A product has at most {MAX_PICTURES} pictures.")
        return tuple(dict.fromkeys(pictures))[:MAX_PICTURES] if names else None


def _parse_sku(value: Any) -> str:
    sku = parse_code(value)
    if not sku:
        raise MalformedError("required", "A row needs a sku.")
    return sku


def _parse_category(value: Any) -> str:
    path = normalize.split_category(value)
    for name in path.split("/"):
        within(NAME_LIMIT, name)
    return within(PATH_LIMIT, path)


def _parse_attribute_name(key: str) -> str:
    name = normalize.clean_line(key)
    if not name:
        raise MalformedError("malformed_attribute", "An attribute needs a name; `attributes` is a JSON object.")
    return within(NAME_LIMIT, name)


def _parse_attribute(value: Any) -> Any:
    if isinstance(value, list):
        return [_parse_attribute_item(item) for item in value[:MAX_ATTRIBUTES]]
    return _parse_attribute_item(value)


def _parse_attribute_item(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case int() if abs(value) < 2**53:
            return value
        case float() if math.isfinite(value):
            return value
        case str():
            return normalize.clean_line(value)[:ATTRIBUTE_LIMIT].rstrip()
    raise MalformedError("unsupported_value", "An attribute is text, a number, true or false, or a list of these.")


def _parse_picture(entry: Any) -> list[Picture]:
    if isinstance(entry, dict):
        entry = entry.get("file") or entry.get("url")
    name = normalize.clean_line(entry)
    if not name:
        return []
    if "://" not in name and not name.lower().startswith(("data:", "javascript:")):
        return [FilePicture(name)]
    check_url(name)
    return [UrlPicture(name)]


_NEVER_EMPTY = {"availability", "is_published"}  # null says nothing there, elsewhere it clears

_READERS: dict[str, tuple[Reader, Severity]] = {
    "title": (parse_title, Severity.ERROR),
    "description": (parse_description, Severity.WARNING),
    "brand": (parse_name, Severity.WARNING),
    "category": (_parse_category, Severity.WARNING),
    "currency": (normalize.normalize_currency, Severity.WARNING),
    "gtin": (normalize.normalize_gtin, Severity.WARNING),
    "mpn": (parse_code, Severity.WARNING),
    "variant_group": (parse_code, Severity.WARNING),
    "availability": (normalize.normalize_availability, Severity.ERROR),
    "is_published": (normalize.parse_boolean, Severity.ERROR),
}
