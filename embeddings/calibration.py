"""Measuring a space: what random and true pairs score, for every query modality against every block."""

from __future__ import annotations

import numpy as np

from embeddings import inference
from embeddings.layout import FUSED, IMAGE, TEXT, Calibration, Layout, PairStatistics, Vector, unit
from embeddings.models import Embedding, EmbeddingSpace
from embeddings.wire import fetch, from_columns

SAMPLE_SIZE = 512
SEED = 7


def calibrate(space: EmbeddingSpace) -> Calibration:
    """Statistics over a seeded sample of the space's vectors.

    Random pairs: every query against every other product's block. The top, where a calibrated score reaches 1, is the
    cosine of a thing with itself within one modality; across modalities, where even a product's own picture and text
    are far apart, it is what only one query in twenty finds in the sample.
    """
    layout = Layout.from_json(space.layout)
    blocks = _sample_blocks(space, layout)
    queries = _queries(space, blocks)
    pairs = {}
    for (modality, block), query in queries.items():
        statistics = _measure(query, blocks[block], same_modality=modality == block)
        if statistics is not None:
            pairs[modality, block] = statistics
    return Calibration(pairs)


def calibrate_block(space: EmbeddingSpace, name: str) -> PairStatistics | None:
    """The statistics of one block against itself, which take no model."""
    block = _sample_blocks(space, Layout.from_json(space.layout))[name]
    return _measure(block, block, same_modality=True)


def _sample_blocks(space: EmbeddingSpace, layout: Layout) -> dict[str, Vector]:
    """block -> float32[n, size], n <= SAMPLE_SIZE, the same products in every block, rows zero where absent."""
    ids = np.array(
        Embedding.objects.filter(space=space).order_by("product_id").values_list("product_id", flat=True), np.int64
    )
    chosen = np.random.default_rng(SEED).permutation(ids)[:SAMPLE_SIZE].tolist()
    rows = fetch(
        "SELECT vector FROM embeddings_embedding WHERE space_id = %s AND product_id = ANY(%s) ORDER BY product_id",
        [space.pk, chosen],
    )
    stacked = from_columns([data for (data,) in rows], layout.dims)
    return {name: stacked[:, layout.slice_of(name)] for name in layout.names}


def _queries(space: EmbeddingSpace, blocks: dict[str, Vector]) -> dict[tuple[str, str], Vector]:
    """(query modality, block) -> what that modality of each sampled product asks that block."""
    queries = {(name, name): vectors for name, vectors in blocks.items()}
    encoder = inference.model_of(space).encoder
    if encoder.info.joint:
        image, text = blocks[IMAGE], blocks[TEXT]
        queries[IMAGE, TEXT] = unit(encoder.to_text_space(image))
        queries[TEXT, IMAGE] = unit(encoder.to_image_space(text))
        if FUSED in blocks:
            queries[IMAGE, FUSED] = queries[IMAGE, TEXT]
            queries[TEXT, FUSED] = text
    return queries


def _measure(query: Vector, block: Vector, *, same_modality: bool) -> PairStatistics | None:
    asked, present = query.any(axis=1), block.any(axis=1)
    if asked.sum() < 2 or present.sum() < 2:
        return None
    cosines = query @ block.T
    usable = np.outer(asked, present)
    best = cosines[np.ix_(asked, present)].max(axis=1)
    np.fill_diagonal(usable, val=False)
    random = cosines[usable]
    top = 1.0 if same_modality else float(np.percentile(best, 95))
    return PairStatistics(float(random.mean()), max(float(random.std()), 1e-3), max(top, float(random.mean()) + 1e-3))
