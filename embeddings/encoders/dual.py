"""Any dual encoder of the Hugging Face hub (CLIP, SigLIP, SigLIP 2, ALIGN, ...), by hub id or from a local folder.

Weights are read from safetensors only and code from the hub is never run. Pictures go through the Pillow image
processors, because they need no torchvision.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from PIL import Image
from transformers import AutoModel, AutoProcessor
from transformers.utils import logging as transformers_logging

from embeddings.encoders.base import Encoder, EncoderInfo, EncoderUnavailable, as_rgb, unit_rows
from embeddings.encoders.devices import pick_device, pick_dtype
from embeddings.encoders.patches import PATCHES

SIGLIP_TYPES = {"siglip", "siglip2"}
TOKENS_TRAINED_ON = {"align": 64}  # where it is less than the text model has positions for
CPU_BATCH, GPU_BATCH = 16, 64
TEXT_BATCH = 64


class DualEncoder(Encoder):
    """A model with `get_image_features` and `get_text_features` in one space, and its processor."""

    def __init__(self, name: str, *, device: str = "auto", dtype: str = "auto") -> None:
        self._device = pick_device(device)
        self._dtype = pick_dtype(dtype, self._device)
        self._model, self._processor = _load_parts(name, self._dtype)
        self._model.to(self._device).eval()
        self._is_siglip = self._model.config.model_type in SIGLIP_TYPES
        self._image_batch = CPU_BATCH if self._device.type == "cpu" else GPU_BATCH
        self.info = self._find_info(name)

    def encode_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        return self._encode(images, self._image_batch, self._run_images)

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        return self._encode(texts, TEXT_BATCH, self._run_texts)

    def encode_patches(self, images: Sequence[Image.Image]) -> np.ndarray:
        if not self.info.has_patches:
            return super().encode_patches(images)
        size = self._image_batch
        parts = [self._run_patches(images[start : start + size]) for start in range(0, len(images), size)]
        return np.concatenate(parts) if parts else np.zeros((0, 0, 0, self.info.image_dim), np.float32)

    def _encode(self, items: Sequence[Any], size: int, run: Any) -> np.ndarray:
        parts = [run(items[start : start + size]) for start in range(0, len(items), size)]
        return unit_rows(np.concatenate(parts)) if parts else np.zeros((0, self.info.image_dim), np.float32)

    def _run_images(self, images: Sequence[Image.Image]) -> np.ndarray:
        inputs = self._processor.image_processor([as_rgb(image) for image in images], return_tensors="pt")
        return self._pooled(self._model.get_image_features, inputs)

    @torch.inference_mode()
    def _run_patches(self, images: Sequence[Image.Image]) -> np.ndarray:
        """Pictures are squashed to the model's square first, because processors crop what does not fit it."""
        side = self._model.config.vision_config.image_size
        squares = [as_rgb(image).resize((side, side), Image.Resampling.BICUBIC, reducing_gap=2.0) for image in images]
        inputs = self._processor.image_processor(squares, return_tensors="pt")
        grid = PATCHES[self._model.config.model_type](self._model, self._place(inputs["pixel_values"]))
        rows = grid.float().cpu().numpy()
        return unit_rows(rows.reshape(-1, rows.shape[-1])).reshape(rows.shape)

    def _run_texts(self, texts: Sequence[str]) -> np.ndarray:
        """SigLIP and SigLIP 2 were trained on lower-cased texts padded to full length without an attention mask;
        given anything else they answer, but worse."""
        words = [text.lower() for text in texts] if self._is_siglip else list(texts)
        inputs = self._processor.tokenizer(
            words,
            padding="max_length" if self._is_siglip else True,
            truncation=True,
            max_length=self._count_positions(),
            return_tensors="pt",
        )
        if self._is_siglip:
            inputs.pop("attention_mask", None)
        return self._pooled(self._model.get_text_features, inputs)

    @torch.inference_mode()
    def _pooled(self, features: Any, inputs: Mapping[str, torch.Tensor]) -> np.ndarray:
        output = features(**{name: self._place(value) for name, value in inputs.items()})
        pooled = output if isinstance(output, torch.Tensor) else output.pooler_output
        return pooled.float().cpu().numpy()

    def _place(self, value: torch.Tensor) -> torch.Tensor:
        return value.to(self._device, self._dtype if value.is_floating_point() else None)

    def _count_positions(self) -> int:
        config = self._model.config
        limits = [self._processor.tokenizer.model_max_length, TOKENS_TRAINED_ON.get(config.model_type, 512)]
        return min(*limits, getattr(config.text_config, "max_position_embeddings", 512))

    def _find_info(self, name: str) -> EncoderInfo:
        """Dimensions come from a trial run, which also shows that the checkpoint works at all."""
        image_dim = self._run_images([Image.new("RGB", (32, 32), "white")]).shape[1]
        text_dim = self._run_texts(["white"]).shape[1]
        if image_dim != text_dim:
            raise EncoderUnavailable(
                f"{name} gives {image_dim} numbers for a picture and {text_dim} for a text.",
                "Use a model that projects both into one space, such as CLIP or SigLIP.",
            )
        folder = Path(name)
        revision = hash_weights(folder) if folder.is_dir() else getattr(self._model.config, "_commit_hash", None)
        id_ = f"{folder.resolve().name}@{revision}" if folder.is_dir() else name
        has_patches = self._model.config.model_type in PATCHES
        return EncoderInfo(id_, (revision or "")[:12], image_dim, text_dim, joint=True, has_patches=has_patches)


def load_dual(argument: str, *, device: str, dtype: str) -> DualEncoder:
    """Load the dual encoder of a hub id or a local folder."""
    return DualEncoder(argument, device=device, dtype=dtype)


def hash_weights(folder: Path) -> str:
    """Short sha256 over all safetensors files of a folder, in order of name."""
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.safetensors")):
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()[:12]


def _load_parts(name: str, dtype: torch.dtype) -> tuple[Any, Any]:
    if name.startswith((".", "/", "~")) and not Path(name).is_dir():
        raise EncoderUnavailable(f"There is no model folder {name}.", "Check the path, or give a hub id.")
    transformers_logging.disable_progress_bar()
    try:
        model = AutoModel.from_pretrained(name, dtype=dtype, use_safetensors=True, trust_remote_code=False)
        _require_dual(name, model)
        return model, AutoProcessor.from_pretrained(name, backend="pil", trust_remote_code=False)
    except ImportError as error:
        raise EncoderUnavailable(f"{name} needs a package that is missing: {error}", "Install it.") from error
    except (OSError, ValueError) as error:
        raise EncoderUnavailable(
            f"{name} cannot be loaded: {str(error).splitlines()[0]}",
            "Give a hub id this machine can reach, or a folder with config, safetensors weights and processor files.",
        ) from error


def _require_dual(name: str, model: Any) -> None:
    if not (hasattr(model, "get_image_features") and hasattr(model, "get_text_features")):
        raise EncoderUnavailable(
            f"{name} is a {type(model).__name__}, which does not encode both pictures and texts.",
            "Use a dual encoder such as CLIP, SigLIP, SigLIP 2 or ALIGN.",
        )
