"""What each patch of a picture looks like to a dual encoder, in the space of its texts, without training.

The last step of these models mixes all patches into one row. MaskCLIP (Zhou et al. 2022, arXiv:2112.01071) shows that
where this mixing is attention, leaving a patch its own value alone, and going on as if it were the whole picture, gives
a row that texts can be compared with; the patches as they come out of the model are far worse at it.

Every function takes a model and pixels and gives [n, rows, cols, dims], not yet of unit length.
"""

import math
from collections.abc import Callable
from typing import Any

import torch


def see_clip(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    """In the last layer every token attends to itself alone; then as the class token goes on."""
    vision = model.vision_model
    tokens = vision(pixel_values=pixels, output_hidden_states=True).hidden_states[-2]
    count = tokens.shape[1]
    itself = torch.full((count, count), torch.finfo(tokens.dtype).min, dtype=tokens.dtype, device=tokens.device)
    tokens = vision.encoder.layers[-1](tokens, itself.fill_diagonal_(0)[None, None])
    return _lay_out(model.visual_projection(vision.post_layernorm(tokens[:, 1:])))


def see_siglip(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    """The pooling head attends to one patch at a time."""
    vision = model.vision_model
    tokens = vision(pixel_values=pixels).last_hidden_state
    rows = vision.head(tokens.reshape(-1, 1, tokens.shape[-1]))
    return _lay_out(rows.reshape(tokens.shape))


def see_align(model: Any, pixels: torch.Tensor) -> torch.Tensor:
    """No attention here: the model pools its feature map by the mean, and the cells are in the same space."""
    return model.vision_model(pixel_values=pixels).last_hidden_state.permute(0, 2, 3, 1)


def _lay_out(rows: torch.Tensor) -> torch.Tensor:
    """[n, side * side, dims] -> [n, side, side, dims]."""
    side = math.isqrt(rows.shape[1])
    return rows.reshape(len(rows), side, side, -1)


# By `model_type` of the config. SigLIP 2 of fixed size is a `siglip`; `siglip2` gives every picture a grid of its own
# and is left out, as are other families.
PATCHES: dict[str, Callable[[Any, torch.Tensor], torch.Tensor]] = {
    "clip": see_clip,
    "siglip": see_siglip,
    "align": see_align,
}
