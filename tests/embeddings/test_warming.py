import pytest
from structlog.testing import capture_logs

from catalog.models import Store
from embeddings import inference, spaces
from embeddings.models import EmbeddingSpace
from embeddings.warming import wanted_encoders, warm_up
from tests.embeddings.conftest import Encoded, build

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_model_that_is_wanted_is_loaded_and_has_run(space: EmbeddingSpace) -> None:
    build(space)
    inference._load.cache_clear()
    warm_up(wanted_encoders())
    assert inference._load.cache_info().misses == 1
    model = inference.get_model(space.encoder)
    assert inference._load.cache_info().misses == 1
    assert model.texts_encoded == 1


def test_a_space_that_is_being_built_needs_no_model_yet(encoded: Encoded) -> None:
    warm_up(wanted_encoders())
    assert encoded.look() == (0, 0)


def test_what_may_be_activated_is_wanted_behind_what_is_and_no_more_than_a_process_keeps(
    store: Store, other_store: Store
) -> None:
    build(spaces.create_space(store=store, encoder="fake:32"))
    build(spaces.create_space(store=store, name="next", encoder="fake:16"))
    assert wanted_encoders() == ["fake:32", "fake:16"]
    build(spaces.create_space(store=other_store, encoder="fake:8"))
    assert wanted_encoders() == ["fake:32", "fake:8"]
    EmbeddingSpace.objects.filter(encoder="fake:8").update(encoder="fake:32")
    assert wanted_encoders() == ["fake:32", "fake:16"]


def test_a_model_that_is_gone_keeps_no_other_from_being_loaded(space: EmbeddingSpace) -> None:
    build(space)
    with capture_logs() as logs:
        warm_up(["/nowhere/at/all", space.encoder])
    assert [entry["event"] for entry in logs] == ["not warmed up", "warmed up"]
