"""Reads WordNet's own files: nouns and adjectives of things that are sold, and of how they look.

The format is that of wndb(5WN). Pure: a folder in, words out.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

# A word's senses stand commonest first; what comes later is rarely meant.
SENSES = 3
# Of wndb's lexicographer files, lexnames(5WN), those of no use here: acts, thoughts, people, places, times, ...
_LEFT_OUT = frozenset({4, 9, 11, 12, 15, 16, 18, 21, 22, 23, 24, 28})
_HYPERNYM, _SIMILAR = "@", "&"


@dataclass(frozen=True)
class Synset:
    """Words of one meaning. `broader` are synsets of which it is a kind, `like` adjectives that are close to it."""

    field: int
    words: tuple[str, ...]
    broader: tuple[str, ...]
    like: tuple[str, ...]


def read_relations(folder: Path) -> dict[str, tuple[set[str], set[str]]]:
    """word -> those that mean the same and those that are near: single words as written, lower case.

    Raises FileNotFoundError, and ValueError for files of another format.
    """
    synsets = dict(pair for part in ("noun", "adj") for pair in _read_synsets(folder, part))
    narrower: dict[str, list[str]] = defaultdict(list)
    for key, synset in synsets.items():
        for above in synset.broader:
            narrower[above].append(key)
    relations: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for word, senses in _read_senses(folder):
        same, near = relations[word]
        for key in senses[:SENSES]:
            synset = synsets[key]
            if synset.field in _LEFT_OUT:
                continue
            same.update(synset.words)
            near.update(
                other for around in (*synset.broader, *synset.like, *narrower[key]) for other in synsets[around].words
            )
    return dict(relations)


def _read_synsets(folder: Path, part: str) -> Iterator[tuple[str, Synset]]:
    for fields in _lines(folder / f"data.{part}"):
        count = int(fields[3], 16)
        words = (re.sub(r"\(.*\)", "", word).lower() for word in fields[4 : 4 + 2 * count : 2])
        at = 4 + 2 * count
        pointers = [fields[start : start + 4] for start in range(at + 1, at + 1 + 4 * int(fields[at]), 4)]
        ends = {
            kind: tuple(_key(pos, end) for sign, end, pos, _ in pointers if sign == kind)
            for kind in (_HYPERNYM, _SIMILAR)
        }
        yield _key(fields[2], fields[0]), Synset(int(fields[1]), tuple(words), ends[_HYPERNYM], ends[_SIMILAR])


def _read_senses(folder: Path) -> Iterator[tuple[str, list[str]]]:
    for part in ("noun", "adj"):
        for fields in _lines(folder / f"index.{part}"):
            yield fields[0], [_key(fields[1], end) for end in fields[-int(fields[2]) :]]


def _key(pos: str, offset: str) -> str:
    """Satellite adjectives stand among the others."""
    return ("a" if pos == "s" else pos) + offset


def _lines(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="ascii") as file:
        for line in file:
            if not line.startswith("  "):  # the licence
                yield line.partition(" | ")[0].split()
