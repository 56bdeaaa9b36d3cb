from typing import Any

import numpy as np
import pytest
from PIL import Image

from catalog.models import Product, ProductImage, Store
from embeddings import inference, pictures, spaces
from embeddings.layout import LayoutError
from embeddings.models import EmbeddingSpace
from embeddings.pictures import MatchedPicture, best_pictures
from embeddings.selectors import SpaceView, view_of
from embeddings.wire import fetch
from tests.embeddings.conftest import build
from tests.factories import make_image, make_product, make_products

pytestmark = pytest.mark.django_db

COLOURS = ["red", "blue", "green", "white", "black", "orange"]


@pytest.fixture
def view(store: Store, space: EmbeddingSpace) -> SpaceView:
    """Product n shows n % 4 pictures of changing colours; 12 products."""
    rows = [
        {
            "sku": str(n),
            "images": [make_image(COLOURS[(n + i) % len(COLOURS)], mark=10 * n + i) for i in range(n % 4)],
        }
        for n in range(12)
    ]
    make_products(store, rows)
    return view_of(build(space))


def look(space: SpaceView, colour: str) -> np.ndarray:
    return inference.model_of(space).encode_images([Image.new("RGB", (64, 64), colour)])[0]


def slow_twin(space: SpaceView, query: np.ndarray) -> dict[int, MatchedPicture]:
    """Every picture through the encoder again, the best by hand."""
    model, best = inference.model_of(space), {}
    for image in ProductImage.objects.filter(product__store_id=space.store_id, status="ready").order_by("position"):
        with image.file.open() as file, Image.open(file) as picture:
            row = model.encode_images([picture.convert("RGB")])[0]
        cosine = float(row @ query / np.linalg.norm(query))
        if image.product_id not in best or cosine > best[image.product_id].cosine + 1e-4:
            best[image.product_id] = MatchedPicture(str(image.file), image.position, cosine)
    return best


@pytest.mark.parametrize("colour", COLOURS)
def test_the_picture_nearest_to_the_query_is_named(view: SpaceView, colour: str) -> None:
    query = look(view, colour)
    found = best_pictures(view, query, list(Product.objects.values_list("pk", flat=True)))
    expected = slow_twin(view, query)

    assert found.keys() == expected.keys() and len(found) == 9
    for pk, match in found.items():
        assert (match.file, match.position) == (expected[pk].file, expected[pk].position)
        assert match.cosine == pytest.approx(expected[pk].cosine, abs=2e-3)  # stored in half precision


def test_the_length_of_the_query_says_nothing(view: SpaceView) -> None:
    query, ids = look(view, "red"), list(Product.objects.values_list("pk", flat=True))
    assert best_pictures(view, 1e-3 * query, ids) == best_pictures(view, 50 * query, ids)


def test_a_picture_is_like_itself_by_one(view: SpaceView) -> None:
    product = Product.objects.get(sku="1")
    with product.images.get().file.open() as file:
        query = inference.model_of(view).encode_images([Image.open(file)])[0]
    assert best_pictures(view, query, [product.pk])[product.pk].cosine == pytest.approx(1, abs=1e-3)


def test_of_equal_pictures_the_first_is_named(store: Store, space: EmbeddingSpace) -> None:
    same, other = make_image("red"), make_image("blue")
    product = make_product(store, images=[other, same, other])
    ProductImage.objects.create(
        product=product, position=7, status="ready", sha256=product.images.get(position=1).sha256, file="copy.jpg"
    )
    view = view_of(build(space))

    assert best_pictures(view, look(view, "red"), [product.pk])[product.pk].position == 1


@pytest.mark.parametrize("status", ["pending", "failed"])
def test_only_ready_pictures_count(store: Store, space: EmbeddingSpace, status: str) -> None:
    product = make_product(store, images=[make_image("red"), make_image("blue")])
    view = view_of(build(space))
    query = look(view, "red")
    assert best_pictures(view, query, [product.pk])[product.pk].position == 0

    product.images.filter(position=0).update(status=status)
    assert best_pictures(view, query, [product.pk])[product.pk].position == 1
    product.images.update(status=status)
    assert best_pictures(view, query, [product.pk]) == {}


def test_another_stores_products_are_left_out(view: SpaceView, other_store: Store) -> None:
    """Also where their picture is the very same, and encoded."""
    theirs = make_product(other_store, sku="theirs", images=[make_image("blue", mark=10)])
    ours = Product.objects.get(sku="1", store_id=view.store_id)
    assert theirs.images.get().sha256 == ours.images.get().sha256
    assert best_pictures(view, look(view, "blue"), [theirs.pk, ours.pk]).keys() == {ours.pk}


def test_what_another_encoder_made_of_a_picture_is_left_out(view: SpaceView, store: Store) -> None:
    other = spaces.create_space(store=store, encoder="fake:48")
    product = Product.objects.get(sku="1")
    assert best_pictures(view_of(other), np.ones(48, np.float32), [product.pk]) == {}


def test_nothing_asked_nothing_found(view: SpaceView) -> None:
    ids = list(Product.objects.values_list("pk", flat=True))
    assert best_pictures(view, np.zeros(32, np.float32), ids) == {}
    assert best_pictures(view, look(view, "red"), []) == {}
    assert best_pictures(view, look(view, "red"), [-1]) == {}


def test_a_query_of_another_size_is_refused(view: SpaceView) -> None:
    for wrong in (np.ones(31, np.float32), np.ones((1, 32), np.float32)):
        with pytest.raises(LayoutError, match="32"):
            best_pictures(view, wrong, [1])


def test_one_query_however_many_products(view: SpaceView, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def count(statement: str, *args: Any) -> list[tuple[Any, ...]]:
        asked.append(statement)
        return fetch(statement, *args)

    monkeypatch.setattr(pictures, "fetch", count)
    best_pictures(view, look(view, "red"), list(Product.objects.values_list("pk", flat=True)))
    assert len(asked) == 1
