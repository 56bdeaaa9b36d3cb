"""Keeping `content_hash` true, and telling the house where it changed."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction
from django.utils import timezone

from catalog.models import Product
from catalog.selectors import content_of
from catalog.signals import product_content_changed

BATCH = 500


def announce_content(*, store_id: int, product_ids: Iterable[int]) -> None:
    """Send `product_content_changed` once the surrounding transaction has committed, unless there is nothing to say."""
    ids = list(product_ids)
    if ids:
        send = partial(product_content_changed.send_robust, sender=Product, store_id=store_id, product_ids=ids)
        transaction.on_commit(send, robust=True)


def refresh_content(*, store_id: int, product_ids: Iterable[int]) -> list[int]:
    """Recompute the hashes of these products and announce those that changed, in batches. Returns the changed ids."""
    ids, changed = sorted(set(product_ids)), []
    for start in range(0, len(ids), BATCH):
        changed += _refresh_batch(ids[start : start + BATCH])
    announce_content(store_id=store_id, product_ids=changed)
    return changed


def _refresh_batch(ids: list[int]) -> list[int]:
    now, stale = timezone.now(), []
    for product in Product.objects.filter(pk__in=ids).with_card():
        content_hash = content_of(product, product.images.all()).content_hash
        if content_hash != product.content_hash:
            product.content_hash, product.updated_at = content_hash, now
            stale.append(product)
    Product.objects.bulk_update(stale, ["content_hash", "updated_at"])
    return [product.pk for product in stale]
