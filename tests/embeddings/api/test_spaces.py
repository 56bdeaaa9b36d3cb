"""What is told of a store's spaces."""

import pytest

from embeddings import spaces
from embeddings.models import EmbeddingSpace
from tests.factories import Api

pytestmark = pytest.mark.django_db

URL = "/api/v1/spaces/"


def test_the_newest_first_and_no_other_stores(api, store, other_store):
    for owner, name in ((store, "first"), (other_store, "theirs"), (store, "second")):
        spaces.create_space(store=owner, name=name)
    assert [space["name"] for space in api.get(URL).json()["results"]] == ["second", "first"]


def test_an_encoder_is_named_not_located(make_key, store):
    spaces.create_space(store=store)
    EmbeddingSpace.objects.update(encoder="/srv/models/chairs")
    answer = Api(make_key(["read"])).get(URL)
    [space] = answer.json()["results"]
    assert space["encoder"] == "fake-32@1"
    assert "/srv" not in answer.content.decode()
