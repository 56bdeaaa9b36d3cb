"""Boosted trees as plain arrays: how they are evaluated, explained, stored. Pure: numpy, no scikit-learn, no pickle.

A row goes left at a node where its feature is at most the node's threshold. `value` of a leaf is what the tree adds
to the log odds; of an inner node it is the mean of what its training rows were given below it. So along a row's path
every split moves the value by what its feature brought, and those moves with the value of all roots sum to the row's
log odds exactly (Saabas 2014, "Interpreting random forests"; path-dependent, cheaper than Shapley values by a factor
of the trees' depth squared, and like them additive).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ROWS_AT_ONCE = 128


@dataclass(frozen=True, eq=False)
class Trees:
    """Nodes of all trees in a row; `roots[t]` is where tree t begins, and children come after their parent.

    A leaf is its own left and right child.
    """

    roots: NDArray[np.int32]
    feature: NDArray[np.int32]
    threshold: NDArray[np.float64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    value: NDArray[np.float64]

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        return {name: np.ascontiguousarray(getattr(self, name)) for name in TREE_ARRAYS}


TREE_ARRAYS = ("roots", "feature", "threshold", "left", "right", "value")
_TYPES = {"threshold": np.float64, "value": np.float64}


def check_trees(trees: Trees, *, features: int) -> None:
    """Raises ValueError where evaluating the trees could leave the arrays or never end."""
    nodes = len(trees.feature)
    places = np.arange(nodes)
    if any(len(getattr(trees, name)) != nodes for name in TREE_ARRAYS[1:]):
        raise ValueError("The trees' arrays are of different lengths.")
    if any(getattr(trees, name).dtype != _TYPES.get(name, np.int32) for name in TREE_ARRAYS):
        raise ValueError("The trees' arrays are of other types.")
    if nodes and not 0 <= trees.feature.min() <= trees.feature.max() < features:
        raise ValueError("The trees ask for features that are not there.")
    is_leaf = (trees.left == places) & (trees.right == places)
    if not (is_leaf | ((trees.left > places) & (trees.right > places))).all():
        raise ValueError("The trees have nodes that come before their parent.")
    if any(
        len(links) and (links.min() < 0 or links.max() >= nodes) for links in (trees.left, trees.right, trees.roots)
    ):
        raise ValueError("The trees lead outside themselves.")
    if not (np.isfinite(trees.value).all() and np.isfinite(trees.threshold).all()):
        raise ValueError("The trees hold values that are no numbers.")


def base_of(trees: Trees) -> float:
    """The log odds before anything is known of a row."""
    return float(trees.value[trees.roots].sum())


def contributions_of(trees: Trees, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """float64[n, features]: what each feature of each row adds to `base_of`; their sum is the row's log odds."""
    given = np.zeros(rows.shape)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        given[start : start + ROWS_AT_ONCE] = _contributions(trees, rows[start : start + ROWS_AT_ONCE])
    return given


def _contributions(trees: Trees, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    count, width = rows.shape
    flat, given = rows.ravel(), np.zeros(count * width)
    node = np.tile(trees.roots, count)
    row = np.repeat(np.arange(0, count * width, width), len(trees.roots))
    while len(node):
        cell = row + trees.feature[node]
        child = np.where(flat[cell] <= trees.threshold[node], trees.left[node], trees.right[node])
        given += np.bincount(cell, trees.value[child] - trees.value[node], count * width)
        moved = np.flatnonzero(trees.left[child] != child)
        node, row = child[moved], row[moved]
    return given.reshape(count, width)
