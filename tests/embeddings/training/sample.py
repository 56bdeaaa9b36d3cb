"""Small stand-ins for the sample data and the teachers."""

import csv
import json
from pathlib import Path

import numpy as np
from PIL import Image

from embeddings.training import looks
from embeddings.training.teacher import Look


class StubTeacher:
    """Answers from the mean colour of a picture, in the sizes of the real teachers."""

    def __init__(self, folder: Path) -> None:
        self._matrix = np.random.default_rng(4).standard_normal((3, 2304 + 1001)).astype(np.float32)

    def look(self, picture: Image.Image) -> Look:
        colour = np.asarray(picture.resize((1, 1), Image.Resampling.BOX), np.float32).ravel() / 255 + 0.1
        answer = colour @ self._matrix
        return Look(answer[:2304] / np.linalg.norm(answer[:2304]), answer[2304:])


def look_without_processes(pictures, *, teacher, folder, round_, seed, workers):  # type: ignore[no-untyped-def]
    """As `looks._make_round`, in this process and with the stub."""
    looks._teacher = StubTeacher(teacher)  # type: ignore[assignment]
    made = [looks._look_at((str(p.path), (seed, round_, i))) for i, p in enumerate(pictures)]
    for kind, arrays in zip(("crops", "features", "logits"), zip(*made, strict=True), strict=True):
        np.save(folder / f"{kind}-{round_}.npy", np.stack(arrays))


def write_sample_data(root: Path) -> Path:
    """A folder laid out as the sample data, with a few pictures of plain colours."""
    fruit = {"category": "Fruit", "description": "Sweet and round, as it should be."}
    grocery = [{**fruit, "sku": f"G{i}", "title": f"Fruit {i}", "image": f"iconic/G{i}.jpg"} for i in range(3)]
    _write_jsonl(root / "grocery/products.jsonl", grocery)
    photos = []
    for row in grocery:
        _paint(root / "grocery" / row["image"], row["sku"])
        for n in range(6):
            split = "val" if n == 5 else "train"
            photos.append({"image": f"images/{row['sku']}_{n}.jpg", "sku": row["sku"], "split": split})
    _write_csv(root / "grocery/photos.csv", photos)
    labels = ("Hat", "Shoes") * 5
    clothing = [{"image": f"images/c{n}.jpg", "label": label, "kids": str(n % 2)} for n, label in enumerate(labels)]
    _write_csv(root / "clothing/photos.csv", clothing)
    hoodie = {"sku": "M2", "title": "Hoodie", "category": ["Men/Tops/Hoodies"], "description": "Warm.\nSoft inside."}
    views = [{"file": "images/m1.jpg", "color": "red"}, {"file": "images/m2.jpg", "color": "blue"}]
    _write_jsonl(root / "magento/products.jsonl", [{**hoodie, "images": views}])
    tent = {"category": "Camping", "description": ""}
    eshop = [{**tent, "sku": f"E{i}", "title": f"Tent {i}", "image": f"images/e{i}.jpg"} for i in range(2)]
    _write_jsonl(root / "eshop/products.jsonl", eshop)
    for folder, rows in (("grocery", photos), ("clothing", clothing), ("eshop", eshop)):
        for row in rows:
            _paint(root / folder / row["image"], row["image"])
    for image in views:
        _paint(root / "magento" / image["file"], image["file"])
    return root


def _paint(path: Path, name: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    colour = tuple(np.random.default_rng(list(name.encode())).integers(0, 256, 3).tolist())
    Image.new("RGB", (60, 50), colour).save(path)


def _write_jsonl(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _write_csv(path: Path, rows: list[dict]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
