"""Products made of offers that are none of the store's.

The offer is linked by a decision that stands beside the word that it was new: undo it, and the offer is new again. The
product stays then, as it is a product like any other by now; it was made unpublished, for the shop to look at first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from django.core.files.storage import default_storage
from django.db import transaction

from catalog.images import ImageRejected, hash_source
from catalog.importers.rows import parse_row
from catalog.models import Offer, Product, Store
from catalog.rows import Issue, ProductRow, StoredPicture
from catalog.services.images import forget_files, keep_files, keep_picture
from catalog.services.products import upsert_products
from recommender.models import Match, MatchDecision
from recommender.services.claims import MatchRefused, open_item
from recommender.services.match_decisions import already_decided, record_decision, standing_answer

logger = structlog.get_logger(__name__)


class ProductRefused(ValueError):  # noqa: N818  (it is a verdict)
    """Why the offer makes no product: what is wrong, field by field."""

    def __init__(self, issues: Sequence[Issue]) -> None:
        super().__init__("; ".join(f"{issue.field}: {issue.message}" for issue in issues))
        self.issues = tuple(issues)


@dataclass(frozen=True)
class Made:
    """`is_new` is False where it had been made before."""

    match: Match
    sku: str
    is_new: bool


def make_product(*, store: Store, match_id: int, by: str, sku: str = "", why: str = "") -> Made:
    """Make an unpublished product of an offer that is new, and link the two. Its sku is the supplier's number unless
    `sku` is given. Said again, nothing happens.

    Raises Match.DoesNotExist, MatchRefused, ProductRefused.
    """
    offer = Match.objects.of(store).select_related("offer").get(pk=match_id).offer
    with keep_files():
        picture, is_used = _copy_picture(offer), False
        try:
            with transaction.atomic():
                made = _make(store, match_id, picture, by=by, sku=sku, why=why)
            is_used = made.is_new
        finally:
            if picture and not is_used:
                forget_files([picture.file])
    return made


def _make(store: Store, match_id: int, picture: StoredPicture | None, *, by: str, sku: str, why: str) -> Made:
    match = open_item(Match, store=store, pk=match_id, by=by)
    answer = standing_answer(match)
    if answer is not None and answer.verdict == MatchDecision.Verdict.ACCEPT:
        if answer.made_product and answer.product and sku in ("", answer.sku, answer.product.sku):
            return Made(match, answer.product.sku, is_new=False)
        raise already_decided(answer)
    if match.status != Match.Status.NEW:
        raise MatchRefused("not_new", f"The offer's status is {match.status}; call it new first.")
    row = replace(_read_row(store, match.offer, sku), pictures=(picture,) if picture else ())
    if answer is None:  # the machine alone called it new, maybe before a product came that it is
        _check_unknown(store, match.offer)
        match = record_decision(match, MatchDecision.Verdict.NEW, None, by=by, why=why)
    [outcome] = upsert_products(store=store, rows=[row])
    if outcome.issues:
        raise ProductRefused(outcome.issues)
    product = Product.objects.of(store).get(sku=row.sku)
    record_decision(match, MatchDecision.Verdict.ACCEPT, product, by=by, why=why, made_product=True)
    return Made(match, product.sku, is_new=True)


def _check_unknown(store: Store, offer: Offer) -> None:
    known = Product.objects.of(store).filter(gtin=offer.trusted_gtin).exclude(gtin="").values_list("sku", flat=True)
    if sku := known.first():
        raise MatchRefused("gtin_taken", f"Product {sku} has its GTIN; accept it as that, or call it new first.")


def _read_row(store: Store, offer: Offer, sku: str) -> ProductRow:
    """What the offer says, read as a feed's row would be. A GTIN that is wrong, or another product's, is left out."""
    products = Product.objects.of(store)
    fields: dict[str, Any] = {
        "sku": sku or offer.supplier_sku,
        **{name: getattr(offer, name) for name in ("title", "description", "brand", "mpn", "currency")},
        "price": "" if offer.price is None else str(offer.price),
        "gtin": "" if products.filter(gtin=offer.gtin).exists() else offer.trusted_gtin,
        "is_published": False,
    }
    parsed = parse_row(fields)
    if parsed.row is None:
        raise ProductRefused(parsed.issues)
    if products.filter(sku=parsed.row.sku).exists():
        message = f"The store has a product '{parsed.row.sku}'; say another sku, or accept the offer as that product."
        raise ProductRefused([Issue("sku", "sku_taken", message)])
    return parsed.row


def _copy_picture(offer: Offer) -> StoredPicture | None:
    """The offer's picture among those of products; None where it has none, or none that can be read any more."""
    if not offer.image:
        return None
    try:
        with default_storage.open(str(offer.image)) as file:
            data = file.read()
        return keep_picture(data, source_sha256=hash_source(data))
    except (OSError, ImageRejected):
        logger.warning("picture can't be read", picture=str(offer.image), exc_info=True)
        return None
