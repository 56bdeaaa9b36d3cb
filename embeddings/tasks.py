"""Background work on vectors. Tasks take ids, can run twice and can be lost: the sweep finds what is due again."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from catalog.models import Store
from embeddings import inference, services, spaces, upkeep
from embeddings.models import EmbeddingSpace
from embeddings.querysets import stale_in

logger = structlog.get_logger(__name__)

# A task hands over to its successor after this long, so that spaces and stores take turns.
TURN_SECONDS = 60


@shared_task
def sweep() -> None:
    """Send work wherever there is any: a store without a space, stale products, a space that can be finished."""
    for store in Store.objects.filter(products__isnull=False).distinct():
        live = list(EmbeddingSpace.objects.of(store).live())
        if not live and not EmbeddingSpace.objects.of(store).exists():
            embed_store.delay(store.pk)
        for space in live:
            if _is_due(space):
                embed_space.delay(space.pk)


@shared_task
def embed_store(store_id: int) -> None:
    """Bring every live space of a store up to date, making its first one if it has none."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    if not EmbeddingSpace.objects.of(store).live().exists():
        spaces.ensure_space(store)
    for space in EmbeddingSpace.objects.of(store).live():
        embed_space(space.pk)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=5)
def embed_space(space_id: int) -> None:
    """Embed what is stale in a space, for one turn; when a new space is complete, index it."""
    space = EmbeddingSpace.objects.live().filter(pk=space_id).first()
    if space is None:
        return
    try:
        report = services.embed_stale(space, seconds=TURN_SECONDS)
    except inference.EncoderUnavailable as error:
        logger.error("encoder unavailable", space=space.pk, encoder=space.encoder, reason=str(error))
        EmbeddingSpace.objects.filter(pk=space.pk).update(error=str(error)[:1000])
        return
    if report.embedded or report.failed:
        logger.info("embedded", space=space.pk, **vars(report))
    if stale_in(space).exists():
        if report.embedded:
            embed_space.delay(space.pk)
    elif spaces.can_be_finished(space):
        finish_space.delay(space.pk)


@shared_task
def finish_space(space_id: int) -> None:
    """Index and calibrate a complete space; recalibrate one that has outgrown its calibration."""
    space = EmbeddingSpace.objects.live().filter(pk=space_id).first()
    if space is not None and spaces.can_be_finished(space):
        spaces.finish_building(space)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=5)
def forget_features(after: tuple[str, str] = ("", "")) -> None:
    """Forget what encoders made of pictures that are gone, for one turn."""
    done = upkeep.forget_features(now=timezone.now(), seconds=TURN_SECONDS, after=(after[0], after[1]))
    if done.rows:
        logger.info("features of pictures that are gone forgotten", rows=done.rows)
    if done.after:
        forget_features.delay(done.after)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=5)
def forget_palettes(after: str = "") -> None:
    """Forget the colours of pictures that are gone, for one turn."""
    done = upkeep.forget_palettes(now=timezone.now(), seconds=TURN_SECONDS, after=after)
    if done.rows:
        logger.info("colours of pictures that are gone forgotten", rows=done.rows)
    if done.after:
        forget_palettes.delay(done.after)


def _is_due(space: EmbeddingSpace) -> bool:
    return stale_in(space).exists() or spaces.can_be_finished(space)
