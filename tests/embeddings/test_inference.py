from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from embeddings import inference
from embeddings.encoders import ENCODERS, Encoder
from embeddings.encoders.fake import load_fake

begun, may_go_on = Event(), Event()


def load_slowly(argument: str, **options: str) -> Encoder:
    begun.set()
    assert may_go_on.wait(60)
    return load_fake(argument, **options)


def test_a_model_is_loaded_once_and_nobody_else_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ENCODERS, "slow", f"{__name__}.load_slowly")
    with ThreadPoolExecutor(2) as threads:
        loaded = [threads.submit(inference.get_model, "slow:24") for _ in range(2)]
        try:
            assert begun.wait(60)
            assert inference.get_model("fake").info.id == "fake-32"
            assert not any(each.done() for each in loaded)
        finally:
            may_go_on.set()
    assert loaded[0].result() is loaded[1].result()
