"""What shoppers of the store lately do most with.

    score(product) = ln(1 + strength) / ln(1 + strength of the most popular),
    strength       = sum of STRENGTHS over its events among the store's latest SAMPLE

so 0 to 1, and the same whatever a request is narrowed to. The logarithm, because popularity follows a power law: on a
line, all but a few favourites would count nothing. (Added to `again` on nine months of a gift shop, next-basket
recall@20 was 0.318 with the logarithm, 0.315 on the line.)
"""

from collections.abc import Collection
from datetime import datetime
from itertools import islice

from catalog.models import Store
from catalog.querysets import ProductQuerySet
from embeddings.wire import fetch
from recommender.profile_vectors import STRENGTHS

# The latest events, however long they took, so that a quiet shop has favourites too and a busy one is asked in bounded
# time.
SAMPLE = 10_000
REMEMBERED_SECONDS = 10
# Stores and moments, about 1 MB each at most.
MOST_REMEMBERED = 64

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

    `eligible` None is every published product, or was when the store was ranked (see `_rank`): cards hide what has been
    withdrawn since. What nobody did anything good with is left out.
    """
    ranked, hidden = _rank(store.pk, now), set(exclude)
    shown = (pk for pk in ranked if pk not in hidden)
    best = list(islice(shown, limit)) if eligible is None else _first_of(list(shown), eligible, limit=limit)
    chosen = {*best, *(pk for pk in also if pk in ranked)}
    return dict(sorted(((pk, ranked[pk]) for pk in chosen), key=lambda item: (-item[1], item[0])))


def _first_of(ranked: list[int], products: ProductQuerySet, *, limit: int) -> list[int]:
    """The first `limit` that are among the products, in one query, or two where a filter leaves few of them."""
    head = 2 * limit
    best: list[int] = []
    for part in (ranked[:head], ranked[head:]):
        if part and len(best) < limit:
            shown = set(products.filter(pk__in=part).order_by().values_list("pk", flat=True))
            best += [pk for pk in part if pk in shown]
    return best[:limit]


def _rank(store_id: int, now: datetime) -> dict[int, float]:
    """id -> score of what is published, best first. Of a store so busy that its sample is full, remembered for a
    moment: 10,000 events more or less change little in it, and reading them is most of what a stranger's page costs."""
    moment = store_id, int(now.timestamp() // REMEMBERED_SECONDS)
    if moment not in _remembered:
        rows = fetch(_RANKED, [store_id, now, SAMPLE])
        ranked = {pk: score for pk, score, _ in rows}
        if not rows or rows[0][2] < SAMPLE:
            return ranked
        if len(_remembered) >= MOST_REMEMBERED:
            _remembered.clear()
        _remembered[moment] = ranked
    return _remembered[moment]


_remembered: dict[tuple[int, int], dict[int, float]] = {}
