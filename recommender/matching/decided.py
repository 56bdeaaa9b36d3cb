"""What people decided of offers, as labelled pairs of an offer and a product. Reads, and writes nothing.

An accepted product is the offer, and the offer's other candidates are not; of a new offer none is; a rejected candidate
is not, and of the others nothing is known. Only what stands counts, and only what people said.

The pairs are no fair sample: people are asked where the machine is unsure, hence the easy ones are missing. The
machine's own links are not taken for true instead, which would only teach it what it believes; nor does an identifier
prove a link, for suppliers' lie (see `identifiers.SUPPORT`). So what is learned is scored and given its thresholds on
harder pairs than it will meet: it accepts with more care than asked for, and matches among what the machine called new
stay unseen. What that costs was measured on Abt-Buy, a second lesson after one from 200 offers, two draws: the log loss
on valid is no higher than with the truth of all the machine's links added (0.060 and 0.058 a pair against 0.061 and
0.059), the matches it accepts are 0.69 and 0.61 of all, not 0.76 and 0.70.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from catalog.models import Offer, Store
from embeddings.selectors import SpaceView
from recommender.matching.asked import read_offer
from recommender.matching.contract import ACCEPT, NEW, REJECT
from recommender.matching.features import FEATURES, measure_pairs
from recommender.matching.frequencies import Frequencies
from recommender.matching.items import Item
from recommender.matching.judging import load_items
from recommender.matching.seeing import recall_offers, remembered_texts
from recommender.matching.training import Examples, Rows
from recommender.models import MatchCandidate, MatchDecision

# Offers measured at a time: with 20 candidates each, some 1,300 pairs and as many vectors.
BATCH = 64


@dataclass(frozen=True)
class Decision:
    pk: int
    offer_id: int
    verdict: str
    product_id: int | None
    at: datetime


@dataclass(frozen=True)
class Decided:
    """The decisions learned from, the newest first."""

    decisions: Sequence[Decision]

    @property
    def sha256(self) -> str:
        """Of their ids: a decision never changes but for being undone."""
        return hashlib.sha256(" ".join(str(each.pk) for each in self.decisions).encode()).hexdigest()

    @property
    def last(self) -> int:
        return max((each.pk for each in self.decisions), default=0)

    def since(self, decision_id: int) -> Decided:
        return Decided([each for each in self.decisions if each.pk > decision_id])

    def count(self) -> tuple[int, int]:
        """Those that say what an offer is, and those that say what it is not."""
        accepted = sum(each.verdict == ACCEPT for each in self.decisions)
        return accepted, len(self.decisions) - accepted


@dataclass(frozen=True, eq=False)
class DecidedPairs:
    """`latest` is int[n]: the newest decision of each pair's offer. Groups are families of products: the variant group,
    or else the product, that the offer is, or that its likeliest candidate is of."""

    examples: Examples
    latest: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Part:
    """Of a batch of offers."""

    rows: Rows = field(default_factory=lambda: np.zeros((0, len(FEATURES)), np.float32))
    labels: list[bool] = field(default_factory=list)
    families: list[str] = field(default_factory=list)
    latest: list[int] = field(default_factory=list)


def read_decided(store: Store, *, limit: int) -> Decided:
    """At most `limit`, the newest. A link whose product is gone says nothing any more."""
    standing = MatchDecision.objects.of(store).standing().made_by_people().exclude(offer=None)
    telling = standing.exclude(verdict__in=[ACCEPT, REJECT], product=None).order_by("-pk")
    found = telling.values_list("pk", "offer", "verdict", "product", "at")[:limit]
    return Decided([Decision(*row) for row in found])


def measure_decided(
    store: Store, space: SpaceView | None, decided: Decided, *, frequencies: Frequencies
) -> DecidedPairs:
    """The pairs' features, of offers and products as they are now, by the code that matching itself uses.

    No encoder is asked about what matching has seen. Raises EncoderUnavailable.
    """
    by_offer: dict[int, list[Decision]] = {}
    for each in decided.decisions:
        by_offer.setdefault(each.offer_id, []).append(each)
    offer_ids = list(by_offer)
    parts = [
        _measure_part(store, space, {pk: by_offer[pk] for pk in offer_ids[start : start + BATCH]}, frequencies)
        for start in range(0, len(offer_ids), BATCH)
    ]
    families = [family for part in parts for family in part.families]
    groups = np.unique(np.array(families, str), return_inverse=True)[1].astype(np.int64)
    labels = np.array([label for part in parts for label in part.labels], bool)
    rows = np.concatenate([np.zeros((0, len(FEATURES)), np.float32), *(part.rows for part in parts)])
    latest = np.array([last for part in parts for last in part.latest], np.int64)
    return DecidedPairs(Examples(rows, labels, groups), latest)


def _measure_part(
    store: Store, space: SpaceView | None, said: Mapping[int, Sequence[Decision]], frequencies: Frequencies
) -> _Part:
    """A fixed number of queries, however many offers."""
    offers = list(Offer.objects.filter(pk__in=said).select_related("supplier"))
    labels = _label_candidates(said)
    products = load_items(store, space, {pk for told in labels.values() for pk in told}, with_pictures=False)
    seen = recall_offers(
        space, [read_offer(offer) for offer in offers], known_texts=remembered_texts(space, list(said))
    )
    part, pairs = _Part(), []
    for offer, looked in zip(offers, seen, strict=True):
        told = {pk: is_match for pk, is_match in labels[offer.pk].items() if pk in products}
        for pk, is_match in told.items():
            pairs.append((looked.item, products[pk]))
            part.labels.append(is_match)
            part.latest.append(max(each.pk for each in said[offer.pk]))
        part.families.extend([_name_family(told, products)] * len(told))
    return replace(part, rows=measure_pairs(pairs, frequencies))


def _label_candidates(said: Mapping[int, Sequence[Decision]]) -> dict[int, dict[int, bool]]:
    """By offer, then by product: the one accepted first, then candidates by rank."""
    candidates: dict[int, list[int]] = {}
    found = MatchCandidate.objects.filter(offer__in=said).order_by("offer", "rank")
    for offer_id, product_id in found.values_list("offer", "product"):
        candidates.setdefault(offer_id, []).append(product_id)
    return {offer_id: _label(words, candidates.get(offer_id, [])) for offer_id, words in said.items()}


def _label(said: Sequence[Decision], candidates: Sequence[int]) -> dict[int, bool]:
    rejected = [each.product_id for each in said if each.verdict == REJECT and each.product_id is not None]
    accepted = [each.product_id for each in said if each.verdict == ACCEPT and each.product_id is not None]
    if accepted or any(each.verdict == NEW for each in said):
        return {pk: pk in accepted for pk in [*accepted, *candidates, *rejected]}
    return dict.fromkeys((pk for pk in [*candidates, *rejected] if pk in rejected), False)


def _name_family(told: Mapping[int, bool], products: Mapping[int, Item]) -> str:
    first = next(iter(told), 0)
    return products[first].variant_group or str(first) if told else ""
