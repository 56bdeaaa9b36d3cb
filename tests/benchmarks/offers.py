"""What matching is worth on the demo's offers: learned on some products, asked about the others, as a shop asks.

PRACTICE_OFFERS names folders of offers to practise on (`catalog/demo/offers/README.md`). What they offer of products
not asked about is then learned from too.
"""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from itertools import compress
from pathlib import Path

from django.core.management import call_command

from catalog.models import Store
from recommender.matching.offer_reports import OfferReport, Outcome, compare_accuracy, report_offers
from recommender.services.offer_trials import (
    BOTH,
    TEXT_ONLY,
    WAYS,
    KnownOffer,
    know_offers,
    read_truth,
    try_offers,
)
from tests.benchmarks.figures import Figure, Report
from tests.benchmarks.shops import DEMO
from tests.benchmarks.storefront import open_shop

SEED = 7
FOLDS = 5
OFFERS = DEMO / "offers"
PRACTICE = [Path(name) for name in os.environ.get("PRACTICE_OFFERS", "").split(os.pathsep) if name]

NOTES = [
    f"{FOLDS} folds by product: variants of a family stand together, and what is no product of the shop with the"
    " product that blocking finds first; nothing of a fold's products, neither offers nor pairs, is in what its matcher"
    " learns from or chooses thresholds on; the texts of all products are read for how common words are",
    "accuracy: the likeliest candidate from 0.5 on, else none, is the truth; nobody is asked",
    "review: its likeliest candidate, or none below 0.5, is the truth",
    "the first features were invented while looking at mistakes on these same offers; the rule for the threshold of"
    " acceptance, colours, scenes, sizes and offers shown without their product were chosen on offers to practise on;"
    " that few offers are accepted with less certainty was added after seeing what they came to without; every"
    " threshold itself is from other folds",
]
PRACTISED = (
    "offers to practise on are of the same products and suppliers, drawn anew with another seed; those of a fold's"
    " products are left out like all others, and of what is no product whatever is nearest to them"
)


def measure_offers(scale: int) -> Report:
    """`scale` plays no part: the shop is the demo's own."""
    store = open_offered_shop("offered")
    for folder in PRACTICE:
        import_offers(store, folder)
    known = know_offers(store, read_truth(OFFERS / "truth.csv"))
    practice = know_offers(store, read_truth(*(folder / "truth.csv" for folder in PRACTICE))) if PRACTICE else []
    learned = [*known, *practice]
    tried = {way: try_offers(store, known, way=way, folds=FOLDS, seed=SEED, learned=learned) for way in WAYS}
    reports = {way: report_offers(outcomes, seed=SEED) for way, outcomes in tried.items()}
    figures = [*_spell_best(reports[BOTH]), *_spell_gain(known, tried), Figure("offers to practise on", len(practice))]
    for way, report in reports.items():
        figures += _spell_way(way, report)
    told = [PRACTISED] if practice else []
    return Report(figures, SEED, [*NOTES, *told, *(_spell_intervals(way, report) for way, report in reports.items())])


def open_offered_shop(slug: str) -> Store:
    """The demo's shop with its suppliers' offers."""
    store = open_shop(slug, DEMO)
    import_offers(store, OFFERS)
    return store


def import_offers(store: Store, folder: Path) -> None:
    arguments = [str(folder / "offers.jsonl"), "--store", store.slug, "--images", str(folder)]
    call_command("import_offers", *arguments, stdout=io.StringIO(), stderr=io.StringIO())


def _spell_best(report: OfferReport) -> list[Figure]:
    return [
        Figure("blocking recall@20", report.blocking_recall, at_least=0.99),
        Figure("accepted: precision", report.accept.precision, at_least=0.99),
        Figure("accepted: of the matches", report.accept.coverage, at_least=0.70),
        Figure("calibration error of decisions", report.calibration_error, at_most=0.03),
        Figure("calibration error of pairs", report.pair_calibration_error, at_most=0.03),
    ]


def _spell_gain(known: Sequence[KnownOffer], tried: dict[str, list[Outcome]]) -> list[Figure]:
    shown = [bool(offer.seen.facts.image) for offer in known]
    both, text = tried[BOTH], tried[TEXT_ONLY]
    gain, low, high = compare_accuracy(both, text, seed=SEED)
    where_shown = compare_accuracy(list(compress(both, shown)), list(compress(text, shown)), seed=SEED)
    return [
        Figure("pictures add to accuracy", 100 * gain, "points", at_least=5),
        Figure("pictures add to accuracy, 95 % from", 100 * low, "points"),
        Figure("pictures add to accuracy, 95 % to", 100 * high, "points"),
        Figure("offers with a picture", sum(shown) / len(shown)),
        *(
            Figure(f"pictures add to the accuracy of these{which}", 100 * value, "points")
            for which, value in zip(("", ", 95 % from", ", 95 % to"), where_shown, strict=True)
        ),
    ]


def _spell_way(way: str, report: OfferReport) -> list[Figure]:
    named = {
        "blocking recall@20": report.blocking_recall,
        "ranked first": report.ranked_first,
        "accuracy": report.accuracy,
        "precision": report.counts.precision,
        "recall": report.counts.recall,
        "F1": report.counts.f1,
        "accepted: precision": report.accept.precision,
        "accepted: of the matches": report.accept.coverage,
        "for review": report.review.offers / report.offers,
        "review: right already": report.review.precision,
        "called new: right": report.new.precision,
        "calibration error of decisions": report.calibration_error,
    }
    return [Figure(f"{way}: {name}", value) for name, value in named.items()]


def _spell_intervals(way: str, report: OfferReport) -> str:
    spelt = (f"{name.replace('_', ' ')} {low:.3f} to {high:.3f}" for name, (low, high) in report.intervals.items())
    return f"{way}: 95 % of the bootstrap over products: {', '.join(spelt)}"
