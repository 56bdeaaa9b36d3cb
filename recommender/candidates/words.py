"""The words of a text: what answers each in this shop, and what it is worth to have it.

Words are PostgreSQL's English lexemes (stemmed, without stop words). A word is answered by itself, by words near it in
meaning that the shop uses (`catalog.thesaurus`), and, where nothing has any of these, by the nearest of the store's
vocabulary in letters (`catalog.spelling`), for as much less as edits were needed. All that answer one word are counted
as one (Callan et al. 1992, doi:10.1007/978-3-7091-7557-6_14).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import log
from typing import Any

from catalog import thesaurus
from catalog.models import Product, Store
from catalog.spelling import deletions, nearest_word
from embeddings.wire import fetch, to_array

# Up to so many products every word is counted when asked for: exact, and no slower.
SMALL_STORE = 2_500
# The rarest words of a text; a paragraph's commonest say nothing.
MAX_WORDS = 24
# Beside the word itself; those that count most, of equals those that most products have.
MAX_RELATED = 8
# A word that so many products have needs no others: these fill every page, and long lists make slow answers.
PLENTY = 1_000
# Texts whose words are remembered, 2 kB each; as many words, half a kB.
MOST_REMEMBERED = 4_000
# For so long it is not seen that a category is called something else, and that a word which nothing had has come.
FRESH_SECONDS = 2
# Neighbours of a misspelling that are compared letter by letter.
MAX_NEIGHBOURS = 200

_HAS = "catalog_product.lexemes @@ %s::tsquery"
_OR_CATEGORY = " OR catalog_product.category_id = ANY(%s::bigint[])"


@dataclass(frozen=True)
class Form:
    """One lexeme that answers a word, for `credit` of what the word is worth. `products` have it, in their text or by
    the name of their category, one of `categories`."""

    lexeme: str
    products: int = 0
    categories: tuple[int, ...] = ()
    credit: float = 1.0


@dataclass(frozen=True)
class Word:
    """A word asked for. `forms` answer it, itself first; `products` have any of them."""

    forms: tuple[Form, ...]
    products: int

    @property
    def lexeme(self) -> str:
        return self.forms[0].lexeme

    @property
    def query(self) -> str:
        """As a tsquery."""
        return _any(self.forms)

    @property
    def categories(self) -> tuple[int, ...]:
        return tuple(pk for form in self.forms for pk in form.categories)

    @property
    def condition(self) -> tuple[str, tuple[str, ...]]:
        """Of a row of products, as SQL with its parameters: the word is in its text, or in its category's name."""
        if not self.categories:
            return _HAS, (self.query,)
        return _HAS + _OR_CATEGORY, (self.query, to_array(self.categories))

    def steps(self) -> Iterator[tuple[float, Word]]:
        """What it is worth more to have this of the word than to have only what follows, best first: they add up to
        the credit of the best form that a product has."""
        forms = sorted(self.forms, key=lambda form: -form.credit)
        for at, form in enumerate(forms):
            following = forms[at + 1].credit if at + 1 < len(forms) else 0.0
            if form.credit > following:
                yield form.credit - following, replace(self, forms=tuple(forms[: at + 1]))

    def idf(self, total: int) -> float:
        """A word found in more products than were counted, because some came since, counts as one that all have."""
        absent = max(total - self.products, 0)
        return log(1 + (absent + 0.5) / (self.products + 0.5))

    def share(self, total: int) -> float:
        return min(self.products / max(total, 1), 1.0)


def words_of(store: Store, text: str, *, very: bool = False) -> tuple[int, list[Word]]:
    """The store's number of products and the text's words, rarest first; `very` ones are not answered by others near
    in meaning.

    In a large store remembered, where something has each: how many have a word says what it is worth, and not who has
    it.
    """
    lexemes = _lexemes(text)
    if not lexemes:
        return 0, []
    lexicon = _lexicon_of(store)
    words = lexicon.recall(_texts, text, very)
    if words is None:
        words = _answered(lexicon, lexemes, very)
        if all(word.products for word in words):
            lexicon.remember(_texts, words, text, very)
    return lexicon.total, words


@lru_cache(maxsize=MOST_REMEMBERED)
def _lexemes(text: str) -> tuple[str, ...]:
    """The same in every store and at any time."""
    return tuple(fetch("SELECT tsvector_to_array(to_tsvector('english', %s))", [text])[0][0])


# What is remembered of lexicons, by these and by what it was asked for: bounded, and forgotten as a whole when full.
_Memory = dict[tuple[Any, ...], Any]
_texts: _Memory = {}
_forms: _Memory = {}
_lost: _Memory = {}
_meant: _Memory = {}


@dataclass(frozen=True)
class _Lexicon:
    """A store's words as of an `edition`, which is none where nothing is remembered."""

    store_id: int
    total: int
    edition: tuple[int, int] | None

    def recall(self, memory: _Memory, *asked: object) -> Any:
        return memory.get((self, *asked)) if self.edition else None

    def remember(self, memory: _Memory, value: object, *asked: object) -> None:
        if self.edition:
            if len(memory) >= MOST_REMEMBERED:
                memory.clear()
            memory[self, *asked] = value


def _lexicon_of(store: Store) -> _Lexicon:
    """An edition lasts a minute, or until a category is called something else."""
    now = time.monotonic()
    minute = int(now // 60)
    total = _count_published(store.pk, minute)
    if total <= SMALL_STORE:
        return _Lexicon(store.pk, total, None)
    return _Lexicon(store.pk, total, (_category_names(store.pk, int(now // FRESH_SECONDS)), minute))


@lru_cache(maxsize=1024)
def _count_published(store_id: int, minute: int) -> int:
    """Counted at most once in the `minute` it is asked in: it reads 100,000 rows to move a logarithm."""
    return Product.objects.filter(store_id=store_id).published().count()


@lru_cache(maxsize=1024)
def _category_names(store_id: int, moment: int) -> int:
    """A number that is another when one of them is, or is another category's; `moment` is the one it is asked in."""
    names = "SELECT coalesce(sum(hashtextextended(name, id)), 0)::text FROM catalog_category WHERE store_id = %s"
    return int(fetch(names, [store_id])[0][0])


def _answered(lexicon: _Lexicon, lexemes: Sequence[str], very: bool) -> list[Word]:
    """The words with what else answers them, rarest first."""
    own = _read(lexicon, lexemes)
    related = {form.lexeme: thesaurus.related(form.lexeme) for form in own if form.products < PLENTY and not very}
    others = _known(lexicon, {other for near in related.values() for other in near})
    words = [_with_related(form, related.get(form.lexeme, {}), others, lexicon.total) for form in own]
    # What the vocabulary has not is counted: it may have come since, or be too rare to be among its words.
    uncertain = words if lexicon.total <= SMALL_STORE else [word for word in words if not word.products]
    counts = _count(lexicon, uncertain[:MAX_WORDS])
    words = [replace(word, products=counts.get(word.lexeme, word.products)) for word in words]
    rarest = sorted(words, key=rarest_first)[:MAX_WORDS]
    return sorted(_spell_right(lexicon, rarest), key=rarest_first)


def _with_related(form: Form, related: Mapping[str, float], known: Mapping[str, Form], total: int) -> Word:
    """Those worth most are taken first, until plenty of products have one."""
    near = [replace(known[other], credit=credit) for other, credit in related.items() if other in known]
    near.sort(key=lambda other: (-other.credit, -other.products, other.lexeme))
    forms, products = [form], form.products
    for other in near[:MAX_RELATED]:
        if products >= PLENTY:
            break
        forms.append(other)
        products += other.products
    return Word(tuple(forms), min(products, total))


def rarest_first(word: Word) -> tuple[int, str]:
    return word.products, word.lexeme


def _any(forms: Sequence[Form]) -> str:
    quoted = ("'" + form.lexeme.replace("\\", "\\\\").replace("'", "''") + "'" for form in forms)
    return f"({' | '.join(quoted)})"


def _known(lexicon: _Lexicon, lexemes: Collection[str]) -> dict[str, Form]:
    """Those that the store uses."""
    return {form.lexeme: form for form in _read(lexicon, sorted(lexemes)) if form.products or form.categories}


def _read(lexicon: _Lexicon, lexemes: Sequence[str]) -> list[Form]:
    """What the store has of each, as its words were last counted. One query for those not remembered."""
    known: dict[str, Form | None] = {lexeme: lexicon.recall(_forms, lexeme) for lexeme in lexemes}
    new = [lexeme for lexeme, form in known.items() if form is None]
    rows = fetch(_FORMS, [lexicon.store_id, new, lexicon.store_id]) if new else []
    for lexeme, products, categories in rows:
        known[lexeme] = form = Form(lexeme, products, tuple(sorted(categories)))
        lexicon.remember(_forms, form, lexeme)
    return [form for form in known.values() if form]


_FORMS = """
WITH named AS (
    SELECT word, array_agg(c.id) AS categories
      FROM catalog_category c, unnest(tsvector_to_array(to_tsvector('english', c.name))) AS word
     WHERE c.store_id = %s GROUP BY word
)
SELECT asked.word, coalesce(l.products, 0), coalesce(n.categories, '{}')
  FROM unnest(%s::text[]) AS asked(word)
  LEFT JOIN catalog_lexeme l ON l.store_id = %s AND l.word = asked.word
  LEFT JOIN named n ON n.word = asked.word
"""


def _count(lexicon: _Lexicon, words: Sequence[Word]) -> dict[str, int]:
    """lexeme -> how many published products have the word, now; in a large store a moment ago."""
    moment = int(time.monotonic() // FRESH_SECONDS)
    counts: dict[Word, int | None] = {word: lexicon.recall(_lost, moment, word) for word in words}
    new = [word for word, count in counts.items() if count is None]
    if new:
        conditions, given = zip(*(word.condition for word in new), strict=True)
        counted = "(SELECT count(*) FROM catalog_product WHERE store_id = %s AND is_published AND ({}))"
        parameters = [value for values in given for value in (lexicon.store_id, *values)]
        [found] = fetch(f"SELECT {', '.join(map(counted.format, conditions))}", parameters)
        for word, count in zip(new, found, strict=True):
            counts[word] = count
            lexicon.remember(_lost, count, moment, word)
    return {word.lexeme: count or 0 for word, count in counts.items()}


def _spell_right(lexicon: _Lexicon, words: list[Word]) -> list[Word]:
    """Words that nothing has, with what was meant, if that can be told; what is asked for beside is not asked twice."""
    lost = [word.lexeme for word in words if not word.products and deletions(word.lexeme)]
    if not lost:
        return words
    meant = {lexeme: near for lexeme, near in _nearest(lexicon, lost).items() if near}
    known = _known(lexicon, {lexeme for lexeme, _ in meant.values()})
    asked = {word.lexeme for word in words if word.products}
    return [
        _as_meant(word, known, *meant[word.lexeme]) if word.lexeme in meant else word
        for word in words
        if meant.get(word.lexeme, ("",))[0] not in asked
    ]


# A word of the store's, and how many edits away; nothing where none is near.
_Near = tuple[()] | tuple[str, int]


def _nearest(lexicon: _Lexicon, lexemes: Sequence[str]) -> dict[str, _Near]:
    """Each with what it can have meant."""
    found: dict[str, _Near | None] = {lexeme: lexicon.recall(_meant, lexeme) for lexeme in lexemes}
    new = [lexeme for lexeme, near in found.items() if near is None]
    pieces = sorted({piece for lexeme in new for piece in deletions(lexeme)})
    rows = fetch(_NEIGHBOURS, [pieces, lexicon.store_id, MAX_NEIGHBOURS]) if new else []
    for lexeme in new:
        own = set(deletions(lexeme))
        found[lexeme] = near = nearest_word(lexeme, {word: count for word, count, cut in rows if own & set(cut)}) or ()
        lexicon.remember(_meant, near, lexeme)
    return {lexeme: near or () for lexeme, near in found.items()}


_NEIGHBOURS = """
SELECT word, products, deletions FROM catalog_lexeme
 WHERE deletions && %s::varchar[] AND store_id = %s
 ORDER BY products DESC, word LIMIT %s
"""


def _as_meant(word: Word, known: Mapping[str, Form], lexeme: str, edits: int) -> Word:
    form = replace(known[lexeme], credit=1 - edits / max(len(word.lexeme), len(lexeme)))
    return Word((*word.forms, form), form.products)
