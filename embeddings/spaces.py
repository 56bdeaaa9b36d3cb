"""The life of an embedding space: create -> build -> index -> ready -> activate -> retire -> drop.

A space is built beside the active one and takes its place by one row update; the same flip brings the old one back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import Store
from embeddings import indexes, inference
from embeddings.calibration import SAMPLE_SIZE, calibrate
from embeddings.classification import calibrate_classification
from embeddings.encoders import EncoderInfo
from embeddings.fusion import FUSIONS, load_fusion
from embeddings.layout import Layout
from embeddings.models import Embedding, EmbeddingSpace
from embeddings.querysets import stale_in

Status = EmbeddingSpace.Status


class SpaceError(Exception):
    """A step that the space's state does not allow; the message says why and what would."""


@dataclass(frozen=True)
class Progress:
    """How far a space is: `stale` products are still to be embedded, `failed` ones wait or gave up."""

    total: int
    embedded: int
    stale: int
    failed: int


def create_space(
    *, store: Store, name: str | None = None, encoder: str | None = None, fusion: str | None = None
) -> EmbeddingSpace:
    """A new, empty space with its partition. Loads the encoder once, to learn its dimensions and identity."""
    encoder = encoder or settings.KINDRED_ENCODER
    fusion = fusion or settings.KINDRED_FUSION
    if fusion not in FUSIONS:
        raise SpaceError(f"unknown fusion {fusion!r}; one of {', '.join(sorted(FUSIONS))}")
    model = inference.get_model(encoder)
    info = model.info
    with transaction.atomic():
        _lock_spaces(store)
        name = name or _free_name(store, info)
        if EmbeddingSpace.objects.of(store).filter(name=name).exists():
            raise SpaceError(f"store {store.slug} already has a space named {name!r}")
        space = EmbeddingSpace.objects.create(
            store=store,
            name=name,
            encoder=encoder,
            encoder_id=model.identity,
            fusion=fusion,
            layout=layout_for(info, fusion).to_json(),
        )
        indexes.create_partition(space)
    return space


def ensure_space(store: Store) -> EmbeddingSpace:
    """The store's newest live space; a first one is made when it has none, by one process only."""
    inference.get_model(settings.KINDRED_ENCODER)  # loading takes seconds: not under the lock
    with transaction.atomic():
        _lock_spaces(store)
        return EmbeddingSpace.objects.of(store).live().first() or create_space(store=store)


def layout_for(info: EncoderInfo, fusion: str) -> Layout:
    fused = load_fusion(fusion).size(shared_dim=info.text_dim, joint=info.joint)
    behaviour = settings.KINDRED_BEHAVIOUR_DIMS
    return Layout.of(image=info.image_dim, text=info.text_dim, fused=fused, behaviour=behaviour)


def progress_of(space: EmbeddingSpace) -> Progress:
    total = space.store.products.count()
    stale = stale_in(space).count()
    stale_or_failed = stale_in(space, ignore_backoff=True).count()
    return Progress(total=total, embedded=total - stale_or_failed, stale=stale, failed=stale_or_failed - stale)


def can_be_finished(space: EmbeddingSpace) -> bool:
    """Is the space whole but not yet indexed, or grown far beyond what its calibration was measured on?"""
    if space.status in {Status.BUILDING, Status.INDEXING}:
        return not stale_in(space).exists() and Embedding.objects.filter(space=space).exists()
    measured_on = space.metrics.get("calibrated_on", 0)
    worth_it = min(SAMPLE_SIZE, 2 * measured_on + 1)
    return measured_on < SAMPLE_SIZE and vector_count(space, at_most=SAMPLE_SIZE) >= worth_it


def finish_building(space: EmbeddingSpace) -> bool:
    """Index, calibrate and, if the store has no active space, activate. False when another process is at it.

    A process killed in here leaves the space `indexing`; the sweep calls again, and every step may run twice.
    """
    with indexes.exclusive(space) as is_ours:
        if not is_ours:
            return False
        EmbeddingSpace.objects.filter(pk=space.pk, status=Status.BUILDING).update(status=Status.INDEXING)
        indexes.build_index(space)
        space.calibration = calibrate(space).to_json()
        space.classification = calibrate_classification(space)
        space.metrics |= {"calibrated_on": vector_count(space, at_most=SAMPLE_SIZE)}
        space.save(update_fields=["calibration", "classification", "metrics"])
        with transaction.atomic():
            _lock_spaces(space.store)
            EmbeddingSpace.objects.filter(pk=space.pk, status=Status.INDEXING).update(status=Status.READY)
            if not EmbeddingSpace.objects.filter(store_id=space.store_id).active().exists():
                EmbeddingSpace.objects.filter(pk=space.pk, status=Status.READY).update(
                    status=Status.ACTIVE, activated_at=timezone.now()
                )
        space.refresh_from_db()
    return True


def vector_count(space: EmbeddingSpace, *, at_most: int) -> int:
    return Embedding.objects.filter(space=space).values("product_id")[:at_most].count()


def activate_space(space: EmbeddingSpace) -> None:
    """Make a ready or retired space the one that answers. The one before is retired and can be brought back."""
    with transaction.atomic():
        _lock_spaces(space.store)
        space.refresh_from_db()
        if space.status == Status.ACTIVE:
            return
        if space.status not in {Status.READY, Status.RETIRED}:
            raise SpaceError(f"space {space.name} is {space.status}; only a ready or retired one can be activated")
        EmbeddingSpace.objects.filter(store_id=space.store_id).active().update(status=Status.RETIRED)
        EmbeddingSpace.objects.filter(pk=space.pk).update(status=Status.ACTIVE, activated_at=timezone.now())
    space.refresh_from_db()


def rollback_space(store: Store) -> EmbeddingSpace:
    """Bring back the space that was active before the present one."""
    previous = (
        EmbeddingSpace.objects.of(store)
        .filter(status=Status.RETIRED, activated_at__isnull=False)
        .order_by("-activated_at")
        .first()
    )
    if previous is None:
        raise SpaceError(f"store {store.slug} has no earlier space to go back to")
    activate_space(previous)
    return previous


def drop_space(space: EmbeddingSpace) -> None:
    """Delete a space and its vectors, at the cost of dropping one table. The active one is refused, and the one that
    was active a moment ago: some process may still answer from it."""
    with transaction.atomic():
        _lock_spaces(space.store)
        space.refresh_from_db()
        if space.status == Status.ACTIVE:
            raise SpaceError(f"space {space.name} is active; activate another one first")
        lately = timezone.now() - timedelta(seconds=settings.KINDRED_STALE_SECONDS)
        if space.activated_at and space.store.spaces.active().filter(activated_at__gt=lately).exists():
            raise SpaceError(
                f"space {space.name} was active a moment ago; try again in {settings.KINDRED_STALE_SECONDS} s"
            )
        indexes.drop_partition(space.pk)
        space.delete()


def _lock_spaces(store: Store) -> None:
    """Until the transaction ends, nobody else creates, activates or drops a space of this store."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('spaces', %s))", [store.pk])


def _free_name(store: Store, info: EncoderInfo) -> str:
    base = info.id.rsplit("/", 1)[-1][:80]
    taken = set(EmbeddingSpace.objects.of(store).filter(name__startswith=base).values_list("name", flat=True))
    return next(name for n in range(1, len(taken) + 2) if (name := base if n == 1 else f"{base}-{n}") not in taken)
