import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from embeddings import pair_reading
from embeddings.encoders import EncoderUnavailable
from embeddings.pair_reading import (
    PairReader,
    ReaderUnusable,
    build_reader,
    read_reader,
    save_reader,
    train_reader,
)
from tests.embeddings.encoders.cross_pairs import RECIPE, make_texts


@pytest.fixture(scope="module")
def reader(tiny_encoder: Path) -> PairReader:
    texts, labels = make_texts(60)
    held_out = np.arange(60) % 4 == 0
    recipe = replace(RECIPE, epochs=2, frozen_layers=1)
    return train_reader(texts, labels, held_out=held_out, encoder=str(tiny_encoder), recipe=recipe)


def test_saved_and_read_again_is_the_same(reader: PairReader) -> None:
    texts, _ = make_texts(30)
    again = read_reader(save_reader(reader))
    assert again.settings == reader.settings
    assert again.tensors.keys() == reader.tensors.keys()
    assert all((again.tensors[name] == tensor).all() for name, tensor in reader.tensors.items())
    assert save_reader(again) == save_reader(reader)
    assert (again.probabilities(texts) == reader.probabilities(texts)).all()


def test_one_of_the_same_content_is_opened_once(reader: PairReader) -> None:
    pair_reading._open.cache_clear()
    for each in (reader, read_reader(save_reader(reader)), reader):
        each.check()
    assert pair_reading._open.cache_info().misses == 1


def test_a_process_holds_no_more_than_two_open(reader: PairReader) -> None:
    pair_reading._open.cache_clear()
    given = []
    for number in range(4):
        tensors = {**reader.tensors, "head.bias": np.array([number], np.float16)}
        given.append(float(PairReader(reader.settings, tensors).probabilities([("lamp", "red")])[0]))
    odds = [math.log(each / (1 - each)) for each in given]
    assert np.diff(odds) == pytest.approx([1, 1, 1], abs=0.02)
    assert pair_reading._open.cache_info().currsize == 2


def test_nothing_to_read_opens_nothing(reader: PairReader) -> None:
    pair_reading._open.cache_clear()
    assert reader.probabilities([]).shape == (0,)
    assert pair_reading._open.cache_info().misses == 0


def change(reader: PairReader, **tower: object) -> dict[str, Any]:
    return {**reader.settings, "tower": {**reader.settings["tower"], **tower}}


@pytest.mark.parametrize(
    "tower",
    [
        {"package": "os.path"},
        {"package": 3},
        {"folder": "../../etc"},
        {"folder": "/etc"},
        {"sha256": "0"},
        {"dim": 1 << 40},
        {"max_tokens": 5000},
        {"max_tokens": True},
        {"trust_remote_code": True},
    ],
)
def test_settings_that_can_not_be_are_refused(reader: PairReader, tower: dict[str, object]) -> None:
    build_reader(change(reader), reader.tensors)
    with pytest.raises(ReaderUnusable, match="settings"):
        build_reader(change(reader, **tower), reader.tensors)


@pytest.mark.parametrize("settings", [None, [], {}, {"tower": None, "max_tokens": 1, "frozen_layers": 0}])
def test_other_settings_are_refused(reader: PairReader, settings: Any) -> None:
    with pytest.raises(ReaderUnusable, match="settings"):
        build_reader(settings, reader.tensors)


@pytest.mark.parametrize(
    ("tensors", "why"),
    [
        ({"body.embeddings.word_embeddings.weight": np.zeros(3, np.float16)}, "other arrays"),
        ({"head.bias": np.zeros(1, np.float32)}, "other arrays"),
        ({"head.bias": np.array([np.nan], np.float16)}, "no numbers"),
        ({"head.weight": np.zeros(pair_reading.LARGEST // 2 + 1, np.float16)}, "larger than 200 MB"),
    ],
)
def test_arrays_that_are_no_readers_are_refused(reader: PairReader, tensors: dict[str, np.ndarray], why: str) -> None:
    with pytest.raises(ReaderUnusable, match=why):
        build_reader(reader.settings, {**reader.tensors, **tensors})
    with pytest.raises(ReaderUnusable, match="none"):
        build_reader(reader.settings, {})


@pytest.mark.parametrize(
    "changed",
    [{"head.bias": np.zeros(2, np.float16)}, {"body.encoder.layer.9.output.dense.bias": np.zeros(1, np.float16)}],
)
def test_arrays_that_do_not_fit_the_text_model_are_refused(reader: PairReader, changed: dict[str, np.ndarray]) -> None:
    with pytest.raises(ReaderUnusable, match="does not fit"):
        build_reader(reader.settings, {**reader.tensors, **changed}).check()


def test_a_text_model_that_is_not_installed_is_told(reader: PairReader) -> None:
    with pytest.raises(EncoderUnavailable, match="not installed"):
        build_reader(change(reader, package="no_such_package_here"), reader.tensors).check()
    with pytest.raises(EncoderUnavailable, match="not the one"):
        build_reader(change(reader, sha256="0" * 64), reader.tensors).check()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x80\x04K\x01.", save({"head.bias": np.zeros(1)})])
def test_another_file_is_refused(data: bytes) -> None:
    with pytest.raises(ReaderUnusable):
        read_reader(data)


def test_the_kept_file_holds_arrays_alone(reader: PairReader) -> None:
    assert load(save_reader(reader)).keys() == reader.tensors.keys()
