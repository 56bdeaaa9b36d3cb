"""Measures a starter model on the sample data, through the same `TowersEncoder` that serves it.

    python -m embeddings.training.evaluate_starter --data DATA [--renders DIR] [--model FOLDER] [--dev]

What training has seen is part of every figure's meaning. Never trained on: grocery `val` photos, a fifth of the
clothing photos, a fifth of the magento styles (of models trained since it is set aside). Trained on, unless the model
was made with `--hold-out`: eshop and renders (their retrieval figures then say that the model learned them, not that
it generalises), and the grocery `dev` photos.
"""

import argparse
import io
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from PIL import Image

from embeddings.encoders import STARTER
from embeddings.encoders.towers import TowersEncoder
from embeddings.training.pictures import (
    CLOTHING_PHRASES,
    Picture,
    read_clothing,
    read_grocery,
    read_magento,
    read_products,
)

SHARES = (0.0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 1.0)

Figures = dict[str, float]


@dataclass(frozen=True)
class Photos:
    """Encoded pictures with what they show."""

    labels: np.ndarray  # str[n]
    rows: np.ndarray  # float32[n, image_dim]


def evaluate(encoder: TowersEncoder, data: Path, *, renders: Path | None) -> Figures:
    """All figures of a model card, by name; rates are between 0 and 1."""
    figures = {
        **measure_grocery(encoder, data / "grocery"),
        **measure_clothing(encoder, data / "clothing"),
        **measure_magento(encoder, data / "magento"),
        **measure_products(encoder, read_products(data / "eshop", source="eshop"), prefix="eshop"),
    }
    if renders is not None and (renders / "products.jsonl").is_file():
        figures |= measure_products(encoder, read_products(renders, source="renders"), prefix="renders")
    return figures | measure_speed(encoder, data)


def measure_grocery(encoder: TowersEncoder, folder: Path) -> Figures:
    """Shelf photos (val) against train photos, pack shots and titles; 81 products, 60 of them in val."""
    pictures = read_grocery(folder)
    packs = encode(encoder, [p for p in pictures if p.path.parent.name == "iconic"])
    photos = [p for p in pictures if p.path.parent.name != "iconic"]
    train = encode(encoder, [p for p in photos if p.split in {"train", "dev"}])
    val = encode(encoder, [p for p in photos if p.split == "val"])
    titles = Photos(packs.labels, encoder.encode_texts([_title(p) for p in pictures if p.path.parent.name == "iconic"]))
    asked = Photos(val.labels, encoder.to_text_space(val.rows))
    sold = np.isin(titles.labels, val.labels)
    wanted = Photos(titles.labels[sold], encoder.to_image_space(titles.rows[sold]))
    return {
        "grocery val photo -> train photo, 1-NN, image block": hit_rate(val, train, 1),
        "grocery val photo -> train photo, 1-NN, visual part alone": hit_rate(*_parts(encoder, val, train, 0), 1),
        "grocery val photo -> train photo, 1-NN, joint part alone": hit_rate(*_parts(encoder, val, train, 1), 1),
        "grocery val photo -> pack shot, top 1": hit_rate(val, packs, 1),
        "grocery val photo -> pack shot, top 5": hit_rate(val, packs, 5),
        "grocery pack shot -> val photo, top 1": hit_rate(Photos(packs.labels[sold], packs.rows[sold]), val, 1),
        "grocery val photo -> title, top 1": hit_rate(asked, titles, 1),
        "grocery val photo -> title, top 5": hit_rate(asked, titles, 5),
        "grocery title -> val photo, top 1": hit_rate(wanted, val, 1),
    }


def measure_clothing(encoder: TowersEncoder, folder: Path) -> Figures:
    """Photos set aside, named by the nearest of 17 labels said as "a photo of a ..."."""
    photos = encode(encoder, [p for p in read_clothing(folder) if p.split == "test"])
    names = list(CLOTHING_PHRASES)
    texts = [encoder.encode_texts([f"a photo of a {w}" for w in CLOTHING_PHRASES[name]]).mean(0) for name in names]
    labels = Photos(np.array(names), np.stack([t / np.linalg.norm(t) for t in texts]))
    asked = Photos(photos.labels, encoder.to_text_space(photos.rows))
    each = [hit_rate(Photos(asked.labels[chosen], asked.rows[chosen]), labels, 1)
            for name in names if (chosen := asked.labels == name).any()]  # fmt: skip
    return {
        "clothing held-out photo -> label text, top 1": hit_rate(asked, labels, 1),
        "clothing held-out photo -> label text, top 1, mean over labels": float(np.mean(each)),
        "clothing held-out photo -> label text, top 3": hit_rate(asked, labels, 3),
    }


def measure_magento(encoder: TowersEncoder, folder: Path) -> Figures:
    """One picture of a style against the others: any of them, and from its back to every picture but backs.

    Asked are the pictures set aside from training if there are any, else all of them; the answers are among all.
    """
    pictures = read_magento(folder)
    photos = encode(encoder, pictures)
    styles = Photos(np.array([label.partition(" ")[0] for label in photos.labels]), photos.rows)
    unseen = np.array([p.split != "train" for p in pictures])
    asked = unseen if unseen.any() else ~unseen
    name = f"magento ({'set aside' if unseen.any() else 'trained on'})"
    backs = np.array([p.path.stem.endswith("_back") for p in pictures])
    figures = {f"{name} picture -> another of the same style, top 1": sibling_rate(styles, asked)}
    if (asked & backs).any():
        fronts = Photos(styles.labels[~backs], styles.rows[~backs])
        queries = Photos(styles.labels[asked & backs], styles.rows[asked & backs])
        figures[f"{name} back view -> other view of the same style, top 1"] = hit_rate(queries, fronts, 1)
    return figures


def measure_products(encoder: TowersEncoder, pictures: list[Picture], *, prefix: str) -> Figures:
    """Titles against pictures in a catalogue, both ways; products with the same title count as right."""
    firsts = list({p.label: p for p in pictures}.values())
    titles = np.array([_title(p) for p in firsts])
    texts, images = encoder.encode_texts(list(titles)), encode(encoder, firsts).rows
    by_title, by_image = Photos(titles, encoder.to_image_space(texts)), Photos(titles, images)
    asked = Photos(titles, encoder.to_text_space(images))
    return {
        f"{prefix} title -> picture, top {k} of {len(firsts)}": hit_rate(by_title, by_image, k) for k in (1, 5, 10)
    } | {f"{prefix} picture -> title, top {k}": hit_rate(asked, Photos(titles, texts), k) for k in (1, 5)}


def measure_dev(encoder: TowersEncoder, data: Path) -> Figures:
    """For choosing settings: grocery dev photos against the other train photos, by the share of the visual part.

    A share's value is the mean of two rates: the photo of the same product is nearest, and the pack shot of the same
    product is among the five nearest. Only meaningful for models trained with `--hold-out`.
    """
    pictures = read_grocery(data / "grocery")
    packs = encode(encoder, [p for p in pictures if p.path.parent.name == "iconic"])
    photos = [p for p in pictures if p.path.parent.name != "iconic"]
    train = encode(encoder, [p for p in photos if p.split == "train"])
    dev = encode(encoder, [p for p in photos if p.split == "dev"])
    figures = {}
    for share, (name, target, k) in product(SHARES, (("photo, 1-NN", train, 1), ("pack shot, top 5", packs, 5))):
        figures[f"dev photo -> {name}, visual share {share}"] = hit_rate(
            reweigh(encoder, dev, share), reweigh(encoder, target, share), k
        )
    return figures


def measure_speed(encoder: TowersEncoder, data: Path, *, count: int = 512) -> Figures:
    """Pictures a second from JPEG bytes to rows, and texts a second, on whatever else this machine is doing."""
    products = read_products(data / "eshop", source="eshop")
    files = [p.path.read_bytes() for p in products]
    files = (files * (count // len(files) + 1))[:count]
    titles = ([_title(p) for p in products] * (count // len(products) + 1))[:count]
    texts = ([p.texts[-1] for p in products] * (count // len(products) + 1))[:count]

    def encode_files() -> object:
        batches = (files[i : i + 32] for i in range(0, count, 32))
        return [encoder.encode_images([Image.open(io.BytesIO(file)) for file in batch]) for batch in batches]

    return {
        "pictures a second, 384 px JPEG bytes to rows": count / _time(encode_files),
        "titles a second": count / _time(lambda: encoder.encode_texts(titles)),
        "titles with descriptions a second": count / _time(lambda: encoder.encode_texts(texts)),
    }


def encode(encoder: TowersEncoder, pictures: Sequence[Picture]) -> Photos:
    """Open and encode pictures, a few at a time."""
    rows = [
        encoder.encode_images([Image.open(p.path) for p in pictures[start : start + 64]])
        for start in range(0, len(pictures), 64)
    ]
    return Photos(np.array([p.label for p in pictures]), np.concatenate(rows))


def hit_rate(queries: Photos, targets: Photos, k: int) -> float:
    """Share of queries with a target of the same label among their k nearest by inner product."""
    nearest = np.argsort(-(queries.rows @ targets.rows.T), axis=1, kind="stable")[:, :k]
    return float((targets.labels[nearest] == queries.labels[:, None]).any(axis=1).mean())


def sibling_rate(photos: Photos, asked: np.ndarray) -> float:
    """Share of the `asked` (bool[n]) that have a sibling of the same label and find one nearest, themselves aside."""
    cosines = photos.rows @ photos.rows.T
    np.fill_diagonal(cosines, -np.inf)
    same = photos.labels[:, None] == photos.labels
    has_sibling = asked & (same.sum(axis=1) > 1)
    nearest = photos.labels[cosines.argmax(axis=1)]
    return float((nearest == photos.labels)[has_sibling].mean())


def reweigh(encoder: TowersEncoder, photos: Photos, share: float) -> Photos:
    """The rows as they would be with another share of the visual part."""
    visual, joint = encoder.to_visual_part(photos.rows), encoder.to_text_space(photos.rows)
    return Photos(photos.labels, np.hstack([np.sqrt(share) * visual, np.sqrt(1 - share) * joint]))


def _parts(encoder: TowersEncoder, first: Photos, second: Photos, which: int) -> tuple[Photos, Photos]:
    part = (encoder.to_visual_part, encoder.to_text_space)[which]
    return Photos(first.labels, part(first.rows)), Photos(second.labels, part(second.rows))


def _title(picture: Picture) -> str:
    return picture.texts[0]


def _time(work: Callable[[], object]) -> float:
    work()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="the sample data folder")
    parser.add_argument("--renders", type=Path, help="a folder with a products.jsonl and its pictures")
    parser.add_argument("--model", type=Path, default=STARTER, help="the model's folder")
    parser.add_argument("--dev", action="store_true", help="also measure on the dev split")
    args = parser.parse_args()
    encoder = TowersEncoder(args.model)
    figures = evaluate(encoder, args.data, renders=args.renders)
    if args.dev:
        figures |= measure_dev(encoder, args.data)
    print(json.dumps({name: round(value, 3) for name, value in figures.items()}, indent=2))


if __name__ == "__main__":
    main()
