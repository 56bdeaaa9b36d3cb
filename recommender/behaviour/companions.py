"""What is bought together: how much more two products share baskets than their own numbers of baskets explain.

    score(i, j) = n_ij / (n_ij + SHRINKAGE) * sum over baskets of s_i * s_j / sqrt(n_i * n_j)

with n the numbers of baskets that hold one or both, and s the strength in a basket, 1 for bought. The cosine (Sarwar et
al. 2001, doi:10.1145/371920.372071) keeps bestsellers from going with everything; its lengths count baskets, not
strengths, or what is always left in the basket would weigh as much as what is always bought. The shrinkage (Koren 2008,
doi:10.1145/1401890.1401944) keeps two products that were sold once, together, from leading every list.

Pure: arrays, no ORM.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy import sparse

from recommender.behaviour.matrix import Interactions

AT_MOST = 50
SHRINKAGE = 5.0
# Products compared with all others at a time, which bounds the pairs held in memory.
CHUNK = 1_000


class Pair(NamedTuple):
    """`score` 0 to 1; `baskets` is the number that held both."""

    product: int
    other: int
    score: float
    baskets: int


def find_companions(baskets: Interactions, *, at_most: int = AT_MOST) -> Iterator[Pair]:
    """For every product the `at_most` others with the highest scores, best first; ties by id."""
    by_product = baskets.matrix.T.tocsr()
    by_product.eliminate_zeros()
    by_product.sort_indices()
    norms = np.sqrt(np.diff(by_product.indptr))
    held = by_product.copy()
    held.data = np.ones_like(held.data)
    for start in range(0, by_product.shape[0], CHUNK):
        stop = start + CHUNK
        # The same pattern twice, so that after sorting entry k of one is about the pair of entry k of the other.
        strengths = (by_product[start:stop] @ by_product.T).tocsr()
        counts = (held[start:stop] @ held.T).tocsr()
        strengths.sort_indices()
        counts.sort_indices()
        for row in range(strengths.shape[0]):
            span = slice(strengths.indptr[row], strengths.indptr[row + 1])
            yield from _best(baskets.products, norms, start + row, strengths, counts, span, at_most)


def _best(
    products: np.ndarray,
    norms: np.ndarray,
    row: int,
    strengths: sparse.csr_matrix,
    counts: sparse.csr_matrix,
    span: slice,
    at_most: int,
) -> Iterator[Pair]:
    others, n = strengths.indices[span], counts.data[span].astype(np.float64)
    scores = n / (n + SHRINKAGE) * strengths.data[span] / (norms[row] * norms[others])
    scores[others == row] = -1
    order = np.lexsort((products[others], -scores))[:at_most]
    for place in order:
        if scores[place] > 0:
            yield Pair(int(products[row]), int(products[others[place]]), float(min(1, scores[place])), int(n[place]))
