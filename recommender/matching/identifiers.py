"""Products that an offer names by an identifier: a GTIN whose check digit is right, or a maker's number with a brand.

Deterministic and asked first, yet not believed blindly: suppliers copy the GTIN of the size or colour beside it. What
an identifier says stands only where no other identifier, and not the rest of the offer, contradicts it (`weigh`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from catalog.models import Store
from catalog.normalize import is_gtin
from catalog.wire import fetch
from recommender.matching.contract import ACCEPT, REVIEW, Candidate, Verdict

GTIN, MPN = "gtin", "mpn"
# What more products of a store have names none of them: it can't tell anything, or is a word for "none".
MAX_NAMED = 5
# The same of a maker's number, of whatever brands: so many are looked at to find those of one.
MAX_NUMBERED = 100


@dataclass(frozen=True)
class Identifiers:
    """As the offer has them, untrusted."""

    gtin: str = ""
    mpn: str = ""
    brand: str = ""

    @property
    def trusted_gtin(self) -> str:
        return self.gtin if is_gtin(self.gtin) else ""

    @property
    def maker_number(self) -> tuple[str, str]:
        """Number and brand in one spelling; empty unless both are said, for a number alone is not unique."""
        number, brand = self.mpn.strip().upper(), spell_brand(self.brand)
        return (number, brand) if number and brand else ("", "")


@dataclass(frozen=True)
class Named:
    """The products an offer's identifiers name: product id -> by which. `contradicted` are those named by a maker's
    number whose own GTIN is another than the offer's."""

    products: Mapping[int, tuple[str, ...]]
    contradicted: frozenset[int] = frozenset()

    @property
    def agreed(self) -> Mapping[int, tuple[str, ...]]:
        """Those that GTIN and maker's number both name, for sizes share a number and not a GTIN; without such, all."""
        return {pk: kinds for pk, kinds in self.products.items() if len(kinds) > 1} or self.products


class _Having(NamedTuple):
    """A product that has an identifier."""

    id: int
    brand: str
    gtin: str


def find_named(store: Store, asked: Sequence[Identifiers]) -> list[Named]:
    """For each offer, in order. Two queries, however many; none where nothing is named."""
    by_gtin = _find_having(store, _HAS_GTIN, {each.trusted_gtin for each in asked}, at_most=MAX_NAMED)
    by_number = _find_having(store, _HAS_NUMBER, {each.maker_number[0] for each in asked}, at_most=MAX_NUMBERED)
    by_maker: dict[tuple[str, str], list[_Having]] = {}
    for number, products in by_number.items():
        for each in products:
            by_maker.setdefault((number, spell_brand(each.brand)), []).append(each)
    return [_join(each, by_gtin.get(each.trusted_gtin, []), by_maker.get(each.maker_number, [])) for each in asked]


# As the indexes say it.
_HAS_GTIN = "gtin = asked.code AND gtin > ''"
_HAS_NUMBER = "upper(mpn) = asked.code AND mpn > ''"
# Not one row more than is needed to know that there are too many: "n/a" may be the number of half a store.
_HAVING = """
SELECT asked.code, found.id, found.brand, found.gtin
  FROM unnest(%s::text[]) asked(code) CROSS JOIN LATERAL (
       SELECT id, brand, gtin FROM catalog_product
        WHERE store_id = %s AND {has_it} AND merged_into_id IS NULL LIMIT %s) found
 ORDER BY found.id
"""


def _find_having(store: Store, has_it: str, codes: Collection[str], *, at_most: int) -> dict[str, list[_Having]]:
    """Code -> its products, without codes that more than `at_most` have."""
    wanted = [code for code in codes if code]
    found: dict[str, list[_Having]] = {}
    if wanted:
        for code, *product in fetch(_HAVING.format(has_it=has_it), [wanted, store.pk, at_most + 1]):
            found.setdefault(code, []).append(_Having(*product))
    return {code: products for code, products in found.items() if len(products) <= at_most}


def weigh(
    named: Named, candidates: Sequence[Candidate], judged: Verdict, *, accept_at: float, is_weighed: bool = False
) -> Verdict:
    """What identifiers make of the model's verdict. `candidates` are best first.

    Suppliers' GTINs lie, so a product named is believed only where the whole offer is as probable as what the model
    accepts by itself. One product named that fits so well, and nothing against it: accept, also where another fits as
    well. Identifiers that name different products, or one whose product the rest of the offer does not fit, or fits
    another product better: review. So is what the model would accept although its GTIN is another.

    `is_weighed` says that the model knows how often the supplier's GTINs are right: what it accepts against one has
    been held against it already.
    """
    if not named.products:
        other = {each.product_id for each in candidates if each.has_other_gtin}
        is_contradicted = judged.kind == ACCEPT and judged.product_id in other
        return Verdict(REVIEW, None, "fits, but has another GTIN") if is_contradicted else judged
    if len(named.agreed) > 1:
        return Verdict(REVIEW, None, "identifiers name different products")
    [(product_id, kinds)] = named.agreed.items()
    if product_id in named.contradicted:
        return Verdict(REVIEW, None, "same maker's number, another GTIN")
    same = "same GTIN" if GTIN in kinds else "same maker's number and brand"
    if is_weighed and judged.kind == ACCEPT and judged.product_id != product_id:
        return judged
    own = next((each for each in candidates if each.product_id == product_id), None)
    if own is None or own.probability < accept_at:
        return Verdict(REVIEW, None, f"{same}, but the rest differs")
    if own.probability < candidates[0].probability:
        return Verdict(REVIEW, None, f"{same}, but another product fits better")
    return Verdict(ACCEPT, product_id, same)


def spell_brand(brand: str) -> str:
    return "".join(char for char in brand.casefold() if char.isalnum())


def _join(asked: Identifiers, by_gtin: Sequence[_Having], by_number: Sequence[_Having]) -> Named:
    if len(by_number) > MAX_NAMED:
        by_number = []
    products: dict[int, tuple[str, ...]] = {each.id: (GTIN,) for each in by_gtin}
    for each in by_number:
        products[each.id] = (*products.get(each.id, ()), MPN)
    own = asked.trusted_gtin
    return Named(products, frozenset(each.id for each in by_number if own and each.gtin and each.gtin != own))
