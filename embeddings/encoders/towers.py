"""An encoder of two separate towers, kept as config.json + model.safetensors. The starter model is one.

An image row is `[sqrt(a) * visual | sqrt(1 - a) * joint]`, both parts unit length: what the picture looks like, and
where its name would be in the text space. So two pictures compare by both, a text asks pictures as `[0 | text]`, and
a picture asks texts with its joint part alone. Text rows are centred: the mean of many texts is taken off before
scaling to unit length.
"""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from safetensors.torch import load_file, save

from embeddings.encoders import STARTER
from embeddings.encoders.base import Encoder, EncoderInfo, EncoderUnavailable, as_rgb, unit_rows
from embeddings.encoders.devices import fitting_threads, pick_device, pick_dtype
from embeddings.encoders.image_tower import ImageTower, ImageTowerConfig, fold_normalisation, lay_channels_last
from embeddings.encoders.text_tower import TextTower, TextTowerConfig

FORMAT = "kindred-towers-1"
CONFIG_FILE, WEIGHTS_FILE = "config.json", "model.safetensors"
BATCH = 32
# Patches are looked at in a picture of so many times the tower's side. At its own side the grid is 4 x 4, every cell
# sees nearly everything, and heat lies beside the thing; at three times, parts fall to pieces (looked at, 16 pictures).
PATCH_SCALE = 2


class TowersEncoder(Encoder):
    """Loads a folder written by `save_towers`."""

    def __init__(self, folder: Path, *, device: str = "auto", dtype: str = "auto") -> None:
        config, tensors = load_towers(folder)
        self._device = pick_device(device)
        self._dtype = pick_dtype(dtype, self._device)
        self._image = _build_image_tower(config, tensors).to(self._device)
        self._image.trunk.to(self._dtype)
        # In bfloat16 a row moves by up to 0.001 with the texts beside it (cosine 0.99998), for 1.8 times the speed.
        self._text = TextTower(TextTowerConfig(**config["text"]), device=self._device, dtype=self._dtype)
        self._text_mean = tensors["text.mean"].float().numpy()
        self._visual_share = float(config["visual_share"])
        self.config = config
        sizes = self._image.config
        self.info = EncoderInfo(
            id=config["id"],
            revision=hashlib.sha256((folder / WEIGHTS_FILE).read_bytes()).hexdigest()[:12],
            image_dim=sizes.visual_dim + sizes.joint_dim,
            text_dim=sizes.joint_dim,
            joint=True,
            picture_side=sizes.side,
            has_patches=True,
        )

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        rows = np.zeros((len(images), self.info.image_dim), np.float32)
        for start in range(0, len(images), BATCH):
            with fitting_threads(len(images)):
                rows[start : start + BATCH] = self._run(images[start : start + BATCH])
        return rows

    def encode_patches(self, images: Sequence[Image.Image]) -> np.ndarray:
        """Every cell of the feature map through the heads that pooled features go through.

        As class activation maps (Zhou et al. 2016, doi:10.1109/CVPR.2016.319), which weigh the cells of a map by the
        classifier behind its mean; here the heads are not linear, so a cell is read as a picture of its own.
        """
        parts = [self._run_patches(images[start : start + BATCH]) for start in range(0, len(images), BATCH)]
        return np.concatenate(parts) if parts else np.zeros((0, 0, 0, self.info.image_dim), np.float32)

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        with fitting_threads(len(texts)):
            return unit_rows(self._text.encode(texts) - self._text_mean)

    def to_text_space(self, image_features: np.ndarray) -> np.ndarray:
        """The joint part alone, scaled to unit length."""
        return unit_rows(np.asarray(image_features)[:, self._image.config.visual_dim :])

    def to_image_space(self, text_features: np.ndarray) -> np.ndarray:
        """`[0 | text]`."""
        rows = np.asarray(text_features, np.float32)
        return np.hstack([np.zeros((len(rows), self._image.config.visual_dim), np.float32), rows])

    def to_visual_part(self, image_features: np.ndarray) -> np.ndarray:
        """The visual part alone, scaled to unit length; for measuring."""
        return unit_rows(np.asarray(image_features)[:, : self._image.config.visual_dim])

    @torch.inference_mode()
    def _run(self, images: Sequence[Image.Image]) -> np.ndarray:
        return self._rows(self._image.pool(self._pixels(images, self._image.config.side)))

    @torch.inference_mode()
    def _run_patches(self, images: Sequence[Image.Image]) -> np.ndarray:
        cells = self._image.feature_map(self._pixels(images, PATCH_SCALE * self._image.config.side))
        return self._rows(cells.flatten(0, 2)).reshape(*cells.shape[:3], -1)

    def _pixels(self, images: Sequence[Image.Image], side: int) -> torch.Tensor:
        pixels = np.stack([_read_pixels(image, side) for image in images])
        batch = torch.from_numpy(pixels).to(self._device).permute(0, 3, 1, 2)  # a view: already channels last
        return (batch.to(self._dtype) / 127.5) - 1

    def _rows(self, features: torch.Tensor) -> np.ndarray:
        """`[sqrt(a) * visual | sqrt(1 - a) * joint]` of features [n, width]."""
        visual, joint = self._image.heads(features)
        share = self._visual_share
        parts = [np.sqrt(share) * visual.cpu().numpy(), np.sqrt(1 - share) * joint.cpu().numpy()]
        return np.concatenate(parts, axis=1, dtype=np.float32)


def load_starter(argument: str, *, device: str, dtype: str) -> TowersEncoder:
    """Load the model that ships with Kindred; the name takes no argument."""
    if argument:
        raise EncoderUnavailable(f"The starter takes no argument, not {argument!r}.", "Name it just: starter")
    return TowersEncoder(STARTER, device=device, dtype=dtype)


def load_folder(argument: str, *, device: str, dtype: str) -> TowersEncoder:
    """Load an encoder of two towers from its folder."""
    return TowersEncoder(Path(argument), device=device, dtype=dtype)


def save_towers(folder: Path, config: dict[str, Any], tensors: dict[str, torch.Tensor]) -> None:
    """Write config and weights, the latter as float16; `load_towers` gives back the same."""
    folder.mkdir(parents=True, exist_ok=True)
    halves = {name: value.detach().to(torch.float16).contiguous() for name, value in tensors.items()}
    (folder / WEIGHTS_FILE).write_bytes(save(halves, metadata={"format": "pt"}))
    (folder / CONFIG_FILE).write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")


def load_towers(folder: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Config and weights of a folder.

    Raises:
        EncoderUnavailable: the folder is incomplete or of another format.
    """
    try:
        config = json.loads((folder / CONFIG_FILE).read_text(encoding="utf-8"))
        tensors = load_file(folder / WEIGHTS_FILE)
    except FileNotFoundError as error:
        raise EncoderUnavailable(
            f"{folder} has no {Path(error.filename or WEIGHTS_FILE).name}.",
            "Restore it from the repository, or make it anew with manage.py train_starter.",
        ) from error
    if config.get("format") != FORMAT:
        raise EncoderUnavailable(
            f"{folder} is of format {config.get('format')!r}; this version reads {FORMAT!r}.",
            "Use the model that belongs to this version.",
        )
    return config, tensors


def _build_image_tower(config: dict[str, Any], tensors: dict[str, torch.Tensor]) -> ImageTower:
    tower = ImageTower(ImageTowerConfig(**config["image"]))
    weights = {name.removeprefix("image."): value for name, value in tensors.items() if name.startswith("image.")}
    missing, unexpected = tower.load_state_dict(weights, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unexpected:
        raise EncoderUnavailable(
            f"The weights do not fit the config (missing {missing[:3]}, unexpected {unexpected[:3]}).",
            "config.json and model.safetensors must come from one training run.",
        )
    fold_normalisation(tower.trunk)
    lay_channels_last(tower)
    return tower.float().eval()


def _read_pixels(image: Image.Image, side: int) -> np.ndarray:
    """The picture squashed to a square, uint8 [side, side, 3]; a JPEG not yet decoded is decoded at a small scale."""
    image.draft("RGB", (side, side))
    return np.asarray(as_rgb(image).resize((side, side), Image.Resampling.BICUBIC, reducing_gap=2.0), np.uint8)
