"""Tiny, randomly initialised dual encoder checkpoints with their own processors, made without a network."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers as t

WORDS = ["red", "blue", "lamp", "vase", "the", "a", "wooden", "chair"]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
TRUNK = {"hidden_size": 32, "intermediate_size": 48, "num_hidden_layers": 2, "num_attention_heads": 2}
VISION = {**TRUNK, "image_size": 32, "patch_size": 8}


def save_clip(folder: Path) -> None:
    vocab = {token: i for i, token in enumerate(["<|startoftext|>", "<|endoftext|>", *LETTERS, *_ends()])}
    tokenizer = t.CLIPTokenizer(vocab=vocab, merges=[], model_max_length=20)
    text = {**TRUNK, "vocab_size": len(vocab), "max_position_embeddings": 20, "bos_token_id": 0, "eos_token_id": 1}
    config = t.CLIPConfig(text_config=text, vision_config=VISION, projection_dim=24)
    images = t.CLIPImageProcessorPil(size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32})
    _save(folder, t.CLIPModel(config), t.CLIPProcessor(images, tokenizer))


def save_siglip(folder: Path) -> None:
    sentencepiece = pytest.importorskip("sentencepiece", reason="SigLIP's tokenizer needs sentencepiece")
    corpus, model = folder / "corpus.txt", folder / "spiece"
    corpus.write_text("\n".join(" ".join(WORDS[i:] + WORDS[:i]) for i in range(8)), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(corpus), model_prefix=str(model), vocab_size=60, hard_vocab_limit=False, minloglevel=2,
        unk_id=2, eos_id=1, pad_id=0, bos_id=-1,
    )  # fmt: skip
    tokenizer = t.SiglipTokenizer(str(model.with_suffix(".model")), model_max_length=16)
    _save_siglip_model(folder, t.SiglipProcessor(_siglip_images(), tokenizer), len(tokenizer))


def save_siglip2_fixed(folder: Path) -> None:
    """As `google/siglip2-base-patch16-224`: a SigLIP model with the tokenizer of SigLIP 2."""
    tokenizer = _siglip2_tokenizer()
    _save_siglip_model(folder, t.SiglipProcessor(_siglip_images(), tokenizer), len(tokenizer))


def save_siglip2_naflex(folder: Path) -> None:
    """As `google/siglip2-base-patch16-naflex`: pictures keep their aspect as a varying number of patches."""
    tokenizer = _siglip2_tokenizer()
    text = {**TRUNK, "vocab_size": len(tokenizer), "max_position_embeddings": 16, "projection_size": 32}
    vision = {**TRUNK, "patch_size": 8, "num_patches": 16}
    images = t.Siglip2ImageProcessorPil(patch_size=8, max_num_patches=16)
    model = t.Siglip2Model(t.Siglip2Config(text_config=text, vision_config=vision))
    _save(folder, model, t.Siglip2Processor(images, tokenizer))


def save_align(folder: Path) -> None:
    vocab = {token: i for i, token in enumerate(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS])}
    tokenizer = t.BertTokenizer(vocab=vocab, model_max_length=24)
    text = {**TRUNK, "vocab_size": len(vocab), "max_position_embeddings": 24}
    vision = {
        "image_size": 32, "width_coefficient": 0.25, "depth_coefficient": 0.2, "hidden_dim": 24,
        "kernel_sizes": [3, 3], "in_channels": [32, 16], "out_channels": [16, 24], "strides": [1, 2],
        "num_block_repeats": [1, 1], "expand_ratios": [1, 2], "depthwise_padding": [],
    }  # fmt: skip
    model = t.AlignModel(t.AlignConfig(text_config=text, vision_config=vision, projection_dim=8))
    images = t.EfficientNetImageProcessorPil(size={"height": 32, "width": 32})
    _save(folder, model, t.AlignProcessor(images, tokenizer))


SAVERS: dict[str, Callable[[Path], None]] = {
    "clip": save_clip,
    "siglip": save_siglip,
    "siglip2-fixed": save_siglip2_fixed,
    "siglip2-naflex": save_siglip2_naflex,
    "align": save_align,
}


def _siglip2_tokenizer() -> Any:
    tokens = ["<pad>", "<eos>", "<bos>", "<unk>", "<mask>", "▁", *LETTERS]
    return t.Siglip2Tokenizer(vocab={token: i for i, token in enumerate(tokens)}, merges=[], model_max_length=16)


def _siglip_images() -> Any:
    return t.SiglipImageProcessorPil(size={"height": 32, "width": 32})


def _save_siglip_model(folder: Path, processor: Any, vocab_size: int) -> None:
    text = {**TRUNK, "vocab_size": vocab_size, "max_position_embeddings": 16, "projection_size": 32}
    model = t.SiglipModel(t.SiglipConfig(text_config=text, vision_config=VISION))
    _save(folder, model, processor)


def _save(folder: Path, model: Any, processor: Any) -> None:
    with torch.no_grad():  # random weights give nearly equal rows for all inputs; spread them
        for parameter in model.parameters():
            parameter.mul_(1.7)
    model.save_pretrained(folder)
    processor.save_pretrained(folder)


def _ends() -> list[str]:
    return [f"{letter}</w>" for letter in LETTERS]
