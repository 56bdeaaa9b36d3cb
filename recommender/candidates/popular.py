"""What shoppers of the store lately do most with.

    score(product) = ln(1 + strength) / ln(1 + strength of the most popular),
    strength       = sum of STRENGTHS over its events among the store's latest SAMPLE

so 0 to 1, and the same whatever a request is narrowed to. The logarithm, because popularity follows a power law: on a
line, all but a few favourites would count nothing. (Added to `again` on nine months of a gift shop, next-basket
recall@20 was 0.318 with the logarithm, 0.315 on the line.)
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from catalog.models import Store
from catalog.querysets import ProductQuerySet
from embeddings.layout import Vector
from embeddings.selectors import SpaceView, vectors_of
from embeddings.wire import fetch
from recommender.candidates.eligible import first_eligible
from recommender.profile_vectors import STRENGTHS

# The latest events, however long they took, so that a quiet shop has favourites too and a busy one is asked in bounded
# time.
SAMPLE = 10_000
REMEMBERED_SECONDS = 10
# Stores and moments, about 1 MB each at most, with vectors.
MOST_REMEMBERED = 64
# Of a remembered ranking the vectors of so many are remembered too: nearly every home page compares them.
HEAD = 64

# Written out: to join a table of strengths took 10 ms instead of 3.
_STRENGTH = " ".join(
    ["CASE kind", *(f"WHEN '{kind}' THEN float8 '{strength}'" for kind, strength in STRENGTHS.items()), "END"]
)

_RANKED = f"""
WITH recent AS MATERIALIZED (
    SELECT product_id, kind FROM recommender_event WHERE store_id = %s AND at <= %s ORDER BY at DESC LIMIT %s
), popular AS (
    SELECT product_id, sum({_STRENGTH}) AS strength FROM recent GROUP BY product_id HAVING sum({_STRENGTH}) > 0
), scored AS (
    SELECT product_id, ln(1 + strength) / ln(1 + max(strength) OVER ()) AS score FROM popular
)
SELECT product_id, score, (SELECT count(*) FROM recent)
  FROM scored JOIN catalog_product p ON p.id = product_id AND p.is_published ORDER BY score DESC, product_id
"""  # noqa: S608  (our own numbers)


def popular_scores(
    store: Store,
    *,
    eligible: ProductQuerySet | None = None,
    limit: int,
    exclude: Collection[int] = (),
    also: Collection[int] = (),
    now: datetime,
) -> dict[int, float]:
    """id -> score, best first, ties by id: of the `limit` most popular eligible, and of those in `also`.

    `eligible` is as in `first_eligible`; published is what was so when the store was ranked (see `_rank`). What nobody
    did anything good with is left out.
    """
    scores, hidden = _rank(store.pk, now).scores, set(exclude)
    best = first_eligible((pk for pk in scores if pk not in hidden), eligible, limit=limit)
    chosen = {*best, *(pk for pk in also if pk in scores)}
    return dict(sorted(((pk, scores[pk]) for pk in chosen), key=lambda item: (-item[1], item[0])))


def popular_vectors(space: SpaceView, *, now: datetime) -> Mapping[int, Vector]:
    """id -> float32[dims] of the HEAD most popular, where they are remembered, as they were then; of a quiet store
    none."""
    ranking = _remembered.get(_moment(space.store_id, now))
    if ranking is None:
        return {}
    if space.id not in ranking.vectors:
        ranking.vectors[space.id] = vectors_of(space, list(ranking.scores)[:HEAD])
    return ranking.vectors[space.id]


@dataclass(frozen=True)
class _Ranking:
    """`scores` best first; `vectors` by space."""

    scores: dict[int, float]
    vectors: dict[int, dict[int, Vector]] = field(default_factory=dict)


def _rank(store_id: int, now: datetime) -> _Ranking:
    """What is published. Of a store so busy that its sample is full, remembered for a moment: 10,000 events more or
    less change little in it, and reading them is most of what a stranger's page costs."""
    moment = _moment(store_id, now)
    ranking = _remembered.get(moment)
    if ranking is None:
        rows = fetch(_RANKED, [store_id, now, SAMPLE])
        ranking = _Ranking({pk: score for pk, score, _ in rows})
        if rows and rows[0][2] >= SAMPLE:
            if len(_remembered) >= MOST_REMEMBERED:
                _remembered.clear()
            _remembered[moment] = ranking
    return ranking


def _moment(store_id: int, now: datetime) -> tuple[int, int]:
    return store_id, int(now.timestamp() // REMEMBERED_SECONDS)


_remembered: dict[tuple[int, int], _Ranking] = {}
