"""A page that shows more than ten of the same: maximal marginal relevance.

    next = argmax over what is left of  (1 - d) * score - d * max over what is chosen of likeness

(Carbonell and Goldstein 1998, doi:10.1145/290941.291025.) `d` is the request's `diversity`: at 0 the order of scores,
at 1 the least like what is above, whatever its score.

Pure: arrays, no ORM.
"""

from __future__ import annotations

import numpy as np

from embeddings.layout import Vector


def diversify(scores: Vector, likeness: Vector, *, diversity: float, limit: int) -> list[int]:
    """Positions of the `limit` chosen, best first; ties by position.

    Args:
        scores: float[n], 0 to 1.
        likeness: float[n, n], symmetric, 1 for the same thing.
        diversity: 0 to 1.
    """
    value = (1 - diversity) * np.asarray(scores, np.float64)
    nearest = np.zeros(len(value))  # likeness to the most similar of those chosen
    left = np.ones(len(value), bool)
    chosen: list[int] = []
    while len(chosen) < min(limit, len(value)):
        best = int(np.argmax(np.where(left, value - diversity * nearest, -np.inf)))
        chosen.append(best)
        left[best] = False
        nearest = likeness[best].astype(np.float64) if len(chosen) == 1 else np.maximum(nearest, likeness[best])
    return chosen


def likeness_of(vectors: Vector) -> Vector:
    """Cosines of rows [n, d] with one another, float32[n, n]; a zero row is like nothing."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit = np.divide(vectors, lengths, out=np.zeros_like(vectors, np.float32), where=lengths > 0)
    return unit @ unit.T
