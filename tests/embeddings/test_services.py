"""Staleness is data: what changes, and only that, goes through the model again."""

from pathlib import Path

import numpy as np
import psycopg
import pytest
from django.conf import settings
from django.db import connection

from catalog.models import Product, ProductImage, Store
from embeddings import inference, selectors, services, spaces
from embeddings.layout import Layout
from embeddings.models import Embedding, EmbeddingFailure, EmbeddingSpace, ImageFeature
from tests.embeddings.conftest import Encoded
from tests.factories import make_image, make_product, make_products

pytestmark = pytest.mark.django_db


def block(space: EmbeddingSpace, product: Product, name: str) -> np.ndarray:
    vector = selectors.vectors_of(selectors.view_of(space), [product.pk])[product.pk]
    return vector[Layout.from_json(space.layout).slice_of(name)]


class TestEmbedStale:
    def test_every_product_gets_one_row_with_its_present_hash(self, store: Store, space: EmbeddingSpace) -> None:
        products = make_products(store, [{"sku": str(n), "images": [make_image("red", mark=n)]} for n in range(5)])
        report = services.embed_stale(space)
        assert (report.embedded, report.failed, report.images, report.texts) == (5, 0, 5, 5)
        rows = dict(Embedding.objects.filter(space=space).values_list("product_id", "content_hash"))
        assert rows == {product.pk: product.content_hash for product in products}

    def test_nothing_is_encoded_twice(self, store: Store, space: EmbeddingSpace, encoded: Encoded) -> None:
        make_product(store, images=[make_image()])
        services.embed_stale(space)
        encoded.look()
        assert services.embed_stale(space).embedded == 0
        assert encoded.look() == (0, 0)

    def test_the_same_content_again_is_not_stale(self, store: Store, space: EmbeddingSpace, encoded: Encoded) -> None:
        for _ in range(2):
            make_product(store, title="Mug", images=[make_image()])
            services.embed_stale(space)
        assert encoded.look() == (1, 1)

    def test_a_new_price_makes_no_call(self, store: Store, space: EmbeddingSpace, encoded: Encoded) -> None:
        make_product(store, title="Mug", price=5, images=[make_image()])
        services.embed_stale(space)
        encoded.look()
        make_product(store, title="Mug", price=6, images=[make_image()])
        assert services.embed_stale(space).embedded == 0
        assert encoded.look() == (0, 0)

    def test_a_new_title_makes_one_text_call(self, store: Store, space: EmbeddingSpace, encoded: Encoded) -> None:
        product = make_product(store, title="Mug", images=[make_image()])
        services.embed_stale(space)
        image, text = block(space, product, "image"), block(space, product, "text")
        encoded.look()
        make_product(store, title="Cup", images=[make_image()])
        services.embed_stale(space)
        assert encoded.look() == (0, 1)
        assert np.array_equal(block(space, product, "image"), image)
        assert not np.allclose(block(space, product, "text"), text)

    def test_a_new_picture_makes_one_image_call(self, store: Store, space: EmbeddingSpace, encoded: Encoded) -> None:
        product = make_product(store, title="Mug", images=[make_image("red")])
        services.embed_stale(space)
        text = block(space, product, "text")
        encoded.look()
        make_product(store, title="Mug", images=[make_image("red"), make_image("blue")])
        services.embed_stale(space)
        assert encoded.look() == (1, 0)
        assert np.allclose(block(space, product, "text"), text, atol=1e-3)

    def test_products_that_share_a_picture_share_its_feature(
        self, store: Store, space: EmbeddingSpace, encoded: Encoded
    ) -> None:
        make_products(store, [{"sku": str(n), "images": [make_image()]} for n in range(3)])
        services.embed_stale(space)
        assert encoded.look() == (1, 3)
        assert ImageFeature.objects.count() == 1

    def test_another_space_of_the_same_encoder_encodes_no_picture(
        self, store: Store, space: EmbeddingSpace, encoded: Encoded
    ) -> None:
        make_product(store, images=[make_image()])
        services.embed_stale(space)
        encoded.look()
        services.embed_stale(spaces.create_space(store=store))
        assert encoded.look() == (0, 1)

    def test_a_product_without_picture_has_a_zero_image_block(self, store: Store, space: EmbeddingSpace) -> None:
        product = make_product(store)
        services.embed_stale(space)
        assert not block(space, product, "image").any()
        assert Embedding.objects.get(space=space).present == ["text"]

    def test_the_image_block_pools_the_pictures(self, store: Store, space: EmbeddingSpace) -> None:
        product = make_product(store, images=[make_image("red"), make_image("blue")])
        services.embed_stale(space)
        features = [np.asarray(feature.vector, np.float32) for feature in ImageFeature.objects.all()]
        mean = np.mean(features, axis=0)
        assert np.allclose(block(space, product, "image"), mean / np.linalg.norm(mean), atol=2e-3)

    def test_other_stores_products_are_not_touched(self, other_store: Store, space: EmbeddingSpace) -> None:
        make_product(other_store)
        assert services.embed_stale(space).embedded == 0

    def test_a_deleted_product_takes_its_vector_along(self, store: Store, space: EmbeddingSpace) -> None:
        product = make_product(store)
        services.embed_stale(space)
        product.delete()
        assert not Embedding.objects.filter(space=space).exists()

    def test_small_batches_give_the_same_rows(
        self, store: Store, space: EmbeddingSpace, settings: pytest.FixtureRequest
    ) -> None:
        settings.KINDRED_EMBED_BATCH = 2  # type: ignore[attr-defined]
        make_products(store, [{"sku": str(n)} for n in range(7)])
        assert services.embed_stale(space).embedded == 7
        assert spaces.progress_of(space) == spaces.Progress(total=7, embedded=7, stale=0, failed=0)


class TestFailures:
    @pytest.fixture
    def broken(self, store: Store) -> Product:
        product = make_product(store, images=[make_image()])
        Path(settings.MEDIA_ROOT, ProductImage.objects.get().file.name).unlink()
        return product

    def test_an_unreadable_picture_leaves_the_product_searchable_by_its_text(
        self, broken: Product, space: EmbeddingSpace
    ) -> None:
        report = services.embed_stale(space)
        assert report.failed == 1
        assert Embedding.objects.get(product=broken).present == ["text"]

    def test_it_is_listed_and_tried_again_later(self, broken: Product, space: EmbeddingSpace) -> None:
        services.embed_stale(space)
        failure = EmbeddingFailure.objects.get(product=broken)
        assert "No such file" in failure.reason
        assert (failure.attempts, failure.next_try is not None) == (1, True)
        assert services.embed_stale(space).failed == 0
        assert spaces.progress_of(space).failed == 1

    def test_it_recovers_once_the_picture_is_back(self, broken: Product, space: EmbeddingSpace) -> None:
        services.embed_stale(space)
        Path(settings.MEDIA_ROOT, ProductImage.objects.get().file.name).write_bytes(make_image())
        services.retry_failures(space)
        services.embed_stale(space)
        assert not EmbeddingFailure.objects.exists()
        assert set(Embedding.objects.get(product=broken).present) == {"image", "text"}

    def test_a_poisonous_product_costs_only_itself(
        self, store: Store, space: EmbeddingSpace, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        make_products(store, [{"sku": "good"}, {"sku": "bad", "title": "poison"}])
        encoder = inference.get_model(space.encoder).encoder
        original = encoder.encode_texts

        def encode_texts(texts: list[str]) -> np.ndarray:
            if any("poison" in text for text in texts):
                raise RuntimeError("indigestible")
            return original(texts)

        monkeypatch.setattr(encoder, "encode_texts", encode_texts)
        half = make_product(store, sku="half", images=[make_image()])
        Path(settings.MEDIA_ROOT, ProductImage.objects.get().file.name).unlink()
        report = services.embed_stale(space)
        assert (report.embedded, report.failed) == (2, 2)
        assert Embedding.objects.get(product=half).content_hash == ""  # isolated, it still waits for its picture
        assert EmbeddingFailure.objects.exclude(product=half).get().reason == "RuntimeError: indigestible"


@pytest.mark.django_db(transaction=True)
class TestClaims:
    """With real commits, threads and connections."""

    def test_products_another_process_holds_are_left_to_it(self, store: Store) -> None:
        space = spaces.create_space(store=store)
        held, free = make_products(store, [{"sku": "held"}, {"sku": "free"}])
        parameters = connection.get_connection_params()
        with psycopg.connect(
            host=parameters["host"], dbname=parameters["dbname"], user=parameters["user"], autocommit=True
        ) as other:
            other.execute("SELECT pg_advisory_lock(hashint8extended(%s, %s))", [held.pk, space.pk])
            assert services.embed_stale(space).embedded == 1
            assert Embedding.objects.filter(space=space).values_list("product_id", flat=True).get() == free.pk
        assert services.embed_stale(space).embedded == 1

    def test_no_claim_outlives_a_run_that_failed(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        space = spaces.create_space(store=store)
        make_product(store)

        def fail(*_: object) -> None:
            raise OSError("disk full")

        monkeypatch.setattr(services, "write_batch", fail)
        with pytest.raises(OSError, match="disk full"):
            services.embed_stale(space)
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
            assert cursor.fetchone() == (0,)
