"""Pairs of texts for readers: a match is one in which both say lamp, what neither text tells alone."""

import numpy as np

from embeddings.pair_reading import CrossRecipe
from tests.embeddings.encoders.tiny_towers import WORDS

RECIPE = CrossRecipe(epochs=12, rate=5e-3, head_rate=2e-2, max_tokens=16, frozen_layers=0, looks=1, patience=12)


def make_texts(count: int) -> tuple[list[tuple[str, str]], np.ndarray]:
    chance = np.random.default_rng(0)
    texts, labels = [], []
    for _ in range(count):
        said = [
            [str(word) for word in chance.choice([w for w in WORDS if w != "lamp"], 3)] + ["lamp"] * chance.integers(2)
            for _ in range(2)
        ]
        texts.append((" ".join(said[0]), " ".join(said[1])))
        labels.append(all("lamp" in words for words in said))
    return texts, np.array(labels)
