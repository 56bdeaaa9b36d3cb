"""Background work on what shoppers did and were shown. Tasks can run twice and can be lost: the next one does the same
again."""

from datetime import UTC, timedelta

import structlog
from celery import shared_task
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone

from catalog.models import Store
from embeddings.inference import EncoderUnavailable
from recommender.services import behaviour, duplicates, matching, rhythms
from recommender.services.rankings import ensure_days, expire_rankings
from recommender.turns import begin_turn, send_turn

logger = structlog.get_logger(__name__)

# A task hands over to its successor after this long, so that stores take turns.
MATCH_SECONDS = 60


@shared_task
def refresh_all_rhythms() -> None:
    for store_id in Store.objects.order_by("pk").values_list("pk", flat=True):
        refresh_rhythms.delay(store_id)


@shared_task
def refresh_rhythms(store_id: int) -> None:
    store = Store.objects.filter(pk=store_id).first()
    if store:
        rhythms.refresh_rhythms(store=store)


@shared_task
def keep_rankings() -> None:
    """Make tomorrow's partition before midnight comes, drop those past their time."""
    now = timezone.now()
    today = now.astimezone(UTC).date()
    ensure_days([today, today + timedelta(days=1)])
    if dropped := expire_rankings(now=now):
        logger.info("rankings expired", days=[str(day) for day in dropped])


@shared_task
def sweep_behaviour() -> None:
    for store in behaviour.stores_to_refresh(timezone.now()):
        refresh_behaviour.delay(store.pk)


@shared_task
def refresh_behaviour(store_id: int) -> None:
    """Asked again while it waits or runs, it finds that nothing is due."""
    store = Store.objects.filter(pk=store_id).first()
    if store is None or not behaviour.is_due(store, now=timezone.now()):
        return
    report = behaviour.refresh_behaviour(store=store)
    if report is not None:
        logger.info(
            "behaviour learned", store=store.slug, interactions=report.interactions, companions=report.companions
        )


@shared_task
def sweep_offers() -> None:
    for store in Store.objects.filter(suppliers__isnull=False).distinct():
        if matching.has_due_offers(store):
            send_turn(match_offers, store.pk)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=5)
def match_offers(store_id: int, turn: str = "") -> None:
    """Match what is due in a store, for one turn. Asked twice, or at once, the second finds nothing left or claimed."""
    begin_turn(match_offers, store_id, turn)
    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    try:
        report = matching.match_due(store=store, seconds=MATCH_SECONDS, threads=settings.KINDRED_MATCH_THREADS)
    except EncoderUnavailable as error:
        logger.error("encoder unavailable", store=store.slug, reason=str(error))
        return
    if report.matched:
        logger.info("offers matched", store=store.slug, **report.counts)
        if matching.has_due_offers(store):
            send_turn(match_offers, store.pk)


@shared_task
def sweep_decisions() -> None:
    from recommender.services import learning  # a second and tens of megabytes, for one task a night

    for store in Store.objects.filter(match_decisions__isnull=False).distinct():
        if learning.is_due(store):
            refresh_matcher.delay(store.pk)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=5)
def refresh_matcher(store_id: int) -> None:
    """Asked again while it waits or runs, it finds that somebody learns, or that nothing new was decided."""
    from recommender.services import learning

    store = Store.objects.filter(pk=store_id).first()
    if store is None:
        return
    try:
        lesson = learning.learn_from_decisions(store=store)
    except EncoderUnavailable as error:
        logger.error("encoder unavailable", store=store.slug, reason=str(error))
        return
    logger.info(
        "decisions learned from", store=store.slug, version=lesson.version, used=lesson.is_in_use, why=lesson.reason
    )


def match_soon(store_id: int) -> None:
    """After commit, let a worker match what is due; the sweep would find it too, only later."""
    transaction.on_commit(lambda: send_turn(match_offers, store_id), robust=True)


@shared_task
def sweep_duplicates() -> None:
    for store_id in duplicates.stores_to_search():
        send_turn(match_duplicates, store_id)


@shared_task(autoretry_for=(OperationalError, InterfaceError), retry_backoff=True, max_retries=5)
def match_duplicates(store_id: int, turn: str = "") -> None:
    """Look for a store's duplicates, for one turn. Asked twice, or at once, the second finds nothing due or another at
    it."""
    begin_turn(match_duplicates, store_id, turn)
    store = Store.objects.filter(pk=store_id).first()
    report = duplicates.find_duplicates(store=store, seconds=MATCH_SECONDS) if store else None
    if store is None or report is None:
        return
    if report.searched:
        logger.info("duplicates looked for", store=store.slug, products=report.searched, pairs=report.pairs)
    if not report.is_done:
        send_turn(match_duplicates, store.pk)


def search_soon(store_id: int) -> None:
    """After commit, let a worker look for the duplicates that were asked for; the sweep would do so too, only later."""
    transaction.on_commit(lambda: send_turn(match_duplicates, store_id), robust=True)
