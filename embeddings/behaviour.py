"""The behaviour block: what shoppers taught about products, and what content foretells of those nobody has met.

Where the vectors come from is not known here. Learned ones are kept in a table of their own, not in a column beside the
product's vector: they outlive a change of its text or pictures, exist before it is embedded, and a row read by every
search is not made longer by them. Every other product gets what a ridge map foretells from its content, so that
nothing is invisible for lack of shoppers.

A refresh beside embedding workers loses nothing. New vectors and a new map are published under an exclusive lock that
every write of rows shares: a row is either written before, and then found by the rewriting that follows, or after, and
then made with the new ones. The rewriting replaces a row only if it is still the one that was read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray
from pgvector import HalfVector
from psycopg.types.numeric import Int8
from safetensors.numpy import load, save

from embeddings.calibration import calibrate_block
from embeddings.layout import BEHAVIOUR, Calibration, Layout, LayoutError, Vector, unit
from embeddings.models import BehaviourMap, EmbeddingSpace
from embeddings.ridge import LEAST_ROWS, RidgeMap, fit_ridge
from embeddings.wire import copy_in, execute_many, fetch, from_column, from_columns, to_parameter

# Rows read and written at a time.
BATCH = 1_000
# A block whose cosine with the new one is above this is left as it is: rewriting a row costs its way through the HNSW
# index, and a day of the demo's events brings nearly every product below 0.999, one in four below this. What is left
# adds up to no more, for the comparison is with the row.
UNCHANGED = 0.99


@dataclass(frozen=True)
class BehaviourReport:
    """`learned` products have a vector of their own, `predicted` got theirs from content, `rewritten` rows changed.

    `held_out_cosine` says how well content foretells behaviour, 1 perfectly; None when too few were learned.
    """

    learned: int
    predicted: int
    rewritten: int
    held_out_cosine: float | None


def store_behaviour(space: EmbeddingSpace, vectors: Mapping[int, Vector]) -> BehaviourReport:
    """Make `vectors`, product id -> float32[size of the block], all that is learned in this space.

    Not for two processes at once in one space. Killed underway, it leaves a space that answers as before, or with some
    rows not yet rewritten; called again, it completes. Raises LayoutError.
    """
    layout = Layout.from_json(space.layout)
    learned = _align(space, _checked(layout, vectors))
    ridge = fit_ridge(_examples(space, layout, learned))
    _publish(space, learned, ridge)
    predicted, rewritten = _rewrite(space, layout, learned, ridge)
    _recalibrate(space)
    return BehaviourReport(len(learned), predicted, rewritten, ridge.held_out_cosine if ridge else None)


def learned_vectors(space: EmbeddingSpace) -> dict[int, Vector]:
    """product id -> float32[size of the block], as last stored."""
    rows = fetch("SELECT product_id, vector FROM embeddings_behaviourvector WHERE space_id = %s", [space.pk])
    return {pk: unit(from_column(data)) for pk, data in rows}


def has_outgrown(space: EmbeddingSpace) -> bool:
    """Have so many products of known behaviour been embedded since that their map would be a better one?"""
    rows = fetch(
        "SELECT coalesce((SELECT learned FROM embeddings_behaviourmap WHERE space_id = %s), 0),"
        " count(*) FROM embeddings_behaviourvector v JOIN embeddings_embedding e USING (space_id, product_id)"
        " WHERE v.space_id = %s AND e.space_id = %s",
        [space.pk] * 3,
    )
    fitted_on, learned = rows[0]
    return bool(learned >= 2 * fitted_on + LEAST_ROWS)


def complete(space: EmbeddingSpace, vectors: Mapping[int, Vector]) -> dict[int, Vector]:
    """Packed vectors of products, with their behaviour blocks filled in: learned, or foretold by the other blocks.

    Call it in the transaction that writes them.
    """
    layout = Layout.from_json(space.layout)
    if BEHAVIOUR not in layout.names or not vectors:
        return dict(vectors)
    _lock_for_rows(space)
    rows = fetch("SELECT fitted_at FROM embeddings_behaviourmap WHERE space_id = %s", [space.pk])
    ridge = _load_map(space.pk, rows[0][0]) if rows else None
    ids = list(vectors)
    learned = _learned(space, ids)
    packed = np.stack([vectors[pk] for pk in ids])
    packed[:, layout.slice_of(BEHAVIOUR)] = _blocks(layout, ids, packed, learned, ridge)
    return dict(zip(ids, packed, strict=True))


def _checked(layout: Layout, vectors: Mapping[int, Vector]) -> dict[int, Vector]:
    where = layout.slice_of(BEHAVIOUR)
    size = where.stop - where.start
    for pk, vector in vectors.items():
        if vector.shape != (size,) or not np.isfinite(vector).all():
            raise LayoutError(f"product {pk}: a finite vector of {size} is wanted, not one of shape {vector.shape}")
    return {pk: part for pk in sorted(vectors) if (part := unit(vectors[pk])).any()}


def _align(space: EmbeddingSpace, vectors: dict[int, Vector]) -> dict[int, Vector]:
    """Turned all together to where they were before, which changes no cosine among them.

    Factors are learned up to a rotation, another one each time. Without this (orthogonal Procrustes; Schönemann 1966,
    doi:10.1007/BF02289451) no row would be unchanged, and while rows are rewritten old and new would not compare.
    """
    before = _learned(space, list(vectors))
    if not before:
        return vectors
    new = np.stack([vectors[pk] for pk in before]).astype(np.float64)
    old = np.stack(list(before.values())).astype(np.float64)
    left, _, right = np.linalg.svd(new.T @ old)
    turned = unit((np.stack(list(vectors.values())) @ (left @ right)).astype(np.float32))
    return dict(zip(vectors, turned, strict=True))


def _examples(space: EmbeddingSpace, layout: Layout, learned: Mapping[int, Vector]) -> Iterator[tuple[Vector, Vector]]:
    """(content, behaviour) of the learned products that have been embedded."""
    ids = list(learned)
    for start in range(0, len(ids), BATCH):
        rows = fetch(
            "SELECT product_id, vector FROM embeddings_embedding"
            " WHERE space_id = %s AND product_id = ANY(%s) ORDER BY product_id",
            [space.pk, ids[start : start + BATCH]],
        )
        if rows:
            packed = from_columns([data for _, data in rows], layout.dims)
            yield _content(layout, packed), np.stack([learned[pk] for pk, _ in rows])


def _publish(space: EmbeddingSpace, learned: Mapping[int, Vector], ridge: RidgeMap | None) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE told (product_id bigint, vector halfvec) ON COMMIT DROP")
        told = ((Int8(pk), HalfVector(vector)) for pk, vector in learned.items())
        copy_in("COPY told FROM STDIN (FORMAT BINARY)", told)
        # A product being deleted is waited for before anything of it is locked here, which its deletion would wait for.
        cursor.execute(
            "SELECT count(*) FROM (SELECT FROM catalog_product"
            " WHERE id IN (SELECT product_id FROM told) ORDER BY id FOR KEY SHARE) AS kept"
        )
        _lock_for_publication(space)
        cursor.execute("DELETE FROM embeddings_behaviourvector WHERE space_id = %s", [space.pk])
        cursor.execute(
            "INSERT INTO embeddings_behaviourvector (space_id, product_id, vector)"
            " SELECT %s, p.id, told.vector FROM told JOIN catalog_product p ON p.id = told.product_id"
            " WHERE p.store_id = %s",
            [space.pk, space.store_id],
        )
        cursor.execute("DROP TABLE told")
        if ridge is None:
            BehaviourMap.objects.filter(space=space).delete()
        else:
            BehaviourMap.objects.update_or_create(
                space=space,
                defaults={
                    "tensors": save({"weights": ridge.weights, "bias": ridge.bias}),
                    "ridge": ridge.ridge,
                    "learned": ridge.rows,
                    "held_out_cosine": ridge.held_out_cosine,
                    "fitted_at": timezone.now(),
                },
            )


def _rewrite(
    space: EmbeddingSpace, layout: Layout, learned: Mapping[int, Vector], ridge: RidgeMap | None
) -> tuple[int, int]:
    """(products predicted, rows rewritten). Only what has changed is written, and only where nobody else has since."""
    where = layout.slice_of(BEHAVIOUR)
    after = predicted = rewritten = 0
    while rows := fetch(
        "SELECT product_id, vector, embedded_at FROM embeddings_embedding"
        " WHERE space_id = %s AND product_id > %s ORDER BY product_id LIMIT %s",
        [space.pk, after, BATCH],
    ):
        ids = [pk for pk, _, _ in rows]
        after = ids[-1]
        packed = from_columns([data for _, data, _ in rows], layout.dims)
        blocks = _blocks(layout, ids, packed, learned, ridge)
        changed = np.flatnonzero(_has_turned(packed[:, where], blocks))
        packed[:, where] = blocks
        execute_many(
            "UPDATE embeddings_embedding SET vector = %s::halfvec"
            " WHERE space_id = %s AND product_id = %s AND embedded_at = %s",
            [(to_parameter(packed[at]), space.pk, ids[at], rows[at][2]) for at in changed],
        )
        rewritten += len(changed)
        predicted += sum(pk not in learned and bool(block.any()) for pk, block in zip(ids, blocks, strict=True))
    return predicted, rewritten


def _has_turned(before: Vector, after: Vector) -> NDArray[np.bool_]:
    cosines = np.sum(unit(before) * after, axis=1)
    return np.where(after.any(axis=1), cosines < UNCHANGED, before.any(axis=1))


def _blocks(
    layout: Layout, ids: Sequence[int], packed: Vector, learned: Mapping[int, Vector], ridge: RidgeMap | None
) -> Vector:
    """float32[n, size of the block]: learned where learned, else foretold, else zero."""
    where = layout.slice_of(BEHAVIOUR)
    if ridge is None:
        blocks = np.zeros((len(ids), where.stop - where.start), np.float32)
    else:
        blocks = ridge.predict(_content(layout, packed))
    for place, pk in enumerate(ids):
        if pk in learned:
            blocks[place] = learned[pk]
    return blocks


def _content(layout: Layout, packed: Vector) -> Vector:
    """The other blocks, zero where a product lacks one."""
    return np.delete(packed, np.r_[layout.slice_of(BEHAVIOUR)], axis=1)


def _learned(space: EmbeddingSpace, ids: Sequence[int]) -> dict[int, Vector]:
    rows = fetch(
        "SELECT product_id, vector FROM embeddings_behaviourvector WHERE space_id = %s AND product_id = ANY(%s)",
        [space.pk, list(ids)],
    )
    return {pk: unit(from_column(data)) for pk, data in rows}


@lru_cache(maxsize=8)
def _load_map(space_id: int, fitted_at: datetime) -> RidgeMap:
    """Parsed once a process for the map fitted then; one fitted later is another key."""
    stored = BehaviourMap.objects.get(space_id=space_id, fitted_at=fitted_at)
    tensors = load(bytes(stored.tensors))
    return RidgeMap(tensors["weights"], tensors["bias"], stored.ridge, stored.learned, stored.held_out_cosine)


def _recalibrate(space: EmbeddingSpace) -> None:
    """In one statement, so that what else is measured of the space meanwhile is not overwritten."""
    statistics = calibrate_block(space, BEHAVIOUR)
    measured = Calibration({(BEHAVIOUR, BEHAVIOUR): statistics} if statistics else {})
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE embeddings_embeddingspace SET calibration = calibration - %s || %s::jsonb WHERE id = %s",
            [f"{BEHAVIOUR}->{BEHAVIOUR}", json.dumps(measured.to_json()), space.pk],
        )
    space.refresh_from_db(fields=["calibration"])


def _lock_for_rows(space: EmbeddingSpace) -> None:
    """Until the transaction ends, what rows are made with stays as it is."""
    fetch("SELECT pg_advisory_xact_lock_shared(hashtextextended('behaviour', %s))", [space.pk])


def _lock_for_publication(space: EmbeddingSpace) -> None:
    """Until the transaction ends, no row is written; what is being written is waited for."""
    fetch("SELECT pg_advisory_xact_lock(hashtextextended('behaviour', %s))", [space.pk])
