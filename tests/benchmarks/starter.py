"""How well the starter model answers: words, photos and altered pictures, through the code that serves it."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from django.conf import settings

from catalog.models import Product, Store
from catalog.selectors import stored_contents
from embeddings import inference, services
from embeddings.classification import measure_classification
from embeddings.encoders import STARTER
from embeddings.models import EmbeddingSpace
from embeddings.training.evaluate_starter import measure_clothing, measure_grocery, measure_magento
from embeddings.training.pictures import read_grocery
from tests.benchmarks.figures import Figure, Report, milliseconds
from tests.benchmarks.phrasings import Phrasing, bootstrap_interval, measure_ndcg, read_phrasings
from tests.benchmarks.robustness import measure_robustness
from tests.benchmarks.shops import DEMO
from tests.benchmarks.storefront import Shopper, ids_of, open_shop

SEED = 2_002
ROUNDS = 3
WORST = 15
RECALL_AT_5 = 0.60
PICTURES_PER_SECOND, TEXTS_PER_SECOND, MODEL_MB = 250, 200, 15
SINGLE_TEXTS = 100
# What is said of a request beside its words, and the bar.
WAYS: dict[str, tuple[dict[str, str], float | None]] = {
    "joint query": ({}, 0.80),
    "asked once": ({"feedback": "false"}, None),
    "both blocks, without looking for words": ({"lexical": "0", "feedback": "false"}, None),
    "image block alone": ({"visual": "1", "textual": "0", "lexical": "0", "feedback": "false"}, 0.55),
    "text block alone": ({"visual": "0", "textual": "1", "lexical": "0", "feedback": "false"}, None),
}
SAMPLE_BARS = {
    "grocery val photo -> train photo, 1-NN, image block": 0.60,
    "clothing held-out photo -> label text, top 1": 0.55,
}


NOTES = [
    "words and photos are asked of the API in this process: GET and POST /api/v1/search/, defaults unless said, every"
    " variant for itself",
    "phrasings: nDCG@10, gains 2^grade - 1; intervals are 95 %, of 10,000 resamplings of the requests",
    "altered pictures: the product whose image block (the mean of its pictures) is nearest to the altered picture",
    "categories: zero-shot, by the names of the shop's categories; the model has seen the shop's products in training,"
    " and their category's name beside them",
    "pictures/s: stored JPEGs, read, decoded, resized and encoded in batches as they are embedded",
]


def measure_starter(scale: int) -> Report:
    """`scale` plays no part: the shop is the demo's own."""
    demo = open_shop("demo", DEMO)
    words, notes = measure_phrasings(demo, read_phrasings())
    figures = [*words, *measure_robustness(demo), *measure_categories(demo), *measure_speed(demo)]
    if settings.KINDRED_SAMPLE_DATA.is_dir():
        figures += measure_sample_data(settings.KINDRED_SAMPLE_DATA)
    else:
        notes.append(f"no sample data in {settings.KINDRED_SAMPLE_DATA}: groceries, clothing and Magento not measured")
    return Report(figures, SEED, [*NOTES, *notes])


def measure_phrasings(store: Store, phrasings: Sequence[Phrasing]) -> tuple[list[Figure], list[str]]:
    skus = set(Product.objects.of(store).published().values_list("sku", flat=True))
    unknown = {sku for phrasing in phrasings for sku in phrasing.grades} - skus
    assert not unknown, f"judged, but not in the shop: {sorted(unknown)}"
    shopper, figures, notes = Shopper(store), [], []
    for way, (parameters, bar) in WAYS.items():
        pages = [shopper.ask(phrasing.query, **parameters, collapse="false") for phrasing in phrasings]
        values = [measure_ndcg(page, p.grades) for page, p in zip(pages, phrasings, strict=True)]
        low, high = bootstrap_interval(values, seed=SEED)
        figures.append(Figure(f"{len(phrasings)} phrasings, {way}: nDCG@10", float(np.mean(values)), at_least=bar))
        notes.append(f"{way}: 95 % interval {low:.3f} to {high:.3f}; {_by_kind(phrasings, values)}")
        if way == "joint query":
            worst = sorted(zip(values, phrasings, pages, strict=True), key=lambda row: row[0])[:WORST]
            notes += [_spell_page(value, phrasing, page) for value, phrasing, page in worst]
    return figures, notes


def _by_kind(phrasings: Sequence[Phrasing], values: Sequence[float]) -> str:
    """`colour 0.81 (20), use 0.64 (15)`: the mean by what the requests are told by."""
    kinds: dict[str, list[float]] = defaultdict(list)
    for phrasing, value in zip(phrasings, values, strict=True):
        kinds[phrasing.about].append(value)
    return ", ".join(f"{kind} {np.mean(found):.2f} ({len(found)})" for kind, found in sorted(kinds.items()))


def _spell_page(value: float, phrasing: Phrasing, page: Sequence[str]) -> str:
    """The request's value, and what came up with its grade."""
    found = " ".join(f"{sku}:{phrasing.grades.get(sku, 0)}" for sku in page)
    missed = [sku for sku, grade in phrasing.grades.items() if grade == 2 and sku not in page]
    return f"{value:.2f} “{phrasing.query}” -> {found}; missed {' '.join(missed) or 'none'}"


def measure_categories(store: Store) -> list[Figure]:
    """The shop's own categories, told without being trained on them; a product's text is read without its category."""
    space = EmbeddingSpace.objects.of(store).active().get()
    figures = []
    for modality, measured in measure_classification(space).items():
        name = f"category of {measured.categories}, by {modality}"
        figures += [
            Figure(f"{name}: top 1", measured.top_1),
            Figure(f"{name}: top 3", measured.top_3),
            Figure(f"{name}: expected calibration error", measured.error),
        ]
    return figures


def measure_speed(store: Store) -> list[Figure]:
    model = inference.get_model(settings.KINDRED_ENCODER)
    contents = stored_contents(ids_of(store))
    files = [name for item in contents for name in item.image_files]
    texts = [*Product.objects.of(store).values_list("title", flat=True), *(p.query for p in read_phrasings())]
    size, side = settings.KINDRED_EMBED_BATCH, model.info.picture_side

    def encode_files() -> None:
        for start in range(0, len(files), size):
            model.encode_images([services.open_picture(name, side) for name in files[start : start + size]])

    def encode_texts() -> None:
        for start in range(0, len(texts), size):
            model.encode_texts(texts[start : start + size])

    singles = [_seconds(lambda text=text: model.encode_texts([text])) for text in texts[-SINGLE_TEXTS:]]
    pictures_rate, texts_rate = len(files) / _seconds(encode_files), len(texts) / _seconds(encode_texts)
    return [
        Figure("pictures, JPEG to vector", pictures_rate, "pictures/s", at_least=PICTURES_PER_SECOND),
        Figure("short texts", texts_rate, "texts/s", at_least=TEXTS_PER_SECOND),
        *milliseconds("one short text", singles),
        Figure("model files", megabytes(STARTER), "MB", at_most=MODEL_MB),
    ]


def _seconds(work: Callable[[], object]) -> float:
    """The median of a few rounds, after one that warms up."""
    work()
    taken = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return median(taken)


def megabytes(folder: Path) -> float:
    """What a model's folder weighs, its card included."""
    return sum(file.stat().st_size for file in folder.iterdir()) / 1e6


def measure_sample_data(data: Path) -> list[Figure]:
    """Photos of the public sample data; the grocery shop is a real one of 81 products, asked with shelf photos."""
    encoder: Any = inference.get_model(settings.KINDRED_ENCODER).encoder
    measured = {
        **measure_grocery(encoder, data / "grocery"),
        **measure_clothing(encoder, data / "clothing"),
        **measure_magento(encoder, data / "magento"),
    }
    figures = [Figure(name, value, at_least=SAMPLE_BARS.get(name)) for name, value in measured.items()]
    return [*figures, *_measure_shelf_photos(data / "grocery")]


def _measure_shelf_photos(folder: Path) -> list[Figure]:
    shopper = Shopper(open_shop("grocery", folder))
    photos = [picture for picture in read_grocery(folder) if picture.split == "val"]
    pages = [shopper.show(photo.path.read_bytes(), limit="5") for photo in photos]
    places = [page.index(photo.label) if photo.label in page else 5 for page, photo in zip(pages, photos, strict=True)]
    name = "grocery val photo -> product of 81, image and text"
    return [
        Figure(f"{name}: recall@{k}", float(np.mean(np.array(places) < k)), at_least=RECALL_AT_5 if k == 5 else None)
        for k in (1, 5)
    ]
