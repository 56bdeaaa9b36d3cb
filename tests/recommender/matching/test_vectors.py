from pathlib import Path

import numpy as np
from PIL import Image

from embeddings.inference import get_model
from recommender.matching.pair_files import LabelledPair, Side, to_item
from recommender.matching.vectors import add_vectors


def side(title: str, picture: Path | None = None) -> Side:
    return Side(to_item({"title": title}), picture, f"{title} {picture}")


def test_each_text_and_picture_is_encoded_once(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8), "red").save(tmp_path / "red.png")
    (tmp_path / "broken.png").write_text("no picture")
    red, broken, lost, bare = (
        side("lamp", tmp_path / "red.png"),
        side("vase", tmp_path / "broken.png"),
        side("chair", tmp_path / "lost.png"),
        side("lamp"),
    )
    model = get_model("fake")
    texts, images = model.texts_encoded, model.images_encoded
    pairs = add_vectors([LabelledPair(red, bare, True), LabelledPair(broken, lost, False)], model)
    assert (model.texts_encoded - texts, model.images_encoded - images) == (3, 1)
    (one, same), (two, three) = pairs
    assert np.array_equal(one.text_vector, same.text_vector)
    assert [item.image_vector is None for item in (one, same, two, three)] == [False, True, True, True]
    assert np.linalg.norm(one.image_vector) > 0.99
