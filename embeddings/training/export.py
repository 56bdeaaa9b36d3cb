"""Writes a trained image tower and its text settings as an encoder folder."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch

from embeddings.encoders.image_tower import ImageTower
from embeddings.encoders.text_tower import TextTowerConfig
from embeddings.encoders.towers import FORMAT, save_towers

ID = "starter-4"
VISUAL_SHARE = 0.5


def export_towers(
    folder: Path, tower: ImageTower, text: TextTowerConfig, *, text_mean: np.ndarray, facts: dict[str, Any]
) -> Path:
    """Write config.json and model.safetensors (float16) to `folder`."""
    config = {
        "format": FORMAT,
        "id": ID,
        "visual_share": VISUAL_SHARE,
        "image": asdict(tower.config),
        "text": asdict(text),
        "training": facts,
    }
    tensors = {f"image.{name}": value for name, value in tower.state_dict().items() if value.is_floating_point()}
    tensors["text.mean"] = torch.from_numpy(text_mean)
    save_towers(folder, json.loads(json.dumps(config)), tensors)
    return folder
