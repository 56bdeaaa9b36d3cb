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
from recommender.anchors import Anchor, Scores, score_by
from recommender.candidates.again import again
from recommender.candidates.identifiers import identify
from recommender.candidates.lexical import cover
from recommender.candidates.popular import popular_scores, popular_vectors
from recommender.candidates.together import companions
from recommender.wishes import Wish

# Having words that are not wanted costs so much of what having those that are brings.
NOT_WORDS = 0.5
# The cosine of two products over baskets is small by nature; this much counts half of what never being apart does.
HALF_TOGETHER = 0.05
LIKENESSES = ("likeness", "personal")

Vectors = Mapping[int, Vector]


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
    for name, anchors in zip(LIKENESSES, (wish.anchors, wish.tastes), strict=True):
        signals[name], last = _nearest_to(source, anchors, limit, left)
        lasts |= {name: last} if last is not None else {}
    if shares["again"] and wish.visitor:
        away = {**options, "exclude": left | wish.visitor.withdrawn}
        signals["again"] = again(wish.visitor.history, wish.visitor.rhythms, now=source.now, **away)
    if shares["together"]:
        found = companions(source.store, wish.beside, **options)
        signals["together"] = {pk: score / (score + HALF_TOGETHER) for pk, score in found.items()}
    if shares["popular"]:
        signals["popular"] = popular_scores(source.store, also=_union(signals), now=source.now, **options)
    if shares["lexical"]:
        signals["lexical"] = cover(source.store, wish.words, also=_union(signals), **options)
    others = {name: found for name, found in signals.items() if name not in LIKENESSES}
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
    shares = _shares(wish)
    if pool.vectors:
        signals |= _by_vectors(wish, pool.vectors)
    elif source.space and sum(map(bool, signals.values())) > 1:
        known = {**wish.known, **popular_vectors(source.space, now=source.now)} if shares["popular"] else wish.known
        signals |= _by_products(source.space, wish, signals, ids, known)
    if wish.not_words and "lexical" in signals:
        unwanted = cover(source.store, wish.not_words, eligible=source.eligible, limit=1, also=ids, very=True)
        signals["lexical"] = {pk: signals["lexical"].get(pk, 0.0) - NOT_WORDS * unwanted.get(pk, 0.0) for pk in ids}
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
        "again": mix.again if wish.visitor else 0.0,
        "together": mix.together if wish.beside else 0.0,
    }
    total = sum(weights.values()) or 1.0
    return {name: weight / total for name, weight in weights.items()}


def _nearest_to(
    source: Source, anchors: Sequence[Anchor], limit: int, exclude: Collection[int]
) -> tuple[dict[int, float], float | None]:
    """The anchors share the limit. With what scores at most what is left, None when nothing is."""
    if not source.space or not anchors:
        return {}, None
    share = ceil(limit / len(anchors))
    queries = [anchor.query for anchor in anchors]
    each = nearest_to_each(source.space, queries, products=source.eligible, limit=share, exclude=exclude)
    hits = [hit for one in each for hit in one.hits]
    lasts = [
        anchor.factor * one.hits[-1].score for anchor, one in zip(anchors, each, strict=True) if len(one.hits) >= share
    ]
    scores = _best_of(anchors, np.array([hit.raws for hit in hits], np.float64))
    return dict(zip((hit.product_id for hit in hits), scores, strict=True)), max(lasts, default=None)


def _by_products(
    space: SpaceView, wish: Wish, signals: Mapping[str, dict[int, float]], ids: Collection[int], known: Vectors
) -> dict[str, dict[int, float]]:
    """Likeness of what the search for it did not find: by the `known` vectors, and without one by asking Postgres."""
    named = {name: anchors for name, anchors in zip(LIKENESSES, (wish.anchors, wish.tastes), strict=True) if anchors}
    left = [pk for pk in ids if not all(pk in signals[name] for name in named)] if named else []
    near = {pk: known[pk] for pk in left if pk in known}
    far = [pk for pk in left if pk not in near]
    scores = [_by_vectors(wish, near) if near else {}, _by_inner_products(space, named, far) if far else {}]
    return {
        name: {pk: score for found in (*scores, signals) for pk, score in found.get(name, {}).items()} for name in named
    }


def _by_inner_products(
    space: SpaceView, named: Mapping[str, Sequence[Anchor]], ids: Collection[int]
) -> dict[str, dict[int, float]]:
    raws = inner_products(space, [anchor.query for anchors in named.values() for anchor in anchors], ids)
    table = np.array(list(raws.values()), np.float64).reshape(len(raws), sum(map(len, named.values())))
    scores: dict[str, dict[int, float]] = {}
    for name, anchors in named.items():
        own, table = table[:, : len(anchors)], table[:, len(anchors) :]
        scores[name] = dict(zip(raws, _best_of(anchors, own), strict=True))
    return scores


def _best_of(anchors: Sequence[Anchor], raws: Scores) -> list[float]:
    """By the best of the anchors, of inner products [n, anchors]."""
    if not len(raws):
        return []
    return np.max([anchor.calibrate(column) for anchor, column in zip(anchors, raws.T, strict=True)], axis=0).tolist()


def _by_vectors(wish: Wish, vectors: Vectors) -> dict[str, dict[int, float]]:
    ids, rows = list(vectors), np.stack(list(vectors.values()))
    scored = {"likeness": score_by(wish.anchors, rows), "personal": score_by(wish.tastes, rows)}
    return {name: dict(zip(ids, values.tolist(), strict=True)) for name, values in scored.items()}


def _union(signals: Mapping[str, Mapping[int, float]]) -> list[int]:
    return list({pk: None for found in signals.values() for pk in found})
