from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from catalog import moments
from catalog.models import Store
from embeddings import indexes, search, services, spaces
from embeddings.layout import Weights, compose
from embeddings.models import Embedding, EmbeddingSpace
from embeddings.selectors import active_space, view_of
from embeddings.terms import text_term
from tests.embeddings.conftest import build
from tests.factories import make_image, make_product, make_products

pytestmark = pytest.mark.django_db


def table_exists(name: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s) IS NOT NULL", [name])
        return bool(cursor.fetchone()[0])


class TestCreate:
    def test_has_a_partition_whose_vectors_stay_in_their_rows(self, space: EmbeddingSpace) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT attstorage FROM pg_attribute WHERE attrelid = %s::regclass AND attname = 'vector'",
                [indexes.partition_of(space.pk)],
            )
            assert cursor.fetchone() == ("p",)

    def test_a_joint_encoder_gets_a_fused_block_and_another_does_not(self, store: Store) -> None:
        joint = spaces.create_space(store=store, encoder="fake:16:joint", fusion="weighted")
        apart = spaces.create_space(store=store, encoder="fake:16", fusion="weighted")
        assert view_of(joint).layout.names == ("image", "text", "fused", "behaviour")
        assert view_of(apart).layout.names == ("image", "text", "behaviour")

    @pytest.mark.parametrize(("dims", "behaviour"), [(24, [24]), (0, [])])
    def test_the_behaviour_block_is_as_large_as_the_setting_says(
        self, store: Store, settings: Any, dims: int, behaviour: list[int]
    ) -> None:
        settings.KINDRED_BEHAVIOUR_DIMS = dims
        blocks = view_of(spaces.create_space(store=store)).layout.blocks
        assert [block.size for block in blocks if block.name == "behaviour"] == behaviour

    def test_names_are_found_when_none_is_given(self, store: Store) -> None:
        names = [spaces.create_space(store=store).name for _ in range(3)]
        assert names == ["fake-32", "fake-32-2", "fake-32-3"]

    def test_refuses_a_name_twice_and_an_unknown_fusion(self, store: Store) -> None:
        spaces.create_space(store=store, name="one")
        with pytest.raises(spaces.SpaceError, match="already"):
            spaces.create_space(store=store, name="one")
        with pytest.raises(spaces.SpaceError, match="unknown fusion"):
            spaces.create_space(store=store, fusion="nuclear")


class TestLifecycle:
    def test_the_first_space_of_a_store_becomes_active(self, store: Store, space: EmbeddingSpace) -> None:
        make_products(store, [{"sku": str(n), "images": [make_image(mark=n)]} for n in range(4)])
        assert not spaces.can_be_finished(space)
        services.embed_stale(space)
        assert spaces.can_be_finished(space)
        spaces.finish_building(space)
        assert space.status == "active"
        assert table_exists(f"{indexes.partition_of(space.pk)}_hnsw")
        assert set(space.calibration) == {"image->image", "text->text"}

    def test_a_later_one_waits_to_be_activated_and_can_be_rolled_back(
        self, store: Store, space: EmbeddingSpace
    ) -> None:
        make_product(store)
        build(space)
        newer = build(spaces.create_space(store=store, name="newer"))
        assert newer.status == "ready"
        spaces.activate_space(newer)
        space.refresh_from_db()
        assert (space.status, newer.status) == ("retired", "active")
        assert spaces.rollback_space(store) == space
        view = active_space(store)
        assert view is not None
        assert view.id == space.pk

    def test_only_a_built_space_can_be_activated(self, space: EmbeddingSpace) -> None:
        with pytest.raises(spaces.SpaceError, match="building"):
            spaces.activate_space(space)

    def test_the_database_allows_one_active_space_a_store(self, store: Store, space: EmbeddingSpace) -> None:
        make_product(store)
        build(space)
        with pytest.raises(IntegrityError), transaction.atomic():
            EmbeddingSpace.objects.create(
                store=store, name="x", encoder="fake", encoder_id="x", fusion="none", layout=[], status="active"
            )

    def test_dropping_takes_the_partition_and_spares_the_active(self, store: Store, space: EmbeddingSpace) -> None:
        make_product(store)
        build(space)
        other = build(spaces.create_space(store=store))
        spaces.drop_space(other)
        assert not table_exists(indexes.partition_of(other.pk if other.pk else 0))
        with pytest.raises(spaces.SpaceError, match="active"):
            spaces.drop_space(space)
        assert Embedding.objects.filter(space=space).count() == 1

    def test_a_process_answers_from_the_space_before_for_a_moment(self, store, space, settings, monkeypatch) -> None:
        settings.KINDRED_STALE_SECONDS = 10
        clock = SimpleNamespace(monotonic=lambda: 40.0)
        monkeypatch.setattr(moments, "time", clock)
        make_product(store)
        assert active_space(store) is None
        build(space)
        assert active_space(store).id == space.pk  # that there was none was not remembered
        other = build(spaces.create_space(store=store))
        spaces.activate_space(other)
        assert active_space(store).id == space.pk
        with pytest.raises(spaces.SpaceError, match="a moment ago"):
            spaces.drop_space(space)
        clock.monotonic = lambda: 50.0
        assert active_space(store).id == other.pk
        EmbeddingSpace.objects.filter(pk=other.pk).update(activated_at=timezone.now() - timedelta(seconds=11))
        spaces.drop_space(space)

    def test_a_store_that_grew_is_calibrated_anew(self, store: Store, space: EmbeddingSpace) -> None:
        make_product(store, sku="0")
        build(space)
        make_products(store, [{"sku": str(n), "title": f"thing {n}"} for n in range(1, 4)])
        services.embed_stale(space)
        assert spaces.can_be_finished(space)
        spaces.finish_building(space)
        assert (space.status, space.metrics["calibrated_on"]) == ("active", 4)
        assert not spaces.can_be_finished(space)


def test_words_find_the_product_that_has_them(store: Store, space: EmbeddingSpace) -> None:
    make_products(
        store,
        [
            {"sku": "lamp", "title": "brass lamp"},
            {"sku": "mug", "title": "blue mug"},
            {"sku": "rug", "title": "wool rug"},
        ],
    )
    build(space)
    view = view_of(space)
    query = compose(view.layout, view.calibration, [text_term(view, "blue mug")], Weights())
    best = search.nearest(view, query, limit=3).hits[0]
    assert store.products.get(pk=best.product_id).sku == "mug"


@pytest.mark.django_db(transaction=True)
def test_processes_that_start_at_once_make_one_first_space(store: Store) -> None:
    def ensure(_: int) -> int:
        try:
            return spaces.ensure_space(store).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(ensure, range(4)))) == 1
    assert EmbeddingSpace.objects.count() == 1
