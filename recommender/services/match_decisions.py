"""What people say of offers. Every word is kept; a status only ever follows from the words that stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, When
from django.utils import timezone

from catalog.models import Offer, Product, Store
from catalog.services.stores import lock_store
from recommender.matching.standing import Open, Said, settle
from recommender.models import Match, MatchCandidate, MatchDecision

# Time enough to look at a handful of offers, and short enough for what a reviewer leaves behind.
CLAIM = timedelta(minutes=10)
MAX_CLAIMED = 50

Verdict = MatchDecision.Verdict


class MatchRefused(ValueError):  # noqa: N818  (it is a verdict)
    """Why a decision can't be taken now: the item is in another state, or in another's hands."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class UnknownSkuError(ValueError):
    """The store has no such product."""


@transaction.atomic
def claim_matches(*, store: Store, by: str, limit: int = 1, after: int | None = None) -> list[Match]:
    """The most informative items of the queue that nobody else holds, held for CLAIM; those `by` holds come first.

    `after` is an item to go on behind: for a reviewer who skips. Of two reviewers asking at once, each gets items of
    their own: rows another is just taking are passed over. Raises Match.DoesNotExist for an unknown `after`.
    """
    now = timezone.now()
    own = Case(When(claimed_by=by, claimed_until__gt=now, then=0), default=1)
    queue = Match.objects.of(store).in_review().free_for(by, now).order_by(own, "-uncertainty", "id")
    if after is not None:
        queue = queue.behind(Match.objects.of(store).get(pk=after)).most_informative_first()
    rows = queue.select_for_update(skip_locked=True, of=("self",))
    taken = list(rows.values_list("pk", flat=True)[: min(limit, MAX_CLAIMED)])
    Match.objects.filter(pk__in=taken).update(claimed_by=by, claimed_until=now + CLAIM)
    found = Match.objects.for_queue().in_bulk(taken)
    return [found[pk] for pk in taken]


def claim_match(*, store: Store, match_id: int, by: str) -> Match | None:
    """An item to look at, whatever its status; held for CLAIM if it waits for review and nobody else holds it."""
    now = timezone.now()
    free = Match.objects.of(store).in_review().free_for(by, now).filter(pk=match_id)
    free.update(claimed_by=by, claimed_until=now + CLAIM)
    return Match.objects.of(store).for_queue().filter(pk=match_id).first()


@transaction.atomic
def accept_match(*, store: Store, match_id: int, by: str, sku: str = "", why: str = "") -> Match:
    """The offer is this product: of the store's, candidate or not; the likeliest that stands unless `sku` says which.

    Said again, nothing happens. Raises Match.DoesNotExist, MatchRefused, UnknownSkuError.
    """
    match = _open(store, match_id, by)
    product = _choose(store, match, sku)
    answer = _standing_answer(match)
    if answer is not None:
        if answer.verdict == Verdict.ACCEPT and answer.product_id == product.pk:
            return match
        raise _decided(answer)
    return _record(match, Verdict.ACCEPT, product, by=by, why=why)


@transaction.atomic
def reject_match(*, store: Store, match_id: int, by: str, sku: str = "", why: str = "") -> Match:
    """The offer is not this candidate. The item stays in review while another could be it.

    Said again of a `sku`, nothing happens. Raises Match.DoesNotExist, MatchRefused, UnknownSkuError.
    """
    match = _open(store, match_id, by)
    if sku and match.offer.decisions.standing().filter(verdict=Verdict.REJECT, sku=sku).exists():
        return match
    answer = _standing_answer(match)
    if answer is not None:
        raise _decided(answer)
    return _record(match, Verdict.REJECT, _choose(store, match, sku), by=by, why=why)


@transaction.atomic
def call_new(*, store: Store, match_id: int, by: str, why: str = "") -> Match:
    """The offer is none of the store's products. Said again, nothing happens.

    Raises Match.DoesNotExist, MatchRefused.
    """
    match = _open(store, match_id, by)
    answer = _standing_answer(match)
    if answer is not None:
        if answer.verdict == Verdict.NEW:
            return match
        raise _decided(answer)
    return _record(match, Verdict.NEW, None, by=by, why=why)


@transaction.atomic
def undo_match(*, store: Store, match_id: int, by: str, why: str = "") -> Match:
    """Take the last decision that stands back, whoever made it, also the machine. The record of it stays.

    Raises Match.DoesNotExist, MatchRefused.
    """
    match = _open(store, match_id, by)
    last = match.offer.decisions.standing().order_by("-pk").first()
    if last is None:
        raise MatchRefused("nothing_to_undo", "No decision stands.")
    undo_decisions([last.pk], by=by, why=why, now=timezone.now())
    return _settle_one(match)


def undo_decisions(ids: Sequence[int], *, by: str, why: str, now: datetime) -> None:
    MatchDecision.objects.filter(pk__in=ids).standing().update(undone_at=now, undone_by=by, undone_why=why[:500])


def settle_offers(matches: Sequence[Match]) -> None:
    """Set what follows from the decisions, on matches and offers. A fixed number of statements; call it with the store
    locked. The matches' `offer`s are written too, without touching their `updated_at`."""
    ids = [match.offer_id for match in matches]
    candidates: dict[int, list[Open]] = {}
    for candidate in MatchCandidate.objects.filter(offer__in=ids).order_by("offer_id", "rank"):
        candidates.setdefault(candidate.offer_id, []).append(Open(candidate.product_id, candidate.probability))
    said: dict[int, list[Said]] = {}
    words = MatchDecision.objects.standing().filter(offer__in=ids).order_by("pk")
    for offer_id, verdict, product_id in words.values_list("offer", "verdict", "product"):
        said.setdefault(offer_id, []).append(Said(verdict, product_id))
    peoples = set(MatchDecision.objects.filter(offer__in=ids).by_people().values_list("offer", flat=True))
    for match in matches:
        standing = settle(
            machine=match.verdict,
            candidates=candidates.get(match.offer_id, []),
            said=said.get(match.offer_id, []),
            is_peoples=match.offer_id in peoples,
            reject_below=match.reject_below,
        )
        is_failed = bool(match.error) and standing.status != Match.Status.LINKED
        match.status = Match.Status.FAILED if is_failed else standing.status
        match.probability, match.uncertainty = standing.probability, standing.uncertainty
        match.offer.status = match.status if match.status in Offer.Status.values else Offer.Status.NEW
        match.offer.product_id = standing.product_id
    Match.objects.bulk_update(matches, ["status", "probability", "uncertainty"])
    Offer.objects.bulk_update([match.offer for match in matches], ["status", "product"])


def _open(store: Store, match_id: int, by: str) -> Match:
    """The item, with the store locked, unless another holds it."""
    lock_store(store.pk)
    match = Match.objects.of(store).select_related("offer__supplier").get(pk=match_id)
    holder = match.holder_at(timezone.now())
    if holder not in ("", by):
        raise MatchRefused("claimed", f"{holder} is looking at it until {match.claimed_until:%H:%M:%S} UTC.")
    return match


def _standing_answer(match: Match) -> MatchDecision | None:
    answers = match.offer.decisions.standing().exclude(verdict=Verdict.REJECT)
    return answers.first()


def _decided(answer: MatchDecision) -> MatchRefused:
    said = f"is {answer.sku}" if answer.verdict == Verdict.ACCEPT else "is new"
    return MatchRefused("already_decided", f"{answer.by} said it {said}; undo that first.")


def _choose(store: Store, match: Match, sku: str) -> Product:
    if sku:
        product = Product.objects.of(store).filter(sku=sku).first()
        if product is None:
            raise UnknownSkuError(sku)
        return product
    rejected = match.offer.decisions.standing().filter(verdict=Verdict.REJECT).values("product")
    best = match.offer.candidates.exclude(product__in=rejected).select_related("product").order_by("rank").first()
    if best is None:
        raise MatchRefused("no_candidate", "No candidate is left; say which sku.")
    return best.product


def _record(match: Match, verdict: str, product: Product | None, *, by: str, why: str) -> Match:
    candidate = match.offer.candidates.filter(product=product).first() if product else None
    MatchDecision.objects.create(
        store_id=match.store_id,
        offer=match.offer,
        offer_name=name_offer(match.offer),
        product=product,
        sku=product.sku if product else "",
        verdict=verdict,
        probability=candidate.probability if candidate else None,
        contributions=candidate.contributions if candidate else {},
        why=why,
        by=by,
        at=timezone.now(),
    )
    return _settle_one(match)


def _settle_one(match: Match) -> Match:
    """The claim ends where the item leaves the queue; who rejected one candidate goes on with the next."""
    settle_offers([match])
    if match.status != Match.Status.REVIEW:
        match.claimed_by, match.claimed_until = "", None
        match.save(update_fields=["claimed_by", "claimed_until"])
    return match


def name_offer(offer: Offer) -> str:
    return f"{offer.supplier.slug}/{offer.supplier_sku}"
