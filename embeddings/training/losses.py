"""The four terms the starter's image tower learns by; `embeddings.training.starter` has their papers."""

import numpy as np
import torch
from torch.nn.functional import cross_entropy, kl_div, log_softmax, normalize, softmax

from embeddings.encoders.image_tower import ImageTower
from embeddings.training.bank import TextBank
from embeddings.training.batches import Batch
from embeddings.training.recipe import Recipe


def compute_losses(
    tower: ImageTower,
    prototypes: torch.Tensor,
    batch: Batch,
    bank: TextBank,
    recipe: Recipe,
    rng: np.random.Generator,
) -> dict[str, torch.Tensor]:
    """Every term by its name, each a mean over the batch."""
    with torch.autocast("cpu", torch.bfloat16):
        features = tower.pool(batch.pixels)
    names = tower.classifier(features)
    visual, joint = normalize(tower.visual(features)), tower.name(features, names)
    scores = recipe.prototype_scale * visual @ normalize(prototypes).T
    texts = bank.draw(rng)
    return {
        "visual": 1 - (visual * batch.visual).sum(1).mean(),
        "label": cross_entropy(scores, batch.labels, label_smoothing=0.1),
        "joint": contrast_texts(joint, texts, batch.labels, bank, recipe.text_temperature),
        "names": kl_div(log_softmax(names / 2, 1), softmax(batch.names / 2, 1), reduction="batchmean"),
    }


def contrast_texts(
    joint: torch.Tensor, texts: torch.Tensor, labels: torch.Tensor, bank: TextBank, temperature: float
) -> torch.Tensor:
    """InfoNCE of joint [n, d] against texts [labels, d]; labels of other sources, and near twins of the right text
    (cosine above 0.8: a colour variant, a shared category), are no candidates."""
    right = texts[labels]
    excluded = (right @ texts.T > 0.8) | (bank.source_of[labels][:, None] != bank.source_of[None, :])
    excluded[torch.arange(len(labels)), labels] = False
    scores = (joint @ texts.T / temperature).masked_fill(excluded, -torch.inf)
    return cross_entropy(scores, labels) + 0.5 * (1 - (joint * right).sum(1).mean())
