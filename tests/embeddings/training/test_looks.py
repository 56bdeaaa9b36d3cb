from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from embeddings.training import looks
from embeddings.training.looks import CROP_SIDE, load_looks, random_crop
from embeddings.training.pictures import read_products
from tests.embeddings.training.sample import look_without_processes, write_sample_data


def test_looks_are_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def make(*args: object, round_: int, **kwargs: object) -> None:
        calls.append(round_)
        look_without_processes(*args, round_=round_, **kwargs)

    monkeypatch.setattr(looks, "_make_round", make)
    pictures = read_products(write_sample_data(tmp_path) / "eshop", source="eshop")
    options = {"teacher": tmp_path, "work": tmp_path / "work", "seed": 0, "workers": 1}
    load_looks(pictures, rounds=1, **options)  # type: ignore[arg-type]
    made = load_looks(pictures, rounds=2, **options)  # type: ignore[arg-type]

    assert calls == [0, 1]
    assert made.crops[1].shape == (2, CROP_SIDE, CROP_SIDE, 3) and made.features[0].shape == (2, 2304)


def test_crops_stay_inside_and_keep_their_size_in_bounds() -> None:
    picture = Image.new("RGB", (200, 100))
    areas = [np.prod(random_crop(picture, np.random.default_rng(i)).size) / 20_000 for i in range(200)]

    assert 0.3 < min(areas) < 0.4 and 0.9 < max(areas) <= 1
