"""Forgetting what is kept of pictures by their hash, once nobody shows them.

A table is walked in the order of its key, a window at a time, so that a turn is bounded and the next goes on behind it.
Pictures come while it walks: what seems unused is looked at again, and goes, while nobody keeps files. A picture that
comes back afterwards is measured anew.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from catalog.selectors import shown_pictures
from catalog.services.images import await_kept_files
from embeddings.models import EmbeddingSpace, ImageFeature, Palette

WINDOW = 1_000
# What is younger may be of a picture that somebody is just about to show.
KEPT = timedelta(days=7)

# A row's primary key: of features an encoder and a picture's hash, of palettes a hash.
Key = Any


@dataclass(frozen=True)
class Forgotten:
    """How many rows went, and the key behind which there is more to look at; None at the end."""

    rows: int
    after: Key | None


def forget_features(*, now: datetime, seconds: float, after: tuple[str, str] = ("", "")) -> Forgotten:
    """Of pictures that nobody shows any more, and of encoders that no space is of. Stops after `seconds`."""
    return _walk(ImageFeature, _unused_features, now=now, seconds=seconds, after=after)


def forget_palettes(*, now: datetime, seconds: float, after: str = "") -> Forgotten:
    """Of pictures that nobody shows any more. Stops after `seconds`."""
    return _walk(Palette, _unused_palettes, now=now, seconds=seconds, after=after)


def _walk(
    kind: type[ImageFeature] | type[Palette],
    choose: Callable[[Collection[Key]], list[Key]],
    *,
    now: datetime,
    seconds: float,
    after: Key,
) -> Forgotten:
    deadline, rows = time.monotonic() + seconds, 0
    while window := list(
        kind.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "made_at")[:WINDOW],
    ):
        old = [pk for pk, made_at in window if made_at < now - KEPT]
        if choose(old):
            rows += _forget(kind, choose, old)
        after = window[-1][0]
        if time.monotonic() > deadline:
            return Forgotten(rows, after)
    return Forgotten(rows, None)


@transaction.atomic
def _forget(
    kind: type[ImageFeature] | type[Palette], choose: Callable[[Collection[Key]], list[Key]], keys: Collection[Key]
) -> int:
    await_kept_files()
    return kind.objects.filter(pk__in=choose(keys)).delete()[0]


def _unused_features(keys: Collection[Key]) -> list[Key]:
    shown = shown_pictures({sha256 for _, sha256 in keys})
    encoders = set(EmbeddingSpace.objects.order_by().values_list("encoder_id", flat=True).distinct())
    return [(encoder, sha256) for encoder, sha256 in keys if sha256 not in shown or encoder not in encoders]


def _unused_palettes(keys: Collection[Key]) -> list[Key]:
    shown = shown_pictures(keys)
    return [sha256 for sha256 in keys if sha256 not in shown]
