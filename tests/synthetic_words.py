"""Large shops of words: a few in every second text, most in a handful, as Zipf found (1949) and shops have."""

from __future__ import annotations

import numpy as np
from django.db import connection

from catalog.models import Store

VOCABULARY = 30_000
# Mandelbrot's (1953) shift flattens the head: stop words, its usual owners, are no lexemes.
SHIFT, EXPONENT = 8.0, 1.05
TITLE_WORDS, DESCRIPTION_WORDS = 7, 35
CATEGORIES = 40
_SYLLABLES = [first + vowel for first in "bdfgklmnprstvz" for vowel in "aeiou"]
_ENDINGS = ["n", "r", "x", "lk", "mp", "nd", "rt", "sk"]


def spell_word(rank: int) -> str:
    """A word of its own for every rank, longer for rarer ones, that no stemmer shortens."""
    syllables, rest = [], rank
    while True:
        rest, place = divmod(rest, len(_SYLLABLES))
        syllables.append(_SYLLABLES[place])
        if rest == 0 and len(syllables) > 1:
            return "".join(syllables) + _ENDINGS[rank % len(_ENDINGS)]


def draw_texts(count: int, *, words: int, seed: int) -> list[str]:
    random = np.random.default_rng(seed)
    weights = 1 / (np.arange(VOCABULARY) + SHIFT) ** EXPONENT
    ranks = random.choice(VOCABULARY, size=(count, words), p=weights / weights.sum())
    spelled = np.array([spell_word(rank) for rank in range(VOCABULARY)], object)
    return [" ".join(row) for row in spelled[ranks]]


def fill_words(store: Store, *, count: int, seed: int = 1) -> None:
    """`count` published products with Zipf's words in title and description, in categories named by words too."""
    titles = draw_texts(count, words=TITLE_WORDS, seed=seed)
    descriptions = draw_texts(count, words=DESCRIPTION_WORDS, seed=seed + 1)
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO catalog_category (store_id, slug, name, path)
               SELECT %s, name, name, name FROM unnest(%s::text[]) AS name RETURNING id""",
            [store.pk, [spell_word(20 * number) for number in range(CATEGORIES)]],
        )
        categories = [row[0] for row in cursor.fetchall()]
        for start in range(0, count, 5_000):
            end = min(start + 5_000, count)
            cursor.execute(
                """INSERT INTO catalog_product (store_id, sku, title, description, brand, category_id, price, currency,
                       gtin, mpn, variant_group, attributes, availability, is_published, content_hash, created_at,
                       updated_at)
                   SELECT %s, 'W-' || n, title, description, 'Brand ' || n %% 50, (%s::bigint[])[1 + n %% %s],
                          n * 7 %% 1000, 'EUR', '', '', '', '{}', 'in_stock', true, md5(n::text), now(), now()
                     FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS row(n, title, description)""",
                [
                    *(store.pk, categories, CATEGORIES, list(range(start, end))),
                    *(titles[start:end], descriptions[start:end]),
                ],
            )
        cursor.execute("ANALYZE catalog_product")
