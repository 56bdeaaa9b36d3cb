"""What people say of offers. Every word is kept; a status only ever follows from the words that stand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog.models import Offer, Product, Store
from embeddings.wire import execute_many
from recommender.matching.standing import Open, Said, settle
from recommender.models import Match, MatchCandidate, MatchDecision
from recommender.services.claims import (
    MatchRefused,
    NotACandidateError,
    UnknownDecisionError,
    UnknownSkuError,
    claim_item,
    claim_next,
    open_item,
)

Verdict = MatchDecision.Verdict


def claim_matches(*, store: Store, by: str, limit: int = 1, after: int | None = None) -> list[Match]:
    """As `claim_next`."""
    return claim_next(Match, store=store, by=by, limit=limit, after=after)


def claim_match(*, store: Store, match_id: int, by: str) -> Match | None:
    """As `claim_item`."""
    return claim_item(Match, store=store, pk=match_id, by=by)


@transaction.atomic
def accept_match(*, store: Store, match_id: int, by: str, sku: str = "", why: str = "") -> Match:
    """The offer is this product: of the store's, candidate or not; the likeliest that stands unless `sku` says which,
    and for one that was merged the product that stands for it. One that was rejected before is so no more, until this
    is undone.

    Said again, nothing happens. Raises Match.DoesNotExist, MatchRefused, UnknownSkuError.
    """
    match = _open(store, match_id, by)
    product = _choose(store, match, sku)
    answer = standing_answer(match)
    if answer is not None:
        if answer.verdict == Verdict.ACCEPT and answer.product_id == product.pk:
            return match
        raise already_decided(answer)
    return record_decision(match, Verdict.ACCEPT, product, by=by, why=why)


@transaction.atomic
def reject_match(*, store: Store, match_id: int, by: str, sku: str = "", why: str = "") -> Match:
    """The offer is not this candidate. The item stays in review while another could be it.

    Said again of a `sku`, nothing happens. Raises Match.DoesNotExist, MatchRefused, UnknownSkuError, of a product that
    is no candidate NotACandidateError.
    """
    match = _open(store, match_id, by)
    if sku and match.offer.decisions.standing().filter(verdict=Verdict.REJECT, sku=sku).exists():
        return match
    answer = standing_answer(match)
    if answer is not None:
        raise already_decided(answer)
    product = _choose(store, match, sku)
    if match.offer.decisions.standing().filter(verdict=Verdict.REJECT, product=product).exists():
        return match  # by the sku of one that was merged into it
    if not match.offer.candidates.filter(Q(product=product) | Q(product__merged_into=product)).exists():
        raise NotACandidateError(sku)
    return record_decision(match, Verdict.REJECT, product, by=by, why=why)


@transaction.atomic
def call_new(*, store: Store, match_id: int, by: str, why: str = "") -> Match:
    """The offer is none of the store's products. Said again, nothing happens.

    Raises Match.DoesNotExist, MatchRefused.
    """
    match = _open(store, match_id, by)
    answer = standing_answer(match)
    if answer is not None:
        if answer.verdict == Verdict.NEW:
            return match
        raise already_decided(answer)
    return record_decision(match, Verdict.NEW, None, by=by, why=why)


@transaction.atomic
def undo_match(*, store: Store, match_id: int, by: str, why: str = "", decision: int | None = None) -> Match:
    """Take the last decision that stands back, whoever made it, also the machine. The record of it stays.

    Said again, the one before is taken back; of a `decision` by its id, said again nothing happens. Raises
    Match.DoesNotExist, MatchRefused, UnknownDecisionError.
    """
    match = _open(store, match_id, by)
    if decision is not None:
        named = match.offer.decisions.filter(pk=decision).first()
        if named is None:
            raise UnknownDecisionError(decision)
        if named.undone_at:
            return match
    last = match.offer.decisions.standing().order_by("-pk").first()
    if last is None:
        raise MatchRefused("nothing_to_undo", "No decision stands.")
    if decision not in (None, last.pk):
        raise MatchRefused("decided_since", f"Decision {last.pk} came later; undo that first.")
    undo_decisions([last.pk], by=by, why=why, now=timezone.now())
    return _settle_one(match)


def undo_decisions(ids: Sequence[int], *, by: str, why: str, now: datetime) -> None:
    MatchDecision.objects.filter(pk__in=ids).standing().update(undone_at=now, undone_by=by, undone_why=why[:500])


def settle_offers(matches: Sequence[Match]) -> None:
    """Set what follows from the decisions, on matches and offers. A fixed number of round trips; call it with the store
    locked. The matches' `offer`s are written too, without touching their `updated_at`."""
    ids = [match.offer_id for match in matches]
    candidates: dict[int, list[Open]] = {}
    found = MatchCandidate.objects.unmerged().filter(offer__in=ids).order_by("offer_id", "rank")
    for offer_id, product_id, probability in found.values_list("offer", "product", "probability"):
        candidates.setdefault(offer_id, []).append(Open(product_id, probability))
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
    execute_many(
        "UPDATE recommender_match SET status = %s, probability = %s, uncertainty = %s WHERE id = %s",
        [(match.status, match.probability, match.uncertainty, match.pk) for match in matches],
    )
    execute_many(
        "UPDATE catalog_offer SET status = %s, product_id = %s WHERE id = %s",
        [(match.offer.status, match.offer.product_id, match.offer_id) for match in matches],
    )


def _open(store: Store, match_id: int, by: str) -> Match:
    return open_item(Match, store=store, pk=match_id, by=by)


def standing_answer(match: Match) -> MatchDecision | None:
    answers = match.offer.decisions.standing().exclude(verdict=Verdict.REJECT)
    return answers.order_by("-pk").first()


def already_decided(answer: MatchDecision) -> MatchRefused:
    said = f"is {answer.sku}" if answer.verdict == Verdict.ACCEPT else "is new"
    return MatchRefused("already_decided", f"{answer.by} said it {said}; undo that first.")


def _choose(store: Store, match: Match, sku: str) -> Product:
    if sku:
        product = Product.objects.of(store).filter(sku=sku).select_related("merged_into").first()
        if product is None:
            raise UnknownSkuError(sku)
        return product.merged_into or product
    rejected = match.offer.decisions.standing().filter(verdict=Verdict.REJECT).exclude(product=None).values("product")
    left = match.offer.candidates.unmerged().exclude(product__in=rejected)
    best = left.select_related("product").order_by("rank").first()
    if best is None:
        raise MatchRefused("no_candidate", "No candidate is left; say which sku.")
    return best.product


def record_decision(
    match: Match, verdict: str, product: Product | None, *, by: str, why: str, made_product: bool = False
) -> Match:
    """Keep what was said, and let what follows from it follow. Call it with the store locked."""
    candidate = match.offer.candidates.filter(product=product).first() if product else None
    MatchDecision.objects.create(
        store_id=match.store_id,
        offer=match.offer,
        offer_name=name_offer(match.offer),
        product=product,
        sku=product.sku if product else "",
        verdict=verdict,
        made_product=made_product,
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
