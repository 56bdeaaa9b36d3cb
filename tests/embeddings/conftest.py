from typing import Any

import pytest

from catalog.models import Product, Store
from embeddings import inference, services, spaces
from embeddings.models import EmbeddingSpace
from tests.factories import make_image, make_products


class Encoded:
    """What went through the model since the last look: `encoded.look()` -> (pictures, texts)."""

    def __init__(self, model: inference.Model) -> None:
        self.model = model
        self.look()

    def look(self) -> tuple[int, int]:
        counts = (self.model.images_encoded, self.model.texts_encoded)
        self.model.images_encoded = self.model.texts_encoded = 0
        return counts


@pytest.fixture
def space(store: Store) -> EmbeddingSpace:
    return spaces.create_space(store=store)


@pytest.fixture
def encoded(space: EmbeddingSpace) -> Encoded:
    return Encoded(inference.get_model(space.encoder))


def build(space: EmbeddingSpace) -> EmbeddingSpace:
    """Embed, index, calibrate, and activate if it is the first."""
    services.embed_stale(space)
    assert spaces.finish_building(space)
    return space


# What the kinds of `kinds_shop` are called, what they look like, and the category they stand in.
KINDS = {"mug": "red", "lamp": "blue", "rug": "green", "vase": "white"}


def kinds(count: int) -> list[dict[str, Any]]:
    """`count` products in categories `Home/mug` and so on: titles name the kind, pictures have its colour."""
    return [
        {
            "sku": f"{kind}-{n}",
            "title": f"{kind} number{n} extra{n}",
            "category": f"Home/{kind}",
            "images": [make_image(colour, mark=n)] if n % 5 else [],
        }
        for kind, colour in KINDS.items()
        for n in range(count // len(KINDS))
    ]


@pytest.fixture
def joint_space(store: Store) -> EmbeddingSpace:
    return spaces.create_space(store=store, encoder="fake:32:joint")


@pytest.fixture
def kinds_shop(store: Store, joint_space: EmbeddingSpace) -> dict[str, Product]:
    """40 products of four kinds, and four without a category; embedded by an encoder that is called joint."""
    bare = [{"sku": kind, "title": f"{kind} novel", "images": [make_image(colour)]} for kind, colour in KINDS.items()]
    products = make_products(store, [*kinds(40), *bare])
    build(joint_space)
    return {product.sku: product for product in products}
