import pytest
from structlog.testing import capture_logs

from embeddings import inference
from embeddings.models import EmbeddingSpace
from embeddings.warming import warm_up
from tests.embeddings.conftest import Encoded, build

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_model_of_an_active_space_is_loaded_and_has_run(space: EmbeddingSpace) -> None:
    build(space)
    inference._load.cache_clear()
    warm_up()
    assert inference._load.cache_info().misses == 1
    model = inference.get_model(space.encoder)
    assert inference._load.cache_info().misses == 1
    assert model.texts_encoded == 1


def test_a_space_that_is_not_active_needs_no_model(encoded: Encoded) -> None:
    warm_up()
    assert encoded.look() == (0, 0)


def test_a_model_that_is_gone_is_left_to_the_first_request(space: EmbeddingSpace) -> None:
    build(space)
    EmbeddingSpace.objects.filter(pk=space.pk).update(encoder="/nowhere/at/all")
    with capture_logs() as logs:
        warm_up()
    assert [entry["event"] for entry in logs] == ["not warmed up"]
