"""What shoppers did, as one vector a product: close are those that the same shoppers were after.

Alternating least squares on implicit feedback (Hu, Koren and Volinsky 2008, doi:10.1109/ICDM.2008.22) by the library
`implicit`, solved by conjugate gradients (Takács, Pilászy and Tikk 2011). Strengths are weighed by BM25 first, so that
neither a bestseller nor a shopper who looks at everything outweighs the rest; a dislike is a confident "no".

Pure: arrays, no ORM.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from implicit.cpu.als import AlternatingLeastSquares
from scipy import sparse
from threadpoolctl import threadpool_limits

from embeddings.layout import Vector, unit
from recommender.behaviour.matrix import Interactions

# Fewer say more about these shoppers than about the product: it is predicted from its content instead.
LEAST_SHOPPERS = 3
SEED = 7
# Chosen on the demo's shoppers, nDCG@10 of their last week by profiles made of these vectors alone, 64 factors: without
# BM25 0.211, with a tenth of the regularisation 0.219, like this 0.230; popularity 0.148.
BM25_K1, BM25_B = 100, 0.8
# Of the median length of a product's column. Regularised factors drop every direction of the matrix with a singular
# value below it, so that one number would leave a small shop nothing and a large one all its noise.
REGULARIZATION = 0.45
# From scratch, and from what was learned before. In a shop with few events a product many factorisations fit equally
# well: at 9 interactions a product, a day's events later, the median product's cosine with itself was 0.56 when both
# were learned from scratch, 0.94 after 15 iterations from the last, 0.99 after 5.
ITERATIONS, FURTHER_ITERATIONS = 15, 5


def learn_factors(
    interactions: Interactions, *, dims: int, start: Mapping[int, Vector] | None = None
) -> dict[int, Vector]:
    """product id -> float32[dims] of unit length, of products that at least LEAST_SHOPPERS shoppers took to.

    Args:
        start: what was learned last time, to go on from.

    The same interactions and start give the same bytes: what is random is seeded, and there is one thread, which also
    leaves the other cores to those who wait for answers.
    """
    shoppers = np.asarray((interactions.matrix > 0).sum(axis=0)).ravel()
    known = np.flatnonzero(shoppers >= LEAST_SHOPPERS)
    if not len(known):
        return {}
    matrix = weigh(interactions.matrix[:, known])
    typical = float(np.median(np.sqrt(np.asarray(matrix.power(2).sum(axis=0)))))
    with threadpool_limits(1):
        model = AlternatingLeastSquares(
            factors=dims,
            regularization=REGULARIZATION * typical,
            iterations=FURTHER_ITERATIONS if start else ITERATIONS,
            num_threads=1,
            random_state=SEED,
        )
        if start:
            unknown = np.random.default_rng(SEED).random((len(known), dims), np.float32) * 0.01
            pks = interactions.products[known].tolist()
            model.item_factors = np.stack([start.get(pk, unknown[at]) for at, pk in enumerate(pks)])
        model.fit(matrix, show_progress=False)
    vectors = unit(model.item_factors)
    return {int(pk): vector for pk, vector in zip(interactions.products[known], vectors, strict=True) if vector.any()}


def weigh(matrix: sparse.csr_matrix) -> sparse.csr_matrix:
    """BM25 with products as documents and shoppers as words, of the strengths without their signs.

    As in `candidates.lexical` the idf is the form that is never negative: in a shop of a few products everybody has
    touched most of them, and with the library's own `bm25_weight` nothing would be left to learn from.
    """
    weighed = matrix.astype(np.float32).tocsr()
    weighed.eliminate_zeros()
    strength, product = np.abs(weighed.data), weighed.indices
    lengths = np.bincount(product, strength, minlength=weighed.shape[1])
    norms = 1 - BM25_B + BM25_B * lengths / lengths.mean()
    saturated = strength * (BM25_K1 + 1) / (BM25_K1 * norms[product] + strength)
    touched = np.diff(weighed.indptr)
    idf = np.log1p((weighed.shape[1] - touched + 0.5) / (touched + 0.5))
    weighed.data = (np.sign(weighed.data) * saturated * np.repeat(idf, touched)).astype(np.float32)
    return weighed
