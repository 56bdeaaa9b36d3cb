"""What people say of two products that may be one. Every word is kept; the pair's status follows from the one that
stands. The machine says nothing: a merger takes a product off the shelves."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from catalog.models import Product, ProductImage, Store
from recommender.models import DuplicateDecision, DuplicatePair
from recommender.services.claims import MatchRefused, UnknownSkuError, open_item
from recommender.services.merging import Moved, hand_over, merge_products, part_products

Verdict = DuplicateDecision.Verdict
Status = DuplicatePair.Status


@transaction.atomic
def accept_duplicate(*, store: Store, pair_id: int, by: str, keep: str = "", why: str = "") -> DuplicatePair:
    """The two are one: `keep` is the sku of the one that stays, else `choose_kept`. Said again, nothing happens.

    Raises DuplicatePair.DoesNotExist, MatchRefused, UnknownSkuError.
    """
    pair = open_item(DuplicatePair, store=store, pk=pair_id, by=by)
    both = {product.sku: product for product in Product.objects.filter(pk__in=[pair.one_id, pair.other_id]).with_card()}
    if keep and keep not in both:
        raise UnknownSkuError(keep)
    said = pair.decisions.standing().first()
    if said and said.verdict == Verdict.ACCEPT and keep in ("", said.kept_sku):
        return pair
    _refuse_if_closed(pair, said)
    kept = both[keep] if keep else choose_kept(*both.values())
    [gone] = [product for product in both.values() if product.pk != kept.pk]
    moved = merge_products(gone=gone, kept=kept)
    return _record(pair, Verdict.ACCEPT, by=by, why=why, kept=kept, gone=gone, kept_sku=kept.sku, moved=moved.to_json())


@transaction.atomic
def reject_duplicate(*, store: Store, pair_id: int, by: str, why: str = "") -> DuplicatePair:
    """The two are two, and nobody is asked again. Said again, nothing happens.

    Raises DuplicatePair.DoesNotExist, MatchRefused.
    """
    pair = open_item(DuplicatePair, store=store, pk=pair_id, by=by)
    said = pair.decisions.standing().first()
    if said and said.verdict == Verdict.REJECT:
        return pair
    _refuse_if_closed(pair, said)
    return _record(pair, Verdict.REJECT, by=by, why=why)


@transaction.atomic
def undo_duplicate(*, store: Store, pair_id: int, by: str, why: str = "") -> DuplicatePair:
    """Take the decision that stands back, whoever made it: a merger puts everything back. The record of it stays.

    Raises DuplicatePair.DoesNotExist, MatchRefused: also while what was kept is itself merged into another product.
    """
    pair = open_item(DuplicatePair, store=store, pk=pair_id, by=by)
    said = pair.decisions.standing().select_related("kept__merged_into", "gone").first()
    if said is None:
        raise MatchRefused("nothing_to_undo", "No decision stands.")
    if said.kept and said.kept.merged_into:
        into = said.kept.merged_into.sku
        raise MatchRefused("merged_since", f"{said.kept_sku} was merged into {into} since; undo that first.")
    said.undone_at, said.undone_by, said.undone_why = timezone.now(), by, why
    said.save(update_fields=["undone_at", "undone_by", "undone_why"])
    if said.kept and said.gone:
        part_products(gone=said.gone, kept=said.kept, moved=Moved.from_json(said.moved), since=said.at)
        _hand_over_the_others(said.kept)
    return _settle(pair, Status.REVIEW)


def choose_kept(one: Product, other: Product) -> Product:
    """The one that is shown; of two, the more complete; of two as complete, the older. Wants `with_card`."""
    return min(one, other, key=lambda product: (not product.is_published, -_count_facts(product), product.pk))


def _count_facts(product: Product) -> int:
    said = [product.description, product.brand, product.category, product.price, product.gtin, product.mpn]
    ready = [image for image in product.images.all() if image.status == ProductImage.Status.READY]
    return sum(1 for fact in said if fact not in (None, "")) + len(product.attributes) + len(ready)


def _refuse_if_closed(pair: DuplicatePair, said: DuplicateDecision | None) -> None:
    if said is not None:
        what = f"are one, {said.kept_sku}" if said.verdict == Verdict.ACCEPT else "are two"
        raise MatchRefused("already_decided", f"{said.by} said they {what}; undo that first.")
    merged = Product.objects.filter(pk__in=[pair.one_id, pair.other_id]).exclude(merged_into=None)
    if gone := merged.select_related("merged_into").first():
        raise MatchRefused("merged_since", f"{gone.sku} was merged into {gone.merged_into.sku}.")  # type: ignore[union-attr]


def _hand_over_the_others(kept: Product) -> None:
    """What had no place at the product kept beside what has just left it: the same picture, the same rejection."""
    for other in DuplicateDecision.objects.standing().filter(kept=kept).exclude(gone=None).order_by("pk"):
        assert other.gone is not None
        other.moved = hand_over(gone=other.gone, kept=kept, moved=Moved.from_json(other.moved)).to_json()
        other.save(update_fields=["moved"])


def _record(pair: DuplicatePair, verdict: Verdict, *, by: str, why: str, **merger: object) -> DuplicatePair:
    DuplicateDecision.objects.create(
        store_id=pair.store_id,
        pair=pair,
        skus=[pair.one.sku, pair.other.sku],
        verdict=verdict,
        probability=pair.probability,
        contributions=pair.contributions,
        why=why,
        by=by,
        at=timezone.now(),
        **merger,
    )
    return _settle(pair, Status.MERGED if verdict == Verdict.ACCEPT else Status.REJECTED)


def _settle(pair: DuplicatePair, status: Status) -> DuplicatePair:
    pair.status = status
    if status != Status.REVIEW:
        pair.claimed_by, pair.claimed_until = "", None
    pair.save(update_fields=["status", "claimed_by", "claimed_until"])
    return pair
