"""Vectors of offers. What was encoded before, a text of this offer or a picture of anybody, is not encoded again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import structlog
from PIL import UnidentifiedImageError

from embeddings import inference
from embeddings.colours import palettes_of
from embeddings.features import keep_features, known_features
from embeddings.layout import Vector
from embeddings.selectors import SpaceView
from embeddings.services import open_picture
from embeddings.wire import fetch, from_column
from recommender.matching.asked import AskedOffer, SeenOffer

if TYPE_CHECKING:
    from PIL.Image import Image

logger = structlog.get_logger(__name__)


def see_offers(
    space: SpaceView | None, offers: Sequence[AskedOffer], *, known_texts: Mapping[str, Vector]
) -> list[SeenOffer]:
    """In order; without a space nobody has vectors. At most one pass of the encoder for texts and one for pictures, and
    none where all is known (`known_texts`: hash -> vector). Raises EncoderUnavailable."""
    seen = recall_offers(space, offers, known_texts=known_texts)
    if space is None:
        return seen
    imagined = imagine(space, [offer.text_vector for offer in seen if offer.text_vector is not None])
    return [replace(offer, imagined_vector=vector) for offer, vector in zip(seen, imagined, strict=True)]


def recall_offers(
    space: SpaceView | None, offers: Sequence[AskedOffer], *, known_texts: Mapping[str, Vector]
) -> list[SeenOffer]:
    """As `see_offers`, and without what their texts would look like: where all is known, no encoder is loaded."""
    if space is None:
        return [SeenOffer(offer) for offer in offers]
    texts = {**known_texts, **_encode_texts(space, offers, known_texts)}
    pictures = _see_pictures(space, offers)
    palettes = palettes_of({offer.image_hash: offer.image for offer in offers if offer.image})
    return [
        SeenOffer(
            offer,
            texts[offer.text_hash],
            pictures.get(offer.image_hash),
            palette=palettes.get(offer.image_hash),
        )
        for offer in offers
    ]


def remembered_texts(space: SpaceView | None, offer_ids: Sequence[int]) -> dict[str, Vector]:
    """Hash -> vector, of these offers as they were when last matched."""
    if space is None:
        return {}
    rows = fetch(
        "SELECT text_hash, text_vector FROM recommender_match"
        " WHERE offer_id = ANY(%s) AND encoder_id = %s AND text_vector IS NOT NULL",
        [list(offer_ids), space.encoder_id],
    )
    return {text_hash: from_column(data) for text_hash, data in rows}


def imagine(space: SpaceView, texts: Sequence[Vector]) -> list[Vector | None]:
    """What texts would look like, if the space's encoder is joint; a matter of arithmetic, not of the encoder."""
    model = inference.model_of(space)
    if not model.info.joint or not texts:
        return [None] * len(texts)
    return list(model.encoder.to_image_space(np.stack(texts)))


def _encode_texts(space: SpaceView, offers: Sequence[AskedOffer], known: Mapping[str, Vector]) -> dict[str, Vector]:
    new = {offer.text_hash: offer.text for offer in offers if offer.text_hash not in known}
    if not new:
        return {}
    rows = inference.model_of(space).encode_texts(list(new.values()))
    # Of half precision, as they are kept: the same to the bit, remembered or not.
    return dict(zip(new, rows.astype(np.float16).astype(np.float32), strict=True))


def _see_pictures(space: SpaceView, offers: Sequence[AskedOffer]) -> dict[str, Vector]:
    names = {offer.image_hash: offer.image for offer in offers if offer.image}
    known = known_features(space.encoder_id, names)
    unknown = {sha: name for sha, name in names.items() if sha not in known}
    if not unknown:
        return known
    model = inference.model_of(space)
    opened: dict[str, Image] = {}
    for sha, name in unknown.items():
        try:
            opened[sha] = open_picture(name, model.info.picture_side)
        except (OSError, UnidentifiedImageError):
            # The offer is matched by what else it says.
            logger.warning("offer's picture can't be read", picture=name, exc_info=True)
    new = dict(zip(opened, model.encode_images(list(opened.values())), strict=True))
    keep_features(space.encoder_id, new)
    return known | new
