"""Whether a product is still found by a picture that was altered on its way."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from django.conf import settings
from django.core.files.storage import default_storage
from PIL import Image

from catalog.models import Product, Store
from catalog.selectors import stored_contents
from embeddings import inference
from embeddings.layout import IMAGE
from embeddings.selectors import active_space, vectors_of
from tests.benchmarks.alterations import ALTERATIONS, leave, mirror
from tests.benchmarks.figures import Figure
from tests.benchmarks.storefront import Shopper, ids_of

SEED = 2_003
CHECKED = 20
BATCH = 64
RECALL = 0.90


@dataclass(frozen=True)
class Studio:
    """A shop's pictures and image blocks. `pictures[i]` is of product `owners[i]`, its `places[i]`-th; blocks have
    unit length, in the order of `products`.
    """

    products: list[int]
    blocks: np.ndarray
    owners: np.ndarray
    places: np.ndarray
    pictures: list[Image.Image]


def measure_robustness(store: Store) -> list[Figure]:
    """recall@1 of the product whose picture was altered, for first and further pictures apart."""
    studio, figures = open_studio(store), []
    first = studio.places == 0
    for name, alter in {"unaltered": leave, **ALTERATIONS}.items():
        draw = random.Random(SEED)
        hits = _nearest(studio, [alter(picture, draw) for picture in studio.pictures]) == studio.owners
        bar = None if alter is leave else RECALL
        figures.append(Figure(f"studio picture, {name}: recall@1", float(hits[first].mean()), at_least=bar))
        if not first.all():
            figures.append(Figure(f"other picture, {name}: recall@1", float(hits[~first].mean())))
    return [*figures, _agreement(store, studio)]


def open_studio(store: Store) -> Studio:
    space = active_space(store)
    assert space is not None
    contents = [item for item in stored_contents(ids_of(store)) if item.image_files]
    vectors = vectors_of(space, [item.product_id for item in contents])
    ids, where = list(vectors), space.layout.slice_of(IMAGE)
    shown = [(item.product_id, place, name) for item in contents for place, name in enumerate(item.image_files)]
    return Studio(
        products=ids,
        blocks=np.stack([vectors[pk][where] for pk in ids]),
        owners=np.array([owner for owner, _, _ in shown]),
        places=np.array([place for _, place, _ in shown]),
        pictures=[_open_whole(name) for _, _, name in shown],
    )


def _open_whole(name: str) -> Image.Image:
    """Every pixel, where embedding would decode a JPEG at the scale the model needs."""
    with default_storage.open(name) as file:
        return Image.open(file).convert("RGB")


def _nearest(studio: Studio, pictures: Sequence[Image.Image]) -> np.ndarray:
    model = inference.get_model(settings.KINDRED_ENCODER)
    batches = (pictures[start : start + BATCH] for start in range(0, len(pictures), BATCH))
    rows = np.concatenate([model.encode_images(batch) for batch in batches])
    return np.array(studio.products)[(rows @ studio.blocks.T).argmax(axis=1)]


def _agreement(store: Store, studio: Studio) -> Figure:
    """Whether the multiplication above finds what the API does for an uploaded photo by its looks alone."""
    chosen = random.Random(SEED).sample(range(len(studio.pictures)), CHECKED)
    mirrored = [mirror(studio.pictures[i], random.Random(SEED)) for i in chosen]
    sku_of = dict(Product.objects.of(store).values_list("pk", "sku"))
    expected = [sku_of[pk] for pk in _nearest(studio, mirrored)]
    shopper = Shopper(store)
    served = [shopper.show(_to_png(picture), visual="1", textual="0", limit="1")[0] for picture in mirrored]
    same = np.mean([one == other for one, other in zip(served, expected, strict=True)])
    return Figure(f"altered pictures: the API finds the same, of {CHECKED}", float(same), at_least=1.0)


def _to_png(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()
