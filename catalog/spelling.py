"""Words that were meant: the nearest known word by optimal string alignment, found by what deletions have in common.

Two words one edit apart (a letter too many, too few, another, or two neighbours swapped: four of five misspellings,
Damerau 1964, doi:10.1145/363958.363994) share a text that either becomes by losing at most one letter (Mor and Fraenkel
1982; Garbe's SymSpell). So words are looked up by equality, in any index; what is two edits apart shares one often.
Trigrams would need pg_trgm, which the embedded PostgreSQL does not bring.

Pure: text in, text out.
"""

from collections.abc import Mapping

# Shorter words have too many neighbours, and longer ones are no words.
SHORTEST, LONGEST = 4, 32
# From this length on two edits are believed.
LONG = 8


def is_word(text: str) -> bool:
    """Whether a misspelling of it can be told: sizes, models and numbers are one edit from something else."""
    return SHORTEST <= len(text) <= LONGEST and text.isalpha()


def deletions(word: str) -> list[str]:
    """The word and what is left of it without one of its letters; nothing of what `is_word` refuses."""
    if not is_word(word):
        return []
    return sorted({word, *(word[:at] + word[at + 1 :] for at in range(len(word)))})


def distance(a: str, b: str) -> int:
    """Insertions, deletions, substitutions and swaps of neighbours; nothing is edited twice."""
    before: list[int] = []
    last = list(range(len(b) + 1))
    for i, left in enumerate(a, 1):
        row = [i]
        for j, right in enumerate(b, 1):
            least = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (left != right))
            if i > 1 and j > 1 and left == b[j - 2] and a[i - 2] == right:
                least = min(least, before[j - 2] + 1)
            row.append(least)
        before, last = last, row
    return last[-1]


def nearest_word(typed: str, known: Mapping[str, int]) -> tuple[str, int] | None:
    """The word that was meant and how many edits away it is; of equally near ones the most frequent, `known`'s value.

    None when none is within one edit, or two of a long word.
    """
    furthest = 2 if len(typed) >= LONG else 1
    near = [(distance(typed, word), -count, word) for word, count in known.items() if is_word(word)]
    if not near or min(near)[0] > furthest:
        return None
    edits, _, word = min(near)
    return word, edits
