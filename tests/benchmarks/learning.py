"""What the demo's matching learns from reviewers: they decide the queue of 60 % of the products' families, and the
offers of the other 40 % are matched by the shipped model and by what was learned."""

from __future__ import annotations

import csv
import io
import time
import zlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from django.core.management import call_command
from django.db import transaction
from django.test.utils import override_settings

from catalog.models import Offer, Product, Store
from recommender.models import Match
from recommender.services.learning import Lesson, learn_from_decisions
from recommender.services.match_decisions import accept_match, call_new
from recommender.services.matching import match_due
from tests.benchmarks.figures import Figure, Report
from tests.benchmarks.shops import DEMO
from tests.benchmarks.storefront import open_shop

SEED = 5_010
SPLITS = 3
TAUGHT_SHARE = 0.6

NOTES = [
    "simulated reviewers answer by the truth that comes with the demo's offers; what a supplier's thing is not, is new",
    "an offer belongs to the family of the product it is or imitates; no family is on both sides",
    f"means of {SPLITS} splits; precision is of all splits' accepted offers together",
    "the shop is small: KINDRED_LEARN_OF_EACH is 25, half of its default; KINDRED_LEARN_DECISIONS is as shipped",
    "the method was chosen on other splits of these offers and on Abt-Buy; thresholds are set on decisions alone",
]


@dataclass(frozen=True)
class Truth:
    """By offer's id: the sku it is, or nothing, and the family it belongs to."""

    skus: Mapping[int, str]
    families: Mapping[int, str]

    def of(self, split: int, *, taught: bool) -> list[int]:
        draws = {pk: zlib.crc32(f"{SEED} {split} {name}".encode()) / 2**32 for pk, name in self.families.items()}
        return [pk for pk, draw in draws.items() if (draw < TAUGHT_SHARE) == taught]


@dataclass(frozen=True)
class Outcome:
    """Of offers: how many, how many are a product, how many were accepted, how many of those rightly, how many wait."""

    offers: int
    matches: int
    accepted: int
    right: int
    waiting: int


def measure_learning(scale: int) -> Report:
    """`scale` plays no part: the shop is the demo's own."""
    store = open_shop("learning", DEMO)
    offers = DEMO / "offers"
    told = ["--store", store.slug, "--images", str(offers)]
    call_command("import_offers", str(offers / "offers.jsonl"), *told, stdout=io.StringIO(), stderr=io.StringIO())
    match_due(store=store)
    truth = read_truth(store)
    trials = [try_split(store, truth, split) for split in range(SPLITS)]
    before, after = ([trial[place] for trial in trials] for place in (0, 1))
    figures = [
        Figure("decisions", float(np.mean([sum_decisions(trial[2]) for trial in trials]))),
        Figure("put to use", float(np.mean([trial[2].is_in_use for trial in trials])), at_least=1),
        *describe("before", before),
        *describe("after", after),
        Figure("seconds to learn", float(np.mean([trial[3] for trial in trials])), "s"),
    ]
    return Report(figures, SEED, [*NOTES, *(trial[2].reason for trial in trials)])


def read_truth(store: Store) -> Truth:
    with (DEMO / "offers" / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = {(row["supplier"], row["supplier_sku"]): row for row in csv.DictReader(file)}
    groups = dict(Product.objects.of(store).values_list("sku", "variant_group"))
    skus, families = {}, {}
    for pk, *name in Offer.objects.of(store).values_list("pk", "supplier__slug", "supplier_sku"):
        row = rows[tuple(name)]
        skus[pk] = row["sku"]
        like = row["sku"] or row["why"].removeprefix("look-alike of ")
        families[pk] = groups.get(like) or (like if like in groups else f"offer {pk}")
    return Truth(skus, families)


def try_split(store: Store, truth: Truth, split: int) -> tuple[Outcome, Outcome, Lesson, float]:
    """Before, after, what was learned, and the seconds that took. The shop is as it was afterwards."""
    judged = truth.of(split, taught=False)
    with transaction.atomic(), override_settings(KINDRED_LEARN_OF_EACH=25):
        before = count(store, truth, judged)
        review(store, truth, truth.of(split, taught=True))
        began = time.perf_counter()
        lesson = learn_from_decisions(store=store)
        seconds = time.perf_counter() - began
        Match.objects.filter(offer__in=judged).delete()
        match_due(store=store)
        after = count(store, truth, judged)
        transaction.set_rollback(True)
    return before, after, lesson, seconds


def review(store: Store, truth: Truth, offer_ids: list[int]) -> None:
    """What waits, answered."""
    waiting = Match.objects.of(store).in_review().filter(offer__in=offer_ids)
    for match_id, offer_id in list(waiting.values_list("pk", "offer")):
        if sku := truth.skus[offer_id]:
            accept_match(store=store, match_id=match_id, by="user simulated", sku=sku)
        else:
            call_new(store=store, match_id=match_id, by="user simulated")


def count(store: Store, truth: Truth, offer_ids: list[int]) -> Outcome:
    found = Match.objects.of(store).filter(offer__in=offer_ids).values_list("offer", "status", "offer__product__sku")
    linked = {offer_id: sku for offer_id, status, sku in found if status == Match.Status.LINKED}
    return Outcome(
        offers=len(offer_ids),
        matches=sum(bool(truth.skus[pk]) for pk in offer_ids),
        accepted=len(linked),
        right=sum(truth.skus[pk] == sku for pk, sku in linked.items()),
        waiting=Counter(status for _, status, _ in found)[Match.Status.REVIEW],
    )


def describe(when: str, outcomes: list[Outcome]) -> list[Figure]:
    accepted, right = (sum(getattr(each, name) for each in outcomes) for name in ("accepted", "right"))
    return [
        Figure(f"{when}: matches accepted", float(np.mean([each.right / each.matches for each in outcomes]))),
        Figure(f"{when}: precision of what is accepted", right / accepted if accepted else 0.0),
        Figure(f"{when}: offers accepted", accepted / len(outcomes)),
        Figure(f"{when}: offers for review", float(np.mean([each.waiting / each.offers for each in outcomes]))),
    ]


def sum_decisions(lesson: Lesson) -> int:
    told = lesson.metrics.get("decisions", {})
    return int(told.get("accepted", 0)) + int(told.get("refused", 0))
