"""A change of content starts embedding at once; the sweep would find it within half a minute anyway."""

from typing import Any

import structlog
from django.dispatch import receiver
from kombu.exceptions import OperationalError

from catalog.signals import product_content_changed

logger = structlog.get_logger(__name__)


@receiver(product_content_changed)
def embed_changed(sender: Any, *, store_id: int, product_ids: list[int], **_: Any) -> None:
    from embeddings.tasks import embed_store

    try:
        embed_store.apply_async([store_id], retry=False)
    except OperationalError:
        logger.warning("broker unreachable; the sweep will embed", store_id=store_id, products=len(product_ids))
