"""Random crops of the training pictures and what the teachers say about each, made once and kept on disk.

A folder per source holds, for each round r, `crops-r.npy` (uint8 [n, 144, 144, 3]), `features-r.npy`
(float16 [n, 2304]) and `logits-r.npy` (float16 [n, 1001]). In round 0 the crop is the whole picture. A round is
written under a temporary name and renamed, so a killed run loses at most one round.
"""

import hashlib
import multiprocessing
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from embeddings.training.pictures import Picture
from embeddings.training.teacher import Teacher

CROP_SIDE = 144


@dataclass(frozen=True)
class Looks:
    """The cached rounds of some pictures, memory-mapped; every array is [rounds][pictures, ...]."""

    crops: list[np.ndarray]
    features: list[np.ndarray]
    logits: list[np.ndarray]


def load_looks(pictures: list[Picture], *, teacher: Path, work: Path, rounds: int, seed: int, workers: int) -> Looks:
    """Load the looks of pictures of one source, making the rounds that are missing."""
    names = "\n".join(f"{p.path.parent.name}/{p.path.name} {p.path.stat().st_size}" for p in pictures)
    folder = work / f"{pictures[0].source}-{hashlib.sha256(f'{seed}{names}'.encode()).hexdigest()[:12]}"
    folder.mkdir(parents=True, exist_ok=True)
    for round_ in range(rounds):
        if not (folder / f"logits-{round_}.npy").exists():
            _make_round(pictures, teacher=teacher, folder=folder, round_=round_, seed=seed, workers=workers)
            print(f"looked at {len(pictures)} {pictures[0].source} pictures, round {round_ + 1} of {rounds}")
    return Looks(*([_map(folder, kind, r) for r in range(rounds)] for kind in ("crops", "features", "logits")))


def _map(folder: Path, kind: str, round_: int) -> np.ndarray:
    return np.load(folder / f"{kind}-{round_}.npy", mmap_mode="r")


def _make_round(pictures: list[Picture], *, teacher: Path, folder: Path, round_: int, seed: int, workers: int) -> None:
    jobs = [(str(p.path), (seed, round_, i)) for i, p in enumerate(pictures)]
    with multiprocessing.get_context("spawn").Pool(workers, _start_worker, (teacher,)) as pool:
        crops, features, logits = zip(*pool.imap(_look_at, jobs, chunksize=32), strict=True)
    arrays = {"crops": np.stack(crops), "features": np.stack(features), "logits": np.stack(logits)}
    for kind, array in arrays.items():  # logits last: their presence says the round is whole
        partial = folder / f"{kind}-{round_}.partial.npy"
        np.save(partial, array)
        partial.rename(folder / f"{kind}-{round_}.npy")


_teacher: Teacher


def _start_worker(folder: Path) -> None:
    global _teacher
    _teacher = Teacher(folder)


def _look_at(job: tuple[str, tuple[int, int, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    path, key = job
    picture = Image.open(path).convert("RGB")
    if key[1] > 0:
        picture = random_crop(picture, np.random.default_rng(key))
    crop = np.asarray(picture.resize((CROP_SIDE, CROP_SIDE), Image.Resampling.BICUBIC), np.uint8)
    look = _teacher.look(picture)
    return crop, look.features.astype(np.float16), look.logits.astype(np.float16)


def random_crop(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """A crop of 35 to 100 % of the area and an aspect within 3/4 to 4/3 of the picture's own."""
    area, aspect = rng.uniform(0.35, 1.0), np.exp(rng.uniform(np.log(3 / 4), np.log(4 / 3)))
    width = min(picture.width, round(picture.width * np.sqrt(area * aspect)))
    height = min(picture.height, round(picture.height * np.sqrt(area / aspect)))
    left = int(rng.integers(0, picture.width - width + 1))
    top = int(rng.integers(0, picture.height - height + 1))
    return picture.crop((left, top, left + width, top + height))
