"""Shoppers to be asked about, where they stood, and what they did afterwards."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from catalog.models import Store
from embeddings.wire import fetch
from recommender.evaluation.baselines import Occasion
from recommender.evaluation.split import Split
from recommender.evaluation.visits import GAP, OPENINGS, Deed, page_of, visits_of
from recommender.profile_vectors import STRENGTHS

# Shopper -> the product whose page was open, None on the home page, and product -> gain.
Found = dict[int, tuple[int | None, dict[int, float]]]


@dataclass(frozen=True)
class Case:
    """A shopper to be asked about. `gains`: product -> the strongest that they did with it afterwards, above 0.

    `touched` is what they had met before in any way, disliked or not; empty of a newcomer.
    """

    occasion: Occasion
    gains: Mapping[int, float]
    touched: frozenset[int]

    @property
    def new_gains(self) -> dict[int, float]:
        return {product: gain for product, gain in self.gains.items() if product not in self.touched}


def read_cases(store: Store, split: Split, *, scenario: str, at_most: int, seed: int) -> list[Case]:
    """One case a shopper, in the order of their names; of more than `at_most` a seeded sample.

    On the home page, who did something good with published products in the held-out stretch, and all of that. Beside a
    product or basket, whose first visit there had a page (see `visits`) with something good after it, in that visit.
    """
    ids = _who_came(store, split) if scenario not in OPENINGS else _who_opened(store, split, scenario)
    if len(ids) > at_most:
        ids = np.random.default_rng(seed).choice(ids, at_most, replace=False)
    asked = ids.tolist()
    found = (
        _read_gains(store, split, asked) if scenario not in OPENINGS else dict(_pages(store, split, scenario, asked))
    )
    names = dict(fetch("SELECT id, external_id FROM recommender_shopper WHERE id = ANY(%s)", [list(found)]))
    touched = _read_touched(store, split, list(found))
    own = _read_variants([beside for beside, _ in found.values() if beside])
    cases = [
        Case(Occasion(names[pk], beside, own.get(beside, frozenset())), gains, frozenset(touched.get(pk, ())))
        for pk, (beside, gains) in found.items()
    ]
    return sorted(cases, key=lambda case: case.occasion.shopper)


def _who_came(store: Store, split: Split) -> NDArray[np.int64]:
    rows = fetch(
        """
        SELECT DISTINCT shopper_id FROM recommender_event
         WHERE store_id = %s AND at >= %s AND at < %s AND kind = ANY(%s) ORDER BY shopper_id
        """,
        [store.pk, split.at, split.end, [kind for kind, strength in STRENGTHS.items() if strength > 0]],
    )
    return np.array([shopper_id for (shopper_id,) in rows], np.int64)


def _read_gains(store: Store, split: Split, shopper_ids: list[int]) -> Found:
    rows = fetch(
        """
        SELECT e.shopper_id, e.product_id, max(strength)
          FROM recommender_event e
          JOIN unnest(%s::text[], %s::float8[]) AS weighed (kind, strength) USING (kind)
          JOIN catalog_product p ON p.id = e.product_id AND p.is_published
         WHERE e.store_id = %s AND e.at >= %s AND e.at < %s AND e.shopper_id = ANY(%s) AND strength > 0
         GROUP BY 1, 2
        """,
        [list(STRENGTHS), list(STRENGTHS.values()), store.pk, split.at, split.end, shopper_ids],
    )
    found: Found = {}
    for shopper_id, product_id, strength in rows:
        found.setdefault(shopper_id, (None, {}))[1][product_id] = strength
    return found


def _who_opened(store: Store, split: Split, scenario: str) -> NDArray[np.int64]:
    return np.fromiter((shopper_id for shopper_id, _ in _pages(store, split, scenario)), np.int64)


def _pages(
    store: Store, split: Split, scenario: str, shopper_ids: list[int] | None = None
) -> Iterator[tuple[int, tuple[int, dict[int, float]]]]:
    """The first page of every shopper, or of these. A visit that began before the stretch is not of it."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            """
            SELECT e.shopper_id, e.product_id, e.kind, e.at, p.is_published, p.variant_group
              FROM recommender_event e
              JOIN catalog_product p ON p.id = e.product_id
             WHERE e.store_id = %s AND e.at >= %s AND e.at < %s AND (%s::bigint[] IS NULL OR e.shopper_id = ANY(%s))
             ORDER BY e.shopper_id, e.at, e.id
            """,
            [store.pk, split.at - GAP, split.end, shopper_ids, shopper_ids],
        )
        for shopper_id, rows in groupby(cursor, key=itemgetter(0)):
            visits = visits_of(Deed(*deed) for _, *deed in rows)
            pages = (page_of(visit, OPENINGS[scenario]) for visit in visits if visit[0].at >= split.at)
            first = next((page for page in pages if page), None)
            if first:
                yield shopper_id, first


def _read_touched(store: Store, split: Split, shopper_ids: list[int]) -> Mapping[int, Collection[int]]:
    return dict(
        fetch(
            "SELECT shopper_id, array_agg(DISTINCT product_id) FROM recommender_event"
            " WHERE store_id = %s AND at < %s AND shopper_id = ANY(%s) GROUP BY shopper_id",
            [store.pk, split.at, shopper_ids],
        )
    )


def _read_variants(product_ids: list[int]) -> dict[int | None, frozenset[int]]:
    """Each with all its variants."""
    rows = fetch(
        """
        SELECT p.id, array_agg(v.id)
          FROM catalog_product p
          JOIN catalog_product v ON v.store_id = p.store_id AND v.variant_group = p.variant_group
         WHERE p.id = ANY(%s) AND p.variant_group <> '' GROUP BY p.id
        """,
        [product_ids],
    )
    return {pk: frozenset({pk}) for pk in product_ids} | {pk: frozenset(variants) for pk, variants in rows}
