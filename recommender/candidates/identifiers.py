"""Products that a text names by sku, GTIN or MPN, whole or as one of its words; or by how a sku begins."""

import re
from collections.abc import Collection

from catalog.models import Product, Store
from catalog.normalize import MalformedError, normalize_gtin
from catalog.querysets import ProductQuerySet, ids_of
from embeddings.wire import fetch, to_array

LONGEST = 128
# Fewer characters say a size or a year as often as a product.
SHORTEST_WORD, SHORTEST_PREFIX = 4, 3
MAX_WORDS = 8
_AROUND = " \t\r\n,.;:!?\"'()[]#"


def identify(
    store: Store, text: str, *, eligible: ProductQuerySet | None = None, limit: int, exclude: Collection[int] = ()
) -> list[int]:
    """Ids of at most `limit` eligible products; those whose sku only begins as the text does, when none is named whole.

    Capitals do not matter. Within a longer text only words with a digit are looked up, so that no product is called
    "lamp"; so are beginnings.
    """
    whole = text.strip(_AROUND)
    codes = _read_codes(whole)
    if not codes:
        return []
    condition = ids_of(eligible, store_id=store.pk)
    if condition is None:
        return []
    gtins = [gtin for code in codes if (gtin := _read_gtin(code))]
    named = [part for values in (codes, codes, gtins) for part in (store.pk, values)]
    rows = fetch(_NAMED.format(eligible=condition[0]), [*condition[1], to_array(exclude), *named, limit])
    if rows or not _is_beginning(whole):
        return [pk for (pk,) in rows]
    products = Product.objects.of(store).published() if eligible is None else eligible
    beginning = Product.objects.of(store).filter(sku__istartswith=whole)
    found = products.filter(pk__in=beginning.values("pk")).exclude(pk__in=exclude)
    return list(found.order_by("sku").values_list("pk", flat=True)[:limit])


# Every text with a number comes through here: composed anew, it took as long as the rest of an answer in Python.
_NAMED = """
SELECT id FROM catalog_product
 WHERE id IN ({eligible}) AND id <> ALL(%s::bigint[]) AND id IN (
       SELECT id FROM catalog_product WHERE store_id = %s AND upper(sku) = ANY(%s::text[])
        UNION ALL
       SELECT id FROM catalog_product WHERE store_id = %s AND upper(mpn) = ANY(%s::text[]) AND mpn > ''
        UNION ALL
       SELECT id FROM catalog_product WHERE store_id = %s AND gtin = ANY(%s::text[]) AND gtin > '')
 ORDER BY sku LIMIT %s
"""


def _read_codes(whole: str) -> list[str]:
    """What could be an identifier, in capitals: the whole text if it is one word or has a digit, and its words."""
    words = [word.strip(_AROUND) for word in whole.split()]
    codes = [word for word in words if len(word) >= SHORTEST_WORD and _has_digit(word)][:MAX_WORDS]
    if len(words) == 1 or _has_digit(whole):
        codes.append(whole)
    return [code.upper() for code in dict.fromkeys(codes) if 0 < len(code) <= LONGEST]


def _read_gtin(code: str) -> str:
    if not re.fullmatch(r"[0-9 -]{8,20}", code):
        return ""
    try:
        return normalize_gtin(code)
    except MalformedError:
        return ""


def _is_beginning(whole: str) -> bool:
    return SHORTEST_PREFIX <= len(whole) <= LONGEST and " " not in whole and _has_digit(whole)


def _has_digit(text: str) -> bool:
    return any(char.isdigit() for char in text)
