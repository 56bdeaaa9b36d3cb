"""Zero-shot classification: which of these labels is it, and how sure can one be?

No classifier is trained. A label is a text, its vector is compared with a picture's and a text's, and a softmax whose
sharpness was fitted (`embeddings.temperature`) makes probabilities of the cosines. Cosines are first brought to the
space's units, (cosine - mean of random pairs) / their deviation, so that one default serves encoders whose cosines are
hundredths and those whose are tenths: on photos and texts of five shops the fit asked for 1.8 to 4.2 of these units,
wherever it came from.

The probabilities say which of the *given* labels is likeliest and always sum to 1: if none fits, they still do. There
is no label "none of these", which would need examples of what is none. Beside each probability stands the similarity
that search would show, 0 (no better than chance) to 1 (a true match): where that is low for every label, none fits.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from catalog.models import Product, Store
from catalog.selectors import categories_for_products, texts_without_category
from embeddings import inference
from embeddings.labels import MAX_PHRASES, Label, LabelVectors, category_labels, encode_labels
from embeddings.layout import IMAGE, TEXT, Vector
from embeddings.models import EmbeddingSpace
from embeddings.selectors import SpaceView, require_active_space, vectors_of, view_of
from embeddings.temperature import (
    Examples,
    Matrix,
    calibration_error,
    cross_fitted,
    fit_scales,
    hit_rate,
    probabilities,
)
from embeddings.wire import fetch, from_columns

if TYPE_CHECKING:
    from PIL.Image import Image

BOTH = "both"
# What is known of a thing -> the blocks that speak.
MODALITIES = {IMAGE: (IMAGE,), TEXT: (TEXT,), BOTH: (IMAGE, TEXT)}
# Means of fits on shop photos and texts; a store with enough categorised products gets its own.
DEFAULT_SCALES = {IMAGE: (3.0,), TEXT: (2.7,), BOTH: (2.4, 1.5)}

# A request encodes the labels it brings: more of a store's categories than this are for `suggest_categories`.
MAX_CATEGORIES = 1_000
SAMPLE_SIZE = 256
MIN_EXAMPLES, MIN_CATEGORIES = 30, 3
SEED = 7


class ClassificationRefused(ValueError):  # noqa: N818  (it is a verdict)
    """Why there is nothing to choose from or to compare; `field` names the culprit."""

    def __init__(self, field: str, code: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.code = code
        self.message = message


class NotEmbedded(Exception):  # noqa: N818  (a state, not a fault)
    """The product has no vector in the store's active space yet."""


@dataclass(frozen=True)
class Verdict:
    """Of one thing over all labels, in their order. `probabilities` sum to 1; `scores` are 0 to 1 each."""

    modality: str
    probabilities: Matrix
    scores: Matrix


@dataclass(frozen=True)
class Choice:
    label: Label
    probability: float
    score: float


@dataclass(frozen=True)
class Classification:
    """`choices` are the likeliest labels, best first; `rest` is the probability of all the others together."""

    space: SpaceView
    modality: str
    is_fitted: bool
    choices: tuple[Choice, ...]
    rest: float


@dataclass(frozen=True)
class Measured:
    """A modality's fit on a store's own categorised products.

    `top_1`, `top_3` and `error` (expected calibration error) are two-fold: each half judged by the other half's fit.
    """

    scales: tuple[float, ...]
    examples: int
    categories: int
    top_1: float
    top_3: float
    error: float
    default_error: float


def classify(
    *,
    store: Store,
    labels: Sequence[Label] | None = None,
    templates: Sequence[str] | None = None,
    product: Product | None = None,
    photo: Image | None = None,
    text: str = "",
    limit: int = 10,
) -> Classification:
    """The likeliest labels of a product (by its stored vector), a photo, a text, or either of the first two with text.

    `labels` None are the store's own categories, said in `templates`. A text given with a product stands in for the
    product's own. With an encoder whose modalities share no space, texts alone are compared.

    Raises NoActiveSpace, NotEmbedded, EncoderUnavailable, ClassificationRefused.
    """
    space = require_active_space(store)
    labels = _few_categories(store, templates) if labels is None else labels
    model = inference.model_of(space)
    blocks = _stored_blocks(space, product) if product else {}
    if photo is not None:
        blocks[IMAGE] = model.encode_images([photo])
    if text:
        blocks[TEXT] = model.encode_texts([text])
    (verdict,) = judge(space, blocks, encode_labels(model, labels))
    if verdict is None:
        message = "This store's encoder compares pictures with pictures only, not with words: give text."
        raise ClassificationRefused("image", "not_joint", message)
    best = np.argsort(-verdict.probabilities, kind="stable")[:limit]
    choices = [Choice(labels[at], float(verdict.probabilities[at]), float(verdict.scores[at])) for at in best]
    rest = max(0.0, 1.0 - sum(choice.probability for choice in choices))
    return Classification(space, verdict.modality, verdict.modality in space.scales, tuple(choices), rest)


def judge(space: SpaceView, blocks: Mapping[str, Vector], labels: LabelVectors) -> list[Verdict | None]:
    """Weigh things against labels. `blocks[b]` is float32[n, size]; a row of zeros says nothing. Runs no model.

    None for a thing that says nothing the labels can be compared with.
    """
    compared = _compare(space, blocks, labels)
    present = {name: np.any(blocks[name] != 0, axis=1) for name in compared}
    verdicts: list[Verdict | None] = [None] * len(next(iter(blocks.values())))
    for modality, names in MODALITIES.items():
        rows = _rows_that_have_just(names, present)
        if len(rows):
            units = [compared[name][rows] for name in names]
            given = probabilities(units, space.scales.get(modality, DEFAULT_SCALES[modality]))
            scores = _score(space, names, units)
            for at, row in enumerate(rows.tolist()):
                verdicts[row] = Verdict(modality, given[at], scores[at])
    return verdicts


def measure_classification(space: EmbeddingSpace, *, sample: int = SAMPLE_SIZE) -> dict[str, Measured]:
    """How well, and how honestly, the store's own categories are told from pictures, from texts and from both.

    A product's stored text names its category, so texts are encoded anew without it: what is measured is what
    happens to products that have none. Modalities with fewer than MIN_EXAMPLES products in MIN_CATEGORIES are left out.
    """
    view = view_of(space)
    paths = categories_for_products(space.store)
    ids, truth, vectors = _categorised(view, list(paths), sample)
    if len(ids) < MIN_EXAMPLES:
        return {}
    model = inference.model_of(space)
    blocks = without_category(view, model, ids, vectors)
    compared = _compare(view, blocks, encode_labels(model, category_labels(paths)))
    measured: dict[str, Measured] = {}
    for modality, names in MODALITIES.items():
        if all(name in compared for name in names):
            rows = np.flatnonzero(np.logical_and.reduce([blocks[name].any(axis=1) for name in names]))
            found = _measure(Examples(tuple(compared[name][rows] for name in names), truth[rows]), modality)
            if found:
                measured[modality] = found
    return measured


def calibrate_classification(space: EmbeddingSpace) -> dict[str, dict[str, Any]]:
    """`measure_classification` as the space's row keeps it."""
    return {modality: asdict(measured) for modality, measured in measure_classification(space).items()}


def without_category(
    space: SpaceView, model: inference.Model, product_ids: Sequence[int], vectors: Vector
) -> dict[str, Vector]:
    """The image and text blocks of stored vectors, float32[n, size], the texts encoded as if they named no category."""
    texts = texts_without_category(product_ids)
    return split_blocks(space, vectors) | {TEXT: model.encode_texts([texts.get(pk, "") for pk in product_ids])}


def split_blocks(space: SpaceView, vectors: Vector) -> dict[str, Vector]:
    return {name: vectors[:, space.layout.slice_of(name)] for name in (IMAGE, TEXT)}


def _few_categories(store: Store, templates: Sequence[str] | None) -> list[Label]:
    paths = categories_for_products(store)
    if len(paths) < 2:
        raise ClassificationRefused("labels", "no_categories", "The store has no two categories: give labels.")
    if len(paths) > MAX_CATEGORIES:
        message = f"The store has {len(paths):,} categories, a request compares {MAX_CATEGORIES:,}: give labels."
        raise ClassificationRefused("labels", "too_many_categories", message)
    if templates is not None and len(paths) * len(templates) > MAX_PHRASES:
        message = f"{len(paths):,} categories may be said in {MAX_PHRASES} ways in all: give fewer templates."
        raise ClassificationRefused("templates", "too_many_texts", message)
    return category_labels(paths, templates)


def _stored_blocks(space: SpaceView, product: Product) -> dict[str, Vector]:
    vectors = vectors_of(space, [product.pk])
    if not vectors:
        raise NotEmbedded
    return split_blocks(space, vectors[product.pk][None])


def _compare(space: SpaceView, blocks: Mapping[str, Vector], labels: LabelVectors) -> dict[str, Matrix]:
    """block -> float64[n, labels], cosines in deviations from what random pairs have; labels ask as texts do."""
    asked = {IMAGE: labels.image, TEXT: labels.text}
    compared = {}
    for name, rows in blocks.items():
        questions = asked[name]
        if questions is not None:
            pair = space.calibration.of(TEXT, name)
            compared[name] = (np.asarray(rows @ questions.T, np.float64) - pair.mean) / max(pair.deviation, 1e-3)
    return compared


def _rows_that_have_just(names: Sequence[str], present: Mapping[str, NDArray[np.bool_]]) -> NDArray[np.int64]:
    if any(name not in present for name in names):
        return np.zeros(0, np.int64)
    chosen = np.logical_and.reduce([has if name in names else ~has for name, has in present.items()])
    return np.flatnonzero(chosen)


def _score(space: SpaceView, names: Sequence[str], units: Sequence[Matrix]) -> Matrix:
    """As search scores with even weights: where between chance (0) and a true match (1) the blocks' sum lies."""
    pairs = [space.calibration.of(TEXT, name) for name in names]
    top = sum((pair.top - pair.mean) / max(pair.deviation, 1e-3) for pair in pairs)
    return np.asarray(np.clip(np.sum(units, axis=0) / top, 0.0, 1.0)) if top > 0 else np.zeros_like(units[0])


def _categorised(
    space: SpaceView, category_ids: Sequence[int], sample: int
) -> tuple[list[int], NDArray[np.int64], Vector]:
    """A seeded sample of products with a category: ids, the place of their category in `category_ids`, vectors."""
    known = Product.objects.filter(store_id=space.store_id, category_id__in=category_ids).order_by("pk")
    ids = np.array(known.values_list("pk", flat=True), np.int64)
    chosen = np.random.default_rng(SEED).permutation(ids)[:sample].tolist()
    rows = fetch(
        "SELECT e.product_id, p.category_id, e.vector FROM embeddings_embedding e"
        " JOIN catalog_product p ON p.id = e.product_id AND p.content_hash = e.content_hash"
        " WHERE e.space_id = %s AND e.product_id = ANY(%s) AND p.category_id = ANY(%s) ORDER BY e.product_id",
        [space.id, chosen, list(category_ids)],
    )
    column = {pk: at for at, pk in enumerate(category_ids)}
    stacked = from_columns([data for *_, data in rows], space.layout.dims)
    return [row[0] for row in rows], np.array([column[row[1]] for row in rows], np.int64), stacked


def _measure(examples: Examples, modality: str) -> Measured | None:
    categories = len(np.unique(examples.truth))
    if len(examples) < MIN_EXAMPLES or categories < MIN_CATEGORIES:
        return None
    given = cross_fitted(examples, seed=SEED)
    shipped = probabilities(examples.blocks, DEFAULT_SCALES[modality])
    return Measured(
        scales=fit_scales(examples),
        examples=len(examples),
        categories=categories,
        top_1=hit_rate(given, examples.truth, k=1),
        top_3=hit_rate(given, examples.truth, k=3),
        error=calibration_error(given, examples.truth),
        default_error=calibration_error(shipped, examples.truth),
    )
