from collections.abc import Iterator

import numpy as np
import pytest

from embeddings import labels
from embeddings.encoders.fake import FakeEncoder
from embeddings.inference import Model
from embeddings.labels import Label, category_labels, encode_labels, phrase
from embeddings.layout import unit


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    labels._memory.forget()
    yield
    labels._memory.forget()


def test_a_template_formats_nothing_but_the_label() -> None:
    assert phrase("Mugs") == ("Mugs", "a photo of Mugs")
    assert phrase("{0.__class__} {label}", ["{label}, {label} {x}"]) == (
        "{0.__class__} {label}, {0.__class__} {label} {x}",
    )


def test_a_category_is_said_by_its_last_names() -> None:
    paths = {3: "Home/Kitchen & Dining/Mugs", 5: "Gifts"}
    named = category_labels(paths)
    assert named == [
        Label("Mugs", ("Mugs", "a photo of Mugs", "Kitchen & Dining Mugs"), 3, "Home/Kitchen & Dining/Mugs"),
        Label("Gifts", ("Gifts", "a photo of Gifts"), 5, "Gifts"),
    ]
    assert [label.texts for label in category_labels(paths, ["my {label}"])] == [("my Mugs",), ("my Gifts",)]


def test_a_label_is_the_mean_of_its_texts() -> None:
    encoder = FakeEncoder(32, joint=True)
    found = encode_labels(Model(encoder), [Label("a", ("red mug", "cup")), Label("b", ("lamp",))])
    rows = encoder.encode_texts(["red mug", "cup", "lamp"])
    assert found.text == pytest.approx(np.stack([unit(rows[:2].mean(axis=0)), rows[2]]), abs=1e-6)
    assert found.image == pytest.approx(found.text)


def test_an_encoder_that_is_not_joint_asks_no_pictures() -> None:
    assert encode_labels(Model(FakeEncoder(32)), [Label("a", ("a",))]).image is None


def test_what_was_met_is_not_encoded_again() -> None:
    model = Model(FakeEncoder(32))
    first = encode_labels(model, [Label("a", ("a", "b")), Label("twin", ("a", "b")), Label("c", ("c",))])
    assert (model.text_calls, model.texts_encoded) == (1, 3)
    again = encode_labels(model, [Label("c", ("c",)), Label("new", ("d",)), Label("a", ("a", "b"))])
    assert (model.text_calls, model.texts_encoded) == (2, 4)
    assert again.text[[2, 0]] == pytest.approx(first.text[[0, 2]])


def test_another_encoder_has_vectors_of_its_own() -> None:
    small, large = Model(FakeEncoder(16)), Model(FakeEncoder(32))
    assert encode_labels(small, [Label("a", ("a",))]).text.shape == (1, 16)
    assert encode_labels(large, [Label("a", ("a",))]).text.shape == (1, 32)


def test_memory_is_bounded_and_drops_what_was_asked_for_longest_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "_memory", labels._Memory(3))
    model = Model(FakeEncoder(16))
    for name in ("a", "b", "c", "a", "d"):
        encode_labels(model, [Label(name, (name,))])
    assert len(labels._memory) == 3
    before = model.texts_encoded
    encode_labels(model, [Label("a", ("a",)), Label("c", ("c",)), Label("d", ("d",))])
    assert model.texts_encoded == before
    encode_labels(model, [Label("b", ("b",))])
    assert model.texts_encoded == before + 1


def test_more_labels_than_memory_holds_are_all_encoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(labels, "_memory", labels._Memory(3))
    many = [Label(str(n), (str(n),)) for n in range(10)]
    assert encode_labels(Model(FakeEncoder(16)), many).text.shape == (10, 16)
    assert len(labels._memory) == 3
