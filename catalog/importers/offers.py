"""From a feed of suppliers' offers to OfferRows. JSONL or CSV, with our own field names.

A fault in what names the offer or says what it costs (supplier, number, title, price) refuses the row; elsewhere it is
a warning. A GTIN that is none is kept as it stands, for the supplier's own list has it so, and is trusted by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from catalog import normalize
from catalog.importers import comma, detect_format, jsonl
from catalog.importers.feeds import FeedError, RawRow
from catalog.importers.fields import (
    DESCRIPTION_LIMIT,
    FieldReading,
    Reader,
    parse_code,
    parse_description,
    parse_name,
    parse_title,
    within,
)
from catalog.normalize import MalformedError
from catalog.rows import FilePicture, Issue, OfferFacts, OfferRow, Severity

SLUG_LIMIT = 50
GTIN_LIMIT = 14
#: Dearer than this is a slip of the decimal point.
PRICE_CEILING = Decimal(1_000_000)
UNKNOWN_FIELD = "unknown_field"
#: Of one row, as many are named.
MOST_UNKNOWN = 20


@dataclass(frozen=True)
class ParsedOffer:
    """`row` is None when an issue refuses it. `supplier_name` is what the feed calls the supplier, if it says."""

    row: OfferRow | None
    supplier_name: str
    issues: tuple[Issue, ...]


def read_offers(file: IO[bytes]) -> Iterator[RawRow]:
    """The feed's rows, one at a time. Raises FeedError, at once or underway."""
    match detect_format(file):
        case "jsonl":
            yield from jsonl.read(file)
        case "csv":
            yield from comma.read(file, key="supplier_sku")
        case _:
            raise FeedError("Offers come as JSONL or CSV.")


def parse_offer(fields: Mapping[str, Any], *, supplier: str = "") -> ParsedOffer:
    """A row of a feed; `supplier` is whose offer it is when the row does not say."""
    reading = _Reading(fields if fields.get("supplier") else {**fields, "supplier": supplier})
    slug, name = reading.read("supplier", _parse_supplier, severity=Severity.ERROR) or ("", "")
    number = reading.read("supplier_sku", _parse_number, severity=Severity.ERROR)
    reading.keep_facts()
    picture = reading.read_picture()
    name = reading.read("supplier_name", parse_name, severity=Severity.WARNING) or name
    reading.check_names()
    return reading.result(slug, name, number, picture)


def parse_asked(fields: Mapping[str, Any]) -> ParsedOffer:
    """An offer that is asked about and not kept: of `ASKED_FIELDS` only the title has to be there."""
    reading = _Reading({"title": "", **fields})
    slug, name = "", ""
    if fields.get("supplier"):
        slug, name = reading.read("supplier", _parse_supplier, severity=Severity.ERROR) or ("", "")
    reading.keep_facts()
    return reading.result(slug, name, "", None)


class _Reading(FieldReading):
    """An offer's fields."""

    def keep_facts(self) -> None:
        for field, (reader, severity) in _READERS.items():
            if field in self.fields:
                self.keep(field, reader, severity)
        self.check_description()
        self.keep_price()
        self.check_price()
        self.keep_gtin()

    def result(self, supplier: str, supplier_name: str, number: str, picture: FilePicture | None) -> ParsedOffer:
        if self.is_refused:
            return ParsedOffer(None, supplier_name, tuple(self.issues))
        facts = OfferFacts(**self.facts)  # type: ignore[typeddict-item]
        return ParsedOffer(OfferRow(supplier, number, facts, picture), supplier_name, tuple(self.issues))

    def check_names(self) -> None:
        """A field that says nothing is not missed: of a table every row has all columns."""
        unknown = [name for name, value in self.fields.items() if name not in FIELDS and value is not None]
        for name in unknown[:MOST_UNKNOWN]:
            message = f"There is no such field, and it is left out; there are {', '.join(FIELDS)}."
            self.complain(normalize.clean_line(name)[:100] or "?", UNKNOWN_FIELD, message)

    def check_description(self) -> None:
        if len(str(self.fields.get("description") or "")) > DESCRIPTION_LIMIT:
            self.complain("description", "cut_short", f"Of a description {DESCRIPTION_LIMIT:,} characters are kept.")

    def check_price(self) -> None:
        price = self.facts.get("price")
        if price is None:
            return
        if price == 0:
            self.complain(
                "price", "zero_price", "A price is above zero; leave it out if there is none.", Severity.ERROR
            )
        elif price > PRICE_CEILING:
            self.complain("price", "price_too_high", f"A price can be at most {PRICE_CEILING:,}.", Severity.ERROR)

    def keep_gtin(self) -> None:
        if "gtin" not in self.fields:
            return
        try:
            self.facts["gtin"] = normalize.normalize_gtin(self.fields["gtin"])
        except MalformedError as error:
            self.facts["gtin"] = self._as_it_stands()
            kept = "It is kept but not trusted." if self.facts["gtin"] else "It is left out."
            self.complain("gtin", error.code, f"{error.message} {kept}")

    def _as_it_stands(self) -> str:
        try:
            text = re.sub(r"[\s-]", "", normalize.clean_line(self.fields["gtin"]))
        except MalformedError:
            return ""
        return text if len(text) <= GTIN_LIMIT else ""

    def read_picture(self) -> FilePicture | None:
        """The file to store; an empty field clears the stored picture."""
        if "image" not in self.fields:
            return None
        name = self.read("image", normalize.clean_line, severity=Severity.WARNING)
        if name == "":
            self.facts["image"] = ""
        elif name and "://" in name:
            self.complain("image", "not_a_file", "An offer's picture is a file in the folder of pictures.")
        elif name:
            return FilePicture(name)
        return None


def _parse_supplier(value: Any) -> tuple[str, str]:
    """Slug and name: `Kontor Wiese` is kontor-wiese, called Kontor Wiese."""
    name = parse_name(value)
    slug = normalize.normalize_slug(name)
    if not slug:
        raise MalformedError("required", "A row needs a supplier, as letters, digits and hyphens.")
    return within(SLUG_LIMIT, slug), "" if slug == name else name


def _parse_number(value: Any) -> str:
    number = parse_code(value)
    if not number:
        raise MalformedError("required", "A row needs the supplier's own number of the offer.")
    return number


_READERS: dict[str, tuple[Reader, Severity]] = {
    "title": (parse_title, Severity.ERROR),
    "description": (parse_description, Severity.WARNING),
    "brand": (parse_name, Severity.WARNING),
    "currency": (normalize.normalize_currency, Severity.WARNING),
    "mpn": (parse_code, Severity.WARNING),
}
#: What an offer says of itself, kept or only asked about.
ASKED_FIELDS = ("supplier", *_READERS, "gtin", "price")
FIELDS = ("supplier_sku", *ASKED_FIELDS, "image", "supplier_name")
