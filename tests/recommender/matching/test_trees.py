from dataclasses import replace

import numpy as np
import pytest

from recommender.matching.trees import Trees, base_of, check_trees, contributions_of

# Two trees over three features: one splits on feature 0, then 2; the other is a single leaf.
TREES = Trees(
    roots=np.array([0, 5], np.int32),
    feature=np.array([0, 0, 2, 0, 0, 0], np.int32),
    threshold=np.array([0.5, 0, 10.0, 0, 0, 0]),
    left=np.array([1, 1, 3, 3, 4, 5], np.int32),
    right=np.array([2, 1, 4, 3, 4, 5], np.int32),
    value=np.array([0.1, -1.0, 0.65, 0.3, 1.0, 0.25]),
)


def test_every_split_moves_the_value_and_the_moves_are_its_features() -> None:
    rows = np.array([[0.5, 9, 9], [0.6, 9, 10.0], [0.6, 9, 10.5]], np.float32)
    assert base_of(TREES) == pytest.approx(0.35)
    assert contributions_of(TREES, rows) == pytest.approx(np.array([[-1.1, 0, 0], [0.55, 0, -0.35], [0.55, 0, 0.35]]))


def slow_twin(trees: Trees, row: np.ndarray) -> float:
    total = 0.0
    for root in trees.roots:
        node = int(root)
        while trees.left[node] != node:
            goes_left = row[trees.feature[node]] <= trees.threshold[node]
            node = int(trees.left[node] if goes_left else trees.right[node])
        total += trees.value[node]
    return total


def test_many_rows_against_a_slow_twin() -> None:
    rows = np.random.default_rng(3).normal(0.5, 10, (500, 3)).astype(np.float32)
    sums = contributions_of(TREES, rows).sum(axis=1) + base_of(TREES)
    assert sums == pytest.approx([slow_twin(TREES, row) for row in rows])


def test_no_rows() -> None:
    assert contributions_of(TREES, np.zeros((0, 3), np.float32)).shape == (0, 3)


@pytest.mark.parametrize(
    ("spoilt", "why"),
    [
        ({"left": np.array([1, 1, 0, 3, 4, 5], np.int32)}, "before their parent"),
        ({"left": np.array([1, 1, 99, 3, 4, 5], np.int32)}, "outside"),
        ({"roots": np.array([0, -1], np.int32)}, "outside"),
        ({"feature": np.array([0, 0, 3, 0, 0, 0], np.int32)}, "features that are not there"),
        ({"feature": np.array([0, 0, 2], np.int32)}, "different lengths"),
        ({"value": np.array([0.1, np.nan, 0.65, 0.3, 1.0, 0.25])}, "no numbers"),
        ({"feature": np.array([0, 0, 2, 0, 0, 0], np.float32)}, "other types"),
    ],
)
def test_trees_that_could_not_be_evaluated_are_refused(spoilt: dict[str, np.ndarray], why: str) -> None:
    check_trees(TREES, features=3)
    with pytest.raises(ValueError, match=why):
        check_trees(replace(TREES, **spoilt), features=3)
