"""Query vectors to be near to, several of them being alternatives: of a shopper's interests one is enough.

Pure: arrays and dataclasses, no ORM.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from embeddings.layout import Query, Vector

Scores = NDArray[np.float64]


@dataclass(frozen=True)
class Anchor:
    """A query vector to be near to; several of them are alternatives. `factor` is what a perfect match scores."""

    query: Query
    factor: float = 1.0

    def score(self, vectors: Vector) -> Scores:
        """float64[n], 0 to 1, of packed vectors [n, dims], as the index computes it: the query in half precision."""
        asked = self.query.vector.astype(np.float16).astype(np.float32)
        # BLAS rounds a row by its place among the others, and twins would not tie.
        return self.calibrate(np.einsum("nd,d->n", vectors, asked).astype(np.float64))

    def calibrate(self, raws: Scores) -> Scores:
        """float64[n], 0 to 1, of the query's inner products."""
        span = self.query.top - self.query.mean
        if span <= 0:
            return np.zeros(len(raws))
        return self.factor * np.clip((raws - self.query.mean) / span, 0.0, 1.0)


def score_by(anchors: Iterable[Anchor], vectors: Vector) -> Scores:
    """float64[n]: the best of the anchors; zeros without any."""
    best = np.zeros(len(vectors))
    for anchor in anchors:
        best = np.maximum(best, anchor.score(vectors))
    return best
