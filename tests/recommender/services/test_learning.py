"""A store's matcher learns from what its reviewers decided: when, from what, and whether it is put to use."""

from collections import Counter
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test.utils import override_settings

from catalog.models import Offer, Product, Store
from catalog.rows import OfferFacts, OfferRow
from catalog.services.offers import ensure_suppliers, upsert_offers
from catalog.services.stores import create_store
from recommender.matching.choosing import save_chooser
from recommender.matching.choosing_training import LEAST_MATCHES, RECIPE, deal_folds, train_chooser
from recommender.matching.decided import read_decided
from recommender.matching.items import Item
from recommender.matching.reading import ReadingRecipe
from recommender.matching.scoring import GENERIC, save_matcher
from recommender.matching.training import TooFewPairs, train_matcher
from recommender.models import Match, MatchDecision, MatcherVersion
from recommender.services import learning
from recommender.services.learning import KEPT_UNUSED, Lesson, find_hindrance, is_due, learn_from_decisions
from recommender.services.match_decisions import accept_match, call_new, undo_match
from recommender.services.matchers import LearnedFrom, activate_version, active_matcher, add_version, roll_back
from recommender.services.matching import match_due
from recommender.services.offer_trials import KnownOffer, know_decided, line_up_offers, read_catalogue
from tests.embeddings.encoders.cross_pairs import RECIPE as READING
from tests.embeddings.encoders.cross_pairs import make_texts
from tests.factories import make_products
from tests.recommender.conftest import embed
from tests.recommender.matching.synthetic import QUICK
from tests.recommender.packs import offer_rows, product_rows

ANN = "user ann"
FAMILIES = 55
# Enough for a shop of one rule, and quick.
LEAN = replace(RECIPE, rounds=12, ensembles=1)


@dataclass(frozen=True)
class Packs:
    """The shop of packs, wave by wave: products, their offers, matched."""

    store: Store

    def arrive(self, start: int, count: int = FAMILIES) -> list[Match]:
        make_products(self.store, product_rows(start, count))
        embed(self.store)
        ensure_suppliers(store=self.store, slugs=["nord"], names={})
        rows = [
            OfferRow("nord", row["supplier_sku"], OfferFacts(title=row["title"], price=Decimal(row["price"])))
            for row in offer_rows(start, count)
        ]
        upsert_offers(store=self.store, rows=rows)
        match_due(store=self.store)
        numbers = [row.supplier_sku for row in rows]
        found = Match.objects.of(self.store).filter(offer__supplier_sku__in=numbers)
        return list(found.select_related("offer").order_by("offer__supplier_sku"))

    def decide(self, matches: list[Match]) -> None:
        """As the truth is, what the machine has linked too."""
        for match in matches:
            kind, number = match.offer.supplier_sku.removesuffix("x").split("-")
            if match.offer.status == "linked":
                undo_match(store=self.store, match_id=match.pk, by=ANN)
            if kind == "A":
                accept_match(store=self.store, match_id=match.pk, by=ANN, sku=f"P-{number}")
            else:
                call_new(store=self.store, match_id=match.pk, by=ANN)

    def learn(self, **more) -> Lesson:
        return learn_from_decisions(store=self.store, recipe=LEAN, **more)


@dataclass(frozen=True)
class Opened:
    """As many families, decided; and the version that was learned from that, not stored."""

    packs: Packs
    first: MatcherVersion


@pytest.fixture(scope="module")
def opened(django_db_setup: None, django_db_blocker: Any) -> Iterator[Opened]:
    """With the matcher that ships with Kindred, and fewer decisions being enough; gone at the module's end."""
    enough = {"KINDRED_LEARN_DECISIONS": 2 * FAMILIES, "KINDRED_LEARN_OF_EACH": FAMILIES - 4}
    with (
        override_settings(KINDRED_MATCHER="recommender.matching.trained.load_matcher", **enough),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        packs = Packs(create_store(slug="packs"))
        packs.decide(packs.arrive(0))
        lesson = packs.learn(by="manage.py")
        assert lesson.is_in_use, lesson.reason
        first = packs.store.matchers.get()
        first.delete()
        yield Opened(packs, first)
        transaction.set_rollback(True)


@pytest.fixture
def packs(opened: Opened, db: None) -> Packs:
    """All is decided, nothing learned."""
    return opened.packs


@pytest.fixture
def taught(opened: Opened, packs: Packs) -> Packs:
    """Version 1 is in use."""
    first = copy(opened.first)
    first.pk, first._state.adding, first.is_active = None, True, False
    first.save()
    activate_version(version=first, by="manage.py")
    return packs


@pytest.fixture
def store(packs: Packs) -> Store:
    return packs.store


def test_what_reviewers_decided_is_learned_and_used(store, taught):
    version = store.matchers.get()
    assert (version.number, version.is_active, version.is_learned) == (1, True, True)
    assert active_matcher(store).version_id == version.pk
    assert (version.made_by, version.activated_by) == ("manage.py", "manage.py")
    assert version.reason.startswith("better: log loss lower by")
    decided = read_decided(store, limit=1_000)
    assert (version.last_decision, version.decisions_sha256) == (decided.last, decided.sha256)
    told = version.metrics
    assert told["decisions"]["accepted"] == told["decisions"]["refused"] == FAMILIES
    assert told["decisions"]["from"] < told["decisions"]["to"]
    assert told["held_out"] == {"offers": 2 * FAMILIES, "matches": FAMILIES, "families": FAMILIES}
    assert (told["offers"], told["matches"]) == (2 * FAMILIES, FAMILIES)
    taught, present = told["taught"], told["present"]
    assert taught["average_precision"] > 0.9 > present["average_precision"]
    assert taught["log_loss"] < present["log_loss"]
    assert taught["accuracy"] > 0.9 > present["accuracy"]


def test_what_was_learned_judges_offers_of_other_products(store, taught):
    for match in taught.arrive(100, 20):
        best = match.offer.candidates.order_by("rank").first()
        if match.offer.supplier_sku.startswith("A"):
            own = match.offer.candidates.get(product__sku=match.offer.supplier_sku.replace("A", "P"))
            assert own.probability > 0.5, match.offer.supplier_sku
        else:
            assert best.probability < 0.5, match.offer.supplier_sku
        assert match.version.number == 1


def test_a_few_decisions_are_not_enough(store, packs):
    assert is_due(store)
    accepted = Match.objects.get(offer__supplier_sku="A-7")
    undo_match(store=store, match_id=accepted.pk, by=ANN)
    assert not is_due(store)
    told = "54 accepted and 55 refused since a version learned that was in use; it takes 110, and 51 of either"
    assert packs.learn() == Lesson(told)
    accept_match(store=store, match_id=accepted.pk, by=ANN, sku="P-7")
    assert is_due(store)


def test_decisions_of_one_kind_teach_nothing(store, packs, settings):
    settings.KINDRED_LEARN_DECISIONS = FAMILIES
    for match in Match.objects.filter(offer__supplier_sku__startswith="B"):
        undo_match(store=store, match_id=match.pk, by=ANN)
    assert f"{FAMILIES} accepted and 0 refused" in packs.learn().reason
    assert not store.matchers.exists()


def test_nothing_new_is_nothing_to_learn(store, taught):
    assert not is_due(store)
    assert taught.learn() == Lesson("nothing was decided or undone since version 1 learned")
    assert store.matchers.count() == 1


def test_one_that_is_no_better_is_kept_and_not_used(store, packs):
    """The present one knows all answers by heart, and says it has seen none."""
    known = know_decided(store, read_decided(store, limit=1_000).answers)
    lineups, thorough = line_up_offers(store, list(known.values())), replace(LEAN, rounds=100, least_in_leaf=1)
    chooser = train_chooser(lineups, catalogue=read_catalogue(store), recipe=thorough)
    artifact = save_chooser(replace(chooser, taught=frozenset()))
    present = add_version(store=store, artifact=artifact, metrics={}, learned=LearnedFrom(0, "0" * 64))
    activate_version(version=present, by=ANN)
    lesson = packs.learn()
    assert (lesson.version, lesson.is_in_use) == (2, False)
    assert lesson.reason.startswith("not surely better: log loss lower by -0.")
    assert active_matcher(store).number == 1
    kept = store.matchers.get(number=2)
    assert (kept.is_active, kept.activated_at, kept.reason) == (False, None, lesson.reason)
    assert lesson.metrics["taught"]["log_loss"] > lesson.metrics["present"]["log_loss"]
    assert packs.learn() == Lesson("nothing was decided or undone since version 2 learned")
    activate_version(version=kept, by=ANN)
    assert active_matcher(store).number == 2


def test_decisions_about_families_that_are_known_are_not_held_out(store, taught, settings):
    settings.KINDRED_LEARN_DECISIONS = FAMILIES
    settings.KINDRED_LEARN_OF_EACH = 25
    again = [
        OfferRow("nord", f"{row['supplier_sku']}x", OfferFacts(title=row["title"], price=Decimal(row["price"])))
        for row in offer_rows(0, FAMILIES)
    ]
    upsert_offers(store=store, rows=again)
    match_due(store=store)
    taught.decide(list(Match.objects.filter(offer__supplier_sku__endswith="x").select_related("offer")))
    lesson = taught.learn()
    told = "The held-out offers are of 0 families; a trial takes at least 5"
    assert lesson == Lesson(told)
    assert store.matchers.count() == 1
    assert (find_hindrance(store), is_due(store)) == (told, False)  # not asked again every night
    undo_match(store=store, match_id=Match.objects.get(offer__supplier_sku="B-3x").pk, by=ANN)
    assert (find_hindrance(store), is_due(store)) == ("", True)


def test_what_a_version_was_taught_is_not_held_out_though_it_was_undone_or_is_long_ago(store, taught):
    old = Match.objects.of(store).filter(offer__supplier_sku__startswith="A").order_by("offer__supplier_sku")[:10]
    taught.decide(
        list(old.select_related("offer"))
    )  # undone and said again: newer than all that version 1 learned from
    newest = read_decided(store, limit=10)
    assert newest.since(store.matchers.get().last_decision) == newest
    with pytest.raises(TooFewPairs, match="of 0 families"):
        learning._hold_out(know_decided(store, newest.answers), taught=learning._taught_ever(store))


def test_what_a_version_from_a_file_was_taught_is_not_held_out(store, packs):
    known = know_decided(store, read_decided(store, limit=1_000).answers)
    lineups = line_up_offers(store, list(known.values())[: 2 * 45])
    chooser = train_chooser(lineups, catalogue=read_catalogue(store), recipe=LEAN)
    version = add_version(store=store, artifact=save_chooser(chooser), metrics={})
    assert learning._hold_out(known, taught=learning._taught_ever(store)) == list(known.values())  # it is not in use
    activate_version(version=version, by=ANN)
    held = learning._hold_out(known, taught=learning._taught_ever(store))
    assert {each.group for each in held} == {each.group for each in known.values()} - {each.group for each in lineups}


def test_the_least_that_the_settings_ask_for_can_be_learned_from(store, packs, settings):
    """50 accepted, of which some are the same product again, so that families are of unequal size."""
    settings.KINDRED_LEARN_DECISIONS, settings.KINDRED_LEARN_OF_EACH = 100, 50
    for match in Match.objects.filter(offer__supplier_sku__in=[f"A-{n}" for n in range(5)]):
        undo_match(store=store, match_id=match.pk, by=ANN)
    Product.objects.filter(sku__in=[f"P-{n}" for n in range(10, 22)]).update(variant_group="a")
    Product.objects.filter(sku__in=[f"P-{n}" for n in range(22, 34)]).update(variant_group="b")
    known = list(know_decided(store, read_decided(store, limit=1_000).answers).values())
    assert sum(each.is_found for each in known) == 50
    assert _left(known, 5) < LEAST_MATCHES  # what a whole lesson takes is not left
    assert packs.learn().version == 1


def test_a_trial_is_dealt_in_more_folds_where_five_leave_too_little(store, packs, monkeypatch):
    known = list(know_decided(store, read_decided(store, limit=1_000).answers).values())
    five, seven = _left(known, 5), _left(known, 7)
    assert five < seven
    monkeypatch.setattr(learning, "LEAST_TRIED", seven)
    assert five < seven <= _left(known, learning._count_folds(known, known, seed=RECIPE.seed))
    monkeypatch.setattr(learning, "LEAST_TRIED", FAMILIES)
    with pytest.raises(TooFewPairs, match=r"of 55 accepted offers leaves 49 to learn from; it takes at least 55"):
        learning._count_folds(known, known, seed=RECIPE.seed)


def _left(known: list[KnownOffer], count: int) -> int:
    """How many accepted offers the largest of so many folds leaves."""
    folds = deal_folds([each.group for each in known], count=count, seed=RECIPE.seed)
    away = Counter(fold for fold, each in zip(folds.tolist(), known, strict=True) if each.is_found)
    return sum(away.values()) - max(away.values())


def test_what_was_undone_is_forgotten_by_the_next_version(store, taught):
    last = MatchDecision.objects.filter(verdict="accept").order_by("-pk").first()
    undo_match(store=store, match_id=last.offer.match.pk, by=ANN)
    offer = Offer.objects.get(pk=last.offer_id)
    assert (offer.match.status, offer.status, offer.product) == ("review", "review", None)
    # By itself an undo is too little to learn from.
    assert "0 accepted and 0 refused" in taught.learn().reason
    taught.decide(taught.arrive(100))
    lesson = taught.learn()
    assert lesson.version == 2
    assert lesson.metrics["decisions"]["accepted"] == 2 * FAMILIES - 1
    standing = read_decided(store, limit=1_000)
    # Taught by both lots, tried on families that version 1 has not seen.
    assert lesson.metrics["held_out"]["families"] == FAMILIES
    assert last.pk not in [each.pk for each in standing.decisions]
    assert store.matchers.get(number=2).decisions_sha256 == standing.sha256


def test_after_a_rollback_it_takes_as_many_decisions_as_at_first(store, taught):
    assert roll_back(store=store) is None
    assert active_matcher(store).number is None
    [one, *others] = taught.arrive(100)
    taught.decide([one])
    assert "1 accepted and 0 refused" in taught.learn().reason
    taught.decide(others)
    assert taught.learn().is_in_use
    assert active_matcher(store).number == 2


def test_another_version_coming_into_use_meanwhile_is_left_in_use(store, packs, monkeypatch):
    def train_while_somebody_acts(*arguments, **more):
        given = add_version(store=store, artifact=GENERIC.read_bytes(), metrics={})
        activate_version(version=given, by=ANN)
        return train_chooser(*arguments, **more)

    monkeypatch.setattr(learning, "train_chooser", train_while_somebody_acts)
    lesson = packs.learn()
    assert (lesson.version, lesson.is_in_use) == (2, False)
    assert lesson.reason.startswith("another version came into use meanwhile; better")
    assert active_matcher(store).number == 1


def test_one_that_reads_pairs_closely_is_compared_like_any_other(store, packs, tiny_encoder):
    texts, labels = make_texts(150)
    reading = ReadingRecipe(str(tiny_encoder), folds=2, training=replace(READING, epochs=2))
    joined = train_matcher(
        [(Item(one), Item(other)) for one, other in texts], labels.tolist(), recipe=QUICK, reading=reading
    )
    activate_version(version=add_version(store=store, artifact=save_matcher(joined), metrics={}), by=ANN)
    lesson = packs.learn()
    assert lesson.version == 2
    assert lesson.metrics["taught"]["log_loss"] < lesson.metrics["present"]["log_loss"]


def test_another_stores_decisions_teach_nothing(store, other_store, packs):
    assert "0 accepted and 0 refused" in learn_from_decisions(store=other_store, recipe=LEAN).reason
    packs.learn()
    assert active_matcher(other_store).number is None
    assert MatcherVersion.objects.exclude(store=store).count() == 0


def test_unused_versions_are_forgotten_after_a_while(store, packs):
    given = add_version(store=store, artifact=b"from a file", metrics={})
    old = [
        add_version(store=store, artifact=b"", metrics={}, learned=LearnedFrom(1, f"{n:064}")).number
        for n in range(KEPT_UNUSED + 2)
    ]
    lesson = packs.learn()
    assert lesson.is_in_use
    kept = set(store.matchers.values_list("number", flat=True))
    assert kept == {given.number, *old[2:], lesson.version}
