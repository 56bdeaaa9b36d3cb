"""WordNet's files in small, in the format of wndb(5WN)."""

from pathlib import Path

LICENCE = "  1 This software and database is being provided to you, the LICENSEE, by\n"
# offset, lexicographer file, part, words, pointers
NOUNS = [
    ("00000100", "06", "n", ["seat"], []),
    ("00000200", "06", "n", ["sofa", "couch"], [("@", "00000100", "n")]),
    ("00000300", "06", "n", ["settee"], [("@", "00000200", "n"), ("+", "00000900", "v")]),
    ("00000400", "18", "n", ["sofa", "lazybones"], []),
    ("00000500", "06", "n", ["chest_of_drawers", "Dresser"], []),
    ("00000600", "06", "n", ["davenport"], [("@i", "00000200", "n")]),
]
ADJECTIVES = [
    ("00000100", "00", "a", ["red"], [("&", "00000200", "a"), ("!", "00000300", "a")]),
    ("00000200", "00", "s", ["scarlet(a)"], [("&", "00000100", "a")]),
    ("00000300", "00", "a", ["green"], []),
]


def write_wordnet(folder: Path) -> Path:
    for part, synsets in {"noun": NOUNS, "adj": ADJECTIVES}.items():
        (folder / f"data.{part}").write_text(LICENCE + "".join(map(_spell_synset, synsets)))
        senses: dict[str, list[str]] = {}
        for offset, _, _, words, _ in synsets:
            for word in words:
                senses.setdefault(word.lower().partition("(")[0], []).append(offset)
        lines = (
            f"{word} {part[0]} {len(ends)} 1 @ {len(ends)} 0 {' '.join(ends)}  \n" for word, ends in senses.items()
        )
        (folder / f"index.{part}").write_text(LICENCE + "".join(lines))
    return folder


def _spell_synset(synset: tuple[str, str, str, list[str], list[tuple[str, str, str]]]) -> str:
    offset, field, part, words, pointers = synset
    spelt = " ".join(f"{word} 0" for word in words)
    ends = "".join(f" {sign} {end} {pos} 0000" for sign, end, pos in pointers)
    return f"{offset} {field} {part} {len(words):02x} {spelt} {len(pointers):03d}{ends} | what it is  \n"
