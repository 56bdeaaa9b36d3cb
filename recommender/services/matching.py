"""Matching offers: due ones claimed in batches, judged outside any transaction, written in one.

Safe to run twice, at once, or to be killed: claims are advisory locks that die with the connection that holds them, and
an offer counts as matched only when its Match carries the offer's own `updated_at`. What people decided is never
overruled; of the machine's own links, one that no longer holds is undone on record.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

import structlog
from django.db import Error as DatabaseFailure
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from psycopg.types.json import Jsonb

from catalog.models import Offer, Product, Store
from catalog.services.stores import lock_store
from embeddings.inference import EncoderUnavailable, sharing_processors
from embeddings.selectors import SpaceView, active_space, last_written
from embeddings.wire import copy_in
from recommender.matching.asked import SeenOffer, read_offer
from recommender.matching.contract import ACCEPT, MACHINE, Verdict
from recommender.matching.judging import Judgement, judge
from recommender.matching.seeing import remembered_texts, see_offers
from recommender.models import Match, MatchCandidate, MatchDecision
from recommender.querysets import due_offers
from recommender.services.match_decisions import name_offer, settle_offers, undo_decisions
from recommender.services.matchers import ActiveMatcher, active_matcher, active_version_id

logger = structlog.get_logger(__name__)

# Offers judged at a time by a thread: with 20 candidates each, some 650 pairs and as many vectors.
BATCH = 32
# What is kept of a candidate's reasons: nobody reads sixty bars.
MOST_TOLD, OTHERS = 15, "others"
# An offer without a product is matched anew when products or their vectors came since, so often at most: it costs
# about 25 ms.
ASK_AGAIN = timedelta(days=1)
# Rows are dated before they are committed, and candidates read before their offer is dated: what came so shortly before
# an offer was matched may not have been seen.
UNSEEN = timedelta(minutes=5)
# Ids looked up at a time.
WINDOW = 2_000
_LOCKS = 7_302_115_002  # any number, the same everywhere, and no other advisory lock's


@dataclass
class MatchReport:
    """What a run did: offers by the status they have now, and how many it left as they were (not due, or another's)."""

    counts: Counter[str] = field(default_factory=Counter)
    left: int = 0

    @property
    def matched(self) -> int:
        return self.counts.total()


@dataclass(frozen=True)
class _Result:
    seen: SeenOffer
    judgement: Judgement

    @property
    def product_ids(self) -> set[int]:
        return {each.product_id for each in self.judgement.candidates}


def match_offers(*, store: Store, offer_ids: Iterable[int]) -> MatchReport:
    """Match those of these offers that are due and that no other process has claimed. Raises EncoderUnavailable."""
    report = MatchReport()
    ids = sorted(set(offer_ids))
    try:
        for start in range(0, len(ids), BATCH):
            _match_claimed(store, ids[start : start + BATCH], report)
    finally:
        _release_all_claims()
    return report


def match_due(*, store: Store, seconds: float | None = None, threads: int = 1) -> MatchReport:
    """Match whatever is due in the store; stop after `seconds` at a batch's end. Raises EncoderUnavailable.

    Of several `threads` each takes the next batch when it is done with one, on a connection of its own, as another
    worker would: one computes while another waits for Postgres or the encoder.
    """
    batches = _Batches(store, None if seconds is None else time.monotonic() + seconds)
    if threads < 2:
        return _match_batches(store, batches)
    with ThreadPoolExecutor(threads, thread_name_prefix="matching") as pool:
        running = [pool.submit(_match_beside_others, store, batches) for _ in range(threads)]
        try:
            reports = [each.result() for each in running]
        except BaseException:
            batches.stop()
            raise
    return MatchReport(sum((each.counts for each in reports), Counter()), sum(each.left for each in reports))


def has_due_offers(store: Store) -> bool:
    return _due_in(store).exists()


def _due_in(store: Store) -> QuerySet[Offer]:
    """With the matcher and the space in use. What failed is tried again once a day. So is what found no product, when
    there is more to find: a product by its words, which it has at once, or by its vector, whenever that was written."""
    space = active_space(store)
    came = [
        Product.objects.of(store).order_by("-pk").values_list("created_at", flat=True).first(),
        last_written(space) if space else None,
    ]
    latest = max((moment for moment in came if moment), default=None)
    again = timezone.now() - ASK_AGAIN
    return due_offers(
        store,
        version_id=active_version_id(store),
        encoder_id=space.encoder_id if space else "",
        tried_before=again,
        outdated_at=min(latest + UNSEEN, again) if latest else None,
    )


class _Batches:
    """Ids of what is due, handed out batch by batch to whoever asks, until `deadline` or until it is stopped."""

    def __init__(self, store: Store, deadline: float | None) -> None:
        self._lock = Lock()
        self._due = _due_batches(store, deadline)

    def take(self) -> list[int]:
        """Empty at the end."""
        with self._lock:
            return next(self._due, [])

    def stop(self) -> None:
        with self._lock:
            self._due.close()


def _due_batches(store: Store, deadline: float | None) -> Generator[list[int]]:
    after = 0
    while True:
        due = _due_in(store).filter(pk__gt=after).order_by("pk")
        window = list(due.values_list("pk", flat=True)[:WINDOW])
        if not window:
            return
        after = window[-1]
        for start in range(0, len(window), BATCH):
            yield window[start : start + BATCH]
            if deadline is not None and time.monotonic() > deadline:
                return


def _match_beside_others(store: Store, batches: _Batches) -> MatchReport:
    try:
        with sharing_processors():
            return _match_batches(store, batches)
    finally:
        connection.close()


def _match_batches(store: Store, batches: _Batches) -> MatchReport:
    report = MatchReport()
    try:
        while ids := batches.take():
            _match_claimed(store, ids, report)
    except BaseException:
        batches.stop()
        raise
    finally:
        _release_all_claims()
    return report


def _match_claimed(store: Store, ids: Sequence[int], report: MatchReport) -> None:
    active = active_matcher(store)
    claimed = _claim(store, ids)
    report.left += len(ids) - len(claimed)
    try:
        if claimed:
            _match_or_isolate(store, active, claimed, report)
    finally:
        _release(claimed)


def _match_or_isolate(store: Store, active: ActiveMatcher, ids: Sequence[int], report: MatchReport) -> None:
    """The batch at once; if that fails, offer by offer, so that one poisonous offer costs only itself."""
    space = active_space(store)
    read = _read_offers(store, ids)
    try:
        report.counts += _match_batch(store, space, active, read)
        return
    except (OperationalError, InterfaceError, EncoderUnavailable):
        raise  # nothing is wrong with the offers; they stay due
    except Exception:
        logger.exception("batch failed; trying its offers one by one", store=store.slug, offers=len(ids))
    for pk, offer in read.items():
        try:
            report.counts += _match_batch(store, space, active, {pk: offer})
        except (OperationalError, InterfaceError, EncoderUnavailable):
            raise
        except Exception as error:  # what a model or a text raises is not ours to foresee
            logger.exception("offer failed", store=store.slug, offer=pk)
            reason = f"{type(error).__name__}: {error}"
            report.counts += _record_failure(store, space, active, offer, reason)


def _read_offers(store: Store, ids: Sequence[int]) -> dict[int, Offer]:
    offers = Offer.objects.filter(pk__in=ids, supplier__store=store).select_related("supplier").order_by("pk")
    return {offer.pk: offer for offer in offers}


def _match_batch(
    store: Store, space: SpaceView | None, active: ActiveMatcher, read: Mapping[int, Offer]
) -> Counter[str]:
    facts = [read_offer(offer) for offer in read.values()]
    seen = see_offers(space, facts, known_texts=remembered_texts(space, list(read)))
    judgements = judge(store, space, active.matcher, seen)
    results = dict(zip(read, map(_Result, seen, judgements), strict=True))
    return _write(store, space, active, read, results)


@transaction.atomic
def _write(
    store: Store,
    space: SpaceView | None,
    active: ActiveMatcher,
    read: Mapping[int, Offer],
    results: Mapping[int, _Result],
) -> Counter[str]:
    """Keep what was found of the offers that are still as they were read; those that changed, or a candidate of which
    was merged or deleted meanwhile, stay due. A fixed number of statements."""
    now = timezone.now()
    lock_store(store.pk)
    skus = _read_skus({pk for result in results.values() for pk in result.product_ids})
    offers = {
        offer.pk: offer
        for offer in Offer.objects.filter(pk__in=read).select_related("supplier")
        if offer.updated_at == read[offer.pk].updated_at and results[offer.pk].product_ids <= skus.keys()
    }
    results = {pk: result for pk, result in results.items() if pk in offers}
    _write_candidates(results)
    matches = [
        _describe(store, space, active, offer, results[pk], encoder_id=space.encoder_id if space else "", now=now)
        for pk, offer in offers.items()
    ]
    Match.objects.bulk_create(
        matches, update_conflicts=True, unique_fields=["offer"], update_fields=_WRITTEN, batch_size=500
    )
    _decide(store, offers, results, skus, now)
    stored = list(Match.objects.filter(offer__in=offers).select_related("offer"))
    settle_offers(stored)
    return Counter(match.status for match in stored)


_WRITTEN = [
    *(
        "status",
        "verdict",
        "why",
        "accept_at",
        "reject_below",
        "version",
        "encoder_id",
        "text_hash",
        "text_vector",
        "error",
    ),
    *("offer_at", "matched_at"),
]


def _describe(
    store: Store,
    space: SpaceView | None,
    active: ActiveMatcher,
    offer: Offer,
    result: _Result,
    *,
    encoder_id: str,
    now: datetime,
) -> Match:
    verdict = result.judgement.verdict
    return Match(
        store=store,
        offer=offer,
        status=Match.Status.REVIEW,  # settled below, in the same transaction
        verdict=verdict.kind,
        why=verdict.why[:200],
        accept_at=active.matcher.accept_at,
        reject_below=active.matcher.reject_below,
        version_id=active.version_id,
        encoder_id=encoder_id,
        text_hash=result.seen.facts.text_hash if space else "",
        text_vector=result.seen.text_vector,
        offer_at=offer.updated_at,
        matched_at=now,
    )


def _read_skus(product_ids: Iterable[int]) -> dict[int, str]:
    """id -> sku, of those that still stand for themselves."""
    return dict(Product.objects.unmerged().filter(pk__in=list(product_ids)).values_list("pk", "sku"))


def _write_candidates(results: Mapping[int, _Result]) -> None:
    """Copied in, for they are the most of what is written: 640 rows a batch, each with its reasons."""
    MatchCandidate.objects.filter(offer__in=results).delete()
    rows = [
        (offer_id, each.product_id, rank, each.probability, Jsonb(shorten(each.contributions)), list(each.sources))
        for offer_id, result in results.items()
        for rank, each in enumerate(result.judgement.candidates, 1)
    ]
    copy_in(
        "COPY recommender_matchcandidate (offer_id, product_id, rank, probability, contributions, sources) FROM STDIN",
        rows,
    )


def shorten(contributions: Mapping[str, float]) -> dict[str, float]:
    """The largest MOST_TOLD, and the sum of all others under OTHERS: twenty candidates an offer are kept."""
    ordered = sorted(contributions.items(), key=lambda each: -abs(each[1]))
    told, left = dict(ordered[:MOST_TOLD]), ordered[MOST_TOLD:]
    return {**told, OTHERS: sum(share for _, share in left)} if left else told


def _decide(
    store: Store, offers: Mapping[int, Offer], results: Mapping[int, _Result], skus: Mapping[int, str], now: datetime
) -> None:
    """Undo links whose product is gone and the machine's that no longer hold; make the machine's new ones."""
    _undo_lost(offers, now)
    about = MatchDecision.objects.filter(offer__in=offers)
    answers = about.standing().exclude(verdict=MatchDecision.Verdict.REJECT).order_by("pk")  # the last counts
    standing = {int(answer.offer_id): answer for answer in answers if answer.offer_id}
    revised = [
        each for pk, each in standing.items() if each.by == MACHINE and not _holds(each, results[pk].judgement.verdict)
    ]
    undo_decisions([each.pk for each in revised], by=MACHINE, why="matched anew", now=now)
    answered = {pk for pk, each in standing.items() if each not in revised}
    closed = answered | set(about.by_people().values_list("offer", flat=True))
    new = [
        _link(store, offer, results[pk].judgement, skus, now)
        for pk, offer in offers.items()
        if pk not in closed and results[pk].judgement.verdict.kind == ACCEPT
    ]
    MatchDecision.objects.bulk_create(new)


def _undo_lost(offer_ids: Iterable[int], now: datetime) -> None:
    """Accepts whose product was deleted."""
    lost = MatchDecision.objects.filter(offer__in=list(offer_ids), verdict=ACCEPT, product=None, undone_at=None)
    undo_decisions(list(lost.values_list("pk", flat=True)), by=MACHINE, why="the product is gone", now=now)


def _holds(decision: MatchDecision, verdict: Verdict) -> bool:
    return verdict.kind == ACCEPT and verdict.product_id == decision.product_id


def _link(store: Store, offer: Offer, judgement: Judgement, skus: Mapping[int, str], now: datetime) -> MatchDecision:
    own = next(each for each in judgement.candidates if each.product_id == judgement.verdict.product_id)
    return MatchDecision(
        store=store,
        offer=offer,
        offer_name=name_offer(offer),
        product_id=own.product_id,
        sku=skus[own.product_id],
        verdict=MatchDecision.Verdict.ACCEPT,
        probability=own.probability,
        contributions=dict(own.contributions),
        why=judgement.verdict.why,
        by=MACHINE,
        at=now,
    )


@transaction.atomic
def _record_failure(
    store: Store, space: SpaceView | None, active: ActiveMatcher, read: Offer, reason: str
) -> Counter[str]:
    """Listed, and not tried again before the offer, matcher or encoder changes, or ASK_AGAIN is over. What was decided
    of it stands, unless its product is gone. Of an offer that has changed since it was read nothing is said."""
    now = timezone.now()
    lock_store(store.pk)
    offer = Offer.objects.filter(pk=read.pk, updated_at=read.updated_at).first()
    if offer is None:
        return Counter()
    _undo_lost([offer.pk], now)
    facts = {
        "error": reason[:1000].replace("\x00", ""),
        "version_id": active.version_id,
        "encoder_id": space.encoder_id if space else "",
        "offer_at": offer.updated_at,
        "matched_at": now,
    }
    match, _ = Match.objects.update_or_create(
        offer=offer,
        defaults=facts,
        create_defaults=facts | {"store": store, "status": Match.Status.FAILED, "verdict": Match.Verdict.REVIEW},
    )
    settle_offers([match])
    return Counter([match.status])


def _claim(store: Store, ids: Sequence[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM unnest(%s::bigint[]) id WHERE pg_try_advisory_lock(hashint8extended(id, %s))",
            [list(ids), _LOCKS],
        )
        locked = [row[0] for row in cursor.fetchall()]
    # Another process may have finished some between our look and our lock.
    due = set(_due_in(store).filter(pk__in=locked).values_list("pk", flat=True))
    _release([pk for pk in locked if pk not in due])
    return sorted(due)


def _release(ids: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_unlock(hashint8extended(id, %s)) FROM unnest(%s::bigint[]) id", [_LOCKS, list(ids)]
        )


def _release_all_claims() -> None:
    """A connection goes back to its pool with its advisory locks: leave none behind, whatever happened."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    except DatabaseFailure:
        connection.close()  # the server is gone, and the locks with it
