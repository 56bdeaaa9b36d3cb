from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from recommender.matching.items import Item
from recommender.matching.measures import average_precision
from recommender.matching.reading import FirstLesson, Reading, ReadingRecipe, learn_reading
from tests.embeddings.encoders.cross_pairs import RECIPE, make_texts

COUNT = 120


def make_items() -> tuple[list[tuple[Item, Item]], np.ndarray, np.ndarray]:
    """Pairs, labels, groups: five pairs of one group each."""
    texts, labels = make_texts(COUNT)
    pairs = [(Item(one), Item(other)) for one, other in texts]
    return pairs, labels, np.arange(COUNT) // 5


@pytest.fixture
def recipe(tiny_encoder: Path, tmp_path: Path) -> ReadingRecipe:
    return ReadingRecipe(str(tiny_encoder), folds=2, training=replace(RECIPE, epochs=2), folder=tmp_path)


def test_a_pair_is_scored_by_a_reader_that_saw_nothing_of_its_group(recipe: ReadingRecipe) -> None:
    """Another text in one pair changes nothing for the rest of its group, and something for pairs of other groups."""
    pairs, labels, groups = make_items()
    altered = [(Item("a wooden chair"), Item("the blue vase")) if at == 7 else pair for at, pair in enumerate(pairs)]
    before, after = (learn_reading(each, labels, groups, recipe=recipe).unseen for each in (pairs, altered))
    rest = (groups == groups[7]) & (np.arange(COUNT) != 7)
    assert (before[rest] == after[rest]).all()
    assert (before != after).sum() > COUNT / 4


def test_a_run_goes_on_behind_the_last_reader_that_was_done(recipe: ReadingRecipe, tmp_path: Path) -> None:
    pairs, labels, groups = make_items()
    first = learn_reading(pairs, labels, groups, recipe=recipe)
    files = {path: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert len(files) == 3
    lost = max(files, key=files.__getitem__)
    lost.unlink()
    again = learn_reading(pairs, labels, groups, recipe=recipe)
    assert {path for path in tmp_path.iterdir() if path.stat().st_mtime_ns == files.get(path)} == files.keys() - {lost}
    assert (again.unseen == first.unseen).all()
    assert same(again, first)


def test_another_recipe_finds_no_reader_of_this_one(recipe: ReadingRecipe, tmp_path: Path) -> None:
    pairs, labels, groups = make_items()
    first = learn_reading(pairs, labels, groups, recipe=recipe)
    other = learn_reading(pairs, labels, groups, recipe=replace(recipe, training=replace(recipe.training, seed=1)))
    assert len(list(tmp_path.iterdir())) == 6
    assert not same(first, other)


def test_readers_go_on_from_one_that_a_first_lesson_taught(recipe: ReadingRecipe, tmp_path: Path) -> None:
    """Two looks at thirty pairs teach nothing; after a lesson about a thousand others they know what lamps are."""
    texts, labels = make_texts(1600)
    pairs = [(Item(one), Item(other)) for one, other in texts]
    lesson = FirstLesson(pairs[60:], labels[60:], np.arange(1540))
    few = pairs[:60], labels[:60], np.arange(60)
    alone = learn_reading(*few, recipe=recipe)
    taught = learn_reading(*few, recipe=replace(recipe, first=lesson))
    assert average_precision(labels[:60], taught.unseen.astype(float)) > 0.9
    assert average_precision(labels[:60], alone.unseen.astype(float)) < 0.7
    assert len(list(tmp_path.iterdir())) == 3 + 4
    assert (learn_reading(*few, recipe=recipe).unseen == alone.unseen).all()


def same(one: Reading, other: Reading) -> bool:
    return all((one.reader.tensors[name] == tensor).all() for name, tensor in other.reader.tensors.items())
