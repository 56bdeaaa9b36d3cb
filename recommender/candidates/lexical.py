"""Products that say the shopper's very words: names, materials and models an embedding blurs.

    coverage(product) = sum of idf over the words it has / sum of idf over all words asked,
    idf(word) = ln(1 + (N - n + 1/2) / (n + 1/2)),  n of the store's N products having it

(Robertson and Sparck Jones 1976, doi:10.1002/asi.4630270302, in the form that is never negative.) A word counts once,
however often it stands there: in a shop's texts frequency says how long the text is. Coverage is 0 to 1 like every
other score, so it is mixed with them by a weight, and a word that nobody's text has makes it smaller for all.

Words are PostgreSQL's English lexemes (stemmed, without stop words) of title, brand, category, attributes, description.
A word that no product has is read as the nearest one of the store's vocabulary (`catalog.spelling`), for as much less
as edits were needed.

In a small store every product that has a word is looked at. In a large one the words' numbers of products, as last
counted, say which sets of words are rare enough (`rank_sets`): products that have all of such a set are looked at, and
scored by every word. What has only commoner sets is covered less than any of those, and is looked at when the page is
not full. So nothing better is left out, as far as numbers of products multiply; where words keep company (`dining
chair`), twice READ_ROWS bounds what is read.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, combinations
from math import log, prod

from django.core.exceptions import EmptyResultSet
from django.db.models import BooleanField, FloatField
from django.db.models.expressions import RawSQL

from catalog.models import Product, Store
from catalog.querysets import ProductQuerySet
from catalog.spelling import deletions, nearest_word
from embeddings.wire import fetch

# Up to so many products every word is counted when asked for: exact, and no slower.
SMALL_STORE = 2_500
# Products looked at for one text: 1.5 microseconds each, and as much again for what they stand in the index. Twice as
# many found nothing that covers better, in either of the shops of 100,000 that are measured.
READ_ROWS = 1_000
# The rarest words of a text; a paragraph's commonest say nothing.
MAX_WORDS = 24
# Of so many of the rarest all combinations are weighed: 2^8 sets, half a millisecond.
COMBINED_WORDS = 8
# Texts whose words are remembered, 2 kB each.
MOST_REMEMBERED = 2_000
# Neighbours of a misspelling that are compared letter by letter.
MAX_NEIGHBOURS = 200

# Looked for beyond the best sets, one combination after the other, before anything with any of the words is taken.
MORE_LEVELS = 4

# Places in a list of words.
Places = tuple[int, ...]

_HAS = "catalog_product.lexemes @@ %s::tsquery OR catalog_product.category_id = ANY(%s::bigint[])"


@dataclass(frozen=True)
class Word:
    """A word asked for. `products` have it, in their text or by their category, one of `categories`; `credit` is what
    having it is worth, less than 1 when it is not quite what was typed."""

    lexeme: str
    products: int
    categories: tuple[int, ...] = ()
    credit: float = 1.0

    @property
    def query(self) -> str:
        """As a tsquery."""
        return "'" + self.lexeme.replace("\\", "\\\\").replace("'", "''") + "'"

    @property
    def parameters(self) -> tuple[str, list[int]]:
        return self.query, list(self.categories)

    def idf(self, total: int) -> float:
        """A word found in more products than were counted, because some came since, counts as one that all have."""
        absent = max(total - self.products, 0)
        return log(1 + (absent + 0.5) / (self.products + 0.5))

    def share(self, total: int) -> float:
        return min(self.products / max(total, 1), 1.0)


def cover(
    store: Store,
    text: str,
    *,
    eligible: ProductQuerySet | None = None,
    limit: int,
    exclude: Collection[int] = (),
    also: Collection[int] = (),
) -> dict[int, float]:
    """id -> coverage, 0 to 1, most first: of the `limit` eligible products that cover most, and of those in `also` with
    a word.

    `eligible` None is every published product. Empty when no word is left of the text, or none is in the store.
    """
    products = Product.objects.of(store).published() if eligible is None else eligible
    total, words = _words_of(store, text)
    present = [word for word in words if word.products]
    if not present:
        return {}
    coverage = _coverage(words, total)
    found = _find(products.exclude(pk__in=exclude), present, coverage, total, limit)
    return found | _score(store, coverage, set(also) - found.keys())


def rank_sets(shares: Sequence[float], idfs: Sequence[float], *, most: float) -> tuple[list[Places], list[Places]]:
    """The sets of words, as places, of which the best covered products have one, and those to go on with, best first.

    A product has one combination of the words and no others; the expected share of such products is that of the words
    it has times the complements of the others'. Combinations are taken in the order of their idf while these shares add
    up to no more than `most`. Whoever has one more word has a combination taken before, so the first list holds the
    least of them: to have all words of one of these. The very first is taken whatever it brings.
    """
    places = range(len(shares))
    having = [chosen for size in places for chosen in combinations(places, size + 1)]
    having.sort(key=lambda chosen: -sum(idfs[place] for place in chosen))
    expected = accumulate(
        prod(shares[place] if place in chosen else 1 - shares[place] for place in places) for chosen in having
    )
    count = max(1, sum(share <= most for share in expected))
    taken = set(having[:count])
    least = [chosen for chosen in having[:count] if taken.isdisjoint(combinations(chosen, len(chosen) - 1))]
    return least, having[count:]


def _words_of(store: Store, text: str) -> tuple[int, list[Word]]:
    """The store's number of products and the text's words, rarest first.

    Remembered within the minute, as the number of products is, where every word is a known one: how many have it says
    what it is worth, and not who has it.
    """
    asked = store.pk, text, int(time.monotonic() // 60)
    if asked in _remembered:
        return _remembered[asked]
    total, words = _read_words(store, text)
    if total > SMALL_STORE and all(word.products and word.credit == 1 for word in words):
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[asked] = total, words
    return total, words


_remembered: dict[tuple[int, str, int], tuple[int, list[Word]]] = {}


def _read_words(store: Store, text: str) -> tuple[int, list[Word]]:
    rows = fetch(
        """
        SELECT w, l.products,
               ARRAY(SELECT c.id FROM catalog_category c
                      WHERE c.store_id = %s AND to_tsvector('english', c.name) @@ quote_literal(w)::tsquery)
          FROM unnest(tsvector_to_array(to_tsvector('english', %s))) AS w
          LEFT JOIN catalog_lexeme l ON l.store_id = %s AND l.word = w
        """,
        [store.pk, text, store.pk],
    )
    if not rows:
        return 0, []
    total = _count_published(store.pk, int(time.monotonic() // 60))
    remembered = total > SMALL_STORE
    words = {lexeme: Word(lexeme, products or 0, tuple(categories)) for lexeme, products, categories in rows}
    unknown = [words[lexeme] for lexeme, products, _ in rows if products is None or not remembered]
    for lexeme, products in _count(store, unknown[:MAX_WORDS]).items():
        words[lexeme] = replace(words[lexeme], products=products)
    rarest = sorted(words.values(), key=_rarest_first)[:MAX_WORDS]
    return total, sorted(_spell_right(store, rarest), key=_rarest_first)


def _rarest_first(word: Word) -> tuple[int, str]:
    return word.products, word.lexeme


@lru_cache(maxsize=1024)
def _count_published(store_id: int, minute: int) -> int:
    """Counted at most once in the `minute` it is asked in: it reads 100,000 rows to move a logarithm."""
    return Product.objects.filter(store_id=store_id).published().count()


def _count(store: Store, words: Sequence[Word]) -> dict[str, int]:
    """How many published products have each, now."""
    if not words:
        return {}
    part = f"(SELECT count(*) FROM catalog_product WHERE store_id = %s AND is_published AND ({_HAS}))"
    given = [value for word in words for value in (store.pk, *word.parameters)]
    [counts] = fetch(f"SELECT {', '.join([part] * len(words))}", given)
    return {word.lexeme: count for word, count in zip(words, counts, strict=True)}


def _spell_right(store: Store, words: list[Word]) -> list[Word]:
    """Words that no product has replaced by what was meant, if that can be told; nothing is asked for twice."""
    lost = [word for word in words if not word.products and deletions(word.lexeme)]
    if not lost:
        return words
    pieces = sorted({piece for word in lost for piece in deletions(word.lexeme)})
    rows = fetch(
        """
        SELECT word, products, deletions,
               ARRAY(SELECT c.id FROM catalog_category c
                      WHERE c.store_id = l.store_id AND to_tsvector('english', c.name) @@ quote_literal(word)::tsquery)
          FROM catalog_lexeme l WHERE deletions && %s::varchar[] AND store_id = %s
         ORDER BY products DESC, word LIMIT %s
        """,
        [pieces, store.pk, MAX_NEIGHBOURS],
    )
    known = {row[0]: row for row in rows}
    meant = {}
    for word in lost:
        own = set(deletions(word.lexeme))
        near = {lexeme: products for lexeme, products, shared, _ in known.values() if own & set(shared)}
        found = nearest_word(word.lexeme, near)
        if found:
            lexeme, edits = found
            _, products, _, categories = known[lexeme]
            credit = 1 - edits / max(len(word.lexeme), len(lexeme))
            meant[word.lexeme] = Word(lexeme, products, tuple(categories), credit)
    read = sorted((meant.get(word.lexeme, word) for word in words), key=lambda word: word.credit)
    return list({word.lexeme: word for word in read}.values())  # of two readings the better


def _find(
    products: ProductQuerySet, words: Sequence[Word], coverage: RawSQL, total: int, limit: int
) -> dict[int, float]:
    """The best covered of the eligible, level by level until they are `limit`."""
    found: dict[int, float] = {}
    for sets, rows in _levels(words, total, limit):
        condition = _any_of([[words[place] for place in places] for places in sets])
        level = products.exclude(pk__in=list(found)).annotate(coverage=coverage).filter(condition)
        found |= _fetch(level, look_at=rows, limit=limit - len(found))
        if len(found) == limit:
            break
    return found


def _score(store: Store, coverage: RawSQL, product_ids: Collection[int]) -> dict[int, float]:
    """id -> coverage of those published that have a word."""
    if not product_ids:
        return {}
    rows = fetch(
        f"SELECT id, {coverage.sql} FROM catalog_product WHERE store_id = %s AND is_published AND id = ANY(%s)",
        [*coverage.params, store.pk, sorted(product_ids)],
    )
    return {pk: score for pk, score in rows if score > 0}


def _fetch(products: ProductQuerySet, *, look_at: int, limit: int) -> dict[int, float]:
    """id -> coverage, best first, of the first `look_at` that are met."""
    try:
        sql, parameters = products.order_by().values_list("pk", "coverage").query.sql_with_params()
    except EmptyResultSet:  # as Django knows without asking
        return {}
    # The statement stands apart from its limit, for which Postgres would rather read the table until it has enough.
    statement = f"""
        WITH met(id, coverage) AS MATERIALIZED ({sql}), looked_at AS (SELECT * FROM met LIMIT %s)
        SELECT id, coverage FROM looked_at ORDER BY coverage DESC, id LIMIT %s
    """
    return dict(fetch(statement, [*parameters, look_at, limit]))


def _levels(words: Sequence[Word], total: int, limit: int) -> Iterator[tuple[list[Places], int]]:
    """Sets of which a product must have one, and how many such products to look at."""
    singles: list[Places] = [(place,) for place in range(len(words))]
    if total <= SMALL_STORE:
        yield singles, 4 * SMALL_STORE  # it may have grown since it was counted
        return
    few = words[:COMBINED_WORDS]
    shares, idfs = [word.share(total) for word in few], [word.idf(total) for word in few]
    best, others = rank_sets(shares, idfs, most=READ_ROWS / total)
    yield best, limit if len(best[0]) == len(words) else 2 * READ_ROWS
    for places in others[:MORE_LEVELS]:
        yield [places], limit  # who has more words was met before, so these are covered alike
    yield singles, READ_ROWS


def _coverage(words: Sequence[Word], total: int) -> RawSQL:
    """Of a row of products; words that no product has count in the whole."""
    whole = sum(word.idf(total) for word in words)
    present = [word for word in words if word.products]
    # Without a category the alternative is NULL, and would make the sum one.
    terms = [f"%s * coalesce({_HAS}, false)::int" for _ in present]
    parameters = [part for word in present for part in (word.credit * word.idf(total) / whole, *word.parameters)]
    return RawSQL(f"({' + '.join(terms)})::float8", parameters, FloatField())


def _any_of(sets: Sequence[Sequence[Word]]) -> RawSQL:
    """Products having every word of one of the sets. Words that name no category are left to one look at the index."""
    parts: list[str] = []
    parameters: list[object] = []
    plain = [" & ".join(word.query for word in words) for words in sets if not any(word.categories for word in words)]
    if plain:
        parts.append("catalog_product.lexemes @@ %s::tsquery")
        parameters.append(" | ".join(plain))
    for words in sets:
        if any(word.categories for word in words):
            parts.append(f"({' AND '.join(f'({_HAS})' for _ in words)})")
            parameters += [part for word in words for part in word.parameters]
    return RawSQL(f"({' OR '.join(parts)})", parameters, BooleanField())
