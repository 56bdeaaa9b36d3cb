from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from catalog import thesaurus
from catalog.thesaurus.wordnet import read_relations
from catalog.wire import fetch


class Command(BaseCommand):
    help = "Make the thesaurus anew from WordNet's files, as the Debian package wordnet-base brings them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--wordnet", type=Path, default=Path("/usr/share/wordnet"), help="folder of data.noun etc.")
        parser.add_argument("--out", type=Path, default=thesaurus.ENGLISH)

    def handle(self, *args: Any, wordnet: Path, out: Path, **options: Any) -> None:
        try:
            relations = read_relations(wordnet)
        except (FileNotFoundError, ValueError, IndexError, KeyError) as error:
            raise CommandError(f"{wordnet} holds no WordNet files: {error!r}", returncode=2) from error
        lexemes = _stem({*relations, *(other for both in relations.values() for words in both for other in words)})
        entries: dict[str, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
        for word, (same, near) in relations.items():
            if word in lexemes:
                entries[lexemes[word]][0].update(lexemes[other] for other in same if other in lexemes)
                entries[lexemes[word]][1].update(lexemes[other] for other in near if other in lexemes)
        told = {
            lexeme: (same - {lexeme}, near - same - {lexeme})
            for lexeme, (same, near) in entries.items()
            if (same | near) - {lexeme}
        }
        thesaurus.write_entries(told, out)
        self.stdout.write(f"{len(told):,} words, {out.stat().st_size / 1e3:.0f} kB.")


def _stem(words: Iterable[str]) -> dict[str, str]:
    """word -> its lexeme, of those that are one."""
    rows = fetch(
        """
        SELECT word, lexemes[1]
          FROM unnest(%s::text[]) AS word, tsvector_to_array(to_tsvector('english', word)) AS lexemes
         WHERE cardinality(lexemes) = 1 AND word !~ '[_-]'
        """,
        [sorted(words)],
    )
    return dict(rows)
