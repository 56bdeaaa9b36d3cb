"""Reads of spaces and vectors for other apps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.models import Store
from embeddings.layout import Calibration, Layout, Part, Term, Vector
from embeddings.models import EmbeddingSpace
from embeddings.wire import fetch, from_column


@dataclass(frozen=True)
class SpaceView:
    """What answering a query needs to know of a space."""

    id: int
    store_id: int
    name: str
    encoder: str
    fusion: str
    layout: Layout
    calibration: Calibration


def active_space(store: Store) -> SpaceView | None:
    space = EmbeddingSpace.objects.of(store).active().first()
    return view_of(space) if space else None


def view_of(space: EmbeddingSpace) -> SpaceView:
    return SpaceView(
        id=space.pk,
        store_id=space.store_id,
        name=space.name,
        encoder=space.encoder,
        fusion=space.fusion,
        layout=Layout.from_json(space.layout),
        calibration=Calibration.from_json(space.calibration),
    )


def vectors_of(space: SpaceView, product_ids: Iterable[int]) -> dict[int, Vector]:
    """product id -> float32[dims]; products without a vector are left out."""
    rows = fetch(
        "SELECT product_id, vector FROM embeddings_embedding WHERE space_id = %s AND product_id = ANY(%s)",
        [space.id, list(product_ids)],
    )
    return {product_id: from_column(data) for product_id, data in rows}


def term_of_vector(space: SpaceView, vector: Vector, *, weight: float = 1.0) -> Term:
    """Ask for what resembles a stored vector (a product's, or a sum of several), block against the same block."""
    return Term({name: Part(name, part) for name, part in space.layout.unpack(vector).items()}, weight)
