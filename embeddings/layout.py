"""Blocks and query algebra: one vector per product, one index, any mixture at request time.

A product's vector is the concatenation of *blocks*, each of unit length, or zero where the product lacks the modality.
A query is a vector of the same layout whose blocks are scaled by weights, so that

    <query, product> = sum over blocks b of  w_b * cos(q_b, p_b)

and one inner-product index answers every mixture. Several query terms (a photo, words, a shopper's history) add up.

Weights are divided by the deviation of random-pair cosines (`Calibration`), because text-image cosines vary in the
hundredths and text-text cosines in the tenths: only then does 0.5/0.5 mean an even influence.

Pure: arrays and dataclasses, no ORM.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

IMAGE, TEXT, FUSED, BEHAVIOUR = BLOCK_NAMES = ("image", "text", "fused", "behaviour")
# How requests call the blocks.
WEIGHT_NAMES = {"visual": IMAGE, "textual": TEXT, "fused": FUSED, "behaviour": BEHAVIOUR}
# pgvector indexes a halfvec up to this many dimensions.
MAX_DIMENSIONS = 4_000


class LayoutError(ValueError):
    """A vector, block or weight does not fit. `field` names the culprit as the request spelt it, if it did."""

    def __init__(self, message: str, *, field: str = "weights") -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Block:
    name: str
    size: int


@dataclass(frozen=True)
class Layout:
    """The order and sizes of the blocks; blocks of size 0 are left out."""

    blocks: tuple[Block, ...]

    @classmethod
    def of(cls, **sizes: int) -> Layout:
        """`Layout.of(image=640, text=384)`: blocks in the canonical order, empty ones dropped."""
        unknown = set(sizes) - set(BLOCK_NAMES)
        if unknown:
            raise LayoutError(f"unknown blocks: {', '.join(sorted(unknown))}", field="layout")
        layout = cls(tuple(Block(name, sizes[name]) for name in BLOCK_NAMES if sizes.get(name)))
        if not 0 < layout.dims <= MAX_DIMENSIONS:
            raise LayoutError(f"{layout.dims} dimensions; an index holds 1 to {MAX_DIMENSIONS}", field="layout")
        return layout

    @classmethod
    def from_json(cls, data: Sequence[Mapping[str, Any]]) -> Layout:
        return cls.of(**{str(item["name"]): int(item["size"]) for item in data})

    def to_json(self) -> list[dict[str, Any]]:
        return [{"name": block.name, "size": block.size} for block in self.blocks]

    @property
    def dims(self) -> int:
        return sum(block.size for block in self.blocks)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(block.name for block in self.blocks)

    def slice_of(self, name: str) -> slice:
        start = 0
        for block in self.blocks:
            if block.name == name:
                return slice(start, start + block.size)
            start += block.size
        raise LayoutError(f"the layout has no {name} block", field="layout")

    def pack(self, parts: Mapping[str, Vector | None]) -> Vector:
        """float32[dims] from block vectors; each is brought to unit length, a missing or zero one stays zero."""
        packed = np.zeros(self.dims, np.float32)
        for name, part in parts.items():
            if part is not None:
                where = self.slice_of(name)
                if part.shape != (where.stop - where.start,):
                    raise LayoutError(f"{name} has shape {part.shape}, the layout {where.stop - where.start}")
                packed[where] = unit(part)
        return packed

    def unpack(self, vector: Vector) -> dict[str, Vector]:
        """Every present (non-zero) block of a packed vector."""
        if vector.shape != (self.dims,):
            raise LayoutError(f"a vector of shape {vector.shape} in a layout of {self.dims}", field="layout")
        parts = {name: vector[self.slice_of(name)] for name in self.names}
        return {name: part for name, part in parts.items() if part.any()}


@dataclass(frozen=True)
class Weights:
    """How much each block shall count. Finite, not negative, not all zero."""

    visual: float = 0.5
    textual: float = 0.5
    fused: float = 0.0
    behaviour: float = 0.0

    def __post_init__(self) -> None:
        for name in WEIGHT_NAMES:
            value = getattr(self, name)
            if not math.isfinite(value):
                raise LayoutError(f"{name} must be a finite number", field=name)
            if value < 0:
                raise LayoutError(f"{name} must not be negative", field=name)
            if value > 1_000:
                raise LayoutError(f"{name} must be at most 1000", field=name)
        if not any(getattr(self, name) > 1e-9 for name in WEIGHT_NAMES):
            raise LayoutError("at least one weight must be above zero")

    @property
    def total(self) -> float:
        return sum(float(getattr(self, name)) for name in WEIGHT_NAMES)

    def of_block(self, block: str) -> float:
        return next(float(getattr(self, name)) for name, owner in WEIGHT_NAMES.items() if owner == block)


@dataclass(frozen=True)
class PairStatistics:
    """Cosines of a query modality against a block: `mean` and `deviation` of random pairs, `top` of a true match."""

    mean: float = 0.0
    deviation: float = 1.0
    top: float = 1.0


@dataclass(frozen=True)
class Calibration:
    """(query modality, block) -> statistics; a pair never measured counts with mean 0, deviation 1, top 1."""

    pairs: Mapping[tuple[str, str], PairStatistics] = field(default_factory=dict)

    def of(self, modality: str, block: str) -> PairStatistics:
        return self.pairs.get((modality, block), PairStatistics())

    def to_json(self) -> dict[str, dict[str, float]]:
        return {
            f"{modality}->{block}": {"mean": pair.mean, "deviation": pair.deviation, "top": pair.top}
            for (modality, block), pair in self.pairs.items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Mapping[str, float]]) -> Calibration:
        pairs = {}
        for key, values in data.items():
            modality, _, block = key.partition("->")
            pairs[modality, block] = PairStatistics(**values)
        return cls(pairs)


@dataclass(frozen=True)
class Part:
    """What one query term asks one block: a direction, and the modality that asks (which chooses the statistics)."""

    modality: str
    vector: Vector


@dataclass(frozen=True)
class Term:
    """One thing to resemble: a product, a photo, words, a history. `parts` maps block -> Part."""

    parts: Mapping[str, Part]
    weight: float = 1.0


@dataclass(frozen=True)
class Query:
    """A composed query. `vector` float32[dims]; `mean` and `top` are what a random and a true match would score;
    `means` is the mean by block."""

    vector: Vector
    mean: float
    top: float
    means: Mapping[str, float] = field(default_factory=dict)

    def calibrate(self, raw: float) -> float:
        """Bring an inner product to 0..1: 0 is no better than chance, 1 a true match. Monotone in `raw`."""
        span = self.top - self.mean
        return float(min(1.0, max(0.0, (raw - self.mean) / span))) if span > 0 else 0.0


def compose(layout: Layout, calibration: Calibration, terms: Iterable[Term], weights: Weights) -> Query:
    """Add the terms up into one query vector (the sum in the module's docstring, every cosine over its deviation).

    The vector is scaled so that its largest block weight is 1, which keeps it well inside half precision.
    Raises LayoutError when nothing is left to ask: no term speaks to any block that has a weight.
    """
    vector = np.zeros(layout.dims, np.float32)
    means: dict[str, float] = {}
    top = largest = 0.0
    for term in terms:
        for block in layout.names:
            part = term.parts.get(block)
            strength = weights.of_block(block) * term.weight
            if part is None or abs(strength) <= 1e-9:
                continue
            pair = calibration.of(part.modality, block)
            strength /= max(pair.deviation, 1e-3)
            vector[layout.slice_of(block)] += strength * unit(part.vector)
            means[block] = means.get(block, 0.0) + strength * pair.mean
            top += strength * (pair.top if strength > 0 else pair.mean)
            largest = max(largest, abs(strength))
    if not largest:
        raise LayoutError("the weights leave nothing to compare: no given input speaks to a weighted block")
    means = {block: mean / largest for block, mean in means.items()}
    return Query(vector / largest, sum(means.values()), top / largest, means)


def unit(vector: Vector) -> Vector:
    """Unit length along the last axis; zero, and what is too small to have a direction, becomes zero."""
    length = np.linalg.norm(vector, axis=-1, keepdims=True)
    return np.divide(vector, length, out=np.zeros_like(vector, np.float32), where=length > 1e-12)
