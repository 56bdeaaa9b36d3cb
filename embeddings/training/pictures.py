"""The pictures the starter is trained on and the words that go with them.

Every source folder becomes a list of `Picture`s. Which pictures may be trained on is decided here, in one place:
grocery `val` photos never are, and a fifth of the clothing photos and of the magento styles (chosen by a hash of the
file name or sku) is set aside.
"""

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog.colours import plain_colours

CLOTHING_PHRASES = {
    "T-Shirt": ("t-shirt", "tee shirt"),
    "Longsleeve": ("long-sleeved top", "long sleeve shirt"),
    "Pants": ("pants", "trousers"),
    "Shoes": ("shoes", "footwear"),
    "Shirt": ("shirt", "button-up shirt"),
    "Dress": ("dress", "gown"),
    "Outwear": ("jacket", "coat", "outerwear"),
    "Shorts": ("shorts",),
    "Hat": ("hat", "cap"),
    "Skirt": ("skirt",),
    "Polo": ("polo shirt", "polo"),
    "Undershirt": ("undershirt", "tank top"),
    "Blazer": ("blazer", "suit jacket"),
    "Hoodie": ("hoodie", "sweatshirt"),
    "Body": ("baby bodysuit", "onesie"),
    "Top": ("sleeveless top", "women's top"),
    "Blouse": ("blouse",),
}


@dataclass(frozen=True)
class Picture:
    """One picture file, what it shows, and ways to say so."""

    source: str
    path: Path
    label: str  # what counts as "the same thing": a sku, a clothing label
    texts: tuple[str, ...]
    split: str  # "train", or why not: "val" (grocery), "dev" (held out of tuning runs), "test" (clothing, magento)


def read_grocery(folder: Path) -> list[Picture]:
    """Shelf photos and pack shots. The last fifth of each product's train photos, by file name, is marked "dev"."""
    products = {row["sku"]: row for row in _read_jsonl(folder / "products.jsonl")}
    texts = {sku: _describe(row) for sku, row in products.items()}
    pictures = [Picture("grocery", folder / row["image"], sku, texts[sku], "train") for sku, row in products.items()]
    with (folder / "photos.csv").open(encoding="utf-8", newline="") as file:
        photos = sorted(csv.DictReader(file), key=lambda row: row["image"])
    by_sku: dict[str, list[str]] = {}
    for row in photos:
        if row["split"] == "train":
            by_sku.setdefault(row["sku"], []).append(row["image"])
    dev = {image for images in by_sku.values() for image in images[-(len(images) // 5) :]}
    for row in photos:
        split = "dev" if row["image"] in dev else row["split"]
        pictures.append(Picture("grocery", folder / row["image"], row["sku"], texts[row["sku"]], split))
    return pictures


def read_clothing(folder: Path) -> list[Picture]:
    """Garment photos, 17 labels said in a few ways."""
    with (folder / "photos.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Picture("clothing", folder / row["image"], row["label"], _clothing_texts(row), _split(Path(row["image"]).name))
        for row in rows
    ]


def read_magento(folder: Path) -> list[Picture]:
    """Clothing and gear in several views and colours; the label is style and colour. Whole styles are set aside."""
    pictures = []
    for row in _read_jsonl(folder / "products.jsonl"):
        real = [path.split("/") for path in row["category"] if path.startswith(("Men/", "Women/", "Gear/"))]
        for image in row["images"]:
            colour = image.get("color", "")
            texts = _describe({**row, "category": real[0][-1] if real else ""}, colour=colour)
            label, split = f"{row['sku']} {colour}", _split(row["sku"])
            pictures.append(Picture("magento", folder / image["file"], label, texts, split))
    return pictures


def read_products(folder: Path, *, source: str, split: str = "train") -> list[Picture]:
    """Any folder with a `products.jsonl` (sku, title, description, category, attributes, image or images)."""
    pictures = []
    for row in _read_jsonl(folder / "products.jsonl"):
        texts = _describe({**row, "category": _leaf(row.get("category", ""))}, colour=_word(row, "color", "colour"))
        for image in _image_files(row):
            if (folder / image).is_file():
                pictures.append(Picture(source, folder / image, row["sku"], texts, split))
    return pictures


def read_all(data: Path, *, renders: Sequence[Path]) -> list[Picture]:
    """Every picture of the sample data and of the folders of renders, in which one sku means one product."""
    pictures = [
        *read_grocery(data / "grocery"),
        *read_clothing(data / "clothing"),
        *read_magento(data / "magento"),
        *read_products(data / "eshop", source="eshop", split="dev"),
    ]
    for folder in renders:
        pictures += read_products(folder, source="renders", split="dev")
    return pictures


def _split(name: str) -> str:
    digest = hashlib.sha256(name.encode()).digest()
    return "test" if digest[0] % 5 == 0 else "train"


def _clothing_texts(row: dict[str, str]) -> tuple[str, ...]:
    words = CLOTHING_PHRASES[row["label"]]
    child = "kids " if row["kids"] == "1" else ""
    return (*words, *(f"a photo of a {child}{word}" for word in words))


def _describe(row: dict[str, Any], *, colour: str = "") -> tuple[str, ...]:
    """Ways to ask for a product: title, with category, with colour by its own and its plain name, and its description's
    sentences."""
    title, category = row["title"], str(row.get("category", ""))
    ways = [title, title, f"a photo of {title}", f"{title} {category}", category]
    if colour:
        ways += [f"{colour} {category}", f"{colour} {title}"]
        ways += [f"{plain} {category}" for plain in plain_colours(colour)]
    if material := _word(row, "material"):
        ways += [f"{material} {category}", f"{colour} {material} {category}".strip()]
    description = row.get("description", "")
    sentences = [s.strip() for s in re.split(r"(?<=[.!?])\s+|\n", description) if len(s.strip()) > 12]
    ways += sentences[:3]
    if description:
        ways.append(f"{title}. {description}")
    return tuple(way.strip() for way in ways if way.strip())


def _leaf(category: object) -> str:
    if isinstance(category, list):
        category = category[0] if category else ""
    return str(category).split("/")[-1]


def _word(row: dict[str, Any], *names: str) -> str:
    """The first of these attributes that has one value."""
    attributes = row.get("attributes") or {}
    value = next((attributes[name] for name in names if attributes.get(name)), "")
    if isinstance(value, list):
        value = value[0] if len(value) == 1 else ""
    return str(value)


def _image_files(row: dict[str, Any]) -> Iterable[str]:
    images = row.get("images") or ([row["image"]] if row.get("image") else [])
    return [image["file"] if isinstance(image, dict) else image for image in images]


def _read_jsonl(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]
