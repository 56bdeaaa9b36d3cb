import pytest

from catalog.models import Store
from embeddings import inference, services, spaces
from embeddings.models import EmbeddingSpace


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
