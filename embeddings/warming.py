"""Models loaded before they are asked for."""

from __future__ import annotations

import structlog
from django.db import Error, connection

from embeddings.inference import MOST_LOADED, EncoderUnavailable, get_model
from embeddings.models import EmbeddingSpace

logger = structlog.get_logger(__name__)


def warm_up() -> None:
    """Load the encoders that shops search with, which takes seconds and is else done by the first text searched for.

    What can't be loaded now is left to the first request, and said there.
    """
    try:
        names = _names()
        for name in names:
            get_model(name).encode_texts(["warm up"])  # a first forward pass takes a second more
        logger.info("warmed up", encoders=names)
    except (Error, EncoderUnavailable) as error:
        logger.warning("not warmed up", reason=str(error).strip())
    finally:
        connection.close()  # back to the pool


def _names() -> list[str]:
    """Those of active spaces, as many as a process keeps."""
    names = EmbeddingSpace.objects.active().order_by("encoder").values_list("encoder", flat=True).distinct()
    return list(names[:MOST_LOADED])
