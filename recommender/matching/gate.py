"""Whether a matcher that was taught may take over from the one in use: both asked about the same offers. Pure.

What they say of every candidate is scored by its logarithm. One offer's word weighs little: a probability counts as no
less than LEAST, a product that was no candidate as given LEAST, and offers of one family of products stand together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recommender.evaluation.bootstrap import Estimate, Table, estimate
from recommender.matching.contract import ACCEPT
from recommender.matching.measures import average_precision, log_losses
from recommender.matching.offer_reports import Outcome, report_offers

LEAST = 1e-3


@dataclass(frozen=True)
class Gate:
    """Whether it may take over, and why. `gain` is the log loss an offer that it saves."""

    is_open: bool
    why: str
    gain: Estimate


def weigh(taught: Sequence[Outcome], present: Sequence[Outcome], *, precision: float, seed: int) -> Gate:
    """Open where the taught one loses less, so surely that of 40 draws of the families 39 agree (BCa, see `bootstrap`),
    ranks no worse, and does not stop accepting where the present one may be trusted to: `precision` is what that takes.
    Outcomes are of the same offers in the same order.
    """
    saved = np.array([_loss(before) - _loss(after) for before, after in zip(present, taught, strict=True)])
    names, places = np.unique([each.group for each in taught], return_inverse=True)
    table = np.stack([np.bincount(places, saved), np.bincount(places).astype(np.float64)], axis=1)
    gain = estimate(table, _per_offer, seed=seed)
    before, after = _rank(present), _rank(taught)
    told = (
        f"log loss lower by {gain.value:.4f} ({gain.low:.4f} to {gain.high:.4f}), average precision {before:.3f} to "
        f"{after:.3f}, on {len(taught)} held-out offers of {len(names)} families"
    )
    if not gain.is_above_zero:
        return Gate(False, f"not surely better: {told}", gain)
    if after < before:
        return Gate(False, f"ranks worse: {told}", gain)
    accepted = [each.linked == each.wanted for each in present if each.kind == ACCEPT]
    is_trusted = bool(accepted) and sum(accepted) / len(accepted) >= precision
    if is_trusted and not any(each.kind == ACCEPT for each in taught):
        return Gate(False, f"too few decisions to prove what it may accept by itself: {told}", gain)
    return Gate(True, f"better: {told}", gain)


def describe(taught: Sequence[Outcome], present: Sequence[Outcome], *, seed: int) -> dict[str, Any]:
    groups = len({each.group for each in taught})
    matches = sum(each.wanted is not None for each in taught)
    return {
        "held_out": {"offers": len(taught), "matches": matches, "families": groups},
        "taught": _measure(taught, seed=seed),
        "present": _measure(present, seed=seed),
    }


def _measure(outcomes: Sequence[Outcome], *, seed: int) -> dict[str, Any]:
    report = report_offers(outcomes, seed=seed)
    return {
        "log_loss": float(np.mean([_loss(each) for each in outcomes])),
        "average_precision": _rank(outcomes),
        "accuracy": report.accuracy,
        "calibration_error": report.calibration_error,
        **{name: asdict(getattr(report, name)) for name in ("accept", "review", "new")},
    }


def _loss(outcome: Outcome) -> float:
    labels, given = _pairs([outcome])
    return float(log_losses(labels, np.clip(given, LEAST, 1 - LEAST)).sum())


def _rank(outcomes: Sequence[Outcome]) -> float:
    return average_precision(*_pairs(outcomes))


def _pairs(outcomes: Sequence[Outcome]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Whether each candidate is it and what it was given; a product that was none of them was given nothing."""
    pairs = [pair for each in outcomes for pair in each.pairs]
    pairs += [(0.0, True) for each in outcomes if each.wanted is not None and not each.is_found]
    return np.array([is_it for _, is_it in pairs], bool), np.array([given for given, _ in pairs], np.float64)


def _per_offer(means: Table) -> Table:
    return means[:, 0] / means[:, 1]
