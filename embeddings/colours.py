"""Palettes of stored pictures, kept by the picture's hash, whoever shows it.

Measured when matching first asks for them, some 4 ms a picture with decoding it: embedding needs none, and would be a
seventh slower with the starter.
"""

from __future__ import annotations

from collections.abc import Mapping

import structlog
from PIL import UnidentifiedImageError

from embeddings.layout import Vector
from embeddings.palettes import measure_palette
from embeddings.services import open_picture
from embeddings.wire import execute_many, fetch, from_column, to_parameter

logger = structlog.get_logger(__name__)

# A picture is decoded at the smallest scale that still has so many pixels a side.
PICTURE_SIDE = 256


def palettes_of(files: Mapping[str, str]) -> dict[str, Vector]:
    """Of pictures, sha256 -> stored file: what `measure_palette` says. Those that can't be read are left out."""
    if not files:
        return {}
    rows = fetch("SELECT sha256, vector FROM embeddings_palette WHERE sha256 = ANY(%s)", [list(files)])
    known = {sha: from_column(data) for sha, data in rows}
    new: dict[str, Vector] = {}
    for sha in files.keys() - known.keys():
        try:
            new[sha] = measure_palette(open_picture(files[sha], PICTURE_SIDE))
        except (OSError, UnidentifiedImageError):
            logger.warning("picture can't be read", picture=files[sha], exc_info=True)
    if new:
        # In one order everywhere, so that two that write the same wait for each other and don't lock each other out.
        execute_many(
            "INSERT INTO embeddings_palette (sha256, vector) VALUES (%s, %s::halfvec) ON CONFLICT DO NOTHING",
            [(sha, to_parameter(new[sha])) for sha in sorted(new)],
        )
    return known | new
