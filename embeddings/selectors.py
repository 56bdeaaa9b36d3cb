"""Reads of spaces and vectors for other apps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from catalog.models import Store
from catalog.moments import this_moment
from embeddings.layout import Calibration, Layout, Part, Term, Vector
from embeddings.models import EmbeddingSpace
from embeddings.wire import fetch, from_columns, to_array


class NoActiveSpace(Exception):  # noqa: N818  (a state, not a fault)
    """Nothing of the store is embedded and indexed yet, so there is nothing to compare words and photos to."""


@dataclass(frozen=True)
class SpaceView:
    """What answering a query needs to know of a space."""

    id: int
    store_id: int
    name: str
    encoder: str
    encoder_id: str
    fusion: str
    layout: Layout
    calibration: Calibration
    # Of zero-shot classification: modality -> what `embeddings.temperature` fitted, one number a block.
    scales: Mapping[str, tuple[float, ...]] = field(default_factory=dict)


def active_space(store: Store) -> SpaceView | None:
    """As it was at most KINDRED_STALE_SECONDS seconds ago."""
    try:
        return _active_space(store.pk, this_moment())
    except NoActiveSpace:
        return None


def require_active_space(store: Store) -> SpaceView:
    """Raises NoActiveSpace."""
    space = active_space(store)
    if space is None:
        raise NoActiveSpace
    return space


@lru_cache(maxsize=1024)
def _active_space(store_id: int, moment: float) -> SpaceView:
    """That there is none is not remembered: raises NoActiveSpace."""
    rows = fetch(
        "SELECT id, store_id, name, encoder, encoder_id, fusion, layout::text, calibration::text,"
        " classification::text"
        " FROM embeddings_embeddingspace WHERE store_id = %s AND status = 'active'",
        [store_id],
    )
    if not rows:
        raise NoActiveSpace
    return _parse_view(*rows[0])


def view_of(space: EmbeddingSpace) -> SpaceView:
    facts = (space.pk, space.store_id, space.name, space.encoder, space.encoder_id, space.fusion)
    return _parse_view(*facts, *(json.dumps(data) for data in (space.layout, space.calibration, space.classification)))


@lru_cache(maxsize=256)
def _parse_view(
    space_id: int,
    store_id: int,
    name: str,
    encoder: str,
    encoder_id: str,
    fusion: str,
    layout: str,
    calibration: str,
    classification: str,
) -> SpaceView:
    """Parsed once for what the row says; a changed row is another key."""
    return SpaceView(
        id=space_id,
        store_id=store_id,
        name=name,
        encoder=encoder,
        encoder_id=encoder_id,
        fusion=fusion,
        layout=Layout.from_json(json.loads(layout)),
        calibration=Calibration.from_json(json.loads(calibration)),
        scales={modality: tuple(facts["scales"]) for modality, facts in json.loads(classification).items()},
    )


def vectors_of(space: SpaceView, product_ids: Iterable[int]) -> dict[int, Vector]:
    """product id -> float32[dims]; products without a vector are left out."""
    rows = fetch(
        "SELECT product_id, vector FROM embeddings_embedding WHERE space_id = %s AND product_id = ANY(%s::bigint[])",
        [space.id, to_array(product_ids)],
    )
    vectors = from_columns([data for _, data in rows], space.layout.dims)
    return dict(zip((product_id for product_id, _ in rows), vectors, strict=True))


def last_written(space: SpaceView) -> datetime | None:
    """When content was last embedded in the space: the end of an index."""
    rows = fetch("SELECT max(embedded_at) FROM embeddings_embedding WHERE space_id = %s", [space.id])
    return rows[0][0]


def term_of_vector(space: SpaceView, vector: Vector, *, weight: float = 1.0) -> Term:
    """Ask for what resembles a stored vector (a product's, or a sum of several), block against the same block."""
    return Term({name: Part(name, part) for name, part in space.layout.unpack(vector).items()}, weight)
