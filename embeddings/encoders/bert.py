"""The forward pass of a BERT (Devlin et al. 2019, arXiv:1810.04805), written out.

The same numbers as that of transformers, without its hundred modules and with the weights laid as they are multiplied:
one short text takes the starter two fifths of the time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch
from torch.nn import functional as f


class Bert:
    """Takes the weights of a `transformers.BertModel`."""

    def __init__(self, model: Any) -> None:
        self._heads = int(model.config.num_attention_heads)
        self._words = model.embeddings.word_embeddings.weight.detach()
        self._positions = model.embeddings.position_embeddings.weight.detach()
        self._first_segment = model.embeddings.token_type_embeddings.weight.detach()[0]
        self._norm = model.embeddings.LayerNorm
        self._layers = list(_read_layers(model))

    @torch.inference_mode()
    def __call__(self, tokens: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """The last hidden state [n, length, dim] of token ids [n, length]; the mask is 0 where a row is filled up."""
        mask = None if attention_mask.all() else attention_mask.bool()[:, None, None, :]
        n, length = tokens.shape
        hidden = self._norm(f.embedding(tokens, self._words) + self._first_segment + self._positions[:length])
        for qkv, out, norm, wide, narrow, last_norm in self._layers:
            split = qkv(hidden).view(n, length, 3, self._heads, -1)
            query, key, value = split.permute(2, 0, 3, 1, 4)
            heads = f.scaled_dot_product_attention(query, key, value, attn_mask=mask)
            hidden = norm(hidden + out(heads.transpose(1, 2).reshape(n, length, -1)))
            hidden = last_norm(hidden + narrow(f.gelu(wide(hidden))))
        return hidden


Linear = Callable[[torch.Tensor], torch.Tensor]
# Rows that weights are laid for: the tokens of a shopper's words.
ROWS = 12


def _read_layers(model: Any) -> Iterator[tuple[Any, ...]]:
    """Query, key and value as one; then the layer's others in their order."""
    for layer in model.encoder.layer:
        own, after, wide, narrow = layer.attention.self, layer.attention.output, layer.intermediate, layer.output
        parts = (own.query, own.key, own.value)
        weight, bias = (torch.cat([getattr(part, name).detach() for part in parts]) for name in ("weight", "bias"))
        out, up, down = (_lay(each.dense.weight.detach(), each.dense.bias.detach()) for each in (after, wide, narrow))
        yield _lay(weight, bias), out, after.LayerNorm, up, down, narrow.LayerNorm


def _lay(weight: torch.Tensor, bias: torch.Tensor) -> Linear:
    """Bfloat16 is multiplied by oneDNN, which otherwise brings the weights into its order at every call: for a short
    text that took as long as to multiply them. Bit by bit the same numbers."""
    if weight.device.type != "cpu" or weight.dtype != torch.bfloat16 or not torch.backends.mkldnn.is_available():
        return partial(f.linear, weight=weight, bias=bias)
    laid = torch.ops.mkldnn._reorder_linear_weight(weight, ROWS)
    return lambda rows: torch.ops.mkldnn._linear_pointwise(rows, laid, bias, "none", [], "")
