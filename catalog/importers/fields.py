"""Reading a row's fields, each on its own, with an issue for whatever does not fit. Shared by products and offers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from catalog import normalize
from catalog.normalize import MalformedError
from catalog.rows import Issue, Severity

CODE_LIMIT = 128
TITLE_LIMIT = 500
DESCRIPTION_LIMIT = 20_000
NAME_LIMIT = 200

Reader = Callable[[Any], Any]


class FieldReading:
    """What was understood (`facts`) and what was not (`issues`)."""

    def __init__(self, fields: Mapping[str, Any]) -> None:
        self.fields = fields
        self.facts: dict[str, Any] = {}
        self.issues: list[Issue] = []

    @property
    def is_refused(self) -> bool:
        return any(issue.severity == Severity.ERROR for issue in self.issues)

    def read(self, name: str, reader: Reader, *, severity: Severity) -> Any:
        """The field's value, or None and an issue."""
        try:
            return reader(self.fields.get(name))
        except MalformedError as error:
            self.complain(name, error.code, error.message, severity)
            return None

    def keep(self, name: str, reader: Reader, severity: Severity, *, as_fact: str = "") -> None:
        value = self.read(name, reader, severity=severity)
        if value is not None:
            self.facts[as_fact or name] = value

    def keep_price(self) -> None:
        """A price may carry its currency; a column of its own counts for those that do not."""
        if "price" not in self.fields:
            return
        found = self.read("price", normalize.parse_price, severity=Severity.ERROR)
        if found is not None:
            self.facts["price"], currency = found
            if currency:
                self.facts["currency"] = currency

    def complain(self, field: str, code: str, message: str, severity: Severity = Severity.WARNING) -> None:
        self.issues.append(Issue(field, code, message, severity))


def parse_title(value: Any) -> str:
    title = normalize.clean_line(normalize.strip_html(normalize.spell(value)))
    if not title:
        raise MalformedError("required", "A title is required.")
    return within(TITLE_LIMIT, title)


def parse_description(value: Any) -> str:
    return normalize.clean_text(normalize.spell(value)[: 4 * DESCRIPTION_LIMIT])[:DESCRIPTION_LIMIT].rstrip()


def parse_name(value: Any) -> str:
    return within(NAME_LIMIT, normalize.clean_line(value))


def parse_code(value: Any) -> str:
    return within(CODE_LIMIT, normalize.clean_line(value))


def within(limit: int, text: str) -> str:
    if len(text) > limit:
        raise MalformedError("too_long", f"At most {limit} characters.")
    return text
