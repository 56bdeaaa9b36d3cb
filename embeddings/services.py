"""Content into vectors: claim stale products, read what is new about them, encode it, write their rows.

The three steps overlap: while the model works on one batch, threads read and decode the next and write the last one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

import numpy as np
import structlog
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import Error as DatabaseFailure
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image, UnidentifiedImageError

from catalog.models import Product
from catalog.selectors import StoredContent, stored_contents
from embeddings import behaviour, inference
from embeddings.features import keep_features, known_features
from embeddings.fusion import load_fusion
from embeddings.layout import FUSED, IMAGE, TEXT, Layout, Vector, unit
from embeddings.models import EmbeddingFailure, EmbeddingSpace
from embeddings.querysets import stale_in
from embeddings.wire import execute_many, fetch, from_column, to_parameter

logger = structlog.get_logger(__name__)

T = TypeVar("T")

# Ids looked up at a time; a claim covers one batch of KINDRED_EMBED_BATCH of them.
WINDOW = 2_000
RETRY_DELAYS = [timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=12)]


@dataclass
class EmbedReport:
    """What a run did. `images` and `texts` went through the model; everything else was known already."""

    embedded: int = 0
    failed: int = 0
    images: int = 0
    texts: int = 0


@dataclass
class Batch:
    """Claimed products on their way: read (with what is known already), encoded, written."""

    contents: list[StoredContent]
    known_texts: dict[int, Vector]
    features: dict[str, Vector]
    pictures: dict[str, Image.Image]
    problems: dict[int, str] = field(default_factory=dict)


def embed_stale(space: EmbeddingSpace, *, seconds: float | None = None) -> EmbedReport:
    """Embed every stale product of the space that no other process has claimed; stop after `seconds` at a batch's end.

    Safe to run twice, at once, or to be killed: claims die with the connection that holds them, and a product counts as
    done only when its row carries the hash of its present content. Raises EncoderUnavailable.
    """
    model = inference.model_of(space)
    deadline = None if seconds is None else time.monotonic() + seconds
    try:
        with _threads("reader") as reader, _threads("writer") as writer:
            return _pipeline(space, model, reader, writer, deadline)
    finally:
        _release_all_claims()


def _pipeline(
    space: EmbeddingSpace, model: inference.Model, reader: Executor, writer: Executor, deadline: float | None
) -> EmbedReport:
    report = EmbedReport()
    claims = _claimed_batches(space)
    side = model.info.picture_side
    claim = next(claims, None)
    reading = reader.submit(_in_thread, read_batch, space, claim.ids, side) if claim else None
    writing: list[tuple[_Claim, Future[None]]] = []
    while claim and reading:
        batch = reading.result()
        out_of_time = deadline is not None and time.monotonic() > deadline
        following = None if out_of_time else next(claims, None)
        reading = reader.submit(_in_thread, read_batch, space, following.ids, side) if following else None
        rows = _encode_or_isolate(space, model, batch, report)
        writing.append((claim, writer.submit(_in_thread, write_batch, space, batch, rows)))
        _release_written(writing, keep=1)
        report.embedded += len(rows)
        report.failed += len(batch.problems)
        claim = following
    _release_written(writing, keep=0)
    return report


def read_batch(space: EmbeddingSpace, product_ids: Sequence[int], picture_side: int) -> Batch:
    """What these products show, what is known of it, and the decoded pictures that are not."""
    contents = stored_contents(product_ids)
    hashes = {sha for item in contents for sha in item.content.image_hashes}
    batch = Batch(contents, _known_texts(space, contents), known_features(space.encoder_id, hashes), {})
    for item in contents:
        for sha, name in zip(item.content.image_hashes, item.image_files, strict=True):
            if sha in batch.features or sha in batch.pictures:
                continue
            try:
                batch.pictures[sha] = open_picture(name, picture_side)
            except (OSError, UnidentifiedImageError) as error:
                batch.problems[item.product_id] = f"picture {name}: {error}"
    return batch


def encode_batch(space: EmbeddingSpace, model: inference.Model, batch: Batch, report: EmbedReport) -> list[_Row]:
    """Run the model on what is new and lay out every product's vector. No database in here."""
    hashes, pictures = list(batch.pictures), list(batch.pictures.values())
    batch.features |= dict(zip(hashes, model.encode_images(pictures), strict=True))
    unknown = [item for item in batch.contents if item.product_id not in batch.known_texts and item.content.text]
    vectors = model.encode_texts([item.content.text for item in unknown])
    texts = batch.known_texts | {item.product_id: vector for item, vector in zip(unknown, vectors, strict=True)}
    report.images += len(pictures)
    report.texts += len(unknown)
    return _lay_out(space, model, batch, texts)


def write_batch(space: EmbeddingSpace, batch: Batch, rows: Sequence[_Row]) -> None:
    """Store new features and the products' rows; a product deleted meanwhile is left out, the rest is idempotent."""
    keep_features(space.encoder_id, {sha: batch.features[sha] for sha in batch.pictures})
    _write_rows(space, rows)
    alive = set(Product.objects.filter(pk__in=batch.problems).values_list("pk", flat=True))
    batch.problems = {pk: reason for pk, reason in batch.problems.items() if pk in alive}
    healthy = [item.product_id for item in batch.contents if item.product_id not in batch.problems]
    EmbeddingFailure.objects.filter(space=space, product_id__in=healthy).delete()
    _record_failures(space, batch)


@transaction.atomic
def _write_rows(space: EmbeddingSpace, rows: Sequence[_Row]) -> None:
    now = timezone.now()
    vectors = behaviour.complete(space, {row.id: row.vector for row in rows})
    execute_many(
        """
        INSERT INTO embeddings_embedding (space_id, product_id, vector, content_hash, text_hash, present, embedded_at)
        SELECT %s, p.id, %s::halfvec, %s, %s, %s, %s FROM catalog_product p WHERE p.id = %s FOR KEY SHARE
        ON CONFLICT (space_id, product_id) DO UPDATE SET vector = EXCLUDED.vector, content_hash = EXCLUDED.content_hash,
            text_hash = EXCLUDED.text_hash, present = EXCLUDED.present, embedded_at = EXCLUDED.embedded_at
        """,
        [
            (space.pk, to_parameter(vectors[row.id]), row.content_hash, row.text_hash, row.present, now, row.id)
            for row in rows
        ],
    )


def open_picture(name: str, side: int) -> Image.Image:
    """Decode a stored picture, a JPEG at the smallest scale that still has `side` pixels. Raises OSError."""
    with default_storage.open(name) as file:
        image = Image.open(file)
        image.draft("RGB", (side, side))
        return image.convert("RGB")


@dataclass(frozen=True)
class _Row:
    id: int
    vector: Vector
    content_hash: str
    text_hash: str
    present: list[str]


@dataclass(frozen=True)
class _Claim:
    """Products that this process alone works on, held by advisory locks of its database connection."""

    space_id: int
    ids: list[int]

    def release(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_unlock(hashint8extended(id, %s)) FROM unnest(%s::bigint[]) id",
                [self.space_id, self.ids],
            )


def _release_all_claims() -> None:
    """A connection goes back to its pool with its advisory locks: leave none behind, whatever happened."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
    except DatabaseFailure:
        connection.close()  # the server is gone, and the locks with it


def _claimed_batches(space: EmbeddingSpace) -> Iterator[_Claim]:
    """Claim the stale products batch by batch in id order, leaving out what others hold."""
    after = 0
    while window := list(stale_in(space).filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:WINDOW]):
        after = window[-1]
        for start in range(0, len(window), settings.KINDRED_EMBED_BATCH):
            claim = _claim(space, window[start : start + settings.KINDRED_EMBED_BATCH])
            if claim.ids:
                yield claim


def _claim(space: EmbeddingSpace, ids: list[int]) -> _Claim:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM unnest(%s::bigint[]) id WHERE pg_try_advisory_lock(hashint8extended(id, %s))",
            [ids, space.pk],
        )
        locked = [row[0] for row in cursor.fetchall()]
    # Another process may have finished some between our look and our lock.
    stale = set(stale_in(space).filter(pk__in=locked).values_list("pk", flat=True))
    _Claim(space.pk, [pk for pk in locked if pk not in stale]).release()
    return _Claim(space.pk, sorted(stale))


def _release_written(writing: list[tuple[_Claim, Future[None]]], *, keep: int) -> None:
    """Wait for all but the last `keep` writes, oldest first, and let their products go."""
    while len(writing) > keep:
        claim, written = writing.pop(0)
        written.result()
        claim.release()


def _encode_or_isolate(space: EmbeddingSpace, model: inference.Model, batch: Batch, report: EmbedReport) -> list[_Row]:
    """Encode the batch; if that fails, product by product, so that one poisonous product costs only itself."""
    try:
        return encode_batch(space, model, batch, report)
    except Exception:
        logger.exception("batch failed; trying its products one by one", space=space.pk, products=len(batch.contents))
    rows: list[_Row] = []
    for item in batch.contents:
        pictures = {sha: batch.pictures[sha] for sha in item.content.image_hashes if sha in batch.pictures}
        single = Batch([item], batch.known_texts, batch.features, pictures, batch.problems)
        try:
            rows += encode_batch(space, model, single, report)
        except Exception as error:  # what a model or a picture raises is not ours to foresee
            logger.exception("product failed", space=space.pk, product=item.product_id)
            batch.problems[item.product_id] = f"{type(error).__name__}: {error}"
    batch.pictures = {sha: picture for sha, picture in batch.pictures.items() if sha in batch.features}
    return rows


def _lay_out(space: EmbeddingSpace, model: inference.Model, batch: Batch, texts: dict[int, Vector]) -> list[_Row]:
    layout, fusion = Layout.from_json(space.layout), load_fusion(space.fusion)
    rows = []
    for item in batch.contents:
        image = pool([batch.features[sha] for sha in item.content.image_hashes if sha in batch.features])
        parts = {IMAGE: image, TEXT: texts.get(item.product_id)}
        if FUSED in layout.names:
            shared = None if image is None else model.encoder.to_text_space(image[None])[0]
            parts[FUSED] = fusion.fuse(shared, parts[TEXT])
        # A product with a problem is searchable by what could be read, and stays stale until all of it could.
        whole = item.product_id not in batch.problems
        rows.append(
            _Row(
                id=item.product_id,
                vector=layout.pack(parts),
                content_hash=item.content_hash if whole else "",
                text_hash=item.content.text_hash,
                present=[name for name, part in parts.items() if part is not None],
            )
        )
    return rows


def pool(features: Sequence[Vector]) -> Vector | None:
    """One image vector from a product's pictures: the mean of their directions, float32[d] of unit length."""
    return unit(np.mean(features, axis=0)) if features else None


def _known_texts(space: EmbeddingSpace, contents: Sequence[StoredContent]) -> dict[int, Vector]:
    """product id -> text block of those whose text is what their row was made from."""
    layout = Layout.from_json(space.layout)
    wanted = {item.product_id: item.content.text_hash for item in contents}
    rows = fetch(
        "SELECT product_id, text_hash, vector FROM embeddings_embedding WHERE space_id = %s AND product_id = ANY(%s)",
        [space.pk, list(wanted)],
    )
    where = layout.slice_of(TEXT)
    return {pk: unit(from_column(data)[where]) for pk, text_hash, data in rows if text_hash == wanted[pk]}


def _record_failures(space: EmbeddingSpace, batch: Batch) -> None:
    hashes = {item.product_id: item.content_hash for item in batch.contents}
    now = timezone.now()
    for product_id, reason in batch.problems.items():
        failure, is_first = EmbeddingFailure.objects.get_or_create(
            space=space,
            product_id=product_id,
            defaults={"content_hash": hashes[product_id], "reason": reason[:1000], "next_try": now + RETRY_DELAYS[0]},
        )
        if not is_first:
            known = failure.content_hash == hashes[product_id]
            attempts = failure.attempts + 1 if known else 1
            EmbeddingFailure.objects.filter(pk=failure.pk).update(
                content_hash=hashes[product_id],
                reason=reason[:1000],
                attempts=attempts,
                next_try=_next_try(now, attempts),
                failed_at=now,
            )


def _next_try(now: datetime, attempts: int) -> datetime | None:
    return now + RETRY_DELAYS[attempts - 1] if attempts <= len(RETRY_DELAYS) else None


def retry_failures(space: EmbeddingSpace) -> int:
    """Make every failure due now; the number of products concerned."""
    return EmbeddingFailure.objects.filter(space=space).update(next_try=timezone.now(), attempts=0)


class _SameThread(Executor):
    """Runs at once. Inside a transaction other threads, on other connections, would not see its rows."""

    def submit(self, function: Callable[..., T], /, *arguments: Any, **keywords: Any) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(function(*arguments, **keywords))
        except BaseException as error:  # noqa: BLE001  (handed on by result(), as every executor does)
            future.set_exception(error)
        return future


def _threads(name: str) -> Executor:
    return _SameThread() if connection.in_atomic_block else ThreadPoolExecutor(1, name)


def _in_thread(function: Callable[..., T], *arguments: Any) -> T:
    """Run in a pool thread and give its database connection back."""
    try:
        return function(*arguments)
    finally:
        if threading.current_thread() is not threading.main_thread() and not connection.in_atomic_block:
            connection.close()
