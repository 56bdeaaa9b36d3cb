"""Tasks are called as the worker would; delivery itself is tested with a real worker in tests/flows."""

import pytest
import redis
from django.conf import settings

from catalog.models import Store
from embeddings import spaces, tasks
from embeddings.models import EmbeddingSpace
from tests.factories import make_product

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue() -> redis.Redis:
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete("embed")
    return client


def test_a_new_stores_first_products_make_its_first_space(store: Store, queue: redis.Redis) -> None:
    make_product(store)
    tasks.embed_store(store.pk)
    space = EmbeddingSpace.objects.get()
    assert spaces.progress_of(space).stale == 0
    assert queue.llen("embed") == 1  # finish_space
    tasks.finish_space(space.pk)
    space.refresh_from_db()
    assert space.status == "active"


def test_tasks_may_run_twice_and_outlive_what_they_name(store: Store, space: EmbeddingSpace) -> None:
    make_product(store)
    for _ in range(2):
        tasks.embed_space(space.pk)
        tasks.finish_space(space.pk)
    tasks.embed_space(0)
    tasks.finish_space(0)
    tasks.embed_store(0)
    space.refresh_from_db()
    assert space.status == "active"


def test_the_sweep_finds_stale_products_and_is_silent_without(
    store: Store, space: EmbeddingSpace, queue: redis.Redis
) -> None:
    tasks.sweep()
    assert queue.llen("embed") == 0
    make_product(store)
    tasks.sweep()
    assert queue.llen("embed") == 1
    tasks.embed_space(space.pk)
    tasks.finish_space(space.pk)
    queue.delete("embed")
    tasks.sweep()
    assert queue.llen("embed") == 0


def test_the_sweep_starts_a_store_that_has_no_space(store: Store, queue: redis.Redis) -> None:
    make_product(store)
    tasks.sweep()
    assert queue.llen("embed") == 1


def test_an_encoder_that_cannot_load_leaves_its_reason(store: Store, space: EmbeddingSpace) -> None:
    make_product(store)
    EmbeddingSpace.objects.filter(pk=space.pk).update(encoder="/nowhere/at/all")
    tasks.embed_space(space.pk)
    space.refresh_from_db()
    assert "/nowhere/at/all" in space.error
    assert space.status == "building"


def test_a_space_is_not_fed_by_other_weights_than_it_was_built_with(store: Store, space: EmbeddingSpace) -> None:
    make_product(store)
    EmbeddingSpace.objects.filter(pk=space.pk).update(encoder_id="fake-32@0")
    tasks.embed_space(space.pk)
    space.refresh_from_db()
    assert "built with fake-32@0, but fake is now fake-32@1" in space.error
    assert spaces.progress_of(space).embedded == 0


@pytest.mark.django_db(transaction=True)
def test_a_change_of_content_asks_for_embedding_after_commit(store: Store, queue: redis.Redis) -> None:
    make_product(store, title="Mug")
    assert queue.llen("embed") == 1
    make_product(store, title="Mug", price=3)
    assert queue.llen("embed") == 1
