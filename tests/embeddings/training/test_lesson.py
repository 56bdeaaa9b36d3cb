from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest

from embeddings.training.lesson import Lesson, principal_components
from embeddings.training.pictures import Picture
from embeddings.training.recipe import Recipe


@pytest.mark.parametrize("rows", [50, 5])
def test_principal_components_are_those_of_a_singular_value_decomposition(rows: int) -> None:
    x = np.random.default_rng(2).standard_normal((rows, 7)) * np.arange(1, 8)
    centre, basis = principal_components(x, 3)
    _, _, rows = np.linalg.svd(x - x.mean(0), full_matrices=False)

    np.testing.assert_allclose(centre, x.mean(0))
    np.testing.assert_allclose(np.abs(np.sum(basis * rows[:3].T, axis=0)), 1, atol=1e-9)


def lesson_of(**pictures: int) -> Lesson:
    """So many pictures of each source; an epoch's order needs nothing else."""
    nothing = cast(Any, None)
    made = [
        Picture(source, Path(f"{number}.jpg"), str(number), ("a thing",), "train")
        for source, count in pictures.items()
        for number in range(count)
    ]
    return Lesson(made, [], nothing, nothing, nothing)


@pytest.mark.parametrize("renders", [30, 60, 200])
def test_renders_are_a_third_of_an_epoch_however_many_there_are(renders: int) -> None:
    lesson = lesson_of(clothing=400, renders=renders)
    order = lesson.order(Recipe(), epoch=0)
    shown = np.bincount(order, minlength=400 + renders)

    assert set(shown[:400]) == {1}
    assert len(set(shown[400:])) == 1
    assert shown[400:].sum() / len(order) == pytest.approx(1 / 3, abs=0.03)


def test_more_renders_than_a_third_are_all_seen_once() -> None:
    assert len(lesson_of(clothing=10, renders=90).order(Recipe(), epoch=0)) == 100


def test_every_epoch_has_an_order_of_its_own_and_always_the_same() -> None:
    lesson = lesson_of(grocery=20, renders=10)
    first, second = (lesson.order(Recipe(), epoch=epoch).tolist() for epoch in (0, 1))

    assert first == lesson.order(Recipe(), epoch=0).tolist()
    assert first != second
    assert sorted(first) == sorted(second)
