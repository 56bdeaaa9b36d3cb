"""The starter's training set: pictures, what the teachers see in them, and their texts."""

import argparse
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import torch
from torch.nn.functional import normalize

from embeddings.encoders.base import unit_rows
from embeddings.encoders.text_tower import TextTower
from embeddings.training.bank import TextBank, build_text_bank
from embeddings.training.looks import Looks, load_looks
from embeddings.training.pictures import Picture, read_all
from embeddings.training.recipe import Recipe
from embeddings.training.teacher import read_labels


@dataclass
class Lesson:
    """The training set in memory: crops by round, and per picture its targets."""

    pictures: list[Picture]
    looks: list[tuple[Looks, int]]  # where picture i is: its source's looks and its row there
    basis: np.ndarray  # float32[2304, 256], principal components of the centred teacher features
    centre: np.ndarray  # float32[2304]
    bank: TextBank

    def order(self, recipe: Recipe, epoch: int) -> np.ndarray:
        """Indices of one epoch, shuffled; small sources are repeated."""
        repeats = dict(recipe.repeats)
        is_render = np.array([p.source == "renders" for p in self.pictures])
        counts = np.array([repeats.get(p.source, 1) for p in self.pictures])
        if is_render.any() and not is_render.all():
            wanted = counts[~is_render].sum() * recipe.renders_share / (1 - recipe.renders_share)
            counts[is_render] = max(1, round(wanted / is_render.sum()))
        return np.random.default_rng((recipe.seed, epoch)).permutation(np.repeat(np.arange(len(counts)), counts))


def prepare(args: argparse.Namespace, recipe: Recipe, text: TextTower) -> Lesson:
    """Gather pictures, look at them through the teachers, encode their texts."""
    wanted = {"train"} if args.hold_out else {"train", "dev"}
    pictures = [p for p in read_all(args.data, renders=args.renders) if p.split in {"train", "dev"}]
    where = []
    for _, group in groupby(pictures, key=lambda p: p.source):
        members = list(group)
        looks = load_looks(
            members,
            teacher=args.data / "teacher",
            work=args.work,
            rounds=recipe.rounds,
            seed=recipe.seed,
            workers=args.workers,
        )
        where += [(looks, row) for row in range(len(members))]
    chosen = [i for i, p in enumerate(pictures) if p.split in wanted]
    pictures, where = [pictures[i] for i in chosen], [where[i] for i in chosen]
    photos = [w for w, picture in zip(where, pictures, strict=True) if picture.source != "renders"]
    # Without renders, so that a second phase with them goes on learning the same directions.
    features = np.stack([looks.features[r][row] for looks, row in photos for r in range(0, recipe.rounds, 2)])
    centre, basis = principal_components(features.astype(np.float32), recipe.visual_dim)
    bank = build_text_bank(pictures, read_labels(args.data / "teacher"), text)
    return Lesson(pictures, where, basis, centre, bank)


def principal_components(features: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean [d] and the `count` directions of largest variance [d, count] of features [n, d]."""
    centre = features.mean(0)
    centred = features - centre
    if len(centred) < len(centre):
        return centre, np.ascontiguousarray(np.linalg.svd(centred, full_matrices=False)[2][:count].T)
    _, vectors = np.linalg.eigh(centred.T @ centred)  # d x d, however many the rows
    return centre, np.ascontiguousarray(vectors[:, ::-1][:, :count])


def mean_targets(lesson: Lesson, recipe: Recipe) -> torch.Tensor:
    """The mean visual target of each label over all rounds, where the learned prototypes start: [labels, 256]."""
    sums = np.zeros((len(lesson.bank.labels), recipe.visual_dim), np.float32)
    for (looks, row), label in zip(lesson.looks, lesson.bank.label_of, strict=True):
        seen = np.stack([features[row] for features in looks.features]).astype(np.float32)
        sums[label] += unit_rows((seen - lesson.centre) @ lesson.basis).sum(0)
    return normalize(torch.from_numpy(sums))
