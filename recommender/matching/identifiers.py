"""Products that an offer names by an identifier: a GTIN whose check digit is right, or a maker's number with a brand.

Deterministic and asked first, yet not believed blindly: suppliers copy the GTIN of the size or colour beside it. What
an identifier says stands only where no other identifier, and not the rest of the offer, contradicts it (`weigh`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models.functions import Upper

from catalog.models import Product, Store
from catalog.normalize import is_gtin
from recommender.matching.contract import ACCEPT, REVIEW, Candidate, Verdict

GTIN, MPN = "gtin", "mpn"
# Of one identifier; a store that gave more products the same one can't be told anything by it.
MAX_NAMED = 5


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


def find_named(store: Store, asked: Sequence[Identifiers]) -> list[Named]:
    """For each offer, in order. Two queries, however many; none where nothing is named."""
    gtins = {each.trusted_gtin for each in asked} - {""}
    numbers = {each.maker_number[0] for each in asked} - {""}
    by_gtin: dict[str, list[int]] = {}
    by_number: dict[tuple[str, str], list[tuple[int, str]]] = {}
    products = Product.objects.of(store).unmerged().order_by("pk")
    if gtins:
        for pk, gtin in products.filter(gtin__in=gtins).exclude(gtin="").values_list("pk", "gtin"):
            by_gtin.setdefault(gtin, []).append(pk)
    if numbers:
        found = products.exclude(mpn="").annotate(number=Upper("mpn")).filter(number__in=numbers)
        for pk, number, brand, gtin in found.values_list("pk", "number", "brand", "gtin"):
            by_number.setdefault((number, spell_brand(brand)), []).append((pk, gtin))
    return [_join(each, by_gtin.get(each.trusted_gtin, []), by_number.get(each.maker_number, [])) for each in asked]


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
    if len(named.products) > 1:
        return Verdict(REVIEW, None, "identifiers name different products")
    [(product_id, kinds)] = named.products.items()
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


def _join(asked: Identifiers, by_gtin: Sequence[int], by_number: Sequence[tuple[int, str]]) -> Named:
    if len(by_gtin) > MAX_NAMED or len(by_number) > MAX_NAMED:
        by_gtin, by_number = by_gtin[:MAX_NAMED], by_number[:MAX_NAMED]
    products: dict[int, tuple[str, ...]] = {}
    for pk in by_gtin:
        products[pk] = (GTIN,)
    for pk, _ in by_number:
        products[pk] = (*products.get(pk, ()), MPN)
    own = asked.trusted_gtin
    differing = {pk for pk, gtin in by_number if own and gtin and gtin != own}
    return Named(products, frozenset(differing))
