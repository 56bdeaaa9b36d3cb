"""Candidates from every source, each scored by every signal."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import ceil
from typing import Any

import numpy as np

from catalog.models import Store
from catalog.querysets import ProductQuerySet
from embeddings.layout import Vector
from embeddings.search import inner_products, nearest_to_each
from embeddings.selectors import SpaceView, vectors_of
from recommender.anchors import Anchor, score_by
from recommender.candidates.again import again
from recommender.candidates.identifiers import identify
from recommender.candidates.lexical import cover
from recommender.candidates.popular import popular_scores
from recommender.candidates.together import companions
from recommender.wishes import Wish

# Having words that are not wanted costs so much of what having those that are brings.
NOT_WORDS = 0.5
# The cosine of two products over baskets is small by nature; this much counts half of what never being apart does.
HALF_TOGETHER = 0.05


@dataclass
class Pool:
    """id -> signal -> its part of the score: parts add up to `scores`, 0 to 1. `vectors` are known where scores were
    computed from them; `named` are those that the words name by sku, GTIN or MPN. `is_drained`: no source has more;
    what sources still have scores `reach` at most."""

    parts: dict[int, dict[str, float]] = field(default_factory=dict)
    scores: dict[int, float] = field(default_factory=dict)
    vectors: dict[int, Vector] = field(default_factory=dict)
    named: list[int] = field(default_factory=list)
    is_drained: bool = True
    reach: float = 0.0

    def ranked(self) -> list[int]:
        """Best first, ties as they came."""
        return sorted(self.scores, key=self.scores.__getitem__, reverse=True)

    def put(self, pk: int, parts: dict[str, float]) -> None:
        self.parts[pk], self.scores[pk] = parts, sum(parts.values())

    def move(self, name: str, scores: Mapping[int, float]) -> None:
        """Give these products these scores; the difference is the part of `name`."""
        for pk, score in scores.items():
            change = score - self.scores[pk]
            if change:
                self.parts[pk][name] = self.parts[pk].get(name, 0.0) + change
                self.scores[pk] = score

    def add(self, other: Pool) -> None:
        new = [pk for pk in other.parts if pk not in self.parts]
        self.parts |= {pk: other.parts[pk] for pk in new}
        self.scores |= {pk: other.scores[pk] for pk in new}
        self.vectors |= other.vectors
        self.is_drained = other.is_drained


@dataclass(frozen=True)
class Source:
    """Who is asked for candidates. `eligible` None is every published product."""

    store: Store
    space: SpaceView | None
    eligible: ProductQuerySet | None
    now: datetime


def gather(source: Source, wish: Wish, *, limit: int, exclude: Collection[int] = (), vectors: bool = False) -> Pool:
    """The `limit` best of every signal, which alternatives share, each scored by all of them; `vectors` says that
    theirs are wanted too."""
    left = {*wish.exclude, *wish.own, *exclude}
    shares = _shares(wish)
    options: Any = {"eligible": source.eligible, "limit": limit, "exclude": left}
    signals: dict[str, dict[int, float]] = {}
    lasts: dict[str, float] = {}
    for name, anchors in {"likeness": wish.anchors, "personal": wish.tastes}.items():
        signals[name], last = _nearest_to(source, anchors, limit, left)
        lasts |= {name: last} if last is not None else {}
    if shares["again"] and wish.shopper:
        signals["again"] = again(wish.shopper, now=source.now, **options)
    if shares["together"]:
        found = companions(source.store, wish.beside, **options)
        signals["together"] = {pk: score / (score + HALF_TOGETHER) for pk, score in found.items()}
    if shares["popular"]:
        signals["popular"] = popular_scores(source.store, also=_union(signals), now=source.now, **options)
    if shares["lexical"]:
        signals["lexical"] = cover(source.store, wish.words, also=_union(signals), **options)
    others = {name: found for name, found in signals.items() if name not in ("likeness", "personal")}
    lasts |= {name: sorted(found.values())[-limit] for name, found in others.items() if len(found) >= limit}
    pool = Pool(is_drained=not lasts, reach=sum(shares[name] * last for name, last in lasts.items()))
    ids = _union(signals)
    if source.space and ids and vectors:
        pool.vectors = vectors_of(source.space, ids)
    score(source, wish, pool, signals, ids)
    if shares["lexical"]:
        pool.named = identify(source.store, wish.words, **options)
        for pk in pool.named:
            pool.put(pk, pool.parts.get(pk, {}))
    return pool


def score(source: Source, wish: Wish, pool: Pool, signals: dict[str, dict[int, float]], ids: Collection[int]) -> None:
    """Fill `pool`. Where only one search was made, its scores are all there are."""
    if pool.vectors:
        signals |= _by_vectors(wish, pool.vectors)
    elif source.space and ids and (sum(map(bool, signals.values())) > 1 or len((*wish.anchors, *wish.tastes)) > 1):
        signals |= _by_products(source.space, wish, ids)
    if wish.not_words and "lexical" in signals:
        unwanted = cover(source.store, wish.not_words, eligible=source.eligible, limit=1, also=ids, very=True)
        signals["lexical"] = {pk: signals["lexical"].get(pk, 0.0) - NOT_WORDS * unwanted.get(pk, 0.0) for pk in ids}
    shares = _shares(wish)
    weighed = [(name, shares[name], found) for name, found in signals.items() if found and shares[name]]
    for pk in ids:
        parts = {name: share * found[pk] for name, share, found in weighed if found.get(pk)}
        pool.put(pk, parts if sum(parts.values()) > 0 else {})


def rescore(pool: Pool, wish: Wish) -> None:
    """Likeness anew, by this wish's anchors; everything else stays."""
    share, ids = _shares(wish)["likeness"], list(pool.vectors)
    for pk, likeness in zip(ids, score_by(wish.anchors, np.stack([pool.vectors[pk] for pk in ids])), strict=True):
        pool.put(pk, {**pool.parts[pk], "likeness": share * float(likeness)})


def _shares(wish: Wish) -> dict[str, float]:
    """signal -> its share of the score; 0 for those that have nothing to say in this wish."""
    mix = wish.mix
    weights = {
        "likeness": mix.likeness if wish.anchors else 0.0,
        "personal": mix.personal if wish.tastes else 0.0,
        "lexical": mix.lexical if wish.words else 0.0,
        # With nothing else to go by, the popular fill up, and are called a fallback.
        "popular": mix.popular if wish.anchors or wish.tastes else 0.0,
        "again": mix.again if wish.shopper else 0.0,
        "together": mix.together if wish.beside else 0.0,
    }
    total = sum(weights.values()) or 1.0
    return {name: weight / total for name, weight in weights.items()}


def _nearest_to(
    source: Source, anchors: Sequence[Anchor], limit: int, exclude: Collection[int]
) -> tuple[dict[int, float], float | None]:
    """The anchors share the limit. With what scores at most what is left, None when nothing is."""
    found: dict[int, float] = {}
    lasts: list[float] = []
    if not source.space or not anchors:
        return found, None
    share = ceil(limit / len(anchors))
    queries = [anchor.query for anchor in anchors]
    each = nearest_to_each(source.space, queries, products=source.eligible, limit=share, exclude=exclude)
    for anchor, hits in zip(anchors, (one.hits for one in each), strict=True):
        scores = {hit.product_id: anchor.factor * hit.score for hit in hits}
        found |= {pk: max(score, found.get(pk, 0.0)) for pk, score in scores.items()}
        lasts += list(scores.values())[-1:] if len(hits) >= share else []
    return found, max(lasts, default=None)


def _by_products(space: SpaceView, wish: Wish, ids: Collection[int]) -> dict[str, dict[int, float]]:
    anchors = (*wish.anchors, *wish.tastes)
    if not anchors:
        return {}
    raws = inner_products(space, [anchor.query for anchor in anchors], ids)
    columns = np.array(list(raws.values()), np.float64).reshape(-1, len(anchors)).T
    scores = [anchor.calibrate(column) for anchor, column in zip(anchors, columns, strict=True)]
    named = {"likeness": scores[: len(wish.anchors)], "personal": scores[len(wish.anchors) :]}
    return {
        name: dict(zip(raws, np.max(found, axis=0).tolist(), strict=True)) for name, found in named.items() if found
    }


def _by_vectors(wish: Wish, vectors: Mapping[int, Vector]) -> dict[str, dict[int, float]]:
    ids, rows = list(vectors), np.stack(list(vectors.values()))
    scored = {"likeness": score_by(wish.anchors, rows), "personal": score_by(wish.tastes, rows)}
    return {name: dict(zip(ids, values.tolist(), strict=True)) for name, values in scored.items()}


def _union(signals: Mapping[str, Mapping[int, float]]) -> list[int]:
    return list({pk: None for found in signals.values() for pk in found})
