"""The words of a text: what answers each in this shop, and what it is worth to have it.

Words are PostgreSQL's English lexemes (stemmed, without stop words). A word is answered by itself, by words near it in
meaning that the shop uses (`catalog.thesaurus`), and, where nothing has any of these, by the nearest of the store's
vocabulary in letters (`catalog.spelling`), for as much less as edits were needed. All that answer one word are counted
as one (Callan et al. 1992, doi:10.1007/978-3-7091-7557-6_14).
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from math import log

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
# Texts whose words are remembered, 2 kB each.
MOST_REMEMBERED = 2_000
# Neighbours of a misspelling that are compared letter by letter.
MAX_NEIGHBOURS = 200

# A row of products has a word: it is in its text, or in the name of its category.
HAS = "catalog_product.lexemes @@ %s::tsquery OR catalog_product.category_id = ANY(%s::bigint[])"


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
    def parameters(self) -> tuple[str, str]:
        """Of HAS."""
        return self.query, to_array(self.categories)

    def credits(self) -> list[tuple[float, Word]]:
        """What is worth how much, most first."""
        forms = sorted(self.forms, key=lambda form: -form.credit)
        tiers = [(credit, tuple(tier)) for credit, tier in groupby(forms, key=lambda form: form.credit)]
        return [(credit, replace(self, forms=tier)) for credit, tier in tiers]

    def idf(self, total: int) -> float:
        """A word found in more products than were counted, because some came since, counts as one that all have."""
        absent = max(total - self.products, 0)
        return log(1 + (absent + 0.5) / (self.products + 0.5))

    def share(self, total: int) -> float:
        return min(self.products / max(total, 1), 1.0)


def words_of(store: Store, text: str, *, very: bool = False) -> tuple[int, list[Word]]:
    """The store's number of products and the text's words, rarest first; `very` ones are not answered by others near
    in meaning.

    Remembered within the minute, as the number of products is, where something has each: how many have a word says
    what it is worth, and not who has it.
    """
    asked = store.pk, text, very, int(time.monotonic() // 60)
    if asked in _remembered:
        return _remembered[asked]
    own = _read(store, "tsvector_to_array(to_tsvector('english', %s))", text)
    if not own:
        return 0, []
    total = _count_published(store.pk, int(time.monotonic() // 60))
    words = _answered(store, own, total, very)
    if total > SMALL_STORE and all(word.products for word in words):
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[asked] = total, words
    return total, words


_remembered: dict[tuple[int, str, bool, int], tuple[int, list[Word]]] = {}


@lru_cache(maxsize=1024)
def _count_published(store_id: int, minute: int) -> int:
    """Counted at most once in the `minute` it is asked in: it reads 100,000 rows to move a logarithm."""
    return Product.objects.filter(store_id=store_id).published().count()


def _answered(store: Store, own: Sequence[Form], total: int, very: bool) -> list[Word]:
    """The words with what else answers them, rarest first."""
    related = {form.lexeme: thesaurus.related(form.lexeme) for form in own if form.products < PLENTY and not very}
    others = _known(store, {other for near in related.values() for other in near})
    words = [_with_related(form, related.get(form.lexeme, {}), others, total) for form in own]
    # What the vocabulary has not is counted: it may have come since, or be too rare to be among its words.
    uncertain = words if total <= SMALL_STORE else [word for word in words if not word.products]
    counts = _count(store, uncertain[:MAX_WORDS])
    words = [replace(word, products=counts.get(word.lexeme, word.products)) for word in words]
    rarest = sorted(words, key=rarest_first)[:MAX_WORDS]
    return sorted(_spell_right(store, rarest), key=rarest_first)


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


def _known(store: Store, lexemes: Collection[str]) -> dict[str, Form]:
    """Those that the store uses."""
    forms = _read(store, "%s::text[]", sorted(lexemes)) if lexemes else []
    return {form.lexeme: form for form in forms if form.products or form.categories}


def _read(store: Store, lexemes: str, parameter: object) -> list[Form]:
    """What the store has of each, as its words were last counted."""
    rows = fetch(
        f"""
        WITH named AS (
            SELECT word, array_agg(c.id) AS categories
              FROM catalog_category c, unnest(tsvector_to_array(to_tsvector('english', c.name))) AS word
             WHERE c.store_id = %s GROUP BY word
        )
        SELECT asked.word, coalesce(l.products, 0), coalesce(n.categories, '{{}}')
          FROM unnest({lexemes}) AS asked(word)
          LEFT JOIN catalog_lexeme l ON l.store_id = %s AND l.word = asked.word
          LEFT JOIN named n ON n.word = asked.word
        """,
        [store.pk, parameter, store.pk],
    )
    return [Form(word, products, tuple(sorted(categories))) for word, products, categories in rows]


def _count(store: Store, words: Sequence[Word]) -> dict[str, int]:
    """How many published products have each, now."""
    if not words:
        return {}
    part = f"(SELECT count(*) FROM catalog_product WHERE store_id = %s AND is_published AND ({HAS}))"
    given = [value for word in words for value in (store.pk, *word.parameters)]
    [counts] = fetch(f"SELECT {', '.join([part] * len(words))}", given)
    return {word.lexeme: count for word, count in zip(words, counts, strict=True)}


def _spell_right(store: Store, words: list[Word]) -> list[Word]:
    """Words that nothing has, with what was meant, if that can be told; what is asked for beside is not asked twice."""
    lost = [word for word in words if not word.products and deletions(word.lexeme)]
    if not lost:
        return words
    pieces = sorted({piece for word in lost for piece in deletions(word.lexeme)})
    rows = fetch(
        """
        SELECT word, products, deletions FROM catalog_lexeme
         WHERE deletions && %s::varchar[] AND store_id = %s
         ORDER BY products DESC, word LIMIT %s
        """,
        [pieces, store.pk, MAX_NEIGHBOURS],
    )
    meant: dict[str, tuple[str, int]] = {}
    for word in lost:
        own = set(deletions(word.lexeme))
        found = nearest_word(word.lexeme, {lexeme: products for lexeme, products, shared in rows if own & set(shared)})
        if found:
            meant[word.lexeme] = found
    known = _known(store, {lexeme for lexeme, _ in meant.values()})
    asked = {word.lexeme for word in words if word.products}
    return [
        _as_meant(word, known, *meant[word.lexeme]) if word.lexeme in meant else word
        for word in words
        if meant.get(word.lexeme, ("",))[0] not in asked
    ]


def _as_meant(word: Word, known: Mapping[str, Form], lexeme: str, edits: int) -> Word:
    form = replace(known[lexeme], credit=1 - edits / max(len(word.lexeme), len(lexeme)))
    return Word((*word.forms, form), form.products)
