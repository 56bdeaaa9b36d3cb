"""What a recommender must beat, made of nothing but the same past.

Pure: arrays, no ORM.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Occasion:
    """Who is asked for, by the storefront's name, and on which product's page; None on the home page. `own` is that
    product with its variants, which no page holds."""

    shopper: str
    beside: int | None = None
    own: frozenset[int] = frozenset()


# On which occasion, how many -> product ids, best first.
Recommender = Callable[[Occasion, int], list[int]]


@dataclass(frozen=True)
class Past:
    """Who did how much with what: one row for each shopper and product that ever met, in any order.

    `shoppers` and `products` are positions in `names` and `ids`; `strengths` are events' strengths summed, dislikes
    below zero; `last` is when they last met, in seconds. `ids` are all products that may be shown.
    """

    names: tuple[str, ...]
    ids: NDArray[np.int64]  # [products]
    shoppers: NDArray[np.int64]  # [rows]
    products: NDArray[np.int64]  # [rows]
    strengths: NDArray[np.float64]  # [rows]
    last: NDArray[np.float64]  # [rows]

    def rows_of(self, shopper: str) -> NDArray[np.int64]:
        """Positions of a shopper's rows; none of a stranger's."""
        at = self._places.get(shopper)
        return self._order[slice(*self._ends[at : at + 2])] if at is not None else self._order[:0]

    @cached_property
    def touched_by(self) -> NDArray[np.int64]:
        """[products]: shoppers who met each."""
        return np.bincount(self.products, minlength=len(self.ids))

    @cached_property
    def _order(self) -> NDArray[np.int64]:
        return np.argsort(self.shoppers, kind="stable")

    @cached_property
    def _ends(self) -> list[int]:
        counts = np.bincount(self.shoppers, minlength=len(self.names))
        return [0, *counts.cumsum().tolist()]

    @cached_property
    def _places(self) -> dict[str, int]:
        return {name: at for at, name in enumerate(self.names)}


def popularity(past: Past) -> Recommender:
    """What shoppers did most with, the same for everyone."""
    scores = np.bincount(past.products, weights=past.strengths, minlength=len(past.ids))
    order = past.ids[np.lexsort((past.ids, -scores))]
    return lambda _, k: order[:k].tolist()


def random_pages(past: Past, *, seed: int) -> Recommender:
    """Any products; a shopper's own page stays the same."""

    def recommend(occasion: Occasion, k: int) -> list[int]:
        generator = np.random.default_rng([seed, zlib.crc32(occasion.shopper.encode())])
        return generator.permutation(past.ids)[:k].tolist()

    return recommend


def most_recent(past: Past) -> Recommender:
    """What the shopper touched last, latest first; then what is popular."""
    fill = popularity(past)

    def recommend(occasion: Occasion, k: int) -> list[int]:
        rows = past.rows_of(occasion.shopper)
        liked = rows[past.strengths[rows] > 0]
        own = past.ids[past.products[liked[np.argsort(-past.last[liked], kind="stable")]]].tolist()
        return _fill_up(own, fill, occasion, k)

    return recommend


def most_frequent(past: Past) -> Recommender:
    """What the shopper did most with; then what is popular. The known strong baseline of next baskets (Hu et al. 2020,
    doi:10.1145/3397271.3401066).
    """
    fill = popularity(past)

    def recommend(occasion: Occasion, k: int) -> list[int]:
        rows = past.rows_of(occasion.shopper)
        liked = rows[past.strengths[rows] > 0]
        own = past.ids[past.products[liked[np.argsort(-past.strengths[liked], kind="stable")]]].tolist()
        return _fill_up(own, fill, occasion, k)

    return recommend


def cooccurrence(past: Past) -> Recommender:
    """Item to item: what the shopper's products share their shoppers with, by cosine (Sarwar et al. 2001,
    doi:10.1145/371920.372071; Linden et al. 2003), on a product's page what it alone does; then what is popular.

    score(i) = sum over touched j of strength(j) * shoppers of both / sqrt(shoppers of i * shoppers of j), j other
    than i. Never the whole matrix: two passes over the past for a page.
    """
    liked = past.strengths > 0
    shoppers, products = past.shoppers[liked], past.products[liked]
    lengths = np.sqrt(np.maximum(np.bincount(products, minlength=len(past.ids)), 1))
    fill = popularity(past)

    def recommend(occasion: Occasion, k: int) -> list[int]:
        own = np.zeros(len(past.ids))
        if occasion.beside is None:
            rows = past.rows_of(occasion.shopper)
            own[past.products[rows]] = np.maximum(past.strengths[rows], 0)
        else:
            own[past.ids == occasion.beside] = 1
        overlaps = np.bincount(shoppers, weights=(own / lengths)[products], minlength=len(past.names))
        shared = np.bincount(products, weights=overlaps[shoppers], minlength=len(past.ids))
        scores = shared / lengths - own  # a product shares all its shoppers with itself
        order = np.lexsort((past.ids, -scores))
        return _fill_up(past.ids[order[scores[order] > 1e-9]].tolist(), fill, occasion, k)

    return recommend


def _fill_up(own: list[int], fill: Recommender, occasion: Occasion, k: int) -> list[int]:
    if len(own) >= k:
        return own[:k]
    known = set(own)
    return [*own, *(product for product in fill(occasion, k + len(own)) if product not in known)][:k]
