"""Models loaded before they are asked for."""

from __future__ import annotations

from collections.abc import Sequence

import structlog
from django.db import connection

from embeddings.inference import MOST_LOADED, EncoderUnavailable, get_model
from embeddings.models import EmbeddingSpace

logger = structlog.get_logger(__name__)


def wanted_encoders() -> list[str]:
    """Those of active spaces, then of spaces that may be activated any moment; as many as a process keeps.

    Raises django.db.Error: the database is not up, or not migrated.
    """
    try:
        spaces = EmbeddingSpace.objects.servable().values_list("status", "encoder").distinct()
        ordered = sorted(spaces, key=lambda each: (each[0] != EmbeddingSpace.Status.ACTIVE, each[1]))
        return list(dict.fromkeys(encoder for _, encoder in ordered))[:MOST_LOADED]
    finally:
        connection.close()  # back to the pool


def warm_up(encoders: Sequence[str]) -> None:
    """Load them, which takes seconds and is else done by the first text searched for.

    What can't be loaded now is left to the first request, and said there.
    """
    for name in encoders:
        try:
            get_model(name).encode_texts(["warm up"])  # a first forward pass takes a second more
            logger.info("warmed up", encoder=name)
        except EncoderUnavailable as error:
            logger.warning("not warmed up", encoder=name, reason=str(error).strip())
