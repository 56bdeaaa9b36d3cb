"""Labelled pairs from files: one JSON object a line, `left` and `right` of attribute -> text, `label` 0 or 1."""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.normalize import MalformedError, clean_text, normalize_gtin
from recommender.matching.items import Item

# Which of our facts an attribute of a file is; what is not listed is an attribute of the item.
_FACTS = {
    "title": ("title", "name"),
    "description": ("description",),
    "brand": ("brand", "manufacturer"),
    "mpn": ("mpn", "modelno", "model"),
    "gtin": ("gtin", "ean", "upc"),
    "category": ("category",),
    "price": ("price",),
}
_FACT_OF = {name: fact for fact, names in _FACTS.items() for name in names}
# Web data commons leaves RDF literals' ends in its texts: "Puma Popcat"@fr.
_LANGUAGE_TAG = re.compile(r"[\"“”]\s*@[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?\b")
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


class MalformedPair(ValueError):  # noqa: N818 - reads as what it says
    """A line that is no labelled pair; says which and why."""


@dataclass(frozen=True, eq=False)
class Side:
    """One item of a file; `picture` is where its picture lies. The same values are the same side within a file."""

    item: Item
    picture: Path | None
    key: str


@dataclass(frozen=True, eq=False)
class LabelledPair:
    left: Side
    right: Side
    is_match: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.left.key, self.right.key


def read_pairs(path: Path) -> list[LabelledPair]:
    """The pairs of a file, plain or gzipped; `image` is a path relative to the file.

    Raises:
        MalformedPair: a line is no pair; says which and why.
        OSError: the file can't be read.
    """
    sides: dict[str, Side] = {}
    pairs = []
    for number, row in _read_rows(path):
        try:
            _check(row)
            left, right = (_read_side(row[name], path.parent, sides) for name in ("left", "right"))
        except (MalformedError, TypeError, ValueError) as error:
            raise MalformedPair(f"{path.name}, line {number}: {error}") from error
        pairs.append(LabelledPair(left, right, row["label"] == 1))
    return pairs


def drop_known(pairs: Sequence[LabelledPair], known: Iterable[LabelledPair]) -> list[LabelledPair]:
    """The pairs, each once, without those that are also in `known`, whatever their label says there."""
    taken = {pair.key for pair in known}
    left = {pair.key: pair for pair in pairs if pair.key not in taken}
    return list(left.values())


def _read_rows(path: Path) -> Iterator[tuple[int, Any]]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    try:
                        yield number, json.loads(line)
                    except json.JSONDecodeError as error:
                        raise MalformedPair(f"{path.name}, line {number}: not JSON ({error.msg})") from error
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise MalformedPair(f"{path.name} is no text in UTF-8, or is not gzipped whole: {error}") from error


def _check(row: Any) -> None:
    if not isinstance(row, dict):
        raise TypeError("a pair is an object with left, right and label")
    for name in ("left", "right"):
        if not isinstance(row.get(name), dict):
            raise TypeError(f"'{name}' must be an object of attributes")
    if row.get("label") not in (0, 1):
        raise ValueError("'label' must be 0 or 1")


def _read_side(values: dict[str, Any], folder: Path, sides: dict[str, Side]) -> Side:
    key = json.dumps(values, sort_keys=True)
    if key not in sides:
        said = {name: value for name, value in values.items() if name != "image"}
        picture = folder / str(values["image"]) if values.get("image") else None
        sides[key] = Side(to_item(said), picture, key)
    return sides[key]


def to_item(values: Mapping[str, Any]) -> Item:
    """An item of a file's attributes; a price or GTIN that can't be read counts as not given."""
    facts: dict[str, Any] = {}
    attributes = {}
    for name, value in values.items():
        fact = _FACT_OF.get(name.lower())
        text = _LANGUAGE_TAG.sub(" ", clean_text(value))
        if fact is None:
            attributes[name] = text
        elif fact == "price":
            facts["price"] = _read_price(text)
        elif fact == "gtin":
            facts["gtin"] = _read_gtin(text)
        else:
            facts.setdefault(fact, text)
    return Item(**{"title": "", **facts}, attributes=attributes)


def _read_price(text: str) -> float | None:
    found = _NUMBER.search(text.replace(",", ""))
    return float(found[0]) if found and float(found[0]) > 0 else None


def _read_gtin(text: str) -> str:
    try:
        return normalize_gtin(text)
    except MalformedError:
        return ""
