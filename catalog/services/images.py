"""Pictures of products: kept once under their own hash, attached, replaced, fetched, removed."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone

from catalog import images
from catalog.models import Offer, Product, ProductImage
from catalog.querysets import ProductImageQuerySet
from catalog.rows import MAX_PICTURES, StoredPicture
from catalog.services.content import refresh_content
from catalog.services.stores import lock_store

MAX_ATTEMPTS = 5
CLAIM = timedelta(minutes=5)
_FILES_LOCK = 7_302_115_001  # any number, the same everywhere


class TooManyPicturesError(Exception):
    """A product has at most MAX_PICTURES."""


@contextmanager
def keep_files() -> Iterator[None]:
    """While open, no stored file is removed: what a picture was kept under is still there when its row commits.

    Inside a transaction the lock lasts until its end, for a failed transaction could not give it back.
    """
    if connection.in_atomic_block:
        _call_files_lock("pg_advisory_xact_lock_shared")
        yield
        return
    _call_files_lock("pg_advisory_lock_shared")
    try:
        yield
    finally:
        _call_files_lock("pg_advisory_unlock_shared")


def keep_picture(data: bytes, *, source_sha256: str) -> StoredPicture:
    """Verify and store a picture; bytes that were kept before are not decoded again. Raises ImageRejected.

    Call it within `keep_files`, outside a transaction: decoding takes its time.
    """
    known = ProductImage.objects.ready().filter(source_sha256=source_sha256).first()
    if known and default_storage.exists(str(known.file)):
        return StoredPicture(str(known.file), known.sha256, source_sha256, known.width, known.height)
    verified = images.verify(data)
    name = f"products/{verified.sha256[:2]}/{verified.sha256}.jpg"
    _store(name, verified.data)
    return StoredPicture(name, verified.sha256, source_sha256, verified.width, verified.height)


def keep_offer_picture(data: bytes) -> str:
    """Verify and store an offer's picture, apart from those of products. Returns its name. Raises ImageRejected.

    Call it within `keep_files`, outside a transaction.
    """
    verified = images.verify(data)
    name = images.name_offer_picture(verified.sha256)
    _store(name, verified.data)
    return name


def add_picture(*, product: Product, data: bytes) -> ProductImage:
    """Attach an uploaded picture behind the others; one the product already has is returned as it is, its own
    from now on.

    Raises ImageRejected, TooManyPicturesError.
    """
    with keep_files():
        kept = keep_picture(data, source_sha256=images.hash_source(data))
        with transaction.atomic():
            lock_store(product.store_id)
            own = ProductImage.objects.filter(product=product)
            twin = own.ready().filter(sha256=kept.sha256).first()
            if twin:
                twin.is_lent = False
                twin.save(update_fields=["is_lent"])
                return twin
            if own.count() >= MAX_PICTURES:
                raise TooManyPicturesError
            last = own.aggregate(last=Max("position"))["last"]
            image = stored_image(product=product, position=0 if last is None else last + 1, kept=kept)
            image.save()
            refresh_content(store_id=product.store_id, product_ids=[product.pk])
    return image


@transaction.atomic
def delete_picture(*, image: ProductImage) -> None:
    lock_store(image.product.store_id)
    forget_files([str(image.file)])
    ProductImage.objects.filter(pk=image.pk).delete()
    refresh_content(store_id=image.product.store_id, product_ids=[image.product_id])


def claim_pending(*, image_id: int) -> ProductImage | None:
    """Take a pending picture for fetching: one worker gets it, and keeps it for CLAIM.

    The attempt counts from now on, so that a picture that kills its worker is not tried for ever.
    """
    now = timezone.now()
    due = ProductImage.objects.due(now).filter(pk=image_id)
    if not due.update(next_try=now + CLAIM, attempts=F("attempts") + 1):
        return None
    image = ProductImage.objects.select_related("product").filter(pk=image_id).first()
    if image and image.attempts > MAX_ATTEMPTS:
        record_fetch_failure(image=image, message="Every attempt broke off.", permanent=True)
        return None
    return image


def record_fetched(*, image: ProductImage, data: bytes) -> None:
    """Keep what was fetched for a pending picture. Raises ImageRejected."""
    with keep_files():
        kept = keep_picture(data, source_sha256=images.hash_source(data))
        with transaction.atomic():
            lock_store(image.product.store_id)
            if _still_pending(image).update(**_fields(kept), status=ProductImage.Status.READY, error="", next_try=None):
                refresh_content(store_id=image.product.store_id, product_ids=[image.product_id])


def record_fetch_failure(*, image: ProductImage, message: str, permanent: bool) -> None:
    """Try again later, ever more patiently; give up after MAX_ATTEMPTS, or when trying again can't help."""
    if permanent or image.attempts >= MAX_ATTEMPTS:
        _still_pending(image).update(status=ProductImage.Status.FAILED, error=message[:500], next_try=None)
    else:
        wait = timedelta(minutes=4 ** (image.attempts - 1))
        _still_pending(image).update(error=message[:500], next_try=timezone.now() + wait)


def retry_pictures(*, image_ids: Iterable[int]) -> int:
    """Give failed pictures a fresh set of attempts. Returns how many."""
    failed = ProductImage.objects.failed().filter(pk__in=list(image_ids)).exclude(source_url="")
    return failed.update(status=ProductImage.Status.PENDING, attempts=0, error="", next_try=None)


def stored_image(*, product: Product, position: int, kept: StoredPicture) -> ProductImage:
    return ProductImage(product=product, position=position, status=ProductImage.Status.READY, **_fields(kept))


def forget_files(names: Iterable[str]) -> None:
    """After commit, let a worker remove those of these files that no picture uses any more."""
    gone = sorted({name for name in names if name})
    if gone:
        transaction.on_commit(lambda: _task("remove_unused_files").delay(gone), robust=True)


@transaction.atomic
def remove_unused_files(names: Iterable[str]) -> int:
    """Delete the files no product and no offer shows. Waits for whoever is keeping files. Returns how many went."""
    await_kept_files()
    names = set(names)
    unused = names - set(ProductImage.objects.filter(file__in=names).values_list("file", flat=True))
    unused -= set(Offer.objects.filter(image__in=names).values_list("image", flat=True))
    for name in sorted(unused):
        default_storage.delete(name)
    return len(unused)


def await_kept_files() -> None:
    """Until the transaction ends nobody keeps files, and whoever did has committed: no picture comes meanwhile."""
    _call_files_lock("pg_advisory_xact_lock")


def fetch_soon(image_ids: Iterable[int]) -> None:
    """After commit, let a worker fetch these pending pictures; the sweep would find them too, only later."""
    ids = list(image_ids)
    if ids:
        transaction.on_commit(lambda: _task("fetch_images").delay(ids), robust=True)


def _task(name: str) -> Any:
    from catalog import tasks  # tasks stand above services; these messages are the only calls back up

    return getattr(tasks, name)


def _still_pending(image: ProductImage) -> ProductImageQuerySet:
    """The picture, unless it was removed, replaced or fetched by another in the meantime."""
    return ProductImage.objects.pending().filter(pk=image.pk, source_url=image.source_url)


def _fields(kept: StoredPicture) -> dict[str, object]:
    return {
        "file": kept.file,
        "sha256": kept.sha256,
        "source_sha256": kept.source_sha256,
        "width": kept.width,
        "height": kept.height,
    }


def _call_files_lock(function: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s)", [_FILES_LOCK])


def _store(name: str, content: bytes) -> None:
    """Write a file under its hash. One of another size is what a killed process left, and is replaced."""
    if default_storage.exists(name):
        if default_storage.size(name) == len(content):
            return
        default_storage.delete(name)
    saved = default_storage.save(name, ContentFile(content))
    if saved != name:  # somebody stored the same picture in between
        default_storage.delete(saved)
