"""Work that can wait. Every task takes ids, can run twice and can be lost: the sweeps find what is left to do."""

import structlog
from celery import shared_task
from django.utils import timezone

from catalog.fetch import FetchRefused, fetch_image
from catalog.images import ImageRejected
from catalog.models import ProductImage
from catalog.services import images, imports, vocabulary

logger = structlog.get_logger(__name__)

SWEEP_LIMIT = 500
FETCH_BATCH = 20


@shared_task
def import_feed(run_id: int) -> None:
    imports.run_import(run_id=run_id)


@shared_task
def resume_imports() -> None:
    for run_id in imports.unfinished_imports():
        import_feed.delay(run_id)


@shared_task
def sweep_pending_images() -> None:
    """Enqueue the pictures whose next try has come; those that are being fetched have a later one."""
    due = ProductImage.objects.due(timezone.now()).order_by("pk").values_list("pk", flat=True)
    ids = list(due[:SWEEP_LIMIT])
    for start in range(0, len(ids), FETCH_BATCH):
        fetch_images.delay(ids[start : start + FETCH_BATCH])


@shared_task
def sweep_vocabularies() -> None:
    for store_id in vocabulary.due_stores(timezone.now()):
        count_words.delay(store_id)


@shared_task
def count_words(store_id: int) -> None:
    vocabulary.count_words(store_id=store_id)


@shared_task
def fetch_images(image_ids: list[int]) -> None:
    for image_id in image_ids:
        image = images.claim_pending(image_id=image_id)
        if image:
            _fetch(image)


@shared_task
def remove_unused_files(names: list[str]) -> None:
    images.remove_unused_files(names)


def _fetch(image: ProductImage) -> None:
    try:
        images.record_fetched(image=image, data=fetch_image(image.source_url))
    except FetchRefused as error:
        images.record_fetch_failure(image=image, message=error.message, permanent=error.permanent)
    except ImageRejected as error:
        images.record_fetch_failure(image=image, message=error.message, permanent=True)
    except Exception:
        # One picture must not keep the batch from the others; its claim runs out and it is tried again.
        logger.exception("picture not fetched", image=image.pk)
