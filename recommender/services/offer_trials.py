"""Matching tried on a store's own offers whose product is known: learned on some products, asked about the others.

Reads, and writes nothing but what encoders make of pictures, and their colours. Offers of one product and of its
variants are always in one fold; an offer of none of the store's products goes with the product that blocking finds
first, so that copies of one thing stay together. What is asked about goes the way of every offer:
`recommender.matching.judging`.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from catalog.models import Offer, Product, Store
from catalog.normalize import normalize_slug
from embeddings.selectors import SpaceView, active_space
from recommender.matching.asked import AskedOffer, SeenOffer, read_offer
from recommender.matching.choosing_training import LEAST_TRIED, RECIPE, deal_folds, train_chooser
from recommender.matching.contract import Matcher
from recommender.matching.items import Item
from recommender.matching.judging import Gathered, Judgement, gather, judge, load_items
from recommender.matching.lineups import Lineup
from recommender.matching.offer_reports import Outcome
from recommender.matching.seeing import remembered_texts, see_offers
from recommender.matching.training import Recipe

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
    """An offer with its product, None for none of the store's; what it may be, as far as blocking finds it without a
    dictionary; and the group it is dealt with."""

    seen: SeenOffer
    product_id: int | None
    gathered: Gathered
    group: str = ""

    @property
    def is_found(self) -> bool:
        return self.product_id in self.gathered.items


def _as_it_is(seen: SeenOffer) -> SeenOffer:
    return seen


def _without_pictures(seen: SeenOffer) -> SeenOffer:
    return replace(seen, facts=replace(seen.facts, image=""), image_vector=None, imagined_vector=None, palette=None)


def _without_words(seen: SeenOffer) -> SeenOffer:
    facts = AskedOffer(title="", image=seen.facts.image, supplier=seen.facts.supplier)
    return SeenOffer(facts, image_vector=seen.image_vector, palette=seen.palette)


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
        try:
            truth |= _read_truth(path)
        except (UnicodeDecodeError, csv.Error) as error:
            raise MalformedTruth(f"{path.name} is no CSV in UTF-8: {error}") from error
    return truth


def _read_truth(path: Path) -> dict[tuple[str, str], str]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        reader = csv.DictReader(lines)
        missing = set(COLUMNS) - set(reader.fieldnames or ())
        if missing:
            raise MalformedTruth(f"{path.name}: no column {', '.join(sorted(missing))}.")
        return {(normalize_slug(row["supplier"]), row["supplier_sku"]): (row["sku"] or "").strip() for row in reader}


def know_offers(store: Store, truth: Mapping[tuple[str, str], str]) -> list[KnownOffer]:
    """The store's offers that the truth names, in the order they came. Raises MalformedTruth, EncoderUnavailable."""
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
    return _know(store, offers, [products.get(sku) for sku in skus])


def know_decided(store: Store, answers: Mapping[int, int | None]) -> dict[int, KnownOffer]:
    """The store's offers of which people have said what they are: offer -> product. Raises EncoderUnavailable where the
    encoder must be asked about a text that matching has not seen."""
    stored = Offer.objects.filter(supplier__store=store, pk__in=answers).select_related("supplier").order_by("pk")
    offers = list(stored)
    known = _know(store, offers, [answers[offer.pk] for offer in offers])
    return {offer.pk: each for offer, each in zip(offers, known, strict=True)}


def _know(store: Store, offers: Sequence[Offer], product_ids: Sequence[int | None]) -> list[KnownOffer]:
    space = active_space(store)
    seen = [each for start in range(0, len(offers), BATCH) for each in _see(space, offers[start : start + BATCH])]
    gathered = _gather_all(store, space, seen)
    known = [KnownOffer(each, pk, own) for each, pk, own in zip(seen, product_ids, gathered, strict=True)]
    families = _families(store, known)
    return [replace(each, group=_name_group(each, families, offer)) for each, offer in zip(known, offers, strict=True)]


def _see(space: SpaceView | None, offers: Sequence[Offer]) -> list[SeenOffer]:
    texts = remembered_texts(space, [offer.pk for offer in offers])
    return see_offers(space, [read_offer(offer) for offer in offers], known_texts=texts)


def try_offers(
    store: Store,
    known: Sequence[KnownOffer],
    *,
    way: str,
    folds: int,
    seed: int,
    learned: Sequence[KnownOffer],
    recipe: Recipe = RECIPE,
) -> list[Outcome]:
    """One for each offer, in order: judged by a chooser of the other folds. Raises TooFewPairs.

    Args:
        learned: what choosers learn from, as far as it is of no group of the fold.
        recipe: how they are trained.
    """
    asked, taught = [replace(each, seen=WAYS[way](each.seen)) for each in known], _look(store, learned, way)
    families, catalogue = _families(store, taught), read_catalogue(store)
    fold_of = deal_folds([each.group for each in asked], count=folds, seed=seed)
    outcomes: dict[int, Outcome] = {}
    for fold in range(folds):
        places = np.flatnonzero(fold_of == fold)
        away = {asked[place].group for place in places}
        lineups = [_line_up(each, families, away) for each in taught if each.group not in away]
        chooser = train_chooser(lineups, catalogue=catalogue, recipe=recipe, least=LEAST_TRIED)
        found = ask_matcher(store, chooser, [asked[place] for place in places])
        outcomes |= dict(zip(places.tolist(), found, strict=True))
    return [outcomes[place] for place in range(len(asked))]


def ask_matcher(store: Store, matcher: Matcher, offers: Sequence[KnownOffer]) -> list[Outcome]:
    """One for each offer, in order."""
    space = active_space(store)
    return [
        _conclude(known, judgement)
        for start in range(0, len(offers), BATCH)
        for known, judgement in zip(
            offers[start : start + BATCH],
            judge(store, space, matcher, [each.seen for each in offers[start : start + BATCH]]),
            strict=True,
        )
    ]


def read_catalogue(store: Store) -> list[Item]:
    """Products for the words they use, without vectors: at most CATALOGUE, spread over all."""
    ids = list(Product.objects.of(store).order_by("pk").values_list("pk", flat=True))
    chosen = ids[:: max(1, math.ceil(len(ids) / CATALOGUE))]
    return list(load_items(store, None, chosen, with_pictures=False).values())


def line_up_offers(store: Store, known: Sequence[KnownOffer]) -> list[Lineup]:
    """What a chooser for the store is trained on."""
    families = _families(store, known)
    return [_line_up(each, families, set()) for each in known]


def _look(store: Store, known: Sequence[KnownOffer], way: str) -> list[KnownOffer]:
    """The offers as they are looked at in that way, with what is found so."""
    if way == BOTH:
        return list(known)
    seen = [WAYS[way](each.seen) for each in known]
    gathered = _gather_all(store, active_space(store), seen)
    return [replace(each, seen=looked, gathered=own) for each, looked, own in zip(known, seen, gathered, strict=True)]


def _gather_all(store: Store, space: SpaceView | None, seen: Sequence[SeenOffer]) -> list[Gathered]:
    """The line-ups to learn from, with pictures and without a dictionary: none has been learned yet. A product is one
    object, however many offers it may be, with its colours if any of them asked for these."""
    gathered = [
        each
        for start in range(0, len(seen), BATCH)
        for each in gather(store, space, seen[start : start + BATCH], with_pictures=True)
    ]
    items: dict[int, Item] = {}
    for each in gathered:
        items |= {
            pk: item
            for pk, item in each.items.items()
            if pk not in items or len(item.palettes) > len(items[pk].palettes)
        }
    return [replace(each, items={pk: items[pk] for pk in each.items}) for each in gathered]


def _name_group(known: KnownOffer, families: Mapping[int, str], offer: Offer) -> str:
    """The same in every trial, so that what one was taught is not asked in another."""
    nearest = known.product_id or next(iter(known.gathered.sources), None)
    alone = f"offer {offer.supplier.slug}/{offer.supplier_sku}"
    return families.get(nearest, alone) if nearest else alone


def _families(store: Store, known: Sequence[KnownOffer]) -> dict[int, str]:
    """Product -> what it and its variants have in common, of all that the offers are or may be and that are there
    still."""
    ids = {pk for each in known for pk in each.gathered.sources} | {
        each.product_id for each in known if each.product_id
    }
    rows = Product.objects.of(store).filter(pk__in=ids).values_list("pk", "variant_group", "sku")
    return {pk: f"family {family}" if family else f"product {sku}" for pk, family, sku in rows}


def _line_up(known: KnownOffer, families: Mapping[int, str], away: set[str]) -> Lineup:
    """The offer's candidates without those of the groups that are away."""
    items = known.gathered.items
    ids = [pk for pk in items if pk in families and families[pk] not in away]
    answer = ids.index(known.product_id) if known.product_id in ids else None
    return Lineup(known.seen.item, [items[pk] for pk in ids], answer, known.group)


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
