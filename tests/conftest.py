from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.test.utils import override_settings

from catalog.models import Scope, Store
from catalog.services.api_keys import create_api_key
from catalog.services.stores import create_store
from recommender import rankings
from tests.factories import Api


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Processes side by side begin with what takes long: what is left at the end is then small and evenly shared."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def clean_redis() -> None:
    with redis.Redis.from_url(settings.REDIS_URL) as client:
        client.flushall()


@pytest.fixture(scope="session", autouse=True)
def media_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The pictures of a test session, in a folder of their own."""
    root = tmp_path_factory.mktemp("kindred")
    with override_settings(MEDIA_ROOT=root / "media"):
        yield root / "media"


@pytest.fixture(scope="session", autouse=True)
def nothing_stale() -> Iterator[None]:
    """A test sees at once what it changed. Processes that tests start go by the default."""
    with override_settings(KINDRED_STALE_SECONDS=0):
        yield


@pytest.fixture(autouse=True)
def empty_cache() -> None:
    cache.clear()


@pytest.fixture(autouse=True)
def held_rankings() -> Iterator[None]:
    """What answers showed is written by `flush()` alone: the thread would not see a test's transaction."""
    rankings.recorder.is_held = True
    yield
    rankings.recorder.discard()


@pytest.fixture(scope="session")
def tiny_encoder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of an encoder of two towers with random weights, whose text model of 2 layers knows a few words."""
    import torch  # takes its seconds

    from tests.embeddings.encoders.tiny_towers import save_text_package, save_tiny_towers

    root = tmp_path_factory.mktemp("encoder")
    with pytest.MonkeyPatch.context() as patch, torch.random.fork_rng():
        patch.syspath_prepend(root)
        torch.manual_seed(0)  # the same weights whatever ran before
        save_tiny_towers(root / "model", save_text_package(root, "tiny_reader_model"))
        yield root / "model"


@pytest.fixture
def store(db: None) -> Store:
    return create_store(slug="main", name="Main")


@pytest.fixture
def other_store(db: None) -> Store:
    return create_store(slug="other", name="Other")


@pytest.fixture
def make_key(store: Store) -> Callable[..., str]:
    """`make_key(["read"])` gives a plain key of `store`, `make_key(["read"], store=other_store)` of another."""

    def make(scopes: list[str], *, store: Store = store) -> str:
        return create_api_key(store=store, scopes=scopes)[1]

    return make


@pytest.fixture
def api(make_key: Callable[..., str]) -> Api:
    """A client whose key has every scope of `store`."""
    return Api(make_key(Scope.values))


@pytest.fixture
def other_api(make_key: Callable[..., str], other_store: Store) -> Api:
    return Api(make_key(Scope.values, store=other_store))


@pytest.fixture
def stranger() -> Api:
    """A client without a key."""
    return Api(None)
