"""Products that say the shopper's words: names, materials and models an embedding blurs.

    coverage(product) = sum of idf over the words it has / sum of idf over all words asked,
    idf(word) = ln(1 + (N - n + 1/2) / (n + 1/2)),  n of the store's N products having it

(Robertson and Sparck Jones 1976, doi:10.1002/asi.4630270302, in the form that is never negative.) A word counts once,
however often it stands there: in a shop's texts frequency says how long the text is. Coverage is 0 to 1 like every
other score, so it is mixed with them by a weight, and a word that nobody's text has makes it smaller for all.

Looked for in title, brand, category, attributes and description. Having what answers a word in its place, one near it
in meaning or what a misspelling meant, is worth so much less (`words`).

In a small store every product that has a word is looked at. In a large one the words' numbers of products, as last
counted, say which sets of words are rare enough (`rank_sets`): products that have all of such a set are looked at, and
scored by every word. What has only commoner sets is covered less than any of those, and is looked at when the page is
not full. So nothing better is left out, as far as numbers of products multiply; where words keep company (`dining
chair`), twice READ_ROWS bounds what is read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, combinations
from math import prod
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models.expressions import RawSQL

from catalog.models import Store
from catalog.querysets import ProductQuerySet
from embeddings.wire import fetch, to_array
from recommender.candidates.words import SMALL_STORE, Word, rarest_first, words_of

# The best sets of words are taken until products that have one should be so many times the page. With half as many the
# first look fills fewer pages, and each look costs as much as a hundred products; twice as many cost no less.
EXPECTED_FACTOR = 10
# Products looked at for one text, or twice as many: 1.5 microseconds each, and as much again for what they stand in
# the index.
READ_ROWS = 1_000
# So many products are gone through in the index, those of the rarest words: one that has none of them may be covered as
# well by many common words, but to find it there took up to five times as long, 0.3 microseconds a product. In a shop
# of 100,000 pages are covered 99.7 % as well.
READ_LISTS = 6_000
# Plans that are remembered, 20 kB each.
PLANS = 500
# Of so many of the rarest all combinations are weighed: 2^8 sets, half a millisecond.
COMBINED_WORDS = 8
# Looked for beyond the best sets, one combination after the other, before anything with any of the words is taken.
MORE_LEVELS = 4

# Places in a list of words.
Places = tuple[int, ...]

_PUBLISHED = "SELECT id, category_id, lexemes FROM catalog_product WHERE store_id = %s AND is_published"


def cover(
    store: Store,
    text: str,
    *,
    eligible: ProductQuerySet | None = None,
    limit: int,
    exclude: Collection[int] = (),
    also: Collection[int] = (),
    very: bool = False,
) -> dict[int, float]:
    """id -> coverage, 0 to 1, most first: of the `limit` eligible products that cover most, and of those in `also` with
    a word.

    `eligible` None is every published product; `very` takes the words as they are, without those near in meaning.
    Empty when no word is left of the text, or none is in the store.
    """
    rows = _rows_of(eligible, store)
    total, words = words_of(store, text, very=very)
    if rows is None or not any(word.products for word in words):
        return {}
    best: dict[int, float] = {}
    others: dict[int, float] = {}
    coverage, looks = _plan(tuple(words), total, limit, is_small=total <= SMALL_STORE)
    for look in looks:
        level = _Level(store.pk, rows, coverage, look.condition, [*exclude, *best])
        found, scored = _fetch(level, look_at=look.look_at, limit=limit - len(best), also=() if others else also)
        best, others = best | found, others | scored
        if len(best) == limit:
            break
    return best | {pk: score for pk, score in others.items() if score > 0}


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


# A statement or a part of one, and its parameters.
_Sql = tuple[str, Sequence[Any]]


@dataclass(frozen=True)
class _Level:
    """Those of `rows` that meet the condition, but for `exclude`."""

    store_id: int
    rows: _Sql
    coverage: _Sql
    condition: _Sql
    exclude: Sequence[int]


def _rows_of(products: ProductQuerySet | None, store: Store) -> _Sql | None:
    """What coverage is told by, of every published product where none are given. None when Django knows that there are
    no such products. Text where it can be, for composing it anew took longer than the answer."""
    if products is None:
        return _PUBLISHED, [store.pk]
    lexemes = products.order_by().annotate(lexemes=RawSQL("catalog_product.lexemes", []))
    try:
        return lexemes.values_list("id", "category_id", "lexemes").query.sql_with_params()
    except EmptyResultSet:
        return None


def _fetch(
    level: _Level, *, look_at: int, limit: int, also: Collection[int]
) -> tuple[dict[int, float], dict[int, float]]:
    """id -> coverage: best first of the first `look_at` that are met, and of those in `also` that are published."""
    coverage, of_coverage = level.coverage
    # What is met stands apart from its limit, for which Postgres would rather read the table until it has enough.
    statement = f"""
        WITH met AS MATERIALIZED (
            SELECT id, {coverage} AS coverage FROM ({level.rows[0]}) AS catalog_product
             WHERE {level.condition[0]} AND id <> ALL(%s::bigint[])
        ), looked_at AS (SELECT * FROM met LIMIT %s)
        (SELECT id, coverage, true FROM looked_at ORDER BY coverage DESC, id LIMIT %s) UNION ALL
        SELECT id, {coverage}, false FROM ({_PUBLISHED}) AS catalog_product WHERE id = ANY(%s::bigint[])
    """
    ours = [*of_coverage, *level.rows[1], *level.condition[1], to_array(level.exclude), look_at, limit]
    rows = fetch(statement, [*ours, *of_coverage, level.store_id, to_array(also)])
    best = {pk: score for pk, score, is_best in rows if is_best}
    return best, {pk: score for pk, score, is_best in rows if not is_best and pk not in best}


@dataclass(frozen=True)
class _Look:
    """At products that have every word of one of the sets, at so many at most."""

    sets: tuple[tuple[Word, ...], ...]
    look_at: int

    @cached_property
    def condition(self) -> _Sql:
        return _any_of(self.sets)


@lru_cache(maxsize=PLANS)
def _plan(words: tuple[Word, ...], total: int, limit: int, *, is_small: bool) -> tuple[_Sql, tuple[_Look, ...]]:
    """How coverage is told, and where it is looked for, one after the other until the page is full. Remembered, for to
    compose it takes as long as to read the answer."""
    present = [word for word in words if word.products]
    looks = [
        _Look(tuple(tuple(present[place] for place in places) for places in sets), look_at)
        for sets, look_at in _levels(present, total, limit, is_small=is_small)
    ]
    return _coverage(words, total), tuple(looks)


def _levels(words: Sequence[Word], total: int, limit: int, *, is_small: bool) -> Iterator[tuple[list[Places], int]]:
    """Sets of which a product must have one, and how many such products to look at."""
    singles: list[Places] = [(place,) for place in range(len(words))]
    if is_small:
        yield singles, 4 * SMALL_STORE  # it may have grown since it was counted
        return
    few = words[:COMBINED_WORDS]
    shares, idfs = [word.share(total) for word in few], [word.idf(total) for word in few]
    best, others = rank_sets(shares, idfs, most=EXPECTED_FACTOR * limit / total)
    # Who has the same words is covered alike, if there is but one way to have each.
    enough = limit if all(len(word.forms) == 1 for word in words) else READ_ROWS
    yield _read_soon(best, few), enough if len(best[0]) == len(words) else 2 * READ_ROWS
    for places in others[:MORE_LEVELS]:
        yield [places], enough  # who has more words was met before
    rare = _read_soon(singles, few)
    if len(rare) < len(singles):
        yield rare, READ_ROWS
    yield singles, READ_ROWS


def _read_soon(sets: list[Places], words: Sequence[Word]) -> list[Places]:
    """Those with one of the rarest words, as many of these as READ_LISTS allows; else the first."""
    lists = accumulate(word.products for word in words)
    rare = range(max(1, sum(length <= READ_LISTS for length in lists)))
    return [places for places in sets if places[0] in rare] or sets[:1]


def _coverage(words: Sequence[Word], total: int) -> _Sql:
    """Of a row of products; words that no product has count in the whole."""
    whole = sum(word.idf(total) for word in words)
    terms, parameters = [], []
    for word in words:
        for credit, step in word.steps() if word.products else ():
            condition, given = step.condition
            terms.append(f"CASE WHEN {condition} THEN %s ELSE 0 END")
            parameters += [*given, credit * word.idf(total) / whole]
    return f"({' + '.join(terms)})::float8", parameters


def _any_of(sets: Sequence[Sequence[Word]]) -> _Sql:
    """Products having every word of one of the sets.

    That is one look at the words' index, which reads each word's list once; and one for each group of categories that
    have the same of the words, for what is left to have.
    """
    asked = {frozenset(words) for words in sets}
    having: dict[int, set[Word]] = defaultdict(set)
    for word in frozenset[Word]().union(*asked):
        for category in word.categories:
            having[category].add(word)
    groups: dict[frozenset[Word], list[int]] = defaultdict(list)
    for category, words in having.items():
        groups[frozenset(words)].append(category)
    parts: list[str] = ["catalog_product.lexemes @@ %s::tsquery"]
    parameters: list[object] = [_either(asked)]
    for had, categories in groups.items():
        left = {words - had for words in asked}
        parts.append("catalog_product.category_id = ANY(%s::bigint[])")
        parameters.append(categories)
        if frozenset() not in left:
            parts[-1] += " AND catalog_product.lexemes @@ %s::tsquery"
            parameters.append(_either(left))
    return f"({' OR '.join(parts)})", parameters


def _either(sets: Collection[frozenset[Word]]) -> str:
    """As a tsquery: every word of one of the sets. Factored, `a & (b | c)`, for it is weighed product by product."""
    rarest = min(frozenset[Word]().union(*sets), key=rarest_first)
    rest = {words - {rarest} for words in sets if rarest in words}
    found = rarest.query if frozenset() in rest else f"{rarest.query} & ({_either(rest)})"
    others = {words for words in sets if rarest not in words}
    return f"{found} | {_either(others)}" if others else found
