"""The two ImageNet networks the starter's image tower learns from.

They are MobileNets (Howard et al. 2017, arXiv:1704.04861; Sandler et al. 2018, arXiv:1801.04381) quantised to 8 bits,
stored as tflite and run with `ai-edge-litert`, which is needed at training time only. Two things are taken from them:

* what they say about a picture: `Teacher.look` gives features and class scores to imitate;
* where to start: `inherit_weights` copies the layers of one of them, turned back into floats, into a `transformers`
  MobileNet of the same shape, as DistilBERT starts from its teacher's layers (Sanh et al. 2019, arXiv:1910.01108).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from PIL import Image
from torch import nn

V1_FILE = "mobilenet_v1_1.0_224_quant_embedding_extractor.tflite"
V2_FILE = "mobilenet_v2_1.0_224_quant.tflite"
LABELS_FILE = "imagenet_labels.txt"
SIDE = 224

_ACTIVATION_SCALE = 0.023528477
_LOGIT_SCALE, _LOGIT_ZERO = 0.09889254, 58


class Look(NamedTuple):
    """What the teachers make of one picture."""

    features: np.ndarray  # float32[1024 + 1280], the pooled features of both, each half unit length
    logits: np.ndarray  # float32[1001], class scores of V2; index 0 is "background"


class Teacher:
    """Both networks on one CPU thread. Not safe to share between threads (the interpreter is not)."""

    def __init__(self, folder: Path) -> None:
        self._v1 = _load_interpreter(folder / V1_FILE)
        self._v2 = _load_interpreter(folder / V2_FILE)
        by_name = {d["name"]: d["index"] for d in self._v2.get_tensor_details()}
        self._pool = by_name["MobilenetV2/Logits/AvgPool"]
        self._squeeze = by_name["MobilenetV2/Logits/Squeeze1"]

    def look(self, picture: Image.Image) -> Look:
        """Run both networks on an RGB picture, squashed to 224 x 224."""
        pixels = np.asarray(picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR), np.uint8)[None]
        first = self._run(self._v1, pixels, self._v1.get_output_details()[0]["index"])
        second = self._run(self._v2, pixels, self._pool)
        logits = (self._v2.get_tensor(self._squeeze).ravel().astype(np.float32) - _LOGIT_ZERO) * _LOGIT_SCALE
        return Look(np.concatenate([_unit(first), _unit(second)]), logits)

    @staticmethod
    def _run(net: Any, pixels: np.ndarray, output: int) -> np.ndarray:
        net.set_tensor(net.get_input_details()[0]["index"], pixels)
        net.invoke()
        return net.get_tensor(output).ravel().astype(np.float32) * _ACTIVATION_SCALE


def read_labels(folder: Path) -> list[str]:
    """The 1,000 ImageNet class names in the order of logits 1 to 1000, "background" left out."""
    return (folder / LABELS_FILE).read_text(encoding="utf-8").splitlines()[1:]


def inherit_weights(model: nn.Module, tflite: Path) -> None:
    """Copy the convolutions of a quantised MobileNet into a `transformers` one of the same shape, in place.

    The tflite file has batch normalisation folded into weights and biases, so the normalisations become `x + bias`:
    scale 1, mean 0, variance 1 - eps. Both networks list their convolutions in the order they are run.

    Raises:
        ValueError: the two networks do not have the same layers.
    """
    layers: list[Any] = [m for m in model.modules() if isinstance(getattr(m, "convolution", None), nn.Conv2d)]
    stored = list(_read_convolutions(tflite))[: len(layers)]
    if len(stored) != len(layers):
        raise ValueError(f"{tflite.name} holds {len(stored)} convolutions, the model has {len(layers)}")
    for layer, (weight, bias) in zip(layers, stored, strict=True):
        if layer.convolution.weight.shape != weight.shape:
            raise ValueError(f"{tflite.name}: {tuple(weight.shape)} does not fit {layer.convolution}")
        with torch.no_grad():
            layer.convolution.weight.copy_(weight)
            norm = layer.normalization
            norm.weight.fill_(1.0)
            norm.bias.copy_(bias)
            norm.running_mean.zero_()
            norm.running_var.fill_(1.0 - norm.eps)


def read_classifier(tflite: Path) -> tuple[torch.Tensor, torch.Tensor]:
    """The last convolution of V2 as a linear layer: weight [1001, 1280] and bias [1001]."""
    weight, bias = list(_read_convolutions(tflite))[-1]
    return weight.flatten(1), bias


def _read_convolutions(tflite: Path) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Weights as torch lays them out, [out, in / groups, height, width], and biases, in running order."""
    net = _load_interpreter(tflite)
    details = {d["index"]: d for d in net.get_tensor_details()}
    for op in net._get_ops_details():
        if op["op_name"] not in {"CONV_2D", "DEPTHWISE_CONV_2D"}:
            continue
        weight, bias = (_dequantise(net, details[index]) for index in op["inputs"][1:3])
        axes = (3, 0, 1, 2) if op["op_name"] == "DEPTHWISE_CONV_2D" else (0, 3, 1, 2)
        yield torch.from_numpy(np.ascontiguousarray(weight.transpose(axes))), torch.from_numpy(bias)


def _dequantise(net: Any, detail: dict[str, Any]) -> np.ndarray:
    scale, zero = detail["quantization"]
    return ((net.get_tensor(detail["index"]).astype(np.float64) - zero) * scale).astype(np.float32)


def _load_interpreter(path: Path) -> Any:
    from ai_edge_litert.interpreter import Interpreter

    net = Interpreter(model_path=str(path), num_threads=1, experimental_preserve_all_tensors=True)
    net.allocate_tensors()
    return net


def _unit(x: np.ndarray) -> np.ndarray:
    return x / max(float(np.linalg.norm(x)), 1e-9)
