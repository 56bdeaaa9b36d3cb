"""A tiny pair of towers with random weights: an image tower, and a text model packaged as the real one is."""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from transformers import BertConfig, BertModel, BertTokenizer

from embeddings.encoders.image_tower import ImageTower, ImageTowerConfig
from embeddings.encoders.text_tower import TextTowerConfig
from embeddings.encoders.towers import FORMAT, save_towers

WORDS = ["red", "blue", "lamp", "vase", "the", "a", "wooden", "chair"]
IMAGE = ImageTowerConfig(
    trunk={"model_type": "mobilenet_v2", "depth_multiplier": 0.1, "min_depth": 4, "finegrained_output": True},
    side=48,
    visual_dim=8,
    joint_dim=12,
    labels=5,
    label_temperature=0.7,
)


def save_text_package(folder: Path, package: str) -> TextTowerConfig:
    """Write an importable package that holds a tiny BERT; its folder must be on `sys.path` to be found."""
    model_folder = folder / package / "model"
    model_folder.mkdir(parents=True)
    (folder / package / "__init__.py").touch()
    vocab = {token: i for i, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS])}
    BertTokenizer(vocab=vocab).save_pretrained(model_folder)
    sizes = {"hidden_size": 12, "intermediate_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = BertConfig(vocab_size=len(vocab), max_position_embeddings=16, initializer_range=0.3, **sizes)
    BertModel(config).save_pretrained(model_folder)
    sha256 = hashlib.sha256((model_folder / "model.safetensors").read_bytes()).hexdigest()
    return TextTowerConfig(package, "model", package.replace("_", "-"), sha256, dim=12, max_tokens=16)


def save_tiny_towers(folder: Path, text: TextTowerConfig) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Write towers with random weights; returns what was given to `save_towers`."""
    tower = ImageTower(IMAGE)
    torch.nn.init.normal_(tower.label_texts)
    config = {"format": FORMAT, "id": "tiny-1", "visual_share": 0.4, "image": asdict(IMAGE), "text": asdict(text)}
    tensors = {f"image.{name}": value for name, value in tower.state_dict().items() if value.is_floating_point()}
    tensors["text.mean"] = torch.full((12,), 0.05)
    save_towers(folder, config, tensors)
    return config, tensors
