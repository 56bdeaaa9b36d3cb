"""Products that a text names by sku, GTIN or MPN, whole or as one of its words; or by how a sku begins."""

import re
from collections.abc import Collection

from django.db.models import Q
from django.db.models.functions import Upper

from catalog.models import Product, Store
from catalog.normalize import MalformedError, normalize_gtin
from catalog.querysets import ProductQuerySet

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
    products = Product.objects.of(store).published() if eligible is None else eligible
    found = products.exclude(pk__in=exclude).order_by("sku").values_list("pk", flat=True)
    gtins = [gtin for code in codes if (gtin := _read_gtin(code))]
    uppers = Product.objects.of(store).annotate(code=Upper("sku"), part=Upper("mpn"))
    named = uppers.filter(Q(code__in=codes) | Q(part__in=codes, mpn__gt="") | Q(gtin__in=gtins, gtin__gt=""))
    exact = list(found.filter(pk__in=named.values("pk"))[:limit])
    if exact or not _is_beginning(whole):
        return exact
    beginning = Product.objects.of(store).filter(sku__istartswith=whole)
    return list(found.filter(pk__in=beginning.values("pk"))[:limit])


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
