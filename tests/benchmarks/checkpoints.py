"""A CLIP ViT-B/32 of random weights: what a production encoder costs, without its download."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

START, END = "<|startoftext|>", "<|endoftext|>"
WORD_END = "</w>"
VOCABULARY = 4_000
MAX_TOKENS = 77


def save_clip_base(folder: Path, *, texts: Sequence[str], seed: int) -> None:
    """Save model and processor; the tokenizer is trained on the texts, and cuts them about as finely as CLIP's."""
    tokenizer = _train_tokenizer(texts)
    torch.manual_seed(seed)
    text = {"bos_token_id": tokenizer.bos_token_id, "eos_token_id": tokenizer.eos_token_id}
    transformers.CLIPModel(transformers.CLIPConfig(text_config=text)).save_pretrained(folder)
    transformers.CLIPProcessor(transformers.CLIPImageProcessorPil(), tokenizer).save_pretrained(folder)


def _train_tokenizer(texts: Sequence[str]) -> transformers.CLIPTokenizer:
    trained = Tokenizer(models.BPE(end_of_word_suffix=WORD_END, unk_token=END))
    trained.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY, special_tokens=[START, END], end_of_word_suffix=WORD_END, show_progress=False
    )
    trained.train_from_iterator((text.lower() for text in texts), trainer)
    pieces = json.loads(trained.to_str())["model"]
    merges = [tuple(merge) for merge in pieces["merges"]]
    return transformers.CLIPTokenizer(vocab=pieces["vocab"], merges=merges, model_max_length=MAX_TOKENS)
