"""A model that reads two items together, learnt from labelled pairs, and what it says of each pair as a feature.

The trees are to learn how far to trust it, so they are shown what it says of pairs that it did not learn from: stacked
generalisation (Wolpert 1992). For each fold a reader learns from the others; the one that is kept learns from all.
Pure: torch stays behind `embeddings.pair_reading`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold

from embeddings.pair_reading import CrossRecipe, PairReader, Texts, read_reader, save_reader, train_reader
from recommender.matching.items import Item
from recommender.matching.measures import Labels
from recommender.matching.telling import tell_pairs

# Of what a reader learns from, one part in so many only says when to stop: the one with the most matches.
HELD_OUT = 8


@dataclass(frozen=True, eq=False)
class FirstLesson:
    """Labelled pairs of other things, from which reading as such is learnt first."""

    pairs: Sequence[tuple[Item, Item]]
    labels: Labels
    groups: NDArray[np.int64]


@dataclass(frozen=True)
class ReadingRecipe:
    """`encoder` is whose text model is fine-tuned, `folder` where every reader that is done is put, so that a run which
    was killed goes on behind the last one. Every reader goes on from one that `first` has taught, if it is given; none
    of its pairs may be among those that are to be told apart."""

    encoder: str
    folds: int = 3
    training: CrossRecipe = field(default_factory=CrossRecipe)
    folder: Path | None = None
    first: FirstLesson | None = None


@dataclass(frozen=True, eq=False)
class Reading:
    """`unseen` float32[n] are the probabilities of readers that saw no pair of the same group; `reader` saw all."""

    unseen: NDArray[np.float32]
    reader: PairReader


def learn_reading(
    pairs: Sequence[tuple[Item, Item]],
    labels: Labels,
    groups: NDArray[np.int64],
    *,
    recipe: ReadingRecipe,
) -> Reading:
    """Learns `folds` + 1 readers, and before them one of the recipe's first lesson.

    Args:
        groups: int[n], pairs of one group never stand on both sides of a fold.

    Raises:
        EncoderUnavailable: the text model can't be had.
        OSError: the folder can't be written.
    """
    taught = _learn_first(recipe) if recipe.first else None
    texts = tell_pairs(pairs)
    unseen = np.zeros(len(texts), np.float32)
    for known, judged in _split(recipe.folds, labels, groups, recipe.training.seed):
        reader = _learn(texts, labels, groups, known, recipe=recipe, taught=taught)
        unseen[judged] = reader.probabilities([texts[row] for row in judged])
    everything = np.arange(len(texts))
    return Reading(unseen, _learn(texts, labels, groups, everything, recipe=recipe, taught=taught))


def _learn_first(recipe: ReadingRecipe) -> PairReader:
    """One look at every pair: there are many, and what is special about them is not what is to be learnt."""
    assert recipe.first
    texts = tell_pairs(recipe.first.pairs)
    training = replace(recipe.training, epochs=1, batch=2 * recipe.training.batch, looks=1)
    once = replace(recipe, training=training)
    return _learn(texts, recipe.first.labels, recipe.first.groups, np.arange(len(texts)), recipe=once, taught=None)


def _learn(
    texts: Sequence[Texts],
    labels: Labels,
    groups: NDArray[np.int64],
    known: NDArray[np.int64],
    *,
    recipe: ReadingRecipe,
    taught: PairReader | None,
) -> PairReader:
    shown, said = [texts[row] for row in known], labels[known]
    file = recipe.folder / f"{_name(shown, said, recipe, taught)}.safetensors" if recipe.folder else None
    if file and file.exists():
        return read_reader(file.read_bytes())
    parts = min(HELD_OUT, len(np.unique(groups[known])))
    splits = _split(parts, said, groups[known], recipe.training.seed)
    _, stop_by = max(splits, key=lambda split: int(said[split[1]].sum()))
    held_out = np.isin(np.arange(len(known)), stop_by)
    reader = train_reader(shown, said, held_out=held_out, encoder=recipe.encoder, recipe=recipe.training, taught=taught)
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".unfinished")
        unfinished.write_bytes(save_reader(reader))
        unfinished.replace(file)
    return reader


def _split(
    folds: int, labels: Labels, groups: NDArray[np.int64], seed: int
) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    return list(StratifiedGroupKFold(folds, shuffle=True, random_state=seed).split(labels, labels, groups))


def _name(texts: Sequence[Texts], labels: Labels, recipe: ReadingRecipe, taught: PairReader | None) -> str:
    """Other pairs, another recipe or another beginning: another reader."""
    begun = taught and taught.digest
    told = json.dumps([list(texts), labels.tolist(), recipe.encoder, asdict(recipe.training), begun])
    return hashlib.sha256(told.encode()).hexdigest()[:24]
