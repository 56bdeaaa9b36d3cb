"""How good a page of recommendations is, and how a shop looks through all of them.

What happened afterwards is `gains`: product -> how much a shopper did with it, above 0. Pages are product ids, best
first. Pure: sequences and arrays, no ORM.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from embeddings.layout import Vector, unit


def recall(page: Sequence[int], relevant: Collection[int], *, k: int) -> float:
    """The share of what was relevant that the first `k` show."""
    return len(set(page[:k]) & set(relevant)) / len(relevant)


def ndcg(page: Sequence[int], gains: Mapping[int, float], *, k: int) -> float:
    """nDCG@k (Järvelin and Kekäläinen 2002, doi:10.1145/582415.582418), discounted by log2(place + 1).

    Gains enter as they are: strengths of events are worths already, and 2^gain - 1 would make one purchase outweigh
    thirty views. All 1, it is binary nDCG. The ideal page is drawn from everything relevant.
    """
    ideal = sorted(gains.values(), reverse=True)[:k]
    return _discounted([gains.get(product, 0.0) for product in page[:k]]) / _discounted(ideal)


def _discounted(gains: Sequence[float]) -> float:
    return sum(gain / math.log2(place + 1) for place, gain in enumerate(gains, start=1))


def reciprocal_rank(page: Sequence[int], relevant: Collection[int], *, k: int) -> float:
    """1 / place of the first relevant, 0 when the first `k` have none; its mean is MRR (Voorhees 1999, TREC-8)."""
    return next((1 / place for place, product in enumerate(page[:k], start=1) if product in relevant), 0.0)


def intra_list_distance(vectors: Vector) -> float:
    """The mean of 1 - cosine over all pairs of rows [n, d] (Smyth and McClave 2001, doi:10.1007/3-540-44593-5_25).

    NaN for fewer than two. Rows must not be zero: what has no vector is far from nothing, and is to be left out.
    """
    n = len(vectors)
    if n < 2:
        return math.nan
    rows = unit(vectors.astype(np.float64))
    # All ordered pairs at once: |sum of rows|² holds each of them, and each row with itself.
    total = float((rows.sum(axis=0) ** 2).sum() - (rows**2).sum())
    return 1 - total / (n * (n - 1))


def self_information(touched_by: int, *, shoppers: int) -> float:
    """Bits: -log2 of the chance that a shopper knows the product (Zhou et al. 2010, doi:10.1073/pnas.1000488107).

    One more shopper who knows it, and one who does not, keep the unknown finite (Laplace's rule of succession).
    """
    return -math.log2((touched_by + 1) / (shoppers + 2))


def coverage(shown: Collection[int], *, catalogue: int) -> float:
    """The share of the catalogue that is shown to anyone (Ge et al. 2010, doi:10.1145/1864708.1864761)."""
    return len(set(shown)) / catalogue


def exposure_gini(exposure: ArrayLike, shares: ArrayLike) -> NDArray[np.float64]:
    """How unevenly groups are shown for what they have in the catalogue: 0 in proportion, towards 1 one group alone.

    Gini's coefficient of the Lorenz curve (Gastwirth 1972, doi:10.2307/1937992) whose population are the products: the
    groups in order of exposure per product, `shares` of the catalogue across, of the exposure up.

    Args:
        exposure: float[..., groups], times shown, not negative; any number of distributions at once.
        shares: float[groups], products of each, above 0.
    """
    times, products = np.asarray(exposure, np.float64), np.asarray(shares, np.float64)
    order = np.argsort(times / products, axis=-1, kind="stable")
    across = np.take_along_axis(np.broadcast_to(products / products.sum(), times.shape), order, axis=-1)
    ordered = np.take_along_axis(times, order, axis=-1)
    total = ordered.sum(axis=-1, keepdims=True)
    up = np.divide(ordered, total, out=np.zeros_like(ordered), where=total > 0).cumsum(axis=-1)
    before = np.concatenate([np.zeros_like(up[..., :1]), up[..., :-1]], axis=-1)
    area = (across * (up + before)).sum(axis=-1)
    return np.where(total[..., 0] > 0, 1 - area, 0.0)
