"""How much each signal counts in a score.

    score = sum over signals s of  w_s * signal_s / sum of the w of the signals that have something to say

Every signal is 0 to 1. The blocks of a vector are one signal, likeness, of the weight of all blocks together, because
one index answers their mixture (see `embeddings.layout`); the others are mixed in afterwards.

Pure: dataclasses, no ORM.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property

from embeddings.layout import LayoutError, Weights

BLOCK_WEIGHTS = ("visual", "textual", "fused", "behaviour")
# What follows the shopper, the crowd or the words instead of a vector given with the question.
OTHER_WEIGHTS = ("lexical", "personal", "popular", "again", "together")
WEIGHT_NAMES = (*BLOCK_WEIGHTS, *OTHER_WEIGHTS)


@dataclass(frozen=True)
class Mix:
    """`personal` is likeness to what the shopper is interested in, `again` what they come back to, `together` what
    is bought with the products asked for."""

    visual: float = 0.0
    textual: float = 0.0
    fused: float = 0.0
    behaviour: float = 0.0
    lexical: float = 0.0
    personal: float = 0.0
    popular: float = 0.0
    again: float = 0.0
    together: float = 0.0

    def __post_init__(self) -> None:
        if not any(getattr(self, item.name) > 0 for item in fields(self)):
            raise LayoutError("at least one weight must be above zero")

    def over(self, given: Mapping[str, float]) -> Mix:
        """With the weights that are given in place of these. Raises LayoutError."""
        return replace(self, **given) if given else self

    @cached_property
    def blocks(self) -> Weights | None:
        """None when no block counts."""
        values = {name: float(getattr(self, name)) for name in BLOCK_WEIGHTS}
        return Weights(**values) if any(value > 1e-9 for value in values.values()) else None

    @property
    def likeness(self) -> float:
        return sum(float(getattr(self, name)) for name in BLOCK_WEIGHTS)
