"""Suppliers' offers: written in batches, read from a feed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from django.db import transaction
from django.utils import timezone

from catalog.images import ImageRejected
from catalog.importers.feeds import FeedError, RawRow
from catalog.importers.offers import UNKNOWN_FIELD, ParsedOffer, parse_offer, read_offers
from catalog.models import Offer, Store, Supplier
from catalog.normalize import normalize_slug
from catalog.rows import Issue, OfferFacts, OfferRow, RowOutcome, Severity, Status
from catalog.services.folders import read_picture
from catalog.services.images import forget_files, keep_files, keep_offer_picture
from catalog.services.stores import lock_store

BATCH = 500
_FACTS = ["title", "description", "brand", "gtin", "mpn", "price", "currency", "image"]


@dataclass
class OfferImport:
    """What became of a feed: rows by their fate, every issue with its row, and why it broke off, if it did."""

    counts: Counter[Status] = field(default_factory=Counter)
    issues: list[tuple[int, Issue]] = field(default_factory=list)
    new_suppliers: list[str] = field(default_factory=list)
    error: str = ""
    _unknown_fields: set[str] = field(default_factory=set)

    def note(self, number: int, issues: Iterable[Issue]) -> None:
        """A field that no offer has is told of once: of a table it is a column."""
        for issue in issues:
            if issue.code == UNKNOWN_FIELD:
                if issue.field in self._unknown_fields:
                    continue
                self._unknown_fields.add(issue.field)
            self.issues.append((number, issue))


def import_offers(
    *,
    store: Store,
    file: IO[bytes],
    images: Path | None = None,
    supplier: str = "",
    supplier_names: Mapping[str, str] | None = None,
) -> OfferImport:
    """Create or update the offers of a feed, and the suppliers it names that the store does not have yet.

    Each batch commits by itself, and a feed that breaks off has still said what stands before.
    """
    done, seen = OfferImport(), set[tuple[str, str]]()
    for batch in _batches(read_offers(file), done):
        parsed = [(raw, _parse(raw, supplier)) for raw in batch]
        names = {found.row.supplier: found.supplier_name for _, found in parsed if found.row and found.supplier_name}
        slugs = {found.row.supplier for _, found in parsed if found.row}
        done.new_suppliers += ensure_suppliers(store=store, slugs=slugs, names=names | dict(supplier_names or {}))
        with keep_files():
            kept = list(_take(parsed, images, seen, done))
            outcomes = upsert_offers(store=store, rows=[row for _, row in kept])
        for (number, _), outcome in zip(kept, outcomes, strict=True):
            done.counts[outcome.status] += 1
            done.note(number, outcome.issues)
    return done


def ensure_suppliers(*, store: Store, slugs: Iterable[str], names: Mapping[str, str]) -> list[str]:
    """Create the suppliers that are missing; those that exist keep their names. Returns the slugs of the new ones."""
    wanted = {normalize_slug(slug) for slug in slugs}
    named = {normalize_slug(slug): name for slug, name in names.items()}
    missing = sorted(wanted - set(store.suppliers.filter(slug__in=wanted).values_list("slug", flat=True)))
    Supplier.objects.bulk_create(
        [Supplier(store=store, slug=slug, name=named.get(slug) or _spell_name(slug)) for slug in missing],
        ignore_conflicts=True,
    )
    return missing


@transaction.atomic
def upsert_offers(*, store: Store, rows: Sequence[OfferRow]) -> list[RowOutcome]:
    """Create or update offers by supplier and number, writing only what differs. One outcome for each row, in order.

    A row fails when its supplier is unknown, when its offer does not exist yet and it has no title, and when an earlier
    row is of the same offer. What an offer was matched to stays as it is.
    """
    lock_store(store.pk)
    batch = _Batch.load(store, rows)
    outcomes = [batch.take(row) for row in rows]
    batch.write()
    return outcomes


def unknown_supplier(slug: str) -> Issue:
    """Suppliers are no by-product of a request: a slip would be a supplier of its own, with habits of its own."""
    message = (
        f"The store has no supplier '{slug}': names are read in small letters, with hyphens. Add it in the admin, under"
        " Suppliers, or by manage.py import_offers, which adds those that its file names."
    )
    return Issue("supplier", "unknown_supplier", message)


def set_picture(*, offer: Offer, data: bytes) -> bool:
    """Give the offer this picture; False when it is the one it has. Raises ImageRejected."""
    with keep_files():
        name = keep_offer_picture(data)
        with transaction.atomic():
            lock_store(offer.supplier.store_id)
            replaced = str(Offer.objects.get(pk=offer.pk).image)
            if replaced == name:
                return False
            Offer.objects.filter(pk=offer.pk).update(image=name, updated_at=timezone.now())
            forget_files([replaced])
    return True


@dataclass
class _Batch:
    """What some rows change, gathered in memory, then written at once."""

    suppliers: dict[str, Supplier]
    offers: dict[tuple[int, str], Offer]
    seen: set[tuple[str, str]] = field(default_factory=set)
    created: list[Offer] = field(default_factory=list)
    updated: list[Offer] = field(default_factory=list)
    gone_files: list[str] = field(default_factory=list)

    @classmethod
    def load(cls, store: Store, rows: Sequence[OfferRow]) -> _Batch:
        suppliers = {
            supplier.slug: supplier for supplier in store.suppliers.filter(slug__in={r.supplier for r in rows})
        }
        numbers = {row.supplier_sku for row in rows}
        known = Offer.objects.filter(supplier__in=suppliers.values(), supplier_sku__in=numbers)
        return cls(suppliers=suppliers, offers={(offer.supplier_id, offer.supplier_sku): offer for offer in known})

    def take(self, row: OfferRow) -> RowOutcome:
        supplier = self.suppliers.get(row.supplier)
        if supplier is None:
            return RowOutcome(row.supplier_sku, Status.FAILED, (unknown_supplier(row.supplier),))
        if (row.supplier, row.supplier_sku) in self.seen:
            return _refuse(row, *_REPEATED)
        self.seen.add((row.supplier, row.supplier_sku))
        offer = self.offers.get((supplier.pk, row.supplier_sku))
        if offer is None:
            if not row.facts.get("title"):
                return _refuse(row, "title", "required", "A new offer needs a title.")
            self.created.append(Offer(supplier=supplier, supplier_sku=row.supplier_sku, **row.facts))
            return RowOutcome(row.supplier_sku, Status.CREATED)
        return self._update(offer, row)

    def _update(self, offer: Offer, row: OfferRow) -> RowOutcome:
        changed = {name: value for name, value in row.facts.items() if getattr(offer, name) != value}
        if not changed:
            return RowOutcome(row.supplier_sku, Status.UNCHANGED)
        if "image" in changed:
            self.gone_files.append(str(offer.image))
        for name, value in changed.items():
            setattr(offer, name, value)
        offer.updated_at = timezone.now()
        self.updated.append(offer)
        return RowOutcome(row.supplier_sku, Status.UPDATED)

    def write(self) -> None:
        Offer.objects.bulk_create(self.created)
        Offer.objects.bulk_update(self.updated, [*_FACTS, "updated_at"])
        forget_files(self.gone_files)


def _batches(rows: Iterable[RawRow], done: OfferImport) -> Iterator[list[RawRow]]:
    batch: list[RawRow] = []
    try:
        for raw in rows:
            batch.append(raw)
            if len(batch) == BATCH:
                yield batch
                batch = []
    except FeedError as error:
        done.error = str(error)
    if batch:
        yield batch


def _parse(raw: RawRow, supplier: str) -> ParsedOffer:
    return ParsedOffer(None, "", (raw.issue,)) if raw.issue else parse_offer(raw.fields, supplier=supplier)


def _take(
    parsed: Iterable[tuple[RawRow, ParsedOffer]],
    images: Path | None,
    seen: set[tuple[str, str]],
    done: OfferImport,
) -> Iterator[tuple[int, OfferRow]]:
    """The rows that can be written, with their pictures in storage and the number they have in the feed."""
    for raw, found in parsed:
        done.note(raw.number, found.issues)
        row = found.row
        if row and (row.supplier, row.supplier_sku) in seen:
            done.note(raw.number, [Issue(*_REPEATED)])
            row = None
        if row is None:
            done.counts[Status.FAILED] += 1
            continue
        seen.add((row.supplier, row.supplier_sku))
        row, issues = _store_picture(row, images)
        done.note(raw.number, issues)
        yield raw.number, row


def _store_picture(row: OfferRow, images: Path | None) -> tuple[OfferRow, list[Issue]]:
    """The row with its picture stored; one that can't be had is an issue, and the offer keeps what it shows."""
    if row.picture is None:
        return row, []
    try:
        name = keep_offer_picture(read_picture(images, row.picture.name))
    except ImageRejected as error:
        return row, [Issue("image", error.code, f"{row.picture.name[:200]}: {error.message}", Severity.WARNING)]
    return replace(row, facts=OfferFacts(**row.facts, image=name), picture=None), []


def _refuse(row: OfferRow, field_name: str, code: str, message: str) -> RowOutcome:
    return RowOutcome(row.supplier_sku, Status.FAILED, (Issue(field_name, code, message),))


def _spell_name(slug: str) -> str:
    return slug.replace("-", " ").replace("_", " ").title()


_REPEATED = ("supplier_sku", "duplicate_sku", "An earlier row is of the same offer; the first one counts.")
