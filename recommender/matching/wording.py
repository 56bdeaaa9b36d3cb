"""What a title and a description say, read once per item: words, model codes, years, versions, colours, sizes. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from catalog.colours import PLAIN, plain_colours
from recommender.matching.items import Item
from recommender.matching.quantities import TEXTS_REMEMBERED, Quantity, read_quantities

# What is read of a text: the rest of a long one costs time and says nothing about which product it is.
TITLE_LIMIT, DESCRIPTION_LIMIT = 1_000, 2_000
_WORD = re.compile(r"[a-z0-9]+")
_COMPOUND = re.compile(r"[a-z0-9]+(?:[-./_][a-z0-9]+)*")
_MARKS = re.compile(r"[-./_]")
_YEAR = re.compile(r"\b(?:19[5-9]\d|20[0-4]\d)\b")
_VERSION = re.compile(
    r"\b(?:v|ver|version|cs|mk|mark|gen|series|part|vol|volume)\.?\s*(\d{1,2}(?:\.\d{1,2})?)\b|\b(\d{1,2}\.\d)\b"
)
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12"}
_SIZES = {
    **dict.fromkeys(("xs", "xsmall"), "xs"), **dict.fromkeys(("small", "klein"), "s"),
    **dict.fromkeys(("medium", "mittel"), "m"), **dict.fromkeys(("large", "gross"), "l"),
    **dict.fromkeys(("xl", "xlarge"), "xl"), **dict.fromkeys(("xxl", "2xl"), "xxl"), "mini": "mini",
    "compact": "compact",
}  # fmt: skip
_GENDERS = {
    **dict.fromkeys(("men", "mens", "man", "herren", "homme", "hombre", "uomo", "heren"), "men"),
    **dict.fromkeys(("women", "womens", "woman", "wmns", "ladies", "lady", "damen"), "women"),
    **dict.fromkeys(("femme", "mujer", "donna", "dames"), "women"),
    **dict.fromkeys(("kids", "junior", "jr", "boys", "girls", "kinder", "enfant", "youth", "gs"), "kids"),
}  # fmt: skip
# Colours as the languages of European feeds have them.
_FOREIGN_COLOURS = {
    "black": "schwarz noir negro nero zwart czarny", "white": "weiss blanc blanco bianco wit blanche",
    "red": "rot rouge rojo rosso rood", "blue": "blau bleu azul blu blauw", "green": "grun vert verde groen",
    "grey": "grau gris grigio grijs", "yellow": "gelb jaune amarillo giallo geel", "pink": "rosa roze",
    "orange": "naranja arancione oranje", "brown": "braun marron marrone bruin", "purple": "lila violett paars",
    "silver": "silber argent plata plateado argento zilver", "gold": "oro dorado goud",
}  # fmt: skip
_COLOUR_OF = {name: plain for plain, names in _FOREIGN_COLOURS.items() for name in names.split()}
# Words that make another product of the same name: an upgrade, a licence for schools, a case for it.
_EDITIONS = {
    "upgrade": "upg upgr upgrd upsell", "academic": "education educational edu student teacher school students",
    "license": "licence licenses licences lic lics olp volume subscription maintenance renewal sub", "oem": "dsp bulk",
    "refurbished": "refurb renewed used reconditioned", "professional": "pro prof", "standard": "std", "deluxe": "dlx",
    "premium": "prem", "basic": "lite", "plus": "", "ultimate": "ultra", "enterprise": "", "business": "", "home": "",
    "platinum": "", "elite": "", "limited": "", "expansion": "", "bundle": "kit combo", "replacement": "spare",
    "case": "cover sleeve pouch", "charger": "adapter", "cable": "cord", "wireless": "bluetooth", "refill": "",
}  # fmt: skip
_EDITION_OF = {word: name for name, words in _EDITIONS.items() for word in (name, *words.split())}
_PLATFORMS = {
    **dict.fromkeys(("mac", "macintosh", "macosx", "osx"), "mac"),
    **dict.fromkeys(("win", "windows", "win32", "xp", "vista"), "windows"),
    "linux": "linux", "unix": "unix", "iphone": "iphone", "ipad": "ipad", "ipod": "ipod", "android": "android",
    "xbox": "xbox", "ps3": "ps3", "ps4": "ps4", "wii": "wii", "psp": "psp",
}  # fmt: skip
# One spelling: `2 .0` and `2.0` are 2, `version 2` and `v2` are v 2, `sportsman 's` is sportsmans.
_SPELLINGS = (
    (re.compile(r"(?<=\d) \.(?=\d)"), "."),
    (re.compile(r"\bv(?:er|ersion)?\.?\s?(?=\d)"), "v "),
    (re.compile(r"\b(\d{1,2})\.0\b(?!\.)"), r"\1"),
    (re.compile(r"(?<=[a-z]) ?['\u2019]s\b"), "s"),
)
MODEL_LENGTH = 4
SHORTEST_ABBREVIATION = 3
NUMBER_CODE_LENGTH = 5


def fold(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFKD", text.lower().replace("ß", "ss").replace("™", " ").replace("®", " "))
    return "".join(char for char in parts if not unicodedata.combining(char))


@lru_cache(maxsize=TEXTS_REMEMBERED)
def spell_alike(text: str) -> str:
    """The folded text with what has several spellings in one of them."""
    folded = fold(text)
    for pattern, spelling in _SPELLINGS:
        folded = pattern.sub(spelling, folded)
    return folded


def words_of(text: str) -> list[str]:
    """Runs of letters and digits of a folded text, Roman numbers from II in digits."""
    return [_ROMAN.get(word, word) for word in _WORD.findall(text)]


@lru_cache(maxsize=TEXTS_REMEMBERED)
def codes_of(text: str) -> frozenset[str]:
    """Words of a folded text that look like model numbers, without the marks inside them.

    Letters and digits mixed, at least four of them (`dmc-fx75s`), or five digits or more. Quantities are not.
    """
    found = set()
    for written in _COMPOUND.findall(text):
        if written.isalpha():
            continue
        whole = _MARKS.sub("", written)
        if _is_code(whole, written):
            found.add(whole)
    return frozenset(found)


def _is_code(whole: str, written: str) -> bool:
    digits = sum(char.isdigit() for char in whole)
    if not digits or len(whole) > 40:
        return False
    if digits == len(whole):
        return digits >= NUMBER_CODE_LENGTH and "/" not in written
    return len(whole) >= MODEL_LENGTH and not _is_measured(written)


def _is_measured(written: str) -> bool:
    return any(dimension != "number" for dimension, _ in read_quantities(written))


@dataclass(frozen=True, eq=False)
class Reading:
    """One item, read. Everything is folded; parts that few features ask for are read when first asked."""

    item: Item
    title: str
    description: str

    @cached_property
    def words(self) -> list[str]:
        return words_of(self.title)

    @cached_property
    def word_set(self) -> frozenset[str]:
        return frozenset(self.words)

    @cached_property
    def text(self) -> str:
        return f"{self.title} {self.brand} {self.mpn} {self.attributes} {self.description}"

    @cached_property
    def attributes(self) -> str:
        said = " ".join(_spell_attribute(name, value) for name, value in self.item.attributes.items())
        return spell_alike(said[:DESCRIPTION_LIMIT])

    @cached_property
    def all_words(self) -> list[str]:
        return words_of(self.text)

    @cached_property
    def text_words(self) -> frozenset[str]:
        return frozenset(self.all_words)

    @cached_property
    def by_first_letter(self) -> dict[str, list[str]]:
        """Words of the text that may be a misspelling or an abbreviation: without digits, of three letters or more."""
        found: dict[str, list[str]] = {}
        for word in self.text_words:
            if word.isalpha() and len(word) >= SHORTEST_ABBREVIATION:
                found.setdefault(word[0], []).append(word)
        return found

    @cached_property
    def squeezed(self) -> str:
        """The whole text without anything between its letters and digits, in which `nn-c994s` is `nnc994s`."""
        return "".join(self.all_words)

    @cached_property
    def squeezed_title(self) -> str:
        return "".join(self.words)

    @cached_property
    def brand(self) -> str:
        return fold(self.item.brand)

    @cached_property
    def mpn(self) -> str:
        return fold(self.item.mpn)

    @cached_property
    def squeezed_mpn(self) -> str:
        return "".join(words_of(self.mpn))

    @cached_property
    def codes(self) -> frozenset[str]:
        """Model codes of the title, and the MPN."""
        own = codes_of(self.title)
        return own | {self.squeezed_mpn} if len(self.squeezed_mpn) >= MODEL_LENGTH else own

    @cached_property
    def all_codes(self) -> frozenset[str]:
        return self.codes | codes_of(self.description)

    @cached_property
    def quantities(self) -> frozenset[Quantity]:
        return read_quantities(self.title)

    @cached_property
    def all_quantities(self) -> frozenset[Quantity]:
        return self.quantities | read_quantities(self.attributes) | read_quantities(self.description)

    @cached_property
    def years(self) -> frozenset[str]:
        return frozenset(_YEAR.findall(self.title))

    @cached_property
    def versions(self) -> frozenset[float]:
        numbers = [first or second for first, second in _VERSION.findall(self.title)]
        return frozenset(float(number) for number in numbers)

    @cached_property
    def colours(self) -> frozenset[str]:
        """Plain colours of the title, whatever they are called; of the attributes where the title has none."""
        named = _colours(self.words)
        if named:
            return named
        values = [value for name, value in self.item.attributes.items() if fold(name) in _COLOUR_ATTRIBUTES]
        return _colours(words_of(fold(" ".join(str(value) for value in values))))

    @cached_property
    def sizes(self) -> frozenset[str]:
        return frozenset(_SIZES[word] for word in self.words if word in _SIZES)

    @cached_property
    def genders(self) -> frozenset[str]:
        return frozenset(_GENDERS[word] for word in self.words if word in _GENDERS)

    @cached_property
    def editions(self) -> frozenset[str]:
        return frozenset(_EDITION_OF[word] for word in self.words if word in _EDITION_OF)

    @cached_property
    def platforms(self) -> frozenset[str]:
        return frozenset(_PLATFORMS[word] for word in self.words if word in _PLATFORMS)


_COLOUR_ATTRIBUTES = ("colour", "color", "colours", "colors", "farbe")


def read_item(item: Item) -> Reading:
    return Reading(item, spell_alike(item.title[:TITLE_LIMIT]), spell_alike(item.description[:DESCRIPTION_LIMIT]))


def _spell_attribute(name: str, value: object) -> str:
    """The value, and what its name says of the unit: `capacity_ml` 330 is 330 ml. A flag says nothing."""
    if isinstance(value, bool) or value is None:
        return ""
    values = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"{values} {name.rsplit('_', 1)[1]}" if "_" in name else values


def _colours(words: Sequence[str]) -> frozenset[str]:
    said = [_COLOUR_OF.get(word, word) for word in words]
    plain = [word for word in said if word in PLAIN]
    return frozenset((*plain, *plain_colours(" ".join(said))))
