"""From similarities to probabilities: temperature scaling, its fit and its error. Pure: arrays, no ORM.

A softmax over cosines is no probability until it is told how sharp to be, and an encoder's cosines do not say: a
picture and its name differ from a picture and a wrong name by hundredths, a text and its name by tenths. The one
number that is missing, an inverse temperature per block, is the one that makes right answers most likely on labelled
examples (Guo et al. 2017, arXiv:1706.04599). Nothing about the order of a single block's labels changes by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]

MAX_SCALE = 50.0
BINS = 15
MAX_STEPS = 50


@dataclass(frozen=True)
class Examples:
    """Labelled similarities. `blocks[b]` is float[n, labels] of block b; `truth` int[n] the column that is right."""

    blocks: tuple[Matrix, ...]
    truth: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.truth)

    def take(self, rows: NDArray[np.int64]) -> Examples:
        return Examples(tuple(block[rows] for block in self.blocks), self.truth[rows])


def probabilities(blocks: Sequence[Matrix], scales: Sequence[float]) -> Matrix:
    """softmax over the labels of `sum over blocks b of scales[b] * blocks[b]`: float64[n, labels], rows sum to 1."""
    logits = sum(scale * np.asarray(block, np.float64) for block, scale in zip(blocks, scales, strict=True))
    assert isinstance(logits, np.ndarray)
    grown = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(grown / grown.sum(axis=1, keepdims=True))


def fit_scales(examples: Examples) -> tuple[float, ...]:
    """One scale per block, each between 0 and MAX_SCALE, of least mean negative log likelihood.

    The truth is softened to (n + 1) / (n + 2), the rest shared by the other labels (Platt 1999, section 2.2): a shop
    whose every product is recognised would otherwise ask for certainty without end. The objective is convex in the
    scales; a damped Newton step per round, kept inside the bounds.
    """
    stacked = np.stack([np.asarray(block, np.float64) for block in examples.blocks])
    targets = _soften(examples.truth, stacked.shape[2])
    scales = np.ones(len(stacked))
    loss = _loss(stacked, targets, scales)
    for _ in range(MAX_STEPS):
        step = _newton_step(stacked, targets, scales)
        for damping in (1.0, 0.5, 0.25, 0.1, 0.01):
            tried = np.clip(scales - damping * step, 0.0, MAX_SCALE)
            tried_loss = _loss(stacked, targets, tried)
            if tried_loss < loss:
                break
        else:
            break
        has_settled = loss - tried_loss < 1e-10
        scales, loss = tried, tried_loss
        if has_settled:
            break
    return tuple(float(scale) for scale in scales)


def cross_fitted(examples: Examples, *, seed: int) -> Matrix:
    """Probabilities of every example by the scales that the half it is not in asks for: what a fit is worth."""
    shuffled = np.random.default_rng(seed).permutation(len(examples))
    halves = shuffled[::2], shuffled[1::2]
    given = np.zeros(examples.blocks[0].shape)
    for fitted, judged in (halves, halves[::-1]):
        given[judged] = probabilities(examples.take(judged).blocks, fit_scales(examples.take(fitted)))
    return given


def calibration_error(given: Matrix, truth: NDArray[np.int64], *, bins: int = BINS) -> float:
    """Expected calibration error (Naeini et al. 2015): |how often right - how sure|, over equal bins of how sure.

    Bins are weighed by their share of the examples. With few examples it is above 0 even for a perfect model.
    """
    sure, right = given.max(axis=1), given.argmax(axis=1) == truth
    where = np.minimum((sure * bins).astype(int), bins - 1)
    gaps = [abs(right[where == each].mean() - sure[where == each].mean()) * (where == each).mean()
            for each in np.unique(where)]  # fmt: skip
    return float(np.sum(gaps))


def hit_rate(given: Matrix, truth: NDArray[np.int64], *, k: int) -> float:
    """Share of the examples whose truth is among their k most probable labels."""
    order = np.argsort(-given, axis=1, kind="stable")[:, :k]
    return float((order == truth[:, None]).any(axis=1).mean())


def _soften(truth: NDArray[np.int64], labels: int) -> Matrix:
    rest = 1 / (len(truth) + 2)
    targets = np.full((len(truth), labels), rest / max(labels - 1, 1))
    targets[np.arange(len(truth)), truth] = 1 - rest
    return targets


def _loss(stacked: Matrix, targets: Matrix, scales: Matrix) -> float:
    logits = np.tensordot(scales, stacked, 1)
    highest = logits.max(axis=1)
    normaliser = highest + np.log(np.exp(logits - highest[:, None]).sum(axis=1))
    return float((normaliser - (targets * logits).sum(axis=1)).mean())


def _newton_step(stacked: Matrix, targets: Matrix, scales: Matrix) -> Matrix:
    """Gradient over curvature in the scales that are free: one at a bound that is pushed outwards stays."""
    given = probabilities(list(stacked), list(scales))
    gradient = np.einsum("nl,bnl->b", given - targets, stacked) / len(targets)
    expected = np.einsum("nl,bnl->bn", given, stacked)
    curvature = (np.einsum("nl,bnl,cnl->bc", given, stacked, stacked) - expected @ expected.T) / len(targets)
    free = ~(((scales <= 0) & (gradient > 0)) | ((scales >= MAX_SCALE) & (gradient < 0)))
    step = np.zeros_like(scales)
    if free.any():
        damped = curvature[np.ix_(free, free)] + 1e-9 * np.eye(int(free.sum()))
        step[free] = np.linalg.solve(damped, gradient[free])
    return step
