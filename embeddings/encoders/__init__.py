"""Encoders: pictures and texts to feature rows. torch is imported only when an encoder that needs it is loaded."""

from importlib import import_module
from pathlib import Path

from embeddings.encoders.base import Encoder, EncoderInfo, EncoderUnavailable, NoPatches, NotJoint, sharing_processors

__all__ = [
    "ENCODERS",
    "Encoder",
    "EncoderInfo",
    "EncoderUnavailable",
    "NoPatches",
    "NotJoint",
    "load_encoder",
    "sharing_processors",
]

STARTER = Path(__file__).parents[1] / "starter"

# The part of a name before ":" -> a function load(argument, device=..., dtype=...). Other names are folders or hub ids.
ENCODERS = {
    "starter": "embeddings.encoders.towers.load_starter",
    "fake": "embeddings.encoders.fake.load_fake",
}
_TOWERS = "embeddings.encoders.towers.load_folder"
_DUAL = "embeddings.encoders.dual.load_dual"


def load_encoder(name: str, *, device: str = "auto", dtype: str = "auto") -> Encoder:
    """Load the encoder of a name: "starter", "fake", "fake:64", a model folder, or a Hugging Face hub id.

    `device` is auto, cpu, cuda, cuda:N or mps; `dtype` is auto, float32, bfloat16 or float16.

    Raises:
        EncoderUnavailable: it cannot be had; says why and what to do.
    """
    kind, _, argument = name.partition(":")
    if kind in ENCODERS:
        path = ENCODERS[kind]
    else:
        path = _TOWERS if _is_towers_folder(name) else _DUAL
        argument = name
    module, _, function = path.rpartition(".")
    encoder: Encoder = getattr(import_module(module), function)(argument, device=device, dtype=dtype)
    return encoder


def _is_towers_folder(name: str) -> bool:
    config = Path(name) / "config.json"
    return config.is_file() and '"kindred-towers' in config.read_text(encoding="utf-8")
