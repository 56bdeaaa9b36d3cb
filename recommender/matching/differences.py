"""What to look at when two texts are compared: words the other does not have, and numbers above all. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What keeps its place in the text: words and numbers with their decimals, and everything between.
_PIECES = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[\W_]+")
SAME, WORD, NUMBER = "same", "word", "number"


@dataclass(frozen=True)
class Piece:
    """`kind` is same, or word or number where the other text does not have it."""

    text: str
    kind: str


def compare_words(text: str, other: str) -> list[Piece]:
    """The pieces of `text`, in order and complete."""
    known = {_fold(piece) for piece in _PIECES.findall(other)}
    return [Piece(piece, _kind(piece, known)) for piece in _PIECES.findall(text)]


def compare_facts(facts: Mapping[str, Any], other: str) -> list[Piece]:
    """`colour red, material oak`, by name: what a fact is called is nobody's word, its value is looked for."""
    pieces: list[Piece] = []
    for name, value in sorted(facts.items()):
        pieces += [Piece(f"{', ' if pieces else ''}{name} ", SAME), *compare_words(str(value), other)]
    return pieces


def compare_prose(text: str, other: str) -> list[Piece]:
    """As `compare_words`, of numbers alone: no two describe a thing in the same words."""
    return [each if each.kind == NUMBER else Piece(each.text, SAME) for each in compare_words(text, other)]


def _kind(piece: str, known: set[str]) -> str:
    if not piece[0].isalnum() or _fold(piece) in known:
        return SAME
    return NUMBER if piece[0].isdigit() else WORD


def _fold(piece: str) -> str:
    return piece.casefold().replace(",", ".")
