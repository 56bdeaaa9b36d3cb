"""Decisions: each with its exact state before and after, its record, and what is refused."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalog.models import Offer, Product
from catalog.services.products import delete_product
from recommender.models import Match, MatchDecision
from recommender.services.claims import CLAIM, NotACandidateError, UnknownDecisionError
from recommender.services.match_decisions import (
    MatchRefused,
    UnknownSkuError,
    accept_match,
    call_new,
    claim_matches,
    reject_match,
    undo_match,
)
from recommender.services.matching import match_due
from tests.factories import make_product
from tests.recommender.services.test_matching import history, state

ANN, BOB = "user ann", "API key till (abc…): bob"


@pytest.fixture
def waiting(store, embedded_shop, offers) -> Offer:
    """In review: mug-red 0.6, mug-blue and mug-rose a third."""
    offer = offers("A-1", title="stoneware mug red new edition")
    match_due(store=store)
    assert [(c.product.sku, round(c.probability, 2)) for c in offer.candidates.all()[:3]] == [
        ("mug-red", 0.6),
        ("mug-blue", 0.33),
        ("mug-rose", 0.33),
    ]
    return offer


def test_accepting_links_to_the_likeliest_and_keeps_who_and_why(store, waiting):
    accept_match(store=store, match_id=waiting.match.pk, by=ANN, why="same photo")
    assert state(waiting) == ("linked", "mug-red", "linked")
    decision = waiting.decisions.get()
    assert (decision.by, decision.why, decision.probability, decision.sku) == (ANN, "same photo", 0.6, "mug-red")
    assert decision.contributions == {"words": 0.6}


def test_any_product_of_the_store_can_be_accepted(store, other_store, waiting):
    make_product(other_store, sku="theirs")
    with pytest.raises(UnknownSkuError):
        accept_match(store=store, match_id=waiting.match.pk, by=ANN, sku="theirs")
    assert state(waiting) == ("review", None, "review")
    make_product(store, sku="late")
    accept_match(store=store, match_id=waiting.match.pk, by=ANN, sku="late")
    assert state(waiting) == ("linked", "late", "linked")


def test_rejecting_goes_on_to_the_next_and_closes_with_the_last_likely_one(store, waiting):
    reject_match(store=store, match_id=waiting.match.pk, by=ANN)
    assert state(waiting) == ("review", None, "review")
    assert waiting.match.probability == pytest.approx(1 / 3)
    reject_match(store=store, match_id=waiting.match.pk, by=ANN)
    assert state(waiting) == ("review", None, "review")
    reject_match(store=store, match_id=waiting.match.pk, by=ANN)
    assert state(waiting) == ("rejected", None, "rejected")
    assert [sku for _, sku, *_ in history(waiting)] == ["mug-red", "mug-blue", "mug-rose"]


def test_undo_brings_back_step_by_step_what_was_before(store, waiting):
    match_id = waiting.match.pk
    steps = [(*state(waiting), waiting.match.probability)]
    for decide in (
        lambda: reject_match(store=store, match_id=match_id, by=ANN, sku="mug-red"),
        lambda: reject_match(store=store, match_id=match_id, by=ANN, sku="mug-blue"),
        lambda: accept_match(store=store, match_id=match_id, by=ANN, sku="mug-red"),
    ):
        decide()
        steps.append((*state(waiting), waiting.match.probability))
    assert [step[:2] for step in steps] == [("review", None), ("review", None), ("review", None), ("linked", "mug-red")]
    for before in reversed(steps[:-1]):
        undo_match(store=store, match_id=match_id, by=BOB, why="not sure")
        assert (*state(waiting), waiting.match.probability) == before
    assert history(waiting) == [
        ("reject", "mug-red", ANN, BOB),
        ("reject", "mug-blue", ANN, BOB),
        ("accept", "mug-red", ANN, BOB),
    ]
    with pytest.raises(MatchRefused) as refused:
        undo_match(store=store, match_id=match_id, by=BOB)
    assert refused.value.code == "nothing_to_undo"


def test_an_undo_that_names_its_decision_takes_back_no_other(store, waiting):
    match_id = waiting.match.pk
    for decide in (reject_match, accept_match):
        decide(store=store, match_id=match_id, by=ANN, sku="mug-red")
    rejection, accept = waiting.decisions.order_by("pk").values_list("pk", flat=True)
    with pytest.raises(MatchRefused) as refused:
        undo_match(store=store, match_id=match_id, by=BOB, decision=rejection)
    assert refused.value.code == "decided_since"
    for _ in range(2):
        undo_match(store=store, match_id=match_id, by=BOB, decision=accept)
    assert history(waiting) == [("reject", "mug-red", ANN, ""), ("accept", "mug-red", ANN, BOB)]
    with pytest.raises(UnknownDecisionError):
        undo_match(store=store, match_id=match_id, by=BOB, decision=accept + 1)


def test_a_rejected_product_that_is_gone_hides_no_candidate(store, waiting):
    reject_match(store=store, match_id=waiting.match.pk, by=ANN, sku="mug-red")
    delete_product(product=Product.objects.get(sku="mug-red"))
    accept_match(store=store, match_id=waiting.match.pk, by=ANN)
    assert state(waiting)[:2] == ("linked", "mug-blue")


def standing(offer: Offer) -> list[tuple[str, str]]:
    """verdict, sku"""
    return list(offer.decisions.standing().order_by("pk").values_list("verdict", "sku"))


@pytest.mark.parametrize("by", [ANN, BOB])
def test_who_accepts_what_was_rejected_takes_the_rejection_back_until_that_is_undone(store, waiting, by):
    match_id = waiting.match.pk
    reject_match(store=store, match_id=match_id, by=ANN, sku="mug-red")
    assert (state(waiting), round(waiting.match.probability, 2)) == (("review", None, "review"), 0.33)
    for _ in range(2):
        accept_match(store=store, match_id=match_id, by=by, sku="mug-red")
    assert (state(waiting), waiting.match.probability) == (("linked", "mug-red", "linked"), 0.6)
    assert standing(waiting) == [("accept", "mug-red")]
    assert history(waiting) == [("reject", "mug-red", ANN, ""), ("accept", "mug-red", by, "")]
    with pytest.raises(MatchRefused) as refused:  # the first message, delivered late
        reject_match(store=store, match_id=match_id, by=ANN, sku="mug-red")
    assert refused.value.code == "already_decided"
    undo_match(store=store, match_id=match_id, by=by)
    assert (state(waiting), round(waiting.match.probability, 2)) == (("review", None, "review"), 0.33)
    assert standing(waiting) == [("reject", "mug-red")]
    reject_match(store=store, match_id=match_id, by=ANN, sku="mug-red")
    assert history(waiting) == [("reject", "mug-red", ANN, ""), ("accept", "mug-red", by, by)]
    undo_match(store=store, match_id=match_id, by=by)
    assert (state(waiting), waiting.match.probability) == (("review", None, "review"), 0.6)
    assert standing(waiting) == []
    assert history(waiting) == [("reject", "mug-red", ANN, by), ("accept", "mug-red", by, by)]


def test_what_else_was_rejected_stays_so(store, waiting):
    match_id = waiting.match.pk
    for sku in ("mug-red", "mug-blue"):
        reject_match(store=store, match_id=match_id, by=ANN, sku=sku)
    accept_match(store=store, match_id=match_id, by=ANN, sku="mug-red")
    assert standing(waiting) == [("reject", "mug-blue"), ("accept", "mug-red")]
    undo_match(store=store, match_id=match_id, by=ANN)
    call_new(store=store, match_id=match_id, by=ANN)
    assert standing(waiting) == [("reject", "mug-red"), ("reject", "mug-blue"), ("new", "")]


def test_the_likeliest_of_those_that_are_not_rejected_is_accepted(store, waiting):
    match_id = waiting.match.pk
    reject_match(store=store, match_id=match_id, by=ANN, sku="mug-red")
    accept_match(store=store, match_id=match_id, by=ANN)
    assert standing(waiting) == [("reject", "mug-red"), ("accept", "mug-blue")]


def test_what_is_no_candidate_is_not_rejected(store, other_store, waiting):
    make_product(store, sku="late")
    make_product(other_store, sku="theirs")
    for sku, refusal in (("late", NotACandidateError), ("theirs", UnknownSkuError), ("none", UnknownSkuError)):
        with pytest.raises(UnknownSkuError) as refused:
            reject_match(store=store, match_id=waiting.match.pk, by=ANN, sku=sku)
        assert type(refused.value) is refusal
    assert (state(waiting), history(waiting)) == (("review", None, "review"), [])


def test_new_and_back(store, waiting):
    call_new(store=store, match_id=waiting.match.pk, by=ANN)
    assert state(waiting) == ("new", None, "new")
    call_new(store=store, match_id=waiting.match.pk, by=BOB)
    undo_match(store=store, match_id=waiting.match.pk, by=ANN)
    assert state(waiting) == ("review", None, "review")
    assert history(waiting) == [("new", "", ANN, ANN)]


def test_said_twice_nothing_happens(store, waiting):
    match_id = waiting.match.pk
    for _ in range(2):
        reject_match(store=store, match_id=match_id, by=ANN, sku="mug-red")
    for _ in range(2):
        accept_match(store=store, match_id=match_id, by=ANN, sku="mug-blue")
    assert [entry[:2] for entry in history(waiting)] == [("reject", "mug-red"), ("accept", "mug-blue")]


@pytest.mark.parametrize(
    "second",
    [
        lambda **given: accept_match(sku="mug-blue", **given),
        lambda **given: reject_match(sku="mug-blue", **given),
        lambda **given: call_new(**given),
    ],
)
def test_another_word_needs_an_undo_first(store, waiting, second):
    accept_match(store=store, match_id=waiting.match.pk, by=ANN, sku="mug-red")
    with pytest.raises(MatchRefused) as refused:
        second(store=store, match_id=waiting.match.pk, by=BOB)
    assert refused.value.code == "already_decided"
    assert state(waiting) == ("linked", "mug-red", "linked")
    assert len(history(waiting)) == 1


def test_with_no_candidate_left_a_sku_is_needed(store, embedded_shop, offers):
    offer = offers("A-1", title="!!! ???")
    match_due(store=store)
    offer.candidates.all().delete()
    with pytest.raises(MatchRefused) as refused:
        accept_match(store=store, match_id=offer.match.pk, by=ANN)
    assert refused.value.code == "no_candidate"


def test_another_stores_items_are_not_there(store, other_store, waiting):
    for decide in (accept_match, reject_match, call_new, undo_match):
        with pytest.raises(Match.DoesNotExist):
            decide(store=other_store, match_id=waiting.match.pk, by=ANN)
    assert claim_matches(store=other_store, by=ANN) == []
    assert state(waiting) == ("review", None, "review")


def test_two_reviewers_get_items_of_their_own(store, embedded_shop, offers):
    titles = {"A-1": "stoneware mug red new edition", "A-2": "stoneware mug red of the very best"}
    for number, title in titles.items():
        offers(number, title=title)
    match_due(store=store)

    def numbers(by: str, **more: int) -> list[str]:
        return [match.offer.supplier_sku for match in claim_matches(store=store, by=by, **more)]

    assert numbers(ANN) == ["A-2"]  # the more uncertain
    assert numbers(BOB) == ["A-1"]
    assert numbers(ANN) == ["A-2"]  # asked again, the same
    assert numbers("user eve", limit=5) == []
    assert numbers(ANN, limit=5) == ["A-2"]
    Match.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    assert numbers("user eve", limit=5) == ["A-2", "A-1"]


def test_who_skips_an_item_goes_on_behind_it(store, embedded_shop, offers):
    for number, title in {"A-1": "stoneware mug red new edition", "A-2": "stoneware mug red of the very best"}.items():
        offers(number, title=title)
    match_due(store=store)
    [first] = claim_matches(store=store, by=ANN)
    [second] = claim_matches(store=store, by=ANN, after=first.pk)
    assert (first.offer.supplier_sku, second.offer.supplier_sku) == ("A-2", "A-1")
    assert claim_matches(store=store, by=ANN, after=second.pk) == []


def test_what_another_holds_can_not_be_decided_until_the_claim_ends(store, waiting):
    [match] = claim_matches(store=store, by=ANN)
    assert match.claimed_until - timezone.now() > CLAIM - timedelta(seconds=30)
    with pytest.raises(MatchRefused) as refused:
        accept_match(store=store, match_id=match.pk, by=BOB)
    assert refused.value.code == "claimed"
    assert state(waiting)[0] == "review" and history(waiting) == []
    reject_match(store=store, match_id=match.pk, by=ANN)
    waiting.match.refresh_from_db()
    assert waiting.match.claimed_by == ANN  # the next candidate is hers too
    accept_match(store=store, match_id=match.pk, by=ANN, sku="mug-blue")
    waiting.match.refresh_from_db()
    assert (waiting.match.claimed_by, waiting.match.claimed_until) == ("", None)


def test_the_database_allows_one_standing_answer(store, waiting):
    accept_match(store=store, match_id=waiting.match.pk, by=ANN)
    said = {"store": store, "offer": waiting, "offer_name": "nord/A-1", "by": BOB, "at": timezone.now()}
    for wrong in (
        {"verdict": "new"},
        {"verdict": "accept", "sku": "x"},
        {"verdict": "reject", "sku": ""},
        {"verdict": "new", "undone_at": timezone.now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            MatchDecision.objects.create(**said, **wrong)


def test_history_outlives_offer_and_product(store, embedded_shop, waiting):
    accept_match(store=store, match_id=waiting.match.pk, by=ANN, why="I know it")
    embedded_shop["mug-red"].delete()
    waiting.delete()
    [kept] = MatchDecision.objects.all()
    assert (kept.offer_name, kept.sku, kept.by, kept.why) == ("nord/A-1", "mug-red", ANN, "I know it")
    assert (kept.offer, kept.product) == (None, None)


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_each_item_goes_to_one(store, embedded_shop, offers):
    for number in range(8):
        offers(f"A-{number}", title=f"stoneware mug red new x{number}")
    match_due(store=store)
    claimed: list[int] = []
    start = threading.Barrier(4)

    def claim(who: int) -> None:
        try:
            start.wait()
            for _ in range(10):
                matches = claim_matches(store=store, by=f"user {who}", limit=2)
                if matches:
                    claimed.extend(match.pk for match in matches)
                    return
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(who,)) for who in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(claimed) == len(set(claimed))
    holders = dict(Match.objects.exclude(claimed_by="").values_list("pk", "claimed_by"))
    assert set(holders) == set(claimed)


@pytest.mark.django_db(transaction=True)
def test_of_two_decisions_at_once_one_counts(store, embedded_shop, offers):
    offer = offers("A-1", title="stoneware mug red new edition")
    match_due(store=store)
    refused: list[str] = []
    start = threading.Barrier(2)

    def accept(by: str, sku: str) -> None:
        try:
            start.wait()
            accept_match(store=store, match_id=offer.match.pk, by=by, sku=sku)
        except MatchRefused as error:
            refused.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=accept, args=pair) for pair in ((ANN, "mug-red"), (BOB, "mug-blue"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["already_decided"]
    [decision] = MatchDecision.objects.all()
    assert state(offer) == ("linked", decision.sku, "linked")
