"""What the pipeline around a model costs: embedding products against the model's own forward passes on the same."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from catalog.models import Product, Store
from catalog.selectors import stored_contents
from embeddings import inference, services, spaces
from embeddings.models import EmbeddingSpace
from tests.benchmarks.checkpoints import save_clip_base
from tests.benchmarks.figures import Figure, Report
from tests.benchmarks.shops import pictured_shop

if TYPE_CHECKING:
    from PIL.Image import Image

SEED = 50
PRODUCTS = 384  # six batches
LARGE_MODEL_PRODUCTS = 128
ROUNDS = 3
RATIO = 0.85


@dataclass(frozen=True)
class Batch:
    """What one batch of the pipeline shows the model, decoded and in memory."""

    pictures: list[Image]
    texts: list[str]
    files: list[str]


def measure_embedding(scale: int) -> Report:
    """`scale` plays no part: throughput doesn't depend on what is embedded already."""
    store = pictured_shop("pictured", PRODUCTS, seed=SEED)
    figures = _ratio_figures("starter", store, encoder="starter")
    figures += _starter_figures(store)
    small = pictured_shop("pictured-small", LARGE_MODEL_PRODUCTS, seed=SEED + 1)
    with tempfile.TemporaryDirectory() as folder:
        save_clip_base(Path(folder), texts=[item.content.text for item in stored_contents(_ids(small))], seed=SEED)
        figures += _ratio_figures("ViT-B/32", small, encoder=folder)
    return Report(
        figures,
        SEED,
        [
            f"{PRODUCTS} products (ViT-B/32: {LARGE_MODEL_PRODUCTS}), each with one JPEG of 400 to 1,000 pixels,"
            f" in batches of {settings.KINDRED_EMBED_BATCH}",
            "pipeline: services.embed_stale, from stale rows to written vectors",
            "bare: encode_images and encode_texts on the same batches, pictures decoded beforehand; resizing to the"
            " model's input and tokenising belong to the model and are in both",
            f"they take turns, {ROUNDS} rounds; medians",
        ],
    )


def _ratio_figures(name: str, store: Store, *, encoder: str) -> list[Figure]:
    space = spaces.create_space(store=store, name=name.replace("/", "-"), encoder=encoder, fusion="weighted")
    model = inference.get_model(encoder)
    batches = list(_read_batches(store, model))
    count = sum(len(batch.texts) for batch in batches)
    pipeline, bare = [], []
    _run_bare(model, batches[:1])
    for _ in range(ROUNDS):
        pipeline.append(_run_pipeline(space, expected=count))
        bare.append(_seconds(_run_bare, model, batches))
    ratio = median(bare_one / whole for bare_one, whole in zip(bare, pipeline, strict=True))
    return [
        Figure(f"{name}: pipeline", count / median(pipeline), "products/s"),
        Figure(f"{name}: bare model", count / median(bare), "products/s"),
        Figure(f"{name}: ratio", ratio, at_least=RATIO),
    ]


def _starter_figures(store: Store) -> list[Figure]:
    model = inference.get_model("starter")
    batches = list(_read_batches(store, model))

    def encode_files() -> None:
        for batch in batches:
            model.encode_images([services.open_picture(name, model.info.picture_side) for name in batch.files])

    def encode_texts() -> None:
        for batch in batches:
            model.encode_texts(batch.texts)

    images, texts = _seconds(encode_files), _seconds(encode_texts)
    return [
        Figure("starter: from JPEG files, one after the other", PRODUCTS / images, "images/s"),
        Figure("starter: texts", PRODUCTS / texts, "texts/s"),
    ]


def _read_batches(store: Store, model: inference.Model) -> Iterator[Batch]:
    """The store's products as the pipeline batches them."""
    ids = _ids(store)
    for start in range(0, len(ids), settings.KINDRED_EMBED_BATCH):
        contents = stored_contents(ids[start : start + settings.KINDRED_EMBED_BATCH])
        files = [name for item in contents for name in item.image_files]
        yield Batch(
            [services.open_picture(name, model.info.picture_side) for name in files],
            [item.content.text for item in contents],
            files,
        )


def _run_pipeline(space: EmbeddingSpace, *, expected: int) -> float:
    """Seconds to embed the whole store anew."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM embeddings_embedding WHERE space_id = %s", [space.pk])
        cursor.execute("DELETE FROM embeddings_imagefeature WHERE encoder_id = %s", [space.encoder_id])
    started = time.perf_counter()
    report = services.embed_stale(space)
    seconds = time.perf_counter() - started
    assert (report.embedded, report.images, report.texts) == (expected, expected, expected), report
    return seconds


def _run_bare(model: inference.Model, batches: Sequence[Batch]) -> None:
    for batch in batches:
        model.encode_images(batch.pictures)
        model.encode_texts(batch.texts)


def _seconds(function: Callable[..., None], *arguments: Any) -> float:
    started = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - started


def _ids(store: Store) -> list[int]:
    return list(Product.objects.of(store).order_by("pk").values_list("pk", flat=True))
