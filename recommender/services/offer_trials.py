"""Matching tried on a store's own offers whose product is known: learned on some products, asked about the others.

Reads, and writes nothing but what encoders make of pictures. Offers of one product and of its variants are always in
one fold; an offer of none of the store's products goes with the product that blocking finds first, so that copies of
one thing stay together. What is asked about goes the way of every offer: `recommender.matching.judging`.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from catalog.models import Offer, Product, Store
from embeddings.selectors import SpaceView, active_space
from recommender.matching.asked import AskedOffer, SeenOffer, read_offer
from recommender.matching.choosing import Chooser
from recommender.matching.choosing_training import deal_folds, train_chooser
from recommender.matching.items import Item
from recommender.matching.judging import Gathered, Judgement, gather, judge, load_items
from recommender.matching.lineups import Lineup
from recommender.matching.offer_reports import Outcome
from recommender.matching.seeing import see_offers

# Offers judged, or encoded, at a time.
BATCH = 64
# With their vectors some 10 kB each.
MOST_OFFERS = 20_000
# Products that a dictionary's vocabulary is read from.
CATALOGUE = 5_000
COLUMNS = ("supplier", "supplier_sku", "sku")
BOTH, TEXT_ONLY, IMAGE_ONLY = "both", "text only", "image only"


class MalformedTruth(ValueError):  # noqa: N818 - reads as what it says
    """A file of truth that is none, or that speaks of what the store does not have; says which line and why."""


@dataclass(frozen=True)
class KnownOffer:
    """An offer with its product, None for none of the store's, and the group it is dealt with."""

    seen: SeenOffer
    product_id: int | None
    group: str = ""


def _as_it_is(seen: SeenOffer) -> SeenOffer:
    return seen


def _without_pictures(seen: SeenOffer) -> SeenOffer:
    return replace(seen, facts=replace(seen.facts, image=""), image_vector=None, imagined_vector=None)


def _without_words(seen: SeenOffer) -> SeenOffer:
    facts = AskedOffer(title="", image=seen.facts.image, supplier=seen.facts.supplier)
    return SeenOffer(facts, image_vector=seen.image_vector)


#: What an offer may be looked at with.
WAYS: Mapping[str, Callable[[SeenOffer], SeenOffer]] = {
    BOTH: _as_it_is,
    TEXT_ONLY: _without_pictures,
    IMAGE_ONLY: _without_words,
}


def read_truth(*paths: Path) -> dict[tuple[str, str], str]:
    """(supplier, supplier_sku) -> sku, empty for none; a later file's word counts. Raises MalformedTruth, OSError."""
    truth: dict[tuple[str, str], str] = {}
    for path in paths:
        with path.open(encoding="utf-8", newline="") as lines:
            reader = csv.DictReader(lines)
            missing = set(COLUMNS) - set(reader.fieldnames or ())
            if missing:
                raise MalformedTruth(f"{path.name}: no column {', '.join(sorted(missing))}.")
            truth |= {(row["supplier"], row["supplier_sku"]): (row["sku"] or "").strip() for row in reader}
    return truth


def know_offers(store: Store, truth: Mapping[tuple[str, str], str]) -> list[KnownOffer]:
    """The store's offers that the truth names, in the order they came. Raises MalformedTruth, EncoderUnavailable."""
    space = active_space(store)
    stored = Offer.objects.filter(supplier__store=store).select_related("supplier").order_by("pk")
    offers = [offer for offer in stored.iterator() if (offer.supplier.slug, offer.supplier_sku) in truth]
    skus = [truth[offer.supplier.slug, offer.supplier_sku] for offer in offers]
    products = dict(Product.objects.of(store).filter(sku__in=set(skus) - {""}).values_list("sku", "pk"))
    unknown = set(skus) - {""} - products.keys()
    if unknown:
        raise MalformedTruth(f"The store has no product {sorted(unknown)[0]!r}.")
    if len(offers) > MOST_OFFERS:
        raise MalformedTruth(f"These are {len(offers):,} offers; at most {MOST_OFFERS:,} are held in memory at once.")
    if not offers:
        raise MalformedTruth("None of these offers is in the store.")
    seen = [
        each
        for start in range(0, len(offers), BATCH)
        for each in see_offers(space, list(map(read_offer, offers[start : start + BATCH])), known_texts={})
    ]
    known = [KnownOffer(each, products.get(sku)) for each, sku in zip(seen, skus, strict=True)]
    return _group(store, known, _gather_all(store, space, [each.seen for each in known]))


def try_offers(
    store: Store,
    known: Sequence[KnownOffer],
    *,
    way: str,
    folds: int,
    seed: int,
    learned: Sequence[KnownOffer],
) -> list[Outcome]:
    """One for each offer, in order: judged by a chooser of the other folds. Raises TooFewPairs.

    Args:
        learned: what choosers learn from, as far as it is of no group of the fold.
    """
    space, look = active_space(store), WAYS[way]
    asked, taught = ([replace(each, seen=look(each.seen)) for each in offers] for offers in (known, learned))
    gathered = _gather_all(store, space, [each.seen for each in taught])
    families, catalogue = _families(store, gathered), read_catalogue(store)
    fold_of = deal_folds([each.group for each in asked], count=folds, seed=seed)
    outcomes: dict[int, Outcome] = {}
    for fold in range(folds):
        places = np.flatnonzero(fold_of == fold)
        away = {asked[place].group for place in places}
        lineups = [
            _line_up(each, own, families, away)
            for each, own in zip(taught, gathered, strict=True)
            if each.group not in away
        ]
        chooser = train_chooser(lineups, catalogue=catalogue)
        for place, judgement in zip(places, _judge_all(store, space, chooser, asked, places), strict=True):
            outcomes[int(place)] = _conclude(asked[place], judgement)
    return [outcomes[place] for place in range(len(asked))]


def read_catalogue(store: Store) -> list[Item]:
    """Products for the words they use, without vectors: at most CATALOGUE, spread over all."""
    ids = list(Product.objects.of(store).order_by("pk").values_list("pk", flat=True))
    chosen = ids[:: max(1, math.ceil(len(ids) / CATALOGUE))]
    return list(load_items(store, None, chosen, with_pictures=False).values())


def line_up_offers(store: Store, known: Sequence[KnownOffer]) -> list[Lineup]:
    """What a chooser for the store is trained on."""
    gathered = _gather_all(store, active_space(store), [each.seen for each in known])
    families = _families(store, gathered)
    return [_line_up(each, own, families, set()) for each, own in zip(known, gathered, strict=True)]


def _gather_all(store: Store, space: SpaceView | None, seen: Sequence[SeenOffer]) -> list[Gathered]:
    """The line-ups to learn from, with pictures and without a dictionary: none has been learned yet. A product is one
    object, however many offers it may be."""
    items: dict[int, Item] = {}
    return [
        replace(each, items={pk: items.setdefault(pk, item) for pk, item in each.items.items()})
        for start in range(0, len(seen), BATCH)
        for each in gather(store, space, seen[start : start + BATCH], with_pictures=True)
    ]


def _judge_all(
    store: Store,
    space: SpaceView | None,
    chooser: Chooser,
    offers: Sequence[KnownOffer],
    asked: NDArray[np.int64],
) -> list[Judgement]:
    seen = [offers[place].seen for place in asked]
    return [
        each
        for start in range(0, len(seen), BATCH)
        for each in judge(store, space, chooser, seen[start : start + BATCH])
    ]


def _group(store: Store, known: Sequence[KnownOffer], gathered: Sequence[Gathered]) -> list[KnownOffer]:
    families = _families(store, gathered, {each.product_id for each in known if each.product_id})
    return [
        replace(each, group=_name_group(each, own, families, number))
        for number, (each, own) in enumerate(zip(known, gathered, strict=True))
    ]


def _name_group(known: KnownOffer, gathered: Gathered, families: Mapping[int, str], number: int) -> str:
    nearest = known.product_id or next(iter(gathered.sources), None)
    return f"offer {number}" if nearest is None else families[nearest]


def _families(store: Store, gathered: Sequence[Gathered], also: Set[int] = frozenset()) -> dict[int, str]:
    """Product -> what it and its variants have in common."""
    ids = {pk for each in gathered for pk in each.sources} | also
    rows = Product.objects.of(store).filter(pk__in=ids).values_list("pk", "variant_group", "sku")
    return {pk: f"family {family}" if family else f"product {sku}" for pk, family, sku in rows}


def _line_up(known: KnownOffer, gathered: Gathered, families: Mapping[int, str], away: set[str]) -> Lineup:
    """The offer's candidates without those of the groups that are away."""
    ids = [pk for pk in gathered.items if families[pk] not in away]
    answer = ids.index(known.product_id) if known.product_id in ids else None
    return Lineup(known.seen.item, [gathered.items[pk] for pk in ids], answer, known.group)


def _conclude(known: KnownOffer, judgement: Judgement) -> Outcome:
    best = judgement.candidates[0] if judgement.candidates else None
    return Outcome(
        group=known.group,
        wanted=known.product_id,
        best=best.product_id if best else None,
        probability=best.probability if best else 0.0,
        kind=judgement.verdict.kind,
        linked=judgement.verdict.product_id,
        candidates=tuple(each.product_id for each in judgement.candidates),
        pairs=tuple((each.probability, each.product_id == known.product_id) for each in judgement.candidates),
    )
