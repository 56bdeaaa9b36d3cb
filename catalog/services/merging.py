"""Two products that are one: which stands for both, its pictures, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from catalog.models import Product, ProductImage
from catalog.rows import MAX_PICTURES
from catalog.services.content import refresh_content
from catalog.services.images import fetch_soon, forget_files
from catalog.services.stores import lock_store


@dataclass(frozen=True)
class Merged:
    """What to put back: whether the merged one was published, and who had been merged into it before."""

    was_published: bool
    followers: tuple[int, ...]


@transaction.atomic
def merge_product(*, gone: Product, kept: Product) -> Merged:
    """From now on `kept` stands for `gone`, which is no longer shown, and for whatever `gone` stood for.

    Both are of one store, and neither is merged. Rows that name either wait, and are found as they are afterwards.
    """
    lock_store(kept.store_id)
    followers = tuple(Product.objects.filter(merged_into=gone).order_by("pk").values_list("pk", flat=True))
    rows = _hold([gone.pk, kept.pk, *followers])
    merged = Merged(rows[gone.pk].is_published, followers)
    Product.objects.filter(pk__in=followers).update(merged_into=kept)
    Product.objects.filter(pk=gone.pk).update(merged_into=kept, is_published=False, updated_at=timezone.now())
    return merged


@transaction.atomic
def part_product(*, gone: Product, kept: Product, merged: Merged) -> None:
    """The way back of `merge_product`: `gone` stands for itself again and for who had been merged into it."""
    lock_store(kept.store_id)
    _hold([gone.pk, kept.pk, *merged.followers])
    Product.objects.filter(pk__in=merged.followers, merged_into=kept).update(merged_into=gone)
    Product.objects.filter(pk=gone.pk).update(
        merged_into=None, is_published=merged.was_published, updated_at=timezone.now()
    )


@transaction.atomic
def lend_pictures(*, owner: Product, to: Product) -> list[int]:
    """Show the owner's pictures behind the other's own, as far as there is room; each once. Returns the new ids.

    They are lent, not given: the owner's rows stay, so that nothing that happens to the borrower loses one.
    """
    lock_store(to.store_id)
    own = list(ProductImage.objects.filter(product=to))
    known = {key for image in own for key in _keys(image)}
    new: list[ProductImage] = []
    after = max((image.position for image in own), default=-1)
    for image in ProductImage.objects.filter(product=owner).exclude(status=ProductImage.Status.FAILED):
        if len(own) + len(new) < MAX_PICTURES and known.isdisjoint(_keys(image)):
            known |= _keys(image)
            new.append(_lent_copy(image, product=to, position=after + len(new) + 1))
    ProductImage.objects.bulk_create(new)
    fetch_soon(image.pk for image in new if image.status == ProductImage.Status.PENDING)
    refresh_content(store_id=to.store_id, product_ids=[to.pk])
    return [image.pk for image in new]


@transaction.atomic
def return_pictures(*, borrower: Product, image_ids: Sequence[int]) -> None:
    """Take lent pictures back, but for those that the borrower was given since; one that was removed is no loss."""
    lock_store(borrower.store_id)
    lent = ProductImage.objects.filter(product=borrower, pk__in=image_ids, is_lent=True)
    forget_files(lent.values_list("file", flat=True))
    lent.delete()
    refresh_content(store_id=borrower.store_id, product_ids=[borrower.pk])


def _hold(product_ids: Sequence[int]) -> dict[int, Product]:
    """By id. Whoever is just telling of one waits for us, or we for them, and finds it as it is afterwards. Locked in
    one order everywhere."""
    return {row.pk: row for row in Product.objects.filter(pk__in=product_ids).order_by("pk").select_for_update()}


def _keys(image: ProductImage) -> set[str]:
    """By what it shows and by where it is from; either says that two pictures are the same."""
    return {image.sha256, image.source_url} - {""}


def _lent_copy(image: ProductImage, *, product: Product, position: int) -> ProductImage:
    same = ("file", "source_url", "source_sha256", "sha256", "width", "height", "status")
    facts = {name: getattr(image, name) for name in same}
    return ProductImage(product=product, position=position, is_lent=True, **facts)
